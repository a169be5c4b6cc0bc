// parley x509 show: certificates of a file, or of a server.
#include <fmt/format.h>
#include <unistd.h>

#include "parley/pem.hpp"
#include "tool/commands.hpp"
#include "tool/files.hpp"
#include "tool/link.hpp"
#include "tool/target.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string what{};
  bool pem = false, der = false, dict = false;
  double timeout = 20;
};

std::vector<Certificate> fetch(Output& out, const Target& target, double seconds) {
  SSLContext context(PROTOCOL_SSLv23);
  // Whoever asks for a certificate wants to see it, trusted or not.
  context.verify_mode = CERT_NONE;
  Link link(Side::client, {.socket = connect_to(target, seconds),
                           .config = context.config(),
                           .peer = target.text,
                           .out = out,
                           .server_name = target.server_name()});
  link.handshake(Deadline(seconds));
  const auto chain = link.tls().peer_chain();
  std::vector<Certificate> list(chain.begin(), chain.end());
  link.close(Deadline(0.5));
  if (list.empty())
    throw Failure(Exit::protocol, fmt::format("{}: the server sent no certificate", target.text));
  return list;
}

Exit run(Output& out, const Flags& f) {
  const bool file = f.what == "-" || ::access(f.what.c_str(), F_OK) == 0 ||
                    (f.what.find('/') != std::string::npos && !f.what.starts_with("unix:"));
  const std::vector<Certificate> list =
      file ? load_certificates(f.what) : fetch(out, parse_target(f.what), f.timeout);
  if (f.der) {
    if (isatty(STDOUT_FILENO) == 1) throw usage_error("--der to a terminal: send it into a file");
    out.data(as_text(list.front().der()));
    return Exit::ok;
  }
  if (f.dict) {
    const Json dict = dict_json(cert_to_dict(list.front()));
    out.document["dict"] = dict;
    if (!out.json) out.data(dict.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return Exit::ok;
  }
  Json all = Json::array();
  std::string text;
  for (const Certificate& c : list) {
    all.push_back(certificate_json(c));
    if (!f.pem && !text.empty()) text += "\n";
    text += f.pem ? encode_pem("CERTIFICATE", c.der()) : describe(c);
  }
  out.document["certificates"] = std::move(all);
  if (!out.json) out.data(text);
  return Exit::ok;
}

}  // namespace

void add_x509_show(CLI::App& app) {
  CLI::App* c = app.add_subcommand("show", "Certificates as people read them");
  auto f = std::make_shared<Flags>();
  c->add_option("what", f->what, "a PEM or DER file, or a server")
      ->required()
      ->type_name("FILE|TARGET");
  CLI::Option* pem = c->add_flag("--pem", f->pem, "as PEM");
  CLI::Option* der = c->add_flag("--der", f->der, "the first one as DER");
  CLI::Option* dict =
      c->add_flag("--dict", f->dict, "the first one as getpeercert() gives it, JSON");
  pem->excludes(der)->excludes(dict);
  der->excludes(dict);
  c->add_option("--timeout", f->timeout, "seconds for connecting and for the handshake (20)")
      ->type_name("S")
      ->check(seconds());
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley x509 show cert.pem\n"
      "  parley x509 show localhost:4433 --dict");
}

}  // namespace parley::tool

// parley x509 show: certificates and revocation lists of a file, or what a server sends.
#include <fmt/format.h>
#include <unistd.h>

#include "parley/pem.hpp"
#include "tool/commands.hpp"
#include "tool/files.hpp"
#include "tool/link.hpp"
#include "tool/target.hpp"
#include "tool/x509_json.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string what{};
  bool pem = false, der = false, dict = false, fingerprint = false, bytes = false;
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

/// What a file holds: certificates, or else lists.
struct Content {
  std::vector<Certificate> certificates{};
  std::vector<RevocationList> lists{};
};
Content load(const std::string& path) {
  const std::string text = read_file(path);
  const bool pem = text.find("-----BEGIN ") != std::string::npos;
  if (pem && text.find("CERTIFICATE-----") == std::string::npos &&
      text.find("-----BEGIN X509 CRL-----") != std::string::npos) {
    auto lists = crls_from_pem(text);
    if (!lists) throw file_failure(path, lists.error());
    return {.lists = *std::move(lists)};
  }
  if (!pem && text.starts_with('\x30')) {
    if (auto list = RevocationList::parse(to_bytes(as_bytes(text)))) return {.lists = {*list}};
  }
  return {.certificates = certificates_in(path, text)};
}

constexpr Visit visit_of(const Certificate&) { return visit_certificate; }
constexpr Visit visit_of(const RevocationList&) { return visit_revocation_list; }

template <class T>
void show(Output& out, const Flags& f, const std::vector<T>& list, const char* kind,
          std::string_view label) {
  Json all = Json::array();
  std::string text;
  for (const T& t : list) {
    if (out.json) {
      all.push_back(whole_json(t));
      if (f.bytes) all.back()["bytes"] = bytes_json(t.der(), visit_of(t));
      continue;
    }
    if (!f.pem && !text.empty()) text += "\n";
    if (f.pem)
      text += encode_pem(label, t.der());
    else if (f.fingerprint)
      text += fingerprints_text(t.der());
    else if (f.bytes)
      text += bytes_text(t.der(), visit_of(t));
    else
      text += describe(t);
  }
  out.document[kind] = std::move(all);
  if (!out.json) out.data(text);
}

Exit run(Output& out, const Flags& f) {
  const bool file = f.what == "-" || ::access(f.what.c_str(), F_OK) == 0 ||
                    (f.what.find('/') != std::string::npos && !f.what.starts_with("unix:"));
  const Content content =
      file ? load(f.what) : Content{.certificates = fetch(out, parse_target(f.what), f.timeout)};
  const bool lists = !content.lists.empty();
  if (f.der) {
    if (isatty(STDOUT_FILENO) == 1) throw usage_error("--der to a terminal: send it into a file");
    out.data(as_text(lists ? content.lists.front().der() : content.certificates.front().der()));
    return Exit::ok;
  }
  if (f.dict) {
    if (lists) throw usage_error("--dict is of certificates, and this is a revocation list");
    const Json dict = dict_json(cert_to_dict(content.certificates.front()));
    out.document["dict"] = dict;
    if (!out.json) out.data(dict.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return Exit::ok;
  }
  if (lists)
    show(out, f, content.lists, "revocation_lists", "X509 CRL");
  else
    show(out, f, content.certificates, "certificates", "CERTIFICATE");
  return Exit::ok;
}

}  // namespace

void add_x509_show(CLI::App& app) {
  CLI::App* c = app.add_subcommand("show", "Certificates and revocation lists as people read them");
  auto f = std::make_shared<Flags>();
  c->add_option("what", f->what, "a PEM or DER file, or a server")
      ->required()
      ->type_name("FILE|TARGET");
  CLI::Option* pem = c->add_flag("--pem", f->pem, "as PEM");
  CLI::Option* der = c->add_flag("--der", f->der, "the first one as DER");
  CLI::Option* dict =
      c->add_flag("--dict", f->dict, "the first one as getpeercert() gives it, JSON");
  CLI::Option* fingerprint = c->add_flag("--fingerprint", f->fingerprint, "their hashes");
  CLI::Option* bytes = c->add_flag(
      "--bytes", f->bytes, "each field beside its bytes: offset, length, hex, name and meaning");
  pem->excludes(der)->excludes(dict)->excludes(fingerprint)->excludes(bytes);
  der->excludes(dict)->excludes(fingerprint)->excludes(bytes);
  dict->excludes(fingerprint)->excludes(bytes);
  fingerprint->excludes(bytes);
  c->add_option("--timeout", f->timeout, "seconds for connecting and for the handshake (20)")
      ->type_name("S")
      ->check(seconds());
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley x509 show cert.pem\n"
      "  parley x509 show localhost:4433 --dict");
}

}  // namespace parley::tool

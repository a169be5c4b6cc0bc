// parley explain: what went over a wire, from a file, hex, or a server that is asked right now.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "parley/crl.hpp"
#include "parley/pem.hpp"
#include "tool/capture.hpp"
#include "tool/commands.hpp"
#include "tool/explain_diff.hpp"
#include "tool/explain_json.hpp"
#include "tool/explain_page.hpp"
#include "tool/explain_source.hpp"
#include "tool/explain_terminal.hpp"
#include "tool/explain_words.hpp"
#include "tool/files.hpp"
#include "tool/terminal_text.hpp"
#include "tool/x509_json.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::vector<std::string> what{};
  std::string hex{};
  SourceOptions source{};
  std::string keylog{}, key{}, pass{};
  std::string html{}, save{};
  bool diff = false;
  bool secrets = false;
  const CLI::App* app = nullptr;  ///< which of them were given
};

/// What may be explained; more of them together are what a flag goes with.
using Kinds = unsigned;
constexpr Kinds kNumber = 1, kCertificate = 2, kHex = 4, kFlow = 8, kCapture = 16, kServer = 32;
constexpr Kinds kSaid = kHex | kFlow | kCapture;  // and its secrets come from elsewhere

struct Fit {
  std::string_view flag;
  Kinds with;
};
constexpr std::array kFits{
    Fit{"hex", kHex},
    Fit{"from", kHex},
    Fit{"stream", kCapture},
    Fit{"keylog", kSaid},
    Fit{"key", kSaid},
    Fit{"pass", kSaid},
    Fit{"with-secrets", kSaid | kServer},
    Fit{"save", kSaid | kServer},
    Fit{"html", kSaid | kServer | kCertificate},
    Fit{"diff", kFlow | kCapture | kServer},
};
Kinds kinds_for(std::string_view flag) {
  const auto* it = std::ranges::find(kFits, flag, &Fit::flag);
  return it == kFits.end() ? kServer : it->with;  // versions, suites and the time for them
}

std::string in_words(Kinds kinds) {
  constexpr std::array kNames{"alert N or suite N", "a certificate", "--hex",
                              "a stored flow",      "a capture",     "a server"};
  std::string s;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if ((kinds >> i & 1U) != 0) s.append(s.empty() ? "" : ", ").append(kNames[i]);
  return s;
}

/// A flag that would do nothing with any of what is explained is a mistake.
void check_flags(const Flags& f, Kinds kinds) {
  for (const CLI::Option* o : f.app->get_options()) {
    if (o->count() == 0 || o->get_lnames().empty()) continue;
    const std::string& flag = o->get_lnames().front();
    const Kinds with = kinds_for(flag);
    if ((with & kinds) == 0)
      throw Failure(Exit::usage, fmt::format("--{} does not go with {}", flag, in_words(kinds)),
                    "it goes with " + in_words(with));
  }
}

explain::Explanation explained(const Flags& f, const Source& source) {
  explain::Secrets secrets{.key_log = source.key_log, .server_key = {}};
  if (!f.keylog.empty()) secrets.key_log += read_file(f.keylog, explain::kMaxFlow);
  if (!f.key.empty()) secrets.server_key = load_key(f.key, password_source(f.pass));
  return explain::decode(source.flow, secrets);
}

/// What --save writes: a flow that brings its keys along if that was asked for.
std::string saved(const Source& source, bool secrets) {
  std::string text = "# " + printable(source.name) + "\n";
  for (std::size_t at = 0; secrets && at < source.key_log.size();) {
    const std::size_t end = source.key_log.find('\n', at);
    text += "# keylog " + source.key_log.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return text + explain::write_flow(source.flow);
}

Exit tell(Output& out, const Flags& f, const Source& source) {
  const explain::Explanation e = explained(f, source);
  View view = view_of(out, STDOUT_FILENO);
  view.secrets = f.secrets;
  view.verbosity = out.verbosity;
  const std::string page = f.html.empty() ? "" : explanation_page(e, view, source.name);
  const std::string flow = f.save.empty() ? "" : saved(source, f.secrets);
  std::vector<NewFile> files;
  if (!f.html.empty()) files.push_back({f.html, page, f.secrets});
  if (!f.save.empty()) files.push_back({f.save, flow, f.secrets});
  write_files(files);
  if (out.json) {
    const Json j = explanation_json(e, view);
    for (const auto& [name, value] : j.items())
      out.document[name == "version" ? "protocol" : name] = value;
  } else if (files.empty()) {
    out.data(explanation_text(e, view));
  }
  if (source.failure) throw Failure(*source.failure);
  return Exit::ok;
}

bool is_certificate(const std::string& content) {
  return content.starts_with('\x30') || (content.find("-----BEGIN ") != std::string::npos &&
                                         content.find("CERTIFICATE-----") != std::string::npos);
}

Exit tell_certificates(Output& out, const Flags& f, const std::string& path,
                       const std::string& content) {
  const std::vector<Certificate> list = certificates_in(path, content);
  if (!f.html.empty()) {
    View view;
    const std::string page = certificate_page(list, view, path);
    write_files({{f.html, page}});
    return Exit::ok;
  }
  Json all = Json::array();
  std::string text;
  for (const Certificate& c : list) {
    if (out.json) {
      all.push_back(whole_json(c));
      all.back()["bytes"] = bytes_json(c.der(), visit_certificate);
    } else {
      text += (text.empty() ? "" : "\n") + certificate_text(c, view_of(out, STDOUT_FILENO));
    }
  }
  out.document["certificates"] = std::move(all);
  if (!out.json) out.data(text);
  return Exit::ok;
}

/// A file that has been read, or the name of a server.
struct Given {
  std::string what{}, content{};
  Kinds kind = kServer;
};
Given given(const std::string& what) {
  if (!is_file(what)) return {.what = what};
  Given g{.what = what, .content = read_file(what, explain::kMaxFlow * 3)};
  g.kind = is_capture(g.content) ? kCapture : is_certificate(g.content) ? kCertificate : kFlow;
  return g;
}

Source source_of(Output& out, const Flags& f, const Given& g) {
  return g.kind == kServer ? live(out, f.source, g.what)
                           : recorded(out, f.source, g.what, g.content);
}

Exit tell_two(Output& out, const Flags& f) {
  if (f.what.size() != 2) throw usage_error("--diff takes two flows");
  if (out.verbosity > 0)
    throw Failure(Exit::usage, "-v does not go with --diff", "it tells every field that differs");
  const Given first = given(f.what[0]), second = given(f.what[1]);
  for (const Given* g : {&first, &second})
    if (g->kind == kCertificate)
      throw usage_error(fmt::format("--diff {}: a certificate is no flow", printable(g->what)));
  check_flags(f, first.kind | second.kind);
  const Source a = source_of(out, f, first), b = source_of(out, f, second);
  View view = view_of(out, STDOUT_FILENO);
  view.secrets = f.secrets;
  return tell_difference(out, {printable(a.name), explained(f, a)},
                         {printable(b.name), explained(f, b)}, view, f.html);
}

Exit tell_number(Output& out, const Flags& f) {
  check_flags(f, kNumber);
  if (f.what.size() == 1)
    throw Failure(Exit::usage, fmt::format("explain {}: which one?", f.what[0]),
                  "give a number or a name behind it");
  return f.what[0] == "alert" ? tell_alert(out, f.what[1]) : tell_suite_of(out, f.what[1]);
}

Exit run(Output& out, const Flags& f) {
  out.verbose = false;  // of the view, and not of the connection
  if (!f.hex.empty() && !f.what.empty()) throw usage_error("--hex and a file: give one of them");
  if (!f.hex.empty()) {
    check_flags(f, kHex);
    return tell(out, f, from_hex(f.source, f.hex));
  }
  if (f.what.empty())
    throw Failure(Exit::usage, "explain what?", "give a file, a server, or --hex");
  if (f.diff) return tell_two(out, f);
  const std::string& what = f.what.front();
  const bool number = what == "alert" || what == "suite";
  if (number && (f.what.size() == 2 || (f.what.size() == 1 && !is_file(what))))
    return tell_number(out, f);
  if (f.what.size() > 1)
    throw usage_error("one thing at a time, unless it is alert N, suite N or --diff A B");
  const Given g = given(what);
  check_flags(f, g.kind);
  if (g.kind == kCertificate) return tell_certificates(out, f, what, g.content);
  return tell(out, f, source_of(out, f, g));
}

}  // namespace

void add_explain(CLI::App& app) {
  CLI::App* c = app.add_subcommand("explain", "What went over the wire, byte by byte");
  auto f = std::make_shared<Flags>();
  f->app = c;
  c->add_option("what", f->what,
                "a stored flow, a capture (pcap), a certificate, a server; or alert N, or suite N")
      ->type_name("FILE|TARGET");
  c->add_option("--hex", f->hex, "these bytes, as a record or more")->type_name("BYTES");
  c->add_option("--keylog", f->keylog, "secrets in the NSS format, as --keylog of connect writes")
      ->type_name("FILE");
  CLI::Option* key =
      c->add_option("--key", f->key, "the server's RSA key: opens RSA key exchanges and SSL 2.0")
          ->type_name("FILE");
  c->add_option("--pass", f->pass, kPassHelp)->type_name("SOURCE")->needs(key);
  c->add_flag("--with-secrets", f->secrets, "show keys and application data");
  c->add_option("--html", f->html, "a page of its own, instead of text")->type_name("FILE");
  CLI::Option* save =
      c->add_option("--save", f->save,
                    "the flow as text, instead of an explanation; its keys with --with-secrets")
          ->type_name("FILE");
  c->add_flag("--diff", f->diff, "two flows: where they differ; --html as well")->excludes(save);
  f->source.add(*c);
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley explain example.org:443 -v\n"
      "  parley explain localhost:4433 --ssl3 --html page.html\n"
      "  parley explain capture.pcap --keylog keys.log -vvv\n"
      "  parley explain --hex '15 03 01 00 02 02 28'\n"
      "  parley explain alert 40\n"
      "  parley explain --diff good.flow bad.flow --html diff.html\n"
      "-v shows fields, -vv bytes, -vvv how keys are derived.");
}

}  // namespace parley::tool

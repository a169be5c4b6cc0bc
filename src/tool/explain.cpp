// parley explain: what went over a wire, from a file, hex, or a server that is asked right now.
#include <fmt/format.h>
#include <unistd.h>

#include "parley/crl.hpp"
#include "parley/pem.hpp"
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
};

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
      text += (text.empty() ? "" : "\n") + bytes_text(c.der(), visit_certificate);
    }
  }
  out.document["certificates"] = std::move(all);
  if (!out.json) out.data(text);
  return Exit::ok;
}

Exit run(Output& out, const Flags& f) {
  out.verbose = false;  // of the view, and not of the connection
  if (!f.hex.empty() && !f.what.empty()) throw usage_error("--hex and a file: give one of them");
  if (!f.hex.empty()) return tell(out, f, from_hex(f.source, f.hex));
  if (f.what.empty())
    throw Failure(Exit::usage, "explain what?", "give a file, a server, or --hex");
  if (f.diff) {
    if (f.what.size() != 2) throw usage_error("--diff takes two flows");
    const Source a = source_of(out, f.source, f.what[0]), b = source_of(out, f.source, f.what[1]);
    View view = view_of(out, STDOUT_FILENO);
    view.secrets = f.secrets;
    view.verbosity = out.verbosity;
    return tell_difference(out, {printable(a.name), explained(f, a)},
                           {printable(b.name), explained(f, b)}, view, f.html);
  }
  if (f.what.size() == 2 && f.what[0] == "alert") return tell_alert(out, f.what[1]);
  if (f.what.size() == 2 && f.what[0] == "suite") return tell_suite_of(out, f.what[1]);
  if (f.what.size() > 1)
    throw usage_error("one thing at a time, unless it is alert N, suite N or --diff A B");
  const std::string& what = f.what.front();
  if (!is_file(what)) return tell(out, f, live(out, f.source, what));
  const std::string content = read_file(what, explain::kMaxFlow * 3);
  if (is_certificate(content)) return tell_certificates(out, f, what, content);
  return tell(out, f, recorded(out, f.source, what, content));
}

}  // namespace

void add_explain(CLI::App& app) {
  CLI::App* c = app.add_subcommand("explain", "What went over the wire, byte by byte");
  auto f = std::make_shared<Flags>();
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

// parley x509 convert: the same certificate, PEM or DER.
#include <fmt/format.h>
#include <unistd.h>

#include "parley/pem.hpp"
#include "tool/commands.hpp"
#include "tool/files.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string file{};
  std::string to{};
  std::string out{};
};

Exit run(Output& out, const Flags& f) {
  const std::vector<Certificate> list = load_certificates(f.file);
  std::string content;
  if (f.to == "der") {
    if (list.size() != 1)
      throw Failure(
          Exit::local,
          fmt::format("{}: {} certificates, and DER holds one", printable(f.file), list.size()),
          "keep the one you need");
    content = as_text(list.front().der());
    if (f.out.empty() && isatty(STDOUT_FILENO) == 1)
      throw usage_error("DER to a terminal: give --out FILE");
  } else {
    for (const Certificate& c : list) content += encode_pem("CERTIFICATE", c.der());
  }
  out.document["certificates"] = list.size();
  out.document["to"] = f.to;
  if (!f.out.empty())
    write_files({{f.out, content}});
  else if (out.json)
    throw usage_error("--json and the result cannot share stdout: give --out FILE");
  else
    out.data(content);
  return Exit::ok;
}

}  // namespace

void add_x509_convert(CLI::App& app) {
  CLI::App* c = app.add_subcommand("convert", "PEM to DER and back");
  auto f = std::make_shared<Flags>();
  c->add_option("file", f->file, "a PEM or DER certificate")->required()->type_name("FILE");
  c->add_option("--to", f->to, "pem or der")
      ->required()
      ->type_name("FORM")
      ->check(silent(CLI::IsMember({"pem", "der"})));
  c->add_option("--out", f->out, "where to (default: stdout)")->type_name("FILE");
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley x509 convert cert.pem --to der --out cert.der");
}

}  // namespace parley::tool

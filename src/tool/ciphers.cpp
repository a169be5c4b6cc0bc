// parley ciphers: what a cipher list stands for, and what a suite is.
#include <fmt/format.h>

#include "tool/commands.hpp"
#include "tool/suite_words.hpp"
#include "tool/version_flags.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string string{};
  const CLI::Option* given = nullptr;  ///< an empty string is not the default
  bool columns = false, columns_and_codes = false, codes = false, all = false;
  VersionFlags version{};
  std::string describe{};

  CipherContext context() const {
    const int protocol = version.protocol();
    if (protocol == PROTOCOL_SSLv23) return CipherContext::sslv23;
    return protocol == PROTOCOL_SSLv3 || protocol >= PROTOCOL_TLSv1 ? CipherContext::sslv3
                                                                    : CipherContext::sslv2;
  }
};

Exit describe_suite(Output& out, const std::string& name) {
  const CipherSuite* s = find_cipher_suite(std::string_view(name));
  if (s == nullptr)
    throw Failure(Exit::no, fmt::format("'{}' is no suite that parley knows", printable(name)),
                  "parley ciphers -v --all ALL:COMPLEMENTOFALL lists them");
  tell_suite(out, *s);
  return Exit::ok;
}

Exit run(Output& out, const Flags& f) {
  if (!f.describe.empty()) return describe_suite(out, f.describe);
  const std::string_view string =
      f.given->count() > 0 ? std::string_view(f.string) : default_cipher_string(f.context());
  const Result<CipherList> suites =
      f.all ? expand_cipher_string(string, f.context()) : parse_cipher_list(string, f.context());
  if (!suites) {
    // An answer for scripts, as OpenSSL's reason and nothing else.
    out.document["error"] = errc_reason(suites.error().code);
    out.answer(errc_reason(suites.error().code));
    return Exit::no;
  }
  std::string text, joined, codes;
  Json list = Json::array();
  for (const CipherSuite* s : *suites) {
    list.push_back(suite_json(*s));
    if (f.columns_and_codes) text += code_column(*s);
    text += column_line(*s);
    joined += (joined.empty() ? "" : ":") + std::string(s->openssl_name);
    codes += codes.empty() ? "" : ",";
    codes += s->id > 0xffff ? fmt::format("{:06X}", s->id) : fmt::format("{:04X}", s->id);
  }
  out.document["suites"] = std::move(list);
  if (out.json) return Exit::ok;
  out.data(f.codes ? codes + "\n" : f.columns || f.columns_and_codes ? text : joined + "\n");
  return Exit::ok;
}

}  // namespace

void add_ciphers(CLI::App& app) {
  CLI::App* c = app.add_subcommand("ciphers", "Expand a cipher list as OpenSSL 1.0.1 reads it");
  auto f = std::make_shared<Flags>();
  f->given = c->add_option("string", f->string, "cipher list (default: what a context offers)")
                 ->type_name("STRING");
  CLI::Option* v = c->add_flag("-v", f->columns, "columns: version, key exchange, cipher, MAC");
  CLI::Option* w = c->add_flag("-V", f->columns_and_codes, "the same with numbers in front");
  CLI::Option* codes = c->add_flag("--codes", f->codes, "numbers in hex, joined by ','");
  codes->excludes(v)->excludes(w);
  c->add_flag("--all", f->all, "also the suites that parley knows and cannot speak");
  f->version.add(*c);
  CLI::Option* describe =
      c->add_option("--describe", f->describe, "everything about one suite")->type_name("SUITE");
  for (CLI::Option* o : {c->get_option("string"), v, w, codes, c->get_option("--all")})
    describe->excludes(o);
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley ciphers\n"
      "  parley ciphers -v 'HIGH:!aNULL:@STRENGTH'\n"
      "  parley ciphers --codes --all --ssl3 ALL\n"
      "  parley ciphers -v --all TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256   (newer than 1.0.1:\n"
      "                                                         only the IANA name is a word)\n"
      "  parley ciphers --describe 0x002f");
}

}  // namespace parley::tool

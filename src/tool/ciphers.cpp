// parley ciphers: what a cipher list stands for, and what a suite is.
#include <fmt/format.h>

#include "tool/commands.hpp"
#include "tool/suite_words.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string string{};
  const CLI::Option* given = nullptr;  ///< an empty string is not the default
  bool columns = false, columns_and_codes = false, codes = false, all = false;
  bool ssl2 = false, ssl3 = false, tls1 = false, sslv23 = false;
  std::string describe{};

  CipherContext context() const {
    return ssl2           ? CipherContext::sslv2
           : ssl3 || tls1 ? CipherContext::sslv3
                          : CipherContext::sslv23;
  }
};

Exit describe_suite(Output& out, const std::string& name) {
  const CipherSuite* s = find_cipher_suite(std::string_view(name));
  if (s == nullptr)
    throw Failure(Exit::no, fmt::format("'{}' is no suite that parley knows", printable(name)),
                  "parley ciphers -v --all ALL:COMPLEMENTOFALL lists them");
  const SuiteWords w = in_words(*s);
  Json j = suite_json(*s);
  j["since"] = w.since;
  j["key_exchange"] = w.key_exchange;
  j["authentication"] = w.authentication;
  j["encryption"] = w.encryption;
  j["mac"] = w.mac;
  j["specification"] = w.specification;
  j["weaknesses"] = w.weaknesses;
  j["spoken"] = is_spoken(*s);
  out.document["suite"] = std::move(j);
  if (out.json) return Exit::ok;
  out.data(fmt::format(
      "OpenSSL name:    {}\n"
      "IANA name:       {}\n"
      "Number:          {}\n"
      "Since:           {}\n"
      "Specification:   {}\n"
      "Key exchange:    {}\n"
      "Authentication:  {}\n"
      "Encryption:      {}\n"
      "MAC:             {}\n"
      "Spoken here:     {}\n"
      "Weaknesses:      {}\n",
      s->openssl_name, s->iana_name, code_text(*s), w.since, w.specification, w.key_exchange,
      w.authentication, w.encryption, w.mac, is_spoken(*s) ? "yes" : "no",
      w.weaknesses.empty() ? "none known"
                           : fmt::format("{}", fmt::join(w.weaknesses, "\n                 "))));
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
  const std::array context{
      c->add_flag("--ssl2", f->ssl2, "for a context of SSL 2.0"),
      c->add_flag("--ssl3", f->ssl3, "for a context of SSL 3.0"),
      c->add_flag("--tls1", f->tls1, "for a context of TLS 1.0"),
      c->add_flag("--sslv23", f->sslv23, "for a context of any version (default)")};
  for (CLI::Option* a : context)
    for (CLI::Option* b : context)
      if (a != b) a->excludes(b);
  CLI::Option* describe =
      c->add_option("--describe", f->describe, "everything about one suite")->type_name("SUITE");
  for (CLI::Option* o : {c->get_option("string"), v, w, codes, c->get_option("--all")})
    describe->excludes(o);
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley ciphers\n"
      "  parley ciphers -v 'HIGH:!aNULL:@STRENGTH'\n"
      "  parley ciphers --codes --all --ssl3 ALL\n"
      "  parley ciphers --describe 0x002f");
}

}  // namespace parley::tool

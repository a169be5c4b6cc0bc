// parley ciphers: what a string of suites stands for.
#include <fmt/format.h>

#include "parley/ssl.hpp"
#include "tool/commands.hpp"
#include "tool/settings.hpp"

namespace parley::tool {
namespace {

struct Flags {
  std::string string{};
  const CLI::Option* given = nullptr;  ///< an empty string is not the default
  bool columns = false, columns_and_codes = false, codes = false;
  std::string describe{};
  Settings versions{};
};

std::string_view kx_word(Kx k) {
  switch (k) {
    case Kx::rsa: return "RSA";
  }
  return "?";
}

std::string_view auth_word(Auth a) {
  switch (a) {
    case Auth::rsa: return "RSA";
  }
  return "?";
}

std::string enc_word(const CipherSuite& s) {
  switch (s.enc) {
    case Enc::null: return "None";
    case Enc::rc4_128: return fmt::format("RC4({})", s.algorithm_bits);
    case Enc::des_ede3: return fmt::format("3DES({})", s.algorithm_bits);
    case Enc::aes128:
    case Enc::aes256: return fmt::format("AES({})", s.algorithm_bits);
  }
  return "?";
}

std::string_view mac_word(Mac m) {
  switch (m) {
    case Mac::md5: return "MD5";
    case Mac::sha1: return "SHA1";
  }
  return "?";
}

/// The line of `openssl ciphers -v`, whose columns scripts cut.
std::string column_line(const CipherSuite& s) {
  return fmt::format("{:<23} {} Kx={:<8} Au={:<4} Enc={:<9} Mac={:<4}\n", s.openssl_name,
                     version_name(s.first), kx_word(s.kx), auth_word(s.auth), enc_word(s),
                     mac_word(s.mac));
}

std::string code_column(const CipherSuite& s) {
  return fmt::format("          0x{:02X},0x{:02X} - ", s.id >> 8, s.id & 0xff);
}

Exit describe_suite(Output& out, const std::string& name) {
  const CipherSuite* s = find_cipher_suite(std::string_view(name));
  if (s == nullptr)
    throw Failure(Exit::no, fmt::format("'{}' is no suite that parley knows", printable(name)),
                  "parley ciphers -v lists what there is");
  out.document["suite"] = suite_json(*s);
  if (out.json) return Exit::ok;
  out.data(
      fmt::format("OpenSSL name:    {}\n"
                  "IANA name:       {}\n"
                  "Number:          0x{:04x}\n"
                  "Since:           {}\n"
                  "Key exchange:    {}\n"
                  "Authentication:  {}\n"
                  "Encryption:      {}, {} bits of strength\n"
                  "MAC:             {}\n",
                  s->openssl_name, s->iana_name, s->id, version_name(s->first), kx_word(s->kx),
                  auth_word(s->auth), enc_word(*s), s->secret_bits, mac_word(s->mac)));
  return Exit::ok;
}

Exit run(Output& out, const Flags& f) {
  if (!f.describe.empty()) return describe_suite(out, f.describe);
  SSLContext context(f.versions.protocol());
  if (f.given->count() > 0) {
    try {
      context.set_ciphers(f.string);
    } catch (const SSLError& e) {
      throw Failure(Exit::no, "no cipher match", {}, e.cause());
    }
  }
  std::string text, joined, codes;
  Json list = Json::array();
  for (const CipherSuite* s : context.get_ciphers()) {
    list.push_back(suite_json(*s));
    if (f.columns_and_codes) text += code_column(*s);
    text += column_line(*s);
    joined += (joined.empty() ? "" : ":") + std::string(s->openssl_name);
    codes += fmt::format("{}{:04X}", codes.empty() ? "" : ",", s->id);
  }
  out.document["suites"] = std::move(list);
  if (out.json) return Exit::ok;
  out.data(f.codes ? codes + "\n" : f.columns || f.columns_and_codes ? text : joined + "\n");
  return Exit::ok;
}

}  // namespace

void add_ciphers(CLI::App& app) {
  CLI::App* c = app.add_subcommand("ciphers", "Expand a string of cipher suites");
  auto f = std::make_shared<Flags>();
  f->given =
      c->add_option("string", f->string, "suites joined by ':' (default: what a context offers)")
          ->type_name("STRING");
  CLI::Option* v = c->add_flag("-v", f->columns, "columns: version, key exchange, cipher, MAC");
  CLI::Option* w = c->add_flag("-V", f->columns_and_codes, "the same with numbers in front");
  CLI::Option* codes = c->add_flag("--codes", f->codes, "numbers in hex, joined by ','");
  codes->excludes(v)->excludes(w);
  c->add_option("--describe", f->describe, "everything about one suite")->type_name("SUITE");
  f->versions.add_versions(*c);
  on_command(
      *c, [f](Output& out) { return run(out, *f); },
      "  parley ciphers\n"
      "  parley ciphers -v RC4-MD5:AES128-SHA\n"
      "  parley ciphers --describe 0x002f");
}

}  // namespace parley::tool

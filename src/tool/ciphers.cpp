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

std::string_view kx_word(const CipherSuite& s) {
  const bool short_key = s.strength == Strength::exp40;
  switch (s.kx) {
    case Kx::rsa: return !s.is_export ? "RSA" : short_key ? "RSA(512)" : "RSA(1024)";
    case Kx::dhe: return !s.is_export ? "DH" : short_key ? "DH(512)" : "DH(1024)";
    case Kx::ecdhe: return "ECDH";
    case Kx::ecdh_rsa: return "ECDH/RSA";
    case Kx::ecdh_ecdsa: return "ECDH/ECDSA";
    case Kx::psk: return "PSK";
    case Kx::srp: return "SRP";
    case Kx::dh_rsa: return "DH/RSA";
    case Kx::dh_dss: return "DH/DSS";
    case Kx::krb5: return "KRB5";
    case Kx::gost: return "GOST";
  }
  return "?";
}

std::string_view auth_word(Auth a) {
  switch (a) {
    case Auth::rsa: return "RSA";
    case Auth::dss: return "DSS";
    case Auth::anonymous: return "None";
    case Auth::ecdh: return "ECDH";
    case Auth::dh: return "DH";
    case Auth::ecdsa: return "ECDSA";
    case Auth::psk: return "PSK";
    case Auth::srp: return "SRP";
    case Auth::krb5: return "KRB5";
    case Auth::gost94: return "GOST94";
    case Auth::gost01: return "GOST01";
  }
  return "?";
}

std::string enc_word(const CipherSuite& s) {
  const auto sized = [&](std::string_view name) {
    return fmt::format("{}({})", name, s.is_export ? s.secret_bits : s.algorithm_bits);
  };
  switch (s.enc) {
    case Enc::null: return "None";
    case Enc::rc4: return sized("RC4");
    case Enc::rc2: return sized("RC2");
    case Enc::idea: return "IDEA(128)";
    case Enc::des: return sized("DES");
    case Enc::des_ede3: return "3DES(168)";
    case Enc::seed: return "SEED(128)";
    case Enc::aes128: return "AES(128)";
    case Enc::aes256: return "AES(256)";
    case Enc::aes128_gcm: return "AESGCM(128)";
    case Enc::aes256_gcm: return "AESGCM(256)";
    case Enc::camellia128: return "Camellia(128)";
    case Enc::camellia256: return "Camellia(256)";
    case Enc::gost89: return "GOST89(256)";
  }
  return "?";
}

std::string_view mac_word(Mac m) {
  switch (m) {
    case Mac::md5: return "MD5";
    case Mac::sha1: return "SHA1";
    case Mac::sha256: return "SHA256";
    case Mac::sha384: return "SHA384";
    case Mac::aead: return "AEAD";
    case Mac::gost94: return "GOST94";
    case Mac::gost89: return "GOST89";
  }
  return "?";
}

/// The line of `openssl ciphers -v`, whose columns scripts cut.
std::string column_line(const CipherSuite& s) {
  return fmt::format("{:<23} {} Kx={:<8} Au={:<4} Enc={:<9} Mac={:<4}\n", s.openssl_name,
                     version_name(s.first), kx_word(s), auth_word(s.auth), enc_word(s),
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
                  s->openssl_name, s->iana_name, s->id, version_name(s->first), kx_word(*s),
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

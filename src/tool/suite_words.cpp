#include "tool/suite_words.hpp"

#include <fmt/format.h>

#include <array>

#include "parley/explain.hpp"

namespace parley::tool {
namespace {

/// A value's word in OpenSSL's columns, and in prose.
struct Word {
  std::string_view column, prose;
};

Word kx_word(const CipherSuite& s) {
  const bool small = s.strength == Strength::exp40;
  switch (s.kx) {
    case Kx::rsa:
      if (!s.is_export) return {"RSA", "the client encrypts the secret for the server's RSA key"};
      if (s.first == ProtocolVersion::ssl20)
        return {"RSA(512)",
                "the client encrypts five bytes of the key for the server's RSA key and sends the "
                "others in clear"};
      return {small ? "RSA(512)" : "RSA(1024)",
              small ? "the client encrypts the secret for an RSA key of at most 512 bits"
                    : "the client encrypts the secret for an RSA key of at most 1024 bits"};
    case Kx::dhe:
      if (!s.is_export) return {"DH", "ephemeral Diffie-Hellman"};
      return {small ? "DH(512)" : "DH(1024)",
              small ? "ephemeral Diffie-Hellman in a group of at most 512 bits"
                    : "ephemeral Diffie-Hellman in a group of at most 1024 bits"};
    case Kx::ecdhe: return {"ECDH", "ephemeral Diffie-Hellman on a curve"};
    case Kx::ecdh_rsa:
      return {"ECDH/RSA", "Diffie-Hellman with the curve key of a certificate signed with RSA"};
    case Kx::ecdh_ecdsa:
      return {"ECDH/ECDSA", "Diffie-Hellman with the curve key of a certificate signed with ECDSA"};
    case Kx::psk: return {"PSK", "a key that both sides have beforehand"};
    case Kx::srp: return {"SRP", "a password (Secure Remote Password)"};
    case Kx::dh_rsa:
      return {"DH/RSA", "Diffie-Hellman with the key of a certificate signed with RSA"};
    case Kx::dh_dss:
      return {"DH/DSS", "Diffie-Hellman with the key of a certificate signed with DSA"};
    case Kx::krb5: return {"KRB5", "a Kerberos ticket"};
    case Kx::gost: return {"GOST", "VKO GOST R 34.10"};
  }
  return {"?", "?"};
}

Word auth_word(Auth a) {
  switch (a) {
    case Auth::rsa: return {"RSA", "a certificate with an RSA key"};
    case Auth::dss: return {"DSS", "a certificate with a DSA key"};
    case Auth::anonymous: return {"None", "none"};
    case Auth::ecdh: return {"ECDH", "the curve key of the key exchange"};
    case Auth::ecdsa: return {"ECDSA", "a certificate with an ECDSA key"};
    case Auth::psk: return {"PSK", "the shared key"};
    case Auth::srp: return {"SRP", "the password"};
    case Auth::dh: return {"DH", "the Diffie-Hellman key of the key exchange"};
    case Auth::krb5: return {"KRB5", "the Kerberos ticket"};
    case Auth::gost94: return {"GOST94", "a certificate with a GOST R 34.10-94 key"};
    case Auth::gost01: return {"GOST01", "a certificate with a GOST R 34.10-2001 key"};
  }
  return {"?", "?"};
}

struct Cipher {
  std::string_view column;
  int column_bits;  ///< 0: those of the suite
  std::string_view prose;
  bool cbc;
};
constexpr std::array kCiphers{
    Cipher{"None", 0, "none", false},
    Cipher{"RC4", 0, "RC4", false},
    Cipher{"RC2", 0, "RC2 in CBC mode", true},
    Cipher{"IDEA", 128, "IDEA in CBC mode", true},
    Cipher{"DES", 0, "DES in CBC mode", true},
    Cipher{"3DES", 168, "three-key DES in CBC mode", true},
    Cipher{"SEED", 128, "SEED in CBC mode", true},
    Cipher{"AES", 128, "AES-128 in CBC mode", true},
    Cipher{"AES", 256, "AES-256 in CBC mode", true},
    Cipher{"AESGCM", 128, "AES-128 in Galois/counter mode", false},
    Cipher{"AESGCM", 256, "AES-256 in Galois/counter mode", false},
    Cipher{"Camellia", 128, "Camellia-128 in CBC mode", true},
    Cipher{"Camellia", 256, "Camellia-256 in CBC mode", true},
    Cipher{"GOST89", 256, "GOST 28147-89 in counter mode", false},
    Cipher{"AESCCM", 128, "AES-128 in counter mode with CBC-MAC", false},
    Cipher{"AESCCM", 256, "AES-256 in counter mode with CBC-MAC", false},
    Cipher{"AESCCM8", 128, "AES-128 in counter mode with CBC-MAC, tags of 8 bytes", false},
    Cipher{"AESCCM8", 256, "AES-256 in counter mode with CBC-MAC, tags of 8 bytes", false},
    Cipher{"CHACHA20/POLY1305", 256, "ChaCha20 with Poly1305", false},
};
static_assert(kCiphers.size() == static_cast<std::size_t>(Enc::chacha20_poly1305) + 1);
const Cipher& cipher(const CipherSuite& s) { return kCiphers[static_cast<std::size_t>(s.enc)]; }

std::string enc_column(const CipherSuite& s) {
  if (s.enc == Enc::null) return "None";
  const int bits = cipher(s).column_bits == 0 ? s.secret_bits : cipher(s).column_bits;
  return fmt::format("{}({})", cipher(s).column, bits);
}

Word mac_word(Mac m) {
  switch (m) {
    case Mac::md5: return {"MD5", "MD5"};
    case Mac::sha1: return {"SHA1", "SHA-1"};
    case Mac::sha256: return {"SHA256", "SHA-256"};
    case Mac::sha384: return {"SHA384", "SHA-384"};
    case Mac::aead: return {"AEAD", "the cipher itself"};
    case Mac::gost94: return {"GOST94", "GOST R 34.11-94"};
    case Mac::gost89: return {"GOST89", "GOST 28147-89 in MAC mode"};
  }
  return {"?", "?"};
}

bool is_gcm(const CipherSuite& s) { return s.enc == Enc::aes128_gcm || s.enc == Enc::aes256_gcm; }
bool is_ccm(const CipherSuite& s) { return cipher(s).column.starts_with("AESCCM"); }
bool on_curves(const CipherSuite& s) {
  return s.kx == Kx::ecdhe || s.kx == Kx::ecdh_rsa || s.kx == Kx::ecdh_ecdsa;
}
bool is_new_in_tls12(const CipherSuite& s) { return s.first == ProtocolVersion::tls12; }

struct Specification {
  bool (*applies)(const CipherSuite&);
  std::string_view text;
};

// The first that applies.
constexpr std::array kSpecifications{
    Specification{[](const CipherSuite& s) { return s.first == ProtocolVersion::ssl20; },
                  "draft-hickman-netscape-ssl-00"},
    Specification{[](const CipherSuite& s) { return s.kx == Kx::krb5; }, "RFC 2712"},
    Specification{[](const CipherSuite& s) { return s.kx == Kx::gost; },
                  "draft-chudov-cryptopro-cptls"},
    Specification{[](const CipherSuite& s) { return s.kx == Kx::psk; }, "RFC 4279"},
    Specification{[](const CipherSuite& s) { return s.kx == Kx::srp; }, "RFC 5054"},
    Specification{[](const CipherSuite& s) { return s.id >= 0x0060 && s.id <= 0x0066; },
                  "draft-ietf-tls-56-bit-ciphersuites"},
    Specification{[](const CipherSuite& s) { return s.enc == Enc::chacha20_poly1305; }, "RFC 7905"},
    Specification{[](const CipherSuite& s) { return is_ccm(s) && on_curves(s); }, "RFC 7251"},
    Specification{is_ccm, "RFC 6655"},
    Specification{[](const CipherSuite& s) { return on_curves(s) && is_new_in_tls12(s); },
                  "RFC 5289"},
    Specification{on_curves, "RFC 4492"},
    Specification{
        [](const CipherSuite& s) { return s.enc == Enc::camellia128 || s.enc == Enc::camellia256; },
        "RFC 5932"},
    Specification{is_gcm, "RFC 5288"},
    Specification{is_new_in_tls12, "RFC 5246"},
    Specification{[](const CipherSuite& s) { return s.enc == Enc::seed; }, "RFC 4162"},
    Specification{[](const CipherSuite& s) { return s.enc == Enc::aes128 || s.enc == Enc::aes256; },
                  "RFC 3268"},
    Specification{[](const CipherSuite&) { return true; }, "RFC 6101 and RFC 2246"},
};

}  // namespace

std::string code_text(std::uint32_t number) {
  return number > 0xffff ? fmt::format("0x{:06x}", number) : fmt::format("0x{:04x}", number);
}

std::string column_line(const CipherSuite& s) {
  return fmt::format("{:<23} {} Kx={:<8} Au={:<4} Enc={:<9} Mac={:<4}{}\n", s.openssl_name,
                     version_name(s.first), kx_word(s).column, auth_word(s.auth).column,
                     enc_column(s), mac_word(s.mac).column, s.is_export ? " export" : "");
}

std::string code_column(const CipherSuite& s) {
  if (s.id > 0xffff)
    return fmt::format("     0x{:02X},0x{:02X},0x{:02X} - ", s.id >> 16, s.id >> 8 & 0xff,
                       s.id & 0xff);
  return fmt::format("          0x{:02X},0x{:02X} - ", s.id >> 8, s.id & 0xff);
}

std::string in_words(const WeaknessEvent& w) {
  std::string more(w.why);
  if (!w.specification.empty()) more += (more.empty() ? "" : "; ") + std::string(w.specification);
  return std::string(w.what) + (more.empty() ? "" : " (" + more + ")");
}

SuiteWords in_words(const CipherSuite& s) {
  SuiteWords w{.since = std::string(version_name(s.first)),
               .key_exchange = std::string(kx_word(s).prose),
               .authentication = std::string(auth_word(s.auth).prose),
               .encryption = s.enc == Enc::null ? "none"
                                                : fmt::format("{}, {} secret bits", cipher(s).prose,
                                                              s.secret_bits),
               .mac = std::string(mac_word(s.mac).prose)};
  for (const Specification& r : kSpecifications)
    if (r.applies(s)) {
      w.specification = r.text;
      break;
    }
  for (const WeaknessEvent& e : explain::weaknesses(s)) w.weaknesses.push_back(in_words(e));
  // As TLS has it without encrypt_then_mac, which is for the ends to agree on, not for the suite.
  if (cipher(s).cbc)
    w.weaknesses.emplace_back(
        "CBC under the MAC invites padding oracles (POODLE in SSL 3.0, Lucky Thirteen) and, up to "
        "TLS 1.0, chosen plaintext (BEAST)");
  return w;
}

void tell_suite(Output& out, const CipherSuite& s) {
  const SuiteWords w = in_words(s);
  Json j = suite_json(s);
  j["since"] = w.since;
  j["key_exchange"] = w.key_exchange;
  j["authentication"] = w.authentication;
  j["encryption"] = w.encryption;
  j["mac"] = w.mac;
  j["specification"] = w.specification;
  j["weaknesses"] = w.weaknesses;
  j["spoken"] = is_spoken(s);
  out.document["suite"] = std::move(j);
  if (out.json) return;
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
      s.openssl_name, s.iana_name, code_text(s.id), w.since, w.specification, w.key_exchange,
      w.authentication, w.encryption, w.mac, is_spoken(s) ? "yes" : "no",
      w.weaknesses.empty() ? "none known"
                           : fmt::format("{}", fmt::join(w.weaknesses, "\n                 "))));
}

}  // namespace parley::tool

// Cipher suites: one row each, and the language that selects them (OpenSSL 1.0.1's).
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "parley/export.hpp"
#include "parley/protocol.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

/// How the premaster secret is agreed. The keyword of the cipher list language is kRSA, kEDH ...
enum class Kx : std::uint8_t {
  rsa,         ///< kRSA; with a temporary 512-bit key in export suites
  dhe,         ///< kEDH, anonymous DH included
  ecdhe,       ///< kEECDH, anonymous ECDH included
  ecdh_rsa,    ///< kECDHr: static, in a certificate signed with RSA
  ecdh_ecdsa,  ///< kECDHe: static, in a certificate signed with ECDSA
  psk,
  srp,
  dh_rsa,  ///< kDHr: static DH
  dh_dss,
  krb5,
  gost,
};
/// What proves who the server is.
enum class Auth : std::uint8_t {
  rsa,
  dss,
  anonymous,  ///< aNULL
  ecdh,       ///< static ECDH: the key agreement itself
  ecdsa,
  psk,
  srp,
  dh,
  krb5,
  gost94,
  gost01,
};
enum class Enc : std::uint8_t {
  null,
  rc4,
  rc2,
  idea,
  des,
  des_ede3,
  seed,
  aes128,
  aes256,
  aes128_gcm,
  aes256_gcm,
  camellia128,
  camellia256,
  gost89,
  aes128_ccm,
  aes256_ccm,
  aes128_ccm8,  ///< with a tag of 8 bytes
  aes256_ccm8,
  chacha20_poly1305,
};
enum class Mac : std::uint8_t { md5, sha1, sha256, sha384, aead, gost94, gost89 };
/// The strength class of the language.
enum class Strength : std::uint8_t { none, exp40, exp56, low, medium, high };

/// One suite; a row of the catalogue in src/suite/suites.cpp.
struct CipherSuite {
  std::uint32_t id;  ///< on the wire: two bytes; three (0x010080) for the kinds of SSL 2.0
  std::string_view openssl_name;  ///< "AES128-SHA"
  std::string_view iana_name;     ///< "TLS_RSA_WITH_AES_128_CBC_SHA"
  Kx kx;
  Auth auth;
  Enc enc;
  std::uint16_t secret_bits;     ///< 112 for 3DES, 40 for export, 0 for NULL
  std::uint16_t algorithm_bits;  ///< 168 for 3DES, 128 for RC4-40
  Mac mac;
  bool is_export;
  Strength strength;
  bool fips;
  ProtocolVersion first;  ///< the protocol class: ssl20, ssl30 or tls12
  bool selectable;        ///< OpenSSL 1.0.1 could select it; else its name is an unknown word, and
                          ///< only the full IANA name selects it, if parley can speak it
};

/// The catalogue: every suite with a number, spoken or not, by ascending number.
std::span<const CipherSuite> cipher_suite_catalogue();
/// Whether parley can speak it.
bool is_spoken(const CipherSuite&);
/// Of the catalogue, by number; null when it has none.
const CipherSuite* find_cipher_suite(std::uint32_t id);
/// By IANA name, "0x002f", or OpenSSL name; of several suites with one OpenSSL name, the one that
/// is not of SSL 2.0. Null when the catalogue has none.
const CipherSuite* find_cipher_suite(std::string_view name);

using CipherList = std::vector<const CipherSuite*>;

/// Those of the catalogue that parley can speak, by ascending number.
const CipherList& spoken_cipher_suites();

/// The context a list is meant for: it decides which suites there are to select from.
enum class CipherContext : std::uint8_t {
  sslv2,   ///< PROTOCOL_SSLv2: the kinds of SSL 2.0
  sslv3,   ///< PROTOCOL_SSLv3, PROTOCOL_TLSv1 and later: the suites of SSL 3.0 and TLS
  sslv23,  ///< PROTOCOL_SSLv23: both
};

/// What OpenSSL 1.0.1's cipher list language selects from the catalogue, in order. Errc::
/// invalid_command (with the offset of the offending byte) or Errc::no_cipher_match.
Result<CipherList> expand_cipher_string(std::string_view, CipherContext);
/// The same, less what parley does not speak; Errc::no_cipher_match when nothing is left.
Result<CipherList> parse_cipher_list(std::string_view, CipherContext = CipherContext::sslv23);
/// What a context selects unless told otherwise: the documented
/// DEFAULT:!aNULL:!eNULL:!LOW:!EXPORT:!SSLv2, and SSLv2 for a context of that.
std::string_view default_cipher_string(CipherContext);
/// The same, of a context that is not of SSL 2.0, less what parley does not speak.
const CipherList& default_cipher_list();

}  // namespace parley

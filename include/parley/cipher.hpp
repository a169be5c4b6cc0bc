// Cipher suites: one row each, and lists of them.
#pragma once
#include <span>
#include <vector>

#include "parley/protocol.hpp"
#include "parley/result.hpp"

namespace parley {

enum class Kx : std::uint8_t { rsa };
enum class Auth : std::uint8_t { rsa };
enum class Enc : std::uint8_t { null, rc4_128, des_ede3, aes128, aes256 };
enum class Mac : std::uint8_t { md5, sha1 };

/// One suite; a row of the table in src/suite/suites.cpp.
struct CipherSuite {
  std::uint16_t id;               ///< the number on the wire
  std::string_view openssl_name;  ///< "AES128-SHA"
  std::string_view iana_name;     ///< "TLS_RSA_WITH_AES_128_CBC_SHA"
  Kx kx;
  Auth auth;
  Enc enc;
  Mac mac;
  std::uint16_t secret_bits;     ///< 112 for 3DES, 0 for NULL
  std::uint16_t algorithm_bits;  ///< 168 for 3DES
  ProtocolVersion first;         ///< the version that defines it
};

/// Every suite parley can speak, by ascending number.
std::span<const CipherSuite> all_cipher_suites();
/// By number; null when parley does not know it.
const CipherSuite* find_cipher_suite(std::uint16_t id);
/// By OpenSSL name, IANA name or "0x002f"; null when parley does not know it.
const CipherSuite* find_cipher_suite(std::string_view name);

/// Names separated by ':' to suites in that order, each once. Errc::bad_value for a name nobody
/// knows, Errc::no_ciphers_available for an empty list.
Result<std::vector<const CipherSuite*>> parse_cipher_list(std::string_view names);
/// What a context offers unless told otherwise: every suite that encrypts, strongest first.
std::span<const CipherSuite* const> default_cipher_list();

}  // namespace parley

// How a handshake message is signed from TLS 1.2 on.
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "parley/export.hpp"
#include "parley/protocol.hpp"

namespace PARLEY_PUBLIC parley {

/// SignatureAndHashAlgorithm (RFC 5246 section 7.4.1.4.1) under its later name and numbers
/// (RFC 8446 section 4.2.3, RFC 8422 section 5.1.3): what parley signs with and checks. MD5 is not
/// among them.
enum class SignatureScheme : std::uint16_t {
  rsa_pkcs1_sha1 = 0x0201,
  dsa_sha1 = 0x0202,
  ecdsa_sha1 = 0x0203,
  rsa_pkcs1_sha224 = 0x0301,
  dsa_sha224 = 0x0302,
  ecdsa_sha224 = 0x0303,
  rsa_pkcs1_sha256 = 0x0401,
  dsa_sha256 = 0x0402,
  ecdsa_sha256 = 0x0403,  ///< on any curve, before TLS 1.3
  rsa_pkcs1_sha384 = 0x0501,
  dsa_sha384 = 0x0502,
  ecdsa_sha384 = 0x0503,
  rsa_pkcs1_sha512 = 0x0601,
  dsa_sha512 = 0x0602,
  ecdsa_sha512 = 0x0603,
  rsa_pss_rsae_sha256 = 0x0804,
  rsa_pss_rsae_sha384 = 0x0805,
  rsa_pss_rsae_sha512 = 0x0806,
  ed25519 = 0x0807,
};
/// Best first; what a configuration uses unless told otherwise. SHA-1 is last and there for peers
/// of the time.
inline constexpr std::array kSignatureSchemes{SignatureScheme::ecdsa_sha256,
                                              SignatureScheme::ecdsa_sha384,
                                              SignatureScheme::ecdsa_sha512,
                                              SignatureScheme::ed25519,
                                              SignatureScheme::rsa_pss_rsae_sha256,
                                              SignatureScheme::rsa_pss_rsae_sha384,
                                              SignatureScheme::rsa_pss_rsae_sha512,
                                              SignatureScheme::rsa_pkcs1_sha256,
                                              SignatureScheme::rsa_pkcs1_sha384,
                                              SignatureScheme::rsa_pkcs1_sha512,
                                              SignatureScheme::dsa_sha256,
                                              SignatureScheme::dsa_sha384,
                                              SignatureScheme::dsa_sha512,
                                              SignatureScheme::ecdsa_sha224,
                                              SignatureScheme::rsa_pkcs1_sha224,
                                              SignatureScheme::dsa_sha224,
                                              SignatureScheme::ecdsa_sha1,
                                              SignatureScheme::rsa_pkcs1_sha1,
                                              SignatureScheme::dsa_sha1};
/// "rsa_pss_rsae_sha256"; "unknown" for anything else.
std::string_view signature_scheme_name(SignatureScheme);
/// By that name; nothing when there is none.
std::optional<SignatureScheme> find_signature_scheme(std::string_view name);

}  // namespace parley

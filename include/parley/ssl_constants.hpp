// The constants of the documented interface.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

inline constexpr int CERT_NONE = 0;  ///< the peer's certificate is not looked at
/// Clients: as CERT_REQUIRED, unless an anonymous suite is agreed, which set_ciphers() must have
/// allowed; servers ask and accept none.
inline constexpr int CERT_OPTIONAL = 1;
inline constexpr int CERT_REQUIRED = 2;  ///< the chain must end in an anchor of the context

/// Bits for SSLContext::verify_flags. Others are remembered and without an effect.
inline constexpr unsigned VERIFY_DEFAULT = 0;
/// A revocation list of the issuer must be there, for the leaf; for the whole chain.
inline constexpr unsigned VERIFY_CRL_CHECK_LEAF = 0x4;
inline constexpr unsigned VERIFY_CRL_CHECK_CHAIN = 0xC;
inline constexpr unsigned VERIFY_X509_STRICT = 0x20;  ///< what RFC 5280 asks of CAs, too
/// Issuers are looked for among the anchors before those that the peer sent.
inline constexpr unsigned VERIFY_X509_TRUSTED_FIRST = 0x8000;
/// Every certificate that was loaded ends a path, not only a self-signed one.
inline constexpr unsigned VERIFY_X509_PARTIAL_CHAIN = 0x80000;

#ifndef PARLEY_NO_SSL2
/// SSL 2.0 and nothing else: broken, for the study of old machines only.
inline constexpr int PROTOCOL_SSLv2 = 0;
#endif
inline constexpr int PROTOCOL_SSLv3 = 1;  ///< SSL 3.0 and nothing else
/// The highest version both sides have. SSL 2.0 is among them only where set_ciphers() selected
/// suites of it; `options |= OP_NO_SSLv2` rules it out.
inline constexpr int PROTOCOL_SSLv23 = 2;
inline constexpr int PROTOCOL_TLSv1 = 3;    ///< TLS 1.0 and nothing else
inline constexpr int PROTOCOL_TLSv1_1 = 4;  ///< TLS 1.1 and nothing else
inline constexpr int PROTOCOL_TLSv1_2 = 5;  ///< TLS 1.2 and nothing else
inline constexpr int PROTOCOL_TLS = PROTOCOL_SSLv23;

/// "SSLv2", "SSLv3", "SSLv23", "TLSv1", "TLSv1.1", "TLSv1.2"; "<unknown>" for a number that is no
/// PROTOCOL_ constant.
std::string get_protocol_name(int protocol);

/// Bits for SSLContext::options. Bits without an effect are accepted and remembered.
inline constexpr std::uint64_t OP_ALL = 0x800003FF;  ///< the default; leaves CBC splitting on
inline constexpr std::uint64_t OP_DONT_INSERT_EMPTY_FRAGMENTS = 0x800;  ///< no 1/n-1 CBC split
inline constexpr std::uint64_t OP_NO_TICKET = 0x4000;  ///< neither give nor take session tickets
inline constexpr std::uint64_t OP_NO_COMPRESSION = 0x20000;  ///< there is none in any case
/// Deals with peers that do not speak RFC 5746: CVE-2009-3555.
inline constexpr std::uint64_t OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION = 0x40000;
inline constexpr std::uint64_t OP_SINGLE_ECDH_USE = 0x80000;
inline constexpr std::uint64_t OP_SINGLE_DH_USE = 0x100000;
inline constexpr std::uint64_t OP_CIPHER_SERVER_PREFERENCE = 0x400000;
inline constexpr std::uint64_t OP_NO_SSLv2 = 0x01000000;  ///< the OP_NO_ bits matter with
inline constexpr std::uint64_t OP_NO_SSLv3 = 0x02000000;  ///< PROTOCOL_SSLv23 only
inline constexpr std::uint64_t OP_NO_TLSv1 = 0x04000000;
inline constexpr std::uint64_t OP_NO_TLSv1_2 = 0x08000000;
inline constexpr std::uint64_t OP_NO_TLSv1_1 = 0x10000000;
inline constexpr std::uint64_t OP_NO_RENEGOTIATION = 0x40000000;  ///< as Renegotiation::refuse

/// What SSLContext::minimum_version and maximum_version hold.
enum class TLSVersion {
  MINIMUM_SUPPORTED = -2,
  MAXIMUM_SUPPORTED = -1,
  SSLv2 = 0x0002,
  SSLv3 = 0x0300,
  TLSv1 = 0x0301,
  TLSv1_1 = 0x0302,
  TLSv1_2 = 0x0303,
};

inline constexpr bool HAS_SNI = true;
inline constexpr bool HAS_ALPN = true;
inline constexpr bool HAS_TLSv1_1 = true;
inline constexpr bool HAS_TLSv1_2 = true;
/// What get_channel_binding() knows.
inline constexpr std::array<std::string_view, 1> CHANNEL_BINDING_TYPES{"tls-unique"};

/// SSLError::code().value().
inline constexpr int SSL_ERROR_SSL = 1;
inline constexpr int SSL_ERROR_WANT_READ = 2;
inline constexpr int SSL_ERROR_WANT_WRITE = 3;
inline constexpr int SSL_ERROR_WANT_X509_LOOKUP = 4;
inline constexpr int SSL_ERROR_SYSCALL = 5;
inline constexpr int SSL_ERROR_ZERO_RETURN = 6;
inline constexpr int SSL_ERROR_WANT_CONNECT = 7;
inline constexpr int SSL_ERROR_EOF = 8;
inline constexpr int SSL_ERROR_INVALID_ERROR_CODE = 10;

}  // namespace parley

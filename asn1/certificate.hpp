// The views behind parley::Certificate.
#pragma once
#include "asn1/der_reader.hpp"
#include "parley/x509.hpp"

namespace parley::asn1 {

/// Rules bent for old certificates (asn1/README.md, each with a vector in vectors/certs).
inline constexpr bool kSerialMayBeNegative = true;   ///< RFC 5280 4.1.2.2 wants it positive
inline constexpr std::size_t kMaxSerialSize = 1024;  ///< RFC 5280 wants at most 20 bytes
inline constexpr bool kDefaultsMayBeEncoded = true;  ///< "critical FALSE", "cA FALSE", v1
inline constexpr bool kExtensionsMayBeEmpty = true;  ///< RFC 5280 4.2 wants at least one

/// A subject or validity time: its tag and content.
struct TimeField {
  Tag tag{};
  ByteView content{};
};

/// Time ::= UTCTime or GeneralizedTime; its content is not looked at.
TimeField read_time(DerReader&, const char* field);
/// CertificateSerialNumber: content of the INTEGER, of at most kMaxSerialSize bytes.
ByteView read_serial(DerReader&, const char* field);
/// An AlgorithmIdentifier with its header.
ByteView read_algorithm_whole(DerReader&, const char* field);

}  // namespace parley::asn1

namespace parley {

struct Certificate::Fields {
  Bytes der;  // owns what everything below views
  ByteView tbs, serial, issuer, subject, spki;
  ByteView signature_algorithm, tbs_signature_algorithm, signature;
  asn1::TimeField not_before, not_after;
  int version = 1;
  std::vector<Extension> extensions;
};

}  // namespace parley

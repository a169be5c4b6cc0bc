// Key structures as views: SubjectPublicKeyInfo, PKCS #1, PKCS #8. Numbers are handed out as
// unsigned big-endian bytes; what they are good for is decided in src/trust.
#pragma once
#include "asn1/der_reader.hpp"
#include "asn1/der_writer.hpp"

namespace parley::asn1 {

/// AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
struct AlgorithmIdentifier {
  ByteView oid{};         ///< content bytes
  ByteView parameters{};  ///< with header; empty when absent
  /// RSA wants a NULL there (RFC 3279 section 2.3.1); absent ones are taken too, as old
  /// certificates have them.
  bool parameters_null_or_absent() const;
};
AlgorithmIdentifier read_algorithm(DerReader&, const char* field);
Result<AlgorithmIdentifier> parse_algorithm(ByteView der);
/// With NULL parameters.
void write_algorithm(DerWriter&, ByteView oid);

/// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
struct PublicKeyInfo {
  AlgorithmIdentifier algorithm{};
  ByteView key{};  ///< content of the BIT STRING
};
Result<PublicKeyInfo> parse_public_key_info(ByteView der);

/// RSAPublicKey (RFC 8017 appendix A.1.1).
struct RsaPublicFields {
  ByteView n{}, e{};
};
Result<RsaPublicFields> parse_rsa_public_key(ByteView der);

/// RSAPrivateKey (RFC 8017 appendix A.1.2) of two primes.
struct RsaPrivateFields {
  ByteView n{}, e{}, d{}, p{}, q{}, dp{}, dq{}, qinv{};
};
Result<RsaPrivateFields> parse_rsa_private_key(ByteView der);

/// PrivateKeyInfo (RFC 5208 section 5) or OneAsymmetricKey (RFC 5958 section 2).
struct PrivateKeyInfo {
  AlgorithmIdentifier algorithm{};
  ByteView key{};  ///< content of the OCTET STRING
};
Result<PrivateKeyInfo> parse_private_key_info(ByteView der);

/// The SubjectPublicKeyInfo of an RSA key.
void write_rsa_public_key_info(DerWriter&, const RsaPublicFields&);
/// The PrivateKeyInfo (version 0) of an RSA key.
void write_rsa_private_key_info(DerWriter&, const RsaPrivateFields&);

}  // namespace parley::asn1

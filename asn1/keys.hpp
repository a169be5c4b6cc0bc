// Key structures as views: SubjectPublicKeyInfo, PKCS #8, and what each kind of key puts into
// them or writes on its own (PKCS #1, SEC 1). Numbers are handed out as unsigned big-endian bytes;
// what they are good for is decided in src/trust.
#pragma once
#include "asn1/der_reader.hpp"
#include "asn1/der_writer.hpp"

namespace parley::asn1 {

/// AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
struct AlgorithmIdentifier {
  ByteView oid{};         ///< content bytes
  ByteView parameters{};  ///< with header; empty when absent
  /// RSA wants a NULL there (RFC 3279 section 2.3.1), DSA and ECDSA signatures want nothing
  /// (sections 2.2.2 and 2.2.3); each is taken for the other, as old certificates have them.
  bool parameters_null_or_absent() const;
};
AlgorithmIdentifier read_algorithm(DerReader&, const char* field);
Result<AlgorithmIdentifier> parse_algorithm(ByteView der);
enum class Parameters : std::uint8_t { null, absent };
void write_algorithm(DerWriter&, ByteView oid, Parameters);

/// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
struct PublicKeyInfo {
  AlgorithmIdentifier algorithm{};
  ByteView key{};  ///< content of the BIT STRING
};
Result<PublicKeyInfo> parse_public_key_info(ByteView der);

/// PrivateKeyInfo (RFC 5208 section 5) or OneAsymmetricKey (RFC 5958 section 2).
struct PrivateKeyInfo {
  AlgorithmIdentifier algorithm{};
  ByteView key{};  ///< content of the OCTET STRING
  /// Content of the BIT STRING of version 2 (RFC 5958 section 2); empty when absent.
  ByteView public_key{};
};
Result<PrivateKeyInfo> parse_private_key_info(ByteView der);

// --- RSA ---

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

/// RSASSA-PSS-params (RFC 4055 section 3.1) with the defaults filled in.
struct PssFields {
  ByteView hash{};       ///< content of an OBJECT IDENTIFIER
  ByteView mask_hash{};  ///< of MGF1, the only mask generation function there is
  std::uint32_t salt_length = 0;
};
/// Defaults may be written out (the RFC wants them understood); other mask functions and trailers
/// than those of RFC 8017 are Errc::unsupported_algorithm. Parameters must be there.
Result<PssFields> parse_pss_parameters(ByteView der);

/// The SubjectPublicKeyInfo of an RSA key.
void write_rsa_public_key_info(DerWriter&, const RsaPublicFields&);
/// The PrivateKeyInfo (version 0) of an RSA key.
void write_rsa_private_key_info(DerWriter&, const RsaPrivateFields&);

// --- DSA ---

/// A DSA key; y is empty where the structure has none, x in public keys.
struct DsaFields {
  ByteView p{}, q{}, g{}, y{}, x{};
};
/// Dss-Parms and DSAPublicKey (RFC 3279 section 2.3.2). Errc::unsupported_key for parameters that
/// are to be inherited from the issuer.
Result<DsaFields> parse_dsa_public_key(const PublicKeyInfo&);
/// Dss-Parms and the number x as PKCS #11 and OpenSSL put them into PKCS #8; same errors.
Result<DsaFields> parse_dsa_private_key(const PrivateKeyInfo&);
/// The form before PKCS #8: SEQUENCE of 0, p, q, g, y, x.
Result<DsaFields> parse_dsa_traditional_key(ByteView der);
/// Written from p, q, g and y.
void write_dsa_public_key_info(DerWriter&, const DsaFields&);
/// Written from p, q, g and x.
void write_dsa_private_key_info(DerWriter&, const DsaFields&);

// --- Elliptic curves ---

/// ECParameters (RFC 5480 section 2.1.1): content of the curve's OBJECT IDENTIFIER.
/// Errc::unsupported_key for curves that are given by their numbers (CVE-2022-0778) or inherited.
Result<ByteView> parse_ec_parameters(ByteView der);

/// ECPrivateKey (RFC 5915 section 3; SEC 1 appendix C.4).
struct EcPrivateFields {
  ByteView scalar{};
  ByteView curve{};  ///< content of an OBJECT IDENTIFIER; empty when absent
  ByteView point{};  ///< SEC 1 section 2.3.3; empty when absent
};
Result<EcPrivateFields> parse_ec_private_key(ByteView der);
/// The SubjectPublicKeyInfo of a point on a named curve.
void write_ec_public_key_info(DerWriter&, ByteView curve, ByteView point);
/// The PrivateKeyInfo of a key on a named curve, with its point.
void write_ec_private_key_info(DerWriter&, const EcPrivateFields&);

// --- Edwards curves (RFC 8410) ---

/// CurvePrivateKey (section 7): the OCTET STRING in the OCTET STRING.
Result<ByteView> parse_edwards_private_key(ByteView der);
/// `oid` names the curve; parameters are absent (section 3).
void write_edwards_public_key_info(DerWriter&, ByteView oid, ByteView key);
void write_edwards_private_key_info(DerWriter&, ByteView oid, ByteView key);

// --- Signatures of two numbers ---

/// Dss-Sig-Value and ECDSA-Sig-Value (RFC 3279 sections 2.2.2 and 2.2.3).
struct RsFields {
  ByteView r{}, s{};
};
/// Strict DER, so that a signature has one encoding: Errc::bad_der for numbers that are not
/// minimal, Errc::bad_value for negative ones, Errc::trailing_bytes for more than two.
Result<RsFields> parse_rs_signature(ByteView der);
void write_rs_signature(DerWriter&, const RsFields&);

}  // namespace parley::asn1

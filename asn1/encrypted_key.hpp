// Encrypted structures of PKCS #8, with the parameters of the schemes of PKCS #5 and PKCS #12.
#pragma once
#include "asn1/keys.hpp"

namespace parley::asn1 {

/// EncryptedPrivateKeyInfo (RFC 5208 section 6).
struct EncryptedPrivateKeyInfo {
  AlgorithmIdentifier algorithm{};
  ByteView data{};  ///< content of the OCTET STRING
};
Result<EncryptedPrivateKeyInfo> parse_encrypted_private_key_info(ByteView der);

/// PBEParameter (RFC 8018 appendix A.3) and pkcs-12PbeParams (RFC 7292 appendix C).
struct PbeFields {
  ByteView salt{};
  std::uint32_t iterations = 0;
};
Result<PbeFields> parse_pbe_parameters(ByteView der);

/// PBES2-params (RFC 8018 appendix A.4).
struct Pbes2Fields {
  AlgorithmIdentifier derivation{};
  AlgorithmIdentifier encryption{};
};
Result<Pbes2Fields> parse_pbes2_parameters(ByteView der);

/// PBKDF2-params (RFC 8018 appendix A.2).
struct Pbkdf2Fields {
  ByteView salt{};
  std::uint32_t iterations = 0;
  std::optional<std::uint32_t> key_length{};  ///< bytes
  AlgorithmIdentifier prf{};                  ///< hmacWithSHA1 when absent
};
/// Errc::unsupported_algorithm for a salt that somebody else is to provide.
Result<Pbkdf2Fields> parse_pbkdf2_parameters(ByteView der);

}  // namespace parley::asn1

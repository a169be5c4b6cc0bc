// Certificates and revocation lists with whatever extensions a test writes, well-formed or not.
#pragma once
#include "asn1/der_writer.hpp"
#include "tests/support/certs.hpp"

namespace parley::test {

struct RawExtension {
  Bytes oid;  ///< content bytes
  bool critical = false;
  Bytes value;
};

/// The bytes that `write` puts into a DerWriter.
template <class Write>
Bytes der(Write write) {
  Bytes out;
  asn1::DerWriter w{out};
  write(w);
  return out;
}

/// BasicConstraints of a CA, critical.
RawExtension raw_ca();
/// Self-signed without an issuer; with test_key(number), valid around kNow, SHA-256.
Issued raw_certificate(const std::string& common_name, unsigned number, const Issued* issuer,
                       const std::vector<RawExtension>&, std::uint32_t serial = 1,
                       std::int64_t not_after = kNow + kYear);
/// A list of serial numbers, all revoked at kNow for keyCompromise; from kNow - 1 to kNow + 1.
RevocationList raw_crl(const Issued& issuer, const std::vector<std::uint32_t>& serials,
                       std::string_view hash = "sha256",
                       const std::vector<RawExtension>& extensions = {});

}  // namespace parley::test

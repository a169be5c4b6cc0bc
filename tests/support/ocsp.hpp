// OCSP responses for tests, of any content.
#pragma once
#include <optional>
#include <vector>

#include "parley/key.hpp"
#include "parley/ocsp_check.hpp"

namespace parley::test {

struct OcspMake {
  Certificate certificate, issuer;  ///< whom it is about
  PrivateKey key;                   ///< that signs it
  OcspStatus status = OcspStatus::good;
  std::int64_t this_update = 0;
  std::optional<std::int64_t> next_update{};
  std::optional<Certificate> responder{};  ///< comes along and names the signer; else the issuer
  bool critical_extension = false;
  std::size_t answers = 1;  ///< the same one, so often
};
/// In DER; SHA-1 in CertID, SHA-256 under the signature of an RSA key.
Bytes make_ocsp(const OcspMake&);

}  // namespace parley::test

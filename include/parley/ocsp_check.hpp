// Whether an OCSP response can be believed, and what it says of a certificate (RFC 6960
// section 3.2).
#pragma once
#include "parley/ocsp.hpp"
#include "parley/trust.hpp"

namespace PARLEY_PUBLIC parley {

struct OcspPolicy {
  std::int64_t unix_seconds = 0;  ///< the moment for which the answer must hold
  std::int64_t skew = 300;        ///< seconds by which clocks may differ
  /// Seconds that an answer without nextUpdate holds, which says that there is always a newer one.
  std::int64_t undated_age = 7 * 86400;
  KeyStrength strength{};
};

/// An answer that can be believed.
struct OcspVerdict {
  OcspStatus status = OcspStatus::unknown;
  std::int64_t revoked_at = 0;
  std::optional<int> reason{};
  std::int64_t this_update = 0;
  std::optional<std::int64_t> next_update{};
  /// Signed by a responder that the issuer has certified for it (id-kp-OCSPSigning), not by itself.
  bool delegated = false;
};

/// What the response says of `certificate`, provided that it is successful, about this certificate
/// of this issuer (by SHA-1 or SHA-256), signed by the issuer or by a responder that the issuer
/// itself has certified, and of this time: RFC 6960 section 3.2. Of several answers that fit, one
/// that says revoked counts, else the newest. Errc::ocsp_invalid; Error::where names the check.
Result<OcspVerdict> check_ocsp(const OcspResponse&, const Certificate& certificate,
                               const Certificate& issuer, const OcspPolicy&);
/// The same of chain[0]; its issuer is looked for in the chain and in the store.
Result<OcspVerdict> check_ocsp(const OcspResponse&, std::span<const Certificate> chain,
                               const TrustStore&, const OcspPolicy&);

}  // namespace parley

// Has the issuer taken a certificate back (RFC 5280 section 6.3)?
#pragma once
#include <map>
#include <string>

#include "parley/trust.hpp"

namespace parley::trust {

/// What one search has learnt of lists already: each name is looked up once, each signature checked
/// once, however many paths lead there.
struct KnownLists {
  /// By the bytes of the canonical name; newest first.
  std::map<std::string, std::vector<RevocationList>> by_issuer{};
  /// By list and issuer; by_issuer and the search keep both alive.
  std::map<std::pair<const std::uint8_t*, const std::uint8_t*>, Status> signatures{};
};

struct RevocationQuestion {
  const TrustStore& store;
  const VerifyPolicy& policy;
  Budget& spent;
  KnownLists& known;
};
/// A list of the issuer's that covers `child`, is signed by `issuer`, is valid at the moment of the
/// policy and understood to its last critical extension does not hold `child`. When several are
/// good the newest decides; when none is, the most telling fault of one is the reason, or
/// Errc::crl_missing. With Errc::certificate_revoked, `facts` get date and reason.
/// Complete lists of the issuer itself only: indirect lists, deltas and lists of some reasons are
/// Errc::unsupported_crl.
Status check_revocation(const RevocationQuestion&, const Certificate& child,
                        const Certificate& issuer, RevocationFacts& facts);

}  // namespace parley::trust

// Has the issuer taken a certificate back (RFC 5280 section 6.3)?
#pragma once
#include <map>
#include <string>

#include "crypto/key.hpp"
#include "parley/trust.hpp"
#include "trust/facts.hpp"

namespace parley::trust {

/// A list and what its extensions say, each decoded once.
struct KnownList {
  RevocationList list;
  std::optional<AuthorityKeyIdentifier> authority{};
  std::optional<IssuingDistributionPoint> scope{};
  bool names_issuers = false;  ///< RevocationList::names_issuers()
  /// Errc::invalid_extension when one is malformed, or any occurs twice.
  Status readable{};
};

/// What one search has learnt of lists already: each name is looked up once, each signature checked
/// once, however many paths lead there.
struct KnownLists {
  /// By the bytes of the canonical name; newest first.
  std::map<std::string, std::vector<KnownList>> by_issuer{};
  /// By list and issuer; by_issuer and the search keep both alive.
  std::map<std::pair<const std::uint8_t*, const std::uint8_t*>, Status> signatures{};
};

struct RevocationQuestion {
  const TrustStore& store;
  const VerifyPolicy& policy;
  Budget& spent;
  KnownLists& known;
};
struct RevocationChild {
  const Facts& facts;
  ByteView issuer;  ///< its name in canonical form
};
struct RevocationIssuer {
  const Facts& facts;
  const Result<crypto::PublicKey>& key;
};
/// A list of the issuer's that covers `child`, is signed by `issuer`, is valid at the moment of the
/// policy and understood to its last critical extension does not hold `child`. When several are
/// good the newest decides; when none is, the most telling fault of one is the reason, or
/// Errc::crl_missing. With Errc::certificate_revoked, `found` gets date and reason.
/// Complete lists of the issuer itself only: indirect lists, deltas and lists of some reasons are
/// Errc::unsupported_crl. A list that the certificate's own distribution points give for some
/// reasons only (section 6.3.3 (d)) tells nothing good unless others give the rest; until then it
/// is Errc::crl_scope.
Status check_revocation(const RevocationQuestion&, const RevocationChild& child,
                        const RevocationIssuer& issuer, RevocationFacts& found);

}  // namespace parley::trust

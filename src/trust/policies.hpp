// Certificate policies along a path (RFC 5280 section 6.1, as RFC 9618 mends it).
#pragma once
#include "parley/trust.hpp"
#include "trust/facts.hpp"

namespace parley::trust {

/// A certificate of a path and whether it is self-issued.
struct PathMember {
  const Facts* facts = nullptr;
  bool self_issued = false;
};

/// The path, leaf first, anchor last, is valid under a policy that is asked for, or nobody in it
/// or in `policy` insists on one. Errc::no_explicit_policy; bad_certificate for a mapping of
/// anyPolicy; errors of the extensions; Errc::certificate_verify_failed when the budget is spent.
/// Error::offset is the depth. The anchor itself says nothing here (section 6.1.1 (d)).
Status check_policies(std::span<const PathMember> path, const VerifyPolicy& policy, Budget& spent);

}  // namespace parley::trust

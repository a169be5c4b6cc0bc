// The questions asked of one certificate, and of two neighbours, on a path. Each returns the
// reason for a refusal; the caller adds the depth.
#pragma once
#include "parley/trust.hpp"

namespace parley::trust {

/// Validity, unknown critical extensions, extended key usage: asked of every certificate.
Status check_any(const Certificate&, const VerifyPolicy&);
/// What keyUsage allows the leaf to do in a handshake (RFC 5280 section 4.2.1.3).
Status check_leaf(const Certificate&, const VerifyPolicy&);
/// May sign certificates. `anchor`: it stands in the store and is self-issued, which lets
/// versions 1 and 2 pass; `below`: how many intermediates that are not self-issued lie between
/// it and the leaf.
Status check_issuer(const Certificate&, bool anchor, std::size_t below);
/// The signature of `child` was made with the key of `issuer`.
Status check_signature(const Certificate& child, const Certificate& issuer);

}  // namespace parley::trust

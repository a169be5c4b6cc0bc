// The questions asked of one certificate, and of two neighbours, on a path. Each returns the
// reason for a refusal; the caller adds the depth.
#pragma once
#include "parley/trust.hpp"

namespace parley::trust {

/// Validity, unknown critical extensions, extended key usage, the size of the key: asked of every
/// certificate.
Status check_any(const Certificate&, const VerifyPolicy&);
/// What keyUsage and nsCertType allow the leaf to do in a handshake (RFC 5280 section 4.2.1.3).
Status check_leaf(const Certificate&, const VerifyPolicy&);
/// May sign certificates. `anchor`: it ends the path, and its owner may have said for it what it
/// could not say itself; `below`: how many intermediates that are not self-issued lie between it
/// and the leaf.
Status check_issuer(const Certificate&, bool anchor, std::size_t below);
/// Key identifiers, issuer and serial number in the child's authorityKeyIdentifier are the issuer's
/// as far as both sides have them (section 4.2.1.1).
bool key_ids_fit(const Certificate& child, const Certificate& issuer);
/// The signature of `child` was made with the key of `issuer`, over a hash that is strong enough.
Status check_signature(const Certificate& child, const Certificate& issuer, const KeyStrength&);
/// An AlgorithmIdentifier names a hash that may sign.
Status check_hash(ByteView algorithm_identifier, const KeyStrength&);

/// What RFC 5280 demands of whoever issues a certificate, beyond what a path needs: as
/// X509_V_FLAG_X509_STRICT in OpenSSL 3.0. `below`: a certificate of the path was issued by it;
/// `last`: it ends the path. Errc::bad_certificate; `where` names the rule.
Status check_strict(const Certificate&, bool below, bool last);

}  // namespace parley::trust

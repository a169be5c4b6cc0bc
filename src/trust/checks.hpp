// The questions asked of one certificate, and of two neighbours, on a path. Each returns the
// reason for a refusal; the caller adds the depth.
#pragma once
#include "crypto/key.hpp"
#include "parley/trust.hpp"
#include "trust/facts.hpp"

namespace parley::trust {

/// Validity, unknown critical extensions, what read_facts() has against it, extended key usage, its
/// key: asked of every certificate. Keys of kinds that this library does not have pass: they verify
/// nothing here.
Status check_any(const Certificate&, const Result<Facts>&, const Result<crypto::PublicKey>&,
                 const VerifyPolicy&);
/// What keyUsage and nsCertType allow the leaf to do in a handshake (RFC 5280 section 4.2.1.3).
Status check_leaf(const Facts&, const VerifyPolicy&);
/// May sign certificates. `anchor`: it ends the path, and its owner may have said for it what it
/// could not say itself; `below`: how many intermediates that are not self-issued lie between it
/// and the leaf.
Status check_issuer(const Facts&, Purpose, bool anchor, std::size_t below);
/// Key identifiers, issuer and serial number in the child's authorityKeyIdentifier are the issuer's
/// as far as both sides have them (section 4.2.1.1). `issuer_of_issuer`: its issuer's name in
/// canonical form.
bool key_ids_fit(const Facts& child, const Facts& issuer, ByteView issuer_of_issuer);
/// The same for those who ask seldom: makes the canonical form, when it matters.
bool key_ids_fit(const Facts& child, const Facts& issuer);
/// The signature of `child` was made with this key, over a hash that is strong enough.
Status check_signature(const Certificate& child, const Result<crypto::PublicKey>& issuer_key,
                       const KeyStrength&);
/// An AlgorithmIdentifier names a hash that may sign.
Status check_hash(ByteView algorithm_identifier, const KeyStrength&);

/// What RFC 5280 demands of whoever issues a certificate, beyond what a path needs: as
/// X509_V_FLAG_X509_STRICT in OpenSSL 3.0. `below`: a certificate of the path was issued by it;
/// `last`: it ends the path. Errc::bad_certificate; `where` names the rule.
Status check_strict(const Facts&, bool below, bool last);

/// What the owner of the store says of an anchor for a purpose (OpenSSL's trust settings).
enum class Standing : std::uint8_t {
  silent,    ///< no settings, or none that concern the purpose
  trusted,   ///< for this purpose: it ends a path even when it is no root
  rejected,  ///< for this purpose, or trusted for others only
};
Standing standing(const TrustSettings*, Purpose);

}  // namespace parley::trust

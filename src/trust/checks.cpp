#include "trust/checks.hpp"

#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::trust {
namespace {

constexpr std::string_view kAnyPurpose = "2.5.29.37.0";
constexpr std::string_view kServerAuth = "1.3.6.1.5.5.7.3.1";
constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";
// Server gated cryptography: what servers carried before serverAuth was settled.
constexpr std::string_view kMicrosoftSgc = "1.3.6.1.4.1.311.10.3.3";
constexpr std::string_view kNetscapeSgc = "2.16.840.1.113730.4.1";

bool serves(std::string_view oid, Purpose p) {
  if (oid == kAnyPurpose) return true;
  if (p == Purpose::client) return oid == kClientAuth;
  return oid == kServerAuth || oid == kMicrosoftSgc || oid == kNetscapeSgc;
}

Status check_purpose(const Certificate& c, Purpose p) {
  PARLEY_TRY(const auto purposes, c.extended_key_usage());
  if (p == Purpose::any || !purposes) return {};
  if (std::none_of(purposes->begin(), purposes->end(),
                   [p](const std::string& o) { return serves(o, p); }))
    return Error{.code = Errc::certificate_type, .where = "extKeyUsage"};
  return {};
}

Status check_dates(const Certificate& c, std::int64_t now) {
  PARLEY_TRY(const std::int64_t first, c.not_before());
  PARLEY_TRY(const std::int64_t last, c.not_after());
  // Both ends belong to the period (RFC 5280 section 4.1.2.5).
  if (now < first) return Error{.code = Errc::certificate_not_yet_valid, .where = "notBefore"};
  if (now > last) return Error{.code = Errc::certificate_expired, .where = "notAfter"};
  return {};
}

}  // namespace

Status check_any(const Certificate& c, const VerifyPolicy& policy) {
  PARLEY_CHECK(check_dates(c, policy.unix_seconds));
  if (!c.unknown_critical_extensions().empty())
    return Error{.code = Errc::unknown_critical_extension, .where = "extensions"};
  // Malformed or doubled extensions are an error even where their content is not asked for.
  PARLEY_CHECK(c.basic_constraints());
  PARLEY_CHECK(c.key_usage());
  return check_purpose(c, policy.purpose);
}

Status check_leaf(const Certificate& c, const VerifyPolicy& policy) {
  PARLEY_TRY(const auto usage, c.key_usage());
  if (!usage || policy.purpose == Purpose::any) return {};
  unsigned wanted = kDigitalSignature | kKeyAgreement;
  if (policy.purpose == Purpose::server) wanted |= kKeyEncipherment;
  if ((*usage & wanted) == 0) return Error{.code = Errc::certificate_type, .where = "keyUsage"};
  return {};
}

Status check_issuer(const Certificate& c, bool anchor, std::size_t below) {
  PARLEY_TRY(const auto basic, c.basic_constraints());
  // Versions 1 and 2 cannot say that they are a CA; the owner of the store says it for them.
  const bool old_root = anchor && c.version() < 3;
  if (!old_root && (!basic || !basic->ca))
    return Error{.code = Errc::not_a_ca, .where = "basicConstraints"};
  PARLEY_TRY(const auto usage, c.key_usage());
  if (usage && (*usage & kKeyCertSign) == 0)
    return Error{.code = Errc::not_a_ca, .where = "keyUsage"};
  if (basic && basic->path_length && below > *basic->path_length)
    return Error{.code = Errc::path_too_long, .where = "pathLenConstraint"};
  return {};
}

Status check_signature(const Certificate& child, const Certificate& issuer) {
  // RFC 5280 section 4.1.1.2: the algorithm outside, which nobody signed, repeats the inner one.
  if (!equal(child.signature_algorithm(), child.tbs_signature_algorithm()))
    return Error{.code = Errc::bad_certificate, .where = "signatureAlgorithm"};
  PARLEY_TRY(const SignatureFacts facts, signature_facts(child.signature_algorithm()));
  // Collisions of both are made in seconds; nothing they sign is proof of anything.
  if (facts.hash == crypto::HashId::md2 || facts.hash == crypto::HashId::md4)
    return Error{.code = Errc::unsupported_algorithm, .where = "signatureAlgorithm"};
  PARLEY_TRY(const crypto::PublicKey key, public_key_from_spki(issuer.spki()));
  return verify_signed(child.tbs(), child.signature_algorithm(), child.signature(), key);
}

}  // namespace parley::trust

#include "trust/checks.hpp"

#include "asn1/name.hpp"
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

// What Netscape had before extKeyUsage: nsCertType, named bits.
constexpr unsigned kNetscapeClient = 1U << 0, kNetscapeServer = 1U << 1, kNetscapeSslCa = 1U << 5;
constexpr unsigned kNetscapeAnyCa = kNetscapeSslCa | (1U << 6) | (1U << 7);

bool serves(std::string_view oid, Purpose p) {
  if (oid == kAnyPurpose) return true;
  if (p == Purpose::client) return oid == kClientAuth;
  return oid == kServerAuth || oid == kMicrosoftSgc || oid == kNetscapeSgc;
}

Status check_purpose(const Facts& f, Purpose p) {
  if (p == Purpose::any || !f.purposes) return {};
  if (std::none_of(f.purposes->begin(), f.purposes->end(),
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

// What is wrong with a key, as something that is wrong with its certificate.
Error about_certificate(const Error& e) {
  switch (e.code) {
    case Errc::unsupported_key:
    case Errc::key_too_large: return e;
    case Errc::key_too_small: return {.code = Errc::weak_key, .where = e.where};
    default: return {.code = Errc::bad_certificate_key, .where = e.where};
  }
}

Status check_key(const Certificate& c, const Result<crypto::PublicKey>& key,
                 const KeyStrength& least) {
  const PublicKeyFacts facts = public_key_facts(c);
  const std::size_t bits = facts.kind == "RSA"   ? least.rsa_bits
                           : facts.kind == "DSA" ? least.dsa_bits
                           : facts.kind == "EC"  ? least.ec_bits
                                                 : 0;
  constexpr Error kWeak{.code = Errc::weak_key, .where = "subjectPublicKeyInfo"};
  if (facts.bits != 0 && facts.bits < bits) return kWeak;
  if (key) return {};
  // Such keys verify nothing here, and of most nothing tells how strong they are.
  if (is_merely_unsupported(c.spki(), key.error())) {
    if (least.unknown_kinds) return {};
    if (facts.bits == 0) return kWeak;
  }
  return about_certificate(key.error());
}

// The owner of the store says for them that they are CAs: versions 1 and 2, which cannot (RFC 5280
// section 6.1.4 (k)), and those of before basicConstraints that say so in another way.
bool old_authority(const Facts& f, Purpose purpose) {
  if (f.certificate.version() < 3) return true;
  if (f.usage) return (*f.usage & kKeyCertSign) != 0;
  const unsigned wanted = purpose == Purpose::any ? kNetscapeAnyCa : kNetscapeSslCa;
  return f.netscape && (*f.netscape & wanted) != 0;
}

}  // namespace

Status check_any(const Certificate& c, const Result<Facts>& facts,
                 const Result<crypto::PublicKey>& key, const VerifyPolicy& policy) {
  PARLEY_CHECK(check_dates(c, policy.unix_seconds));
  if (!c.unknown_critical_extensions().empty())
    return Error{.code = Errc::unknown_critical_extension, .where = "extensions"};
  PARLEY_CHECK(facts);
  PARLEY_CHECK(check_key(c, key, policy.strength));
  return check_purpose(*facts, policy.purpose);
}

Status check_leaf(const Facts& f, const VerifyPolicy& policy) {
  if (policy.purpose == Purpose::any) return {};
  unsigned wanted = kDigitalSignature | kKeyAgreement;
  if (policy.purpose == Purpose::server) wanted |= kKeyEncipherment;
  if (f.usage && (*f.usage & wanted) == 0)
    return Error{.code = Errc::certificate_type, .where = "keyUsage"};
  const unsigned side = policy.purpose == Purpose::server ? kNetscapeServer : kNetscapeClient;
  if (f.netscape && (*f.netscape & side) == 0)
    return Error{.code = Errc::certificate_type, .where = "nsCertType"};
  return {};
}

Status check_issuer(const Facts& f, Purpose purpose, bool anchor, std::size_t below) {
  if (f.basic ? !f.basic->ca : !(anchor && old_authority(f, purpose)))
    return Error{.code = Errc::not_a_ca, .where = "basicConstraints"};
  if (f.usage && (*f.usage & kKeyCertSign) == 0)
    return Error{.code = Errc::not_a_ca, .where = "keyUsage"};
  if (f.basic && f.basic->path_length && below > *f.basic->path_length)
    return Error{.code = Errc::path_too_long, .where = "pathLenConstraint"};
  return {};
}

namespace {

// All but the name, which costs the most.
bool numbers_fit(const Facts& child, const Facts& issuer) {
  if (!child.authority) return true;
  const AuthorityKeyIdentifier& id = *child.authority;
  const ByteView wanted = id.key_id.value_or(ByteView{});
  if (!wanted.empty() && !issuer.subject_key.empty() && !equal(wanted, issuer.subject_key))
    return false;
  return !id.serial || equal(*id.serial, issuer.certificate.serial());
}

}  // namespace

bool key_ids_fit(const Facts& child, const Facts& issuer, ByteView issuer_of_issuer) {
  return numbers_fit(child, issuer) &&
         (!child.authority_issuer || equal(*child.authority_issuer, issuer_of_issuer));
}

bool key_ids_fit(const Facts& child, const Facts& issuer) {
  if (!numbers_fit(child, issuer)) return false;
  if (!child.authority_issuer) return true;
  const auto name = asn1::canonical_name(issuer.certificate.issuer_der());
  return name && equal(*child.authority_issuer, *name);
}

Status check_hash(ByteView algorithm_identifier, const KeyStrength& allowed) {
  PARLEY_TRY(const SignatureFacts facts, signature_facts(algorithm_identifier));
  if ((facts.hash == crypto::HashId::md2 && !allowed.md2) ||
      (facts.hash == crypto::HashId::md4 && !allowed.md4) ||
      (facts.hash == crypto::HashId::md5 && !allowed.md5) ||
      (facts.hash == crypto::HashId::sha1 && !allowed.sha1))
    return Error{.code = Errc::weak_signature, .where = "signatureAlgorithm"};
  return {};
}

Status check_signature(const Certificate& child, const Result<crypto::PublicKey>& issuer_key,
                       const KeyStrength& allowed) {
  // RFC 5280 section 4.1.1.2: the algorithm outside, which nobody signed, repeats the inner one.
  if (!equal(child.signature_algorithm(), child.tbs_signature_algorithm()))
    return Error{.code = Errc::bad_certificate, .where = "signatureAlgorithm"};
  PARLEY_CHECK(check_hash(child.signature_algorithm(), allowed));
  if (!issuer_key) return about_certificate(issuer_key.error());
  return verify_signed(child.tbs(), child.signature_algorithm(), child.signature(), *issuer_key);
}

// As OpenSSL: without a purpose, only what is said of any use counts; with one, that does, too.
Standing standing(const TrustSettings* settings, Purpose p) {
  if (settings == nullptr) return Standing::silent;
  const auto concerns = [p](const std::vector<std::string>& uses) {
    return std::any_of(uses.begin(), uses.end(), [p](const std::string& o) {
      return o == kAnyPurpose || (p == Purpose::server && o == kServerAuth) ||
             (p == Purpose::client && o == kClientAuth);
    });
  };
  if (concerns(settings->rejected)) return Standing::rejected;
  if (!settings->trusted) return Standing::silent;
  return concerns(*settings->trusted) ? Standing::trusted : Standing::rejected;
}

}  // namespace parley::trust

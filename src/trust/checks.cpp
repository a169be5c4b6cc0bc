#include "trust/checks.hpp"

#include "asn1/der_reader.hpp"
#include "asn1/oid.hpp"
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
constexpr auto kNetscapeCertType = asn1::oid::make(0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1);
constexpr unsigned kNetscapeClient = 1U << 0, kNetscapeServer = 1U << 1;
constexpr unsigned kNetscapeAnyCa = (1U << 5) | (1U << 6) | (1U << 7);

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

Status check_key(const Certificate& c, const KeyStrength& least) {
  const PublicKeyFacts key = public_key_facts(c);
  const std::size_t bits = key.kind == "RSA"   ? least.rsa_bits
                           : key.kind == "DSA" ? least.dsa_bits
                           : key.kind == "EC"  ? least.ec_bits
                                               : 0;
  // Nothing is known of the size of a key of another kind; such keys verify nothing here.
  if (key.bits != 0 && key.bits < bits)
    return Error{.code = Errc::weak_key, .where = "subjectPublicKeyInfo"};
  return {};
}

Result<std::optional<unsigned>> netscape_type(const Certificate& c) {
  const Extension* e = c.find_extension(kNetscapeCertType);
  if (e == nullptr) return std::optional<unsigned>{};
  asn1::DerReader r{e->value};
  const unsigned bits = r.named_bits("nsCertType");
  PARLEY_CHECK(r.finish("nsCertType"));
  return std::optional{bits};
}

// The owner of the store says for them that they are CAs: versions 1 and 2, which cannot, and
// those of before basicConstraints that say so in another way.
Result<bool> old_authority(const Certificate& c) {
  if (c.version() < 3) return true;
  PARLEY_TRY(const auto usage, c.key_usage());
  if (usage) return (*usage & kKeyCertSign) != 0;
  PARLEY_TRY(const auto netscape, netscape_type(c));
  return netscape && (*netscape & kNetscapeAnyCa) != 0;
}

}  // namespace

Status check_any(const Certificate& c, const VerifyPolicy& policy) {
  PARLEY_CHECK(check_dates(c, policy.unix_seconds));
  if (!c.unknown_critical_extensions().empty())
    return Error{.code = Errc::unknown_critical_extension, .where = "extensions"};
  // Malformed or doubled extensions are an error even where their content is not asked for.
  PARLEY_CHECK(c.basic_constraints());
  PARLEY_CHECK(c.key_usage());
  PARLEY_CHECK(c.raw_subject_alt_names());
  PARLEY_CHECK(check_key(c, policy.strength));
  return check_purpose(c, policy.purpose);
}

Status check_leaf(const Certificate& c, const VerifyPolicy& policy) {
  if (policy.purpose == Purpose::any) return {};
  PARLEY_TRY(const auto usage, c.key_usage());
  unsigned wanted = kDigitalSignature | kKeyAgreement;
  if (policy.purpose == Purpose::server) wanted |= kKeyEncipherment;
  if (usage && (*usage & wanted) == 0)
    return Error{.code = Errc::certificate_type, .where = "keyUsage"};
  PARLEY_TRY(const auto netscape, netscape_type(c));
  const unsigned side = policy.purpose == Purpose::server ? kNetscapeServer : kNetscapeClient;
  if (netscape && (*netscape & side) == 0)
    return Error{.code = Errc::certificate_type, .where = "nsCertType"};
  return {};
}

Status check_issuer(const Certificate& c, bool anchor, std::size_t below) {
  PARLEY_TRY(const auto basic, c.basic_constraints());
  PARLEY_TRY(const bool old, old_authority(c));
  if (basic ? !basic->ca : !(anchor && old))
    return Error{.code = Errc::not_a_ca, .where = "basicConstraints"};
  PARLEY_TRY(const auto usage, c.key_usage());
  if (usage && (*usage & kKeyCertSign) == 0)
    return Error{.code = Errc::not_a_ca, .where = "keyUsage"};
  if (basic && basic->path_length && below > *basic->path_length)
    return Error{.code = Errc::path_too_long, .where = "pathLenConstraint"};
  return {};
}

bool key_ids_fit(const Certificate& child, const Certificate& issuer) {
  const ByteView wanted = child.authority_key_id();
  const ByteView offered = issuer.subject_key_id();
  if (!wanted.empty() && !offered.empty() && !equal(wanted, offered)) return false;
  const auto id = child.authority_key_identifier();
  if (!id || !*id) return true;  // a hint that cannot be read is none
  if ((*id)->serial && !equal(*(*id)->serial, issuer.serial())) return false;
  const auto& names = (*id)->issuer;
  const auto directory = std::find_if(names.begin(), names.end(), [](const RawGeneralName& n) {
    return n.kind == GeneralName::Kind::directory;
  });
  return directory == names.end() || same_name(directory->content, issuer.issuer_der());
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

Status check_signature(const Certificate& child, const Certificate& issuer,
                       const KeyStrength& allowed) {
  // RFC 5280 section 4.1.1.2: the algorithm outside, which nobody signed, repeats the inner one.
  if (!equal(child.signature_algorithm(), child.tbs_signature_algorithm()))
    return Error{.code = Errc::bad_certificate, .where = "signatureAlgorithm"};
  PARLEY_CHECK(check_hash(child.signature_algorithm(), allowed));
  PARLEY_TRY(const crypto::PublicKey key, public_key_from_spki(issuer.spki()));
  return verify_signed(child.tbs(), child.signature_algorithm(), child.signature(), key);
}

}  // namespace parley::trust

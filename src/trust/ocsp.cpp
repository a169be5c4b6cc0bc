// RFC 6960 section 3.2: which answers of a responder can be believed.
#include "parley/ocsp_check.hpp"

#include "asn1/keys.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "crypto/hash.hpp"
#include "trust/checks.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

constexpr std::string_view kOcspSigning = "1.3.6.1.5.5.7.3.9";
/// Certificates of the issuer's name whose key is tried on the certificate asked about.
constexpr std::size_t kMostIssuers = 8;

Error invalid(const char* where) { return {.code = Errc::ocsp_invalid, .where = where}; }

/// Content of the BIT STRING of the subject's key.
Result<ByteView> key_bits(const Certificate& c) {
  PARLEY_TRY(const asn1::PublicKeyInfo info, asn1::parse_public_key_info(c.spki()));
  return info.key;
}

bool digest_is(crypto::HashId id, ByteView message, ByteView digest) {
  return equal(crypto::hash(id, {message}).view(), digest);
}

/// CertID (section 4.1.1): name of the issuer as the certificate asked about has it.
bool is_about(const OcspAnswer& a, const Certificate& c, ByteView issuer_key) {
  if (!equal(a.serial, c.serial())) return false;
  const auto algorithm = asn1::parse_algorithm(a.hash_algorithm);
  if (!algorithm || !algorithm->parameters_null_or_absent()) return false;
  static constexpr std::array<std::pair<ByteView, crypto::HashId>, 4> kHashes{
      {{asn1::oid::kSha1, crypto::HashId::sha1},
       {asn1::oid::kSha256, crypto::HashId::sha256},
       {asn1::oid::kSha384, crypto::HashId::sha384},
       {asn1::oid::kSha512, crypto::HashId::sha512}}};
  const auto* hash = std::ranges::find_if(
      kHashes, [&](const auto& row) { return equal(row.first, algorithm->oid); });
  return hash != kHashes.end() && digest_is(hash->second, c.issuer_der(), a.issuer_name_hash) &&
         digest_is(hash->second, issuer_key, a.issuer_key_hash);
}

Status check_age(const OcspAnswer& a, const OcspPolicy& p) {
  if (a.this_update - p.skew > p.unix_seconds) return invalid("thisUpdate");
  const std::int64_t last = a.next_update ? *a.next_update : a.this_update + p.undated_age;
  if (p.unix_seconds > last + p.skew) return invalid(a.next_update ? "nextUpdate" : "thisUpdate");
  return {};
}

/// Of those about this certificate and of this time, one that says revoked, else the newest.
Result<const OcspAnswer*> choose_answer(const OcspResponse& r, const Certificate& c,
                                        ByteView issuer_key, const OcspPolicy& policy) {
  const OcspAnswer* best = nullptr;
  Error fault = invalid("certID");
  for (const OcspAnswer& a : r.answers()) {
    if (!is_about(a, c, issuer_key)) continue;
    if (const Status s = check_age(a, policy); !s) {
      fault = s.error();
      continue;
    }
    const bool better =
        best == nullptr || (best->status != OcspStatus::revoked &&
                            (a.status == OcspStatus::revoked || a.this_update > best->this_update));
    if (better) best = &a;
  }
  if (best == nullptr) return fault;
  return best;
}

bool is_responder(const OcspResponse& r, const Certificate& c) {
  if (!r.responder_name().empty()) return same_name(c.subject_der(), r.responder_name());
  const Result<ByteView> key = key_bits(c);
  return key && digest_is(crypto::HashId::sha1, *key, r.responder_key_hash());
}

Status check_signed_by(const OcspResponse& r, const Certificate& signer) {
  PARLEY_TRY(const crypto::PublicKey key, public_key_from_spki(signer.spki()));
  if (!trust::verify_signed(r.tbs(), r.signature_algorithm(), r.signature(), key))
    return invalid("signature");
  return {};
}

/// Section 4.2.2.2: the issuer itself has signed the responder's certificate, and for this purpose.
/// Whether that has been revoked in its turn is not asked: stapled answers are short-lived, and so
/// are those who sign them.
Status check_delegate(const Certificate& c, const Certificate& issuer, const OcspPolicy& p) {
  const Result<trust::Facts> facts = trust::read_facts(c);
  if (!facts) return invalid("responder: extensions");
  const auto& purposes = facts->purposes;
  if (!purposes || std::find(purposes->begin(), purposes->end(), kOcspSigning) == purposes->end())
    return invalid("responder: extKeyUsage");
  if (facts->usage && (*facts->usage & (kDigitalSignature | kNonRepudiation)) == 0)
    return invalid("responder: keyUsage");
  const Result<trust::Facts> issuer_facts = trust::read_facts(issuer);
  if (!issuer_facts || !same_name(c.issuer_der(), issuer.subject_der()) ||
      !trust::key_ids_fit(*facts, *issuer_facts))
    return invalid("responder: issuer");
  if (!trust::check_any(c, facts, public_key_from_spki(c.spki()),
                        {.unix_seconds = p.unix_seconds, .strength = p.strength}))
    return invalid("responder: certificate");
  if (!trust::check_signature(c, public_key_from_spki(issuer.spki()), p.strength))
    return invalid("responder: signature");
  return {};
}

/// Says whether the signature is a delegate's.
Result<bool> check_signer(const OcspResponse& r, const Certificate& issuer, const OcspPolicy& p) {
  if (!trust::check_hash(r.signature_algorithm(), p.strength)) return invalid("signatureAlgorithm");
  if (is_responder(r, issuer) && check_signed_by(r, issuer)) return false;
  Error fault = invalid(is_responder(r, issuer) ? "signature" : "responderID");
  for (const ByteView der : r.certificates()) {
    const Result<Certificate> c = Certificate::parse(to_bytes(der));
    // The issuer's own certificate may have come along, too: that has been tried.
    if (!c || !is_responder(r, *c) || equal(c->spki(), issuer.spki())) continue;
    Status s = check_signed_by(r, *c);
    if (s) s = check_delegate(*c, issuer, p);
    if (s) return true;
    fault = s.error();
  }
  return fault;
}

Result<OcspVerdict> judge(const OcspResponse& r, const Certificate& c, const Certificate& issuer,
                          const OcspPolicy& p) {
  if (r.status() != 0) return invalid("responseStatus");
  if (r.has_critical_extension()) return invalid("extensions");
  PARLEY_TRY(const ByteView issuer_key, key_bits(issuer));
  PARLEY_TRY(const OcspAnswer* a, choose_answer(r, c, issuer_key, p));
  PARLEY_TRY(const bool delegated, check_signer(r, issuer, p));
  return OcspVerdict{.status = a->status,
                     .revoked_at = a->revoked_at,
                     .reason = a->reason,
                     .this_update = a->this_update,
                     .next_update = a->next_update,
                     .delegated = delegated};
}

/// Whose name and key signed the certificate: that is the issuer, whichever of its certificates
/// is found here.
std::optional<Certificate> issuer_of(std::span<const Certificate> chain, const TrustStore& store,
                                     const KeyStrength& strength) {
  const Certificate& leaf = chain.front();
  const Result<trust::Facts> leaf_facts = trust::read_facts(leaf);
  if (!leaf_facts) return {};
  std::size_t tried = 0;
  const auto issued = [&](const Certificate& c) {
    if (!same_name(c.subject_der(), leaf.issuer_der()) || ++tried > kMostIssuers) return false;
    const Result<trust::Facts> facts = trust::read_facts(c);
    return facts && trust::key_ids_fit(*leaf_facts, *facts) &&
           trust::check_signature(leaf, public_key_from_spki(c.spki()), strength).has_value();
  };
  for (const Certificate& c : chain)
    if (issued(c)) return c;
  const Result<Bytes> name = asn1::canonical_name(leaf.issuer_der());
  if (!name) return {};
  for (const Certificate& c : store.named(*name))
    if (issued(c)) return c;
  return {};
}

}  // namespace

Result<OcspVerdict> check_ocsp(const OcspResponse& response, const Certificate& certificate,
                               const Certificate& issuer, const OcspPolicy& policy) {
  Result<OcspVerdict> v = judge(response, certificate, issuer, policy);
  if (!v && v.error().code != Errc::ocsp_invalid) return invalid(v.error().where);
  return v;
}

Result<OcspVerdict> check_ocsp(const OcspResponse& response, std::span<const Certificate> chain,
                               const TrustStore& store, const OcspPolicy& policy) {
  if (chain.empty()) return invalid("certificate");
  const std::optional<Certificate> issuer = issuer_of(chain, store, policy.strength);
  if (!issuer) return invalid("issuer");
  return check_ocsp(response, chain.front(), *issuer, policy);
}

}  // namespace parley

#include "trust/revocation.hpp"

#include "asn1/name.hpp"
#include "trust/checks.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::trust {
namespace {

constexpr int kRemoveFromCrl = 8;

Status check_kind(const RevocationList& list) {
  const auto refuse = [](const char* where) -> Status {
    return Error{.code = Errc::unsupported_crl, .where = where};
  };
  if (list.is_delta()) return refuse("deltaCRLIndicator");
  PARLEY_TRY(const auto point, list.issuing_distribution_point());
  if (point && point->indirect) return refuse("indirectCRL");
  if (point && point->reasons) return refuse("onlySomeReasons");
  if (!list.unknown_critical_extensions().empty()) return refuse("crlExtensions");
  return {};
}

Status check_list_dates(const RevocationList& list, std::int64_t now) {
  PARLEY_TRY(const std::int64_t first, list.this_update());
  PARLEY_TRY(const std::optional<std::int64_t> next, list.next_update());
  if (now < first) return Error{.code = Errc::crl_not_yet_valid, .where = "thisUpdate"};
  // Version 1 and careless issuers leave nextUpdate out; such a list does not end.
  if (next && now > *next) return Error{.code = Errc::crl_expired, .where = "nextUpdate"};
  return {};
}

bool same_general_name(const RawGeneralName& a, const RawGeneralName& b) {
  if (a.kind != b.kind) return false;
  return a.kind == GeneralName::Kind::directory ? same_name(a.content, b.content)
                                                : equal(a.content, b.content);
}

bool names_meet(const DistributionPointName& a, const DistributionPointName& b) {
  if (!a.relative.empty() || !b.relative.empty()) return equal(a.relative, b.relative);
  return std::any_of(a.full.begin(), a.full.end(), [&b](const RawGeneralName& n) {
    return std::any_of(b.full.begin(), b.full.end(),
                       [&n](const RawGeneralName& m) { return same_general_name(n, m); });
  });
}

// Section 6.3.3 (b) (2): the list is about this certificate.
Status check_scope(const RevocationList& list, const Certificate& c) {
  constexpr Error kElsewhere{.code = Errc::crl_scope, .where = "issuingDistributionPoint"};
  PARLEY_TRY(const auto scope, list.issuing_distribution_point());
  if (!scope) return {};
  PARLEY_TRY(const auto basic, c.basic_constraints());
  const bool ca = basic && basic->ca;
  if (scope->only_attribute || (scope->only_user && ca) || (scope->only_ca && !ca))
    return kElsewhere;
  if (!scope->name) return {};
  PARLEY_TRY(const auto points, c.crl_distribution_points());
  if (!points) return kElsewhere;
  for (const DistributionPoint& p : *points)
    if (p.name && p.crl_issuer.empty() && names_meet(*scope->name, *p.name)) return {};
  return kElsewhere;
}

Status check_list_signature(const RevocationQuestion& q, const RevocationList& list,
                            const Certificate& issuer) {
  PARLEY_TRY(const auto usage, issuer.key_usage());
  if (usage && (*usage & kCrlSign) == 0)
    return Error{.code = Errc::crl_signer, .where = "keyUsage"};
  if (!equal(list.signature_algorithm(), list.tbs_signature_algorithm()))
    return Error{.code = Errc::bad_crl_signature, .where = "signatureAlgorithm"};
  PARLEY_CHECK(check_hash(list.signature_algorithm(), q.policy.strength));
  const auto pair = std::pair{list.der().data(), issuer.der().data()};
  if (const auto it = q.known.signatures.find(pair); it != q.known.signatures.end())
    return it->second;
  if (++q.spent.signatures > q.policy.budget.signatures)
    return Error{.code = Errc::certificate_verify_failed, .where = "signature budget"};
  PARLEY_TRY(const crypto::PublicKey key, public_key_from_spki(issuer.spki()));
  Status s = verify_signed(list.tbs(), list.signature_algorithm(), list.signature(), key);
  if (!s && s.error().code == Errc::bad_certificate_signature)
    s = Error{.code = Errc::bad_crl_signature, .where = "signature"};
  q.known.signatures.emplace(pair, s);
  return s;
}

Status check_list(const RevocationQuestion& q, const RevocationList& list, const Certificate& child,
                  const Certificate& issuer) {
  PARLEY_CHECK(check_kind(list));
  PARLEY_CHECK(check_scope(list, child));
  PARLEY_CHECK(check_list_dates(list, q.policy.unix_seconds));
  return check_list_signature(q, list, issuer);
}

const std::vector<RevocationList>& lists_of(const RevocationQuestion& q, ByteView issuer) {
  std::string key{as_text(issuer)};
  if (const auto it = q.known.by_issuer.find(key); it != q.known.by_issuer.end()) return it->second;
  std::vector<RevocationList> lists = q.store.crls_of(issuer);
  // Where the date cannot be read, last.
  const auto newer = [](const RevocationList& a, const RevocationList& b) {
    const auto x = a.this_update();
    const auto y = b.this_update();
    return x && (!y || *x > *y);
  };
  std::stable_sort(lists.begin(), lists.end(), newer);
  return q.known.by_issuer.emplace(std::move(key), std::move(lists)).first->second;
}

}  // namespace

Status check_revocation(const RevocationQuestion& q, const Certificate& child,
                        const Certificate& issuer, RevocationFacts& facts) {
  PARLEY_TRY(const Bytes name, asn1::canonical_name(child.issuer_der()));
  std::optional<Error> fault;
  for (const RevocationList& list : lists_of(q, name)) {
    const Status s = check_list(q, list, child, issuer);
    if (!s) {
      if (s.error().code == Errc::certificate_verify_failed) return s;
      // A list of another scope, or of a namesake, says least.
      const bool other = s.error().code == Errc::crl_scope;
      if (!fault || (fault->code == Errc::crl_scope && !other)) fault = s.error();
      continue;
    }
    const std::optional<Revoked> entry = list.find(child.serial());
    if (!entry || entry->reason == kRemoveFromCrl) return {};
    facts.date = entry->date;
    facts.reason = entry->reason;
    return Error{.code = Errc::certificate_revoked, .where = "revokedCertificates"};
  }
  return fault ? *fault : Error{.code = Errc::crl_missing, .where = "revocation list"};
}

}  // namespace parley::trust

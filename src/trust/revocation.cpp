#include "trust/revocation.hpp"

#include "asn1/crl.hpp"
#include "asn1/extensions.hpp"
#include "trust/checks.hpp"
#include "trust/signature.hpp"

namespace parley::trust {
namespace {

// ReasonFlags without its unused bit.
constexpr unsigned kAllReasons = 0x1fe;

Status read_extensions(KnownList& l) {
  const RevocationList& list = l.list;
  PARLEY_TRY(l.authority, list.authority_key_identifier());
  if (l.authority) PARLEY_CHECK(check_general_names(l.authority->issuer));
  PARLEY_TRY(l.scope, list.issuing_distribution_point());
  if (l.scope && l.scope->name) PARLEY_CHECK(check_points({{.name = l.scope->name}}));
  PARLEY_CHECK(list.crl_number());
  PARLEY_CHECK(list.delta_base());
  PARLEY_TRY(const auto freshest, list.freshest_crl());
  if (freshest) PARLEY_CHECK(check_points(*freshest));
  PARLEY_TRY(const auto names, list.issuer_alt_names());
  if (names) PARLEY_CHECK(check_general_names(*names));
  PARLEY_CHECK(list.authority_info_access());
  return asn1::check_once_each(list.extensions());
}

KnownList known(RevocationList list) {
  KnownList l{.list = std::move(list)};
  l.names_issuers = l.list.names_issuers();
  if (const Status s = read_extensions(l); !s) l.readable = invalid_extension(s.error());
  return l;
}

Status check_kind(const KnownList& l) {
  const auto refuse = [](const char* where) -> Status {
    return Error{.code = Errc::unsupported_crl, .where = where};
  };
  PARLEY_CHECK(l.readable);
  if (l.list.is_delta()) return refuse("deltaCRLIndicator");
  if (l.scope && l.scope->indirect) return refuse("indirectCRL");
  if (l.names_issuers) return refuse("certificateIssuer");
  if (l.scope && l.scope->reasons) return refuse("onlySomeReasons");
  if (!l.list.unknown_critical_extensions().empty()) return refuse("crlExtensions");
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

Status spend(const RevocationQuestion& q, const RawGeneralName& a, const RawGeneralName& b) {
  q.spent.name_comparisons += 1 + a.content.size() / 32 + b.content.size() / 32;
  const std::size_t most = q.policy.budget.name_comparisons;
  if (q.spent.name_comparisons <= most) return {};
  q.spent.name_comparisons = most + 1;
  return Error{.code = Errc::certificate_verify_failed, .where = "name budget"};
}

Result<bool> names_meet(const RevocationQuestion& q, const DistributionPointName& a,
                        const DistributionPointName& b) {
  if (!a.relative.empty() || !b.relative.empty()) return equal(a.relative, b.relative);
  for (const RawGeneralName& n : a.full)
    for (const RawGeneralName& m : b.full) {
      PARLEY_CHECK(spend(q, n, m));
      if (same_general_name(n, m)) return true;
    }
  return false;
}

// Section 6.3.3 (b) (2) and (d): for which reasons of revocation the list is about this
// certificate; none is Errc::crl_scope.
Result<unsigned> reasons_covered(const RevocationQuestion& q, const KnownList& l, const Facts& c) {
  constexpr Error kElsewhere{.code = Errc::crl_scope, .where = "issuingDistributionPoint"};
  const IssuingDistributionPoint scope = l.scope.value_or(IssuingDistributionPoint{});
  if (scope.only_attribute || (scope.only_user && c.is_ca()) || (scope.only_ca && !c.is_ca()))
    return kElsewhere;
  unsigned reasons = 0;
  bool meant = false;
  for (const DistributionPoint& p : c.points) {
    // (b) (1): with cRLIssuer the list would have to be an indirect one.
    if (!p.crl_issuer.empty() || (scope.name && !p.name)) continue;
    if (scope.name) {
      PARLEY_TRY(const bool meet, names_meet(q, *scope.name, *p.name));
      if (!meet) continue;
    }
    meant = true;
    reasons |= p.reasons ? *p.reasons & kAllReasons : kAllReasons;
  }
  if (meant) return reasons;
  if (scope.name) return kElsewhere;
  return kAllReasons;
}

Status check_list_signature(const RevocationQuestion& q, const RevocationList& list,
                            const RevocationIssuer& issuer) {
  if (!equal(list.signature_algorithm(), list.tbs_signature_algorithm()))
    return Error{.code = Errc::bad_crl_signature, .where = "signatureAlgorithm"};
  PARLEY_CHECK(check_hash(list.signature_algorithm(), q.policy.strength));
  const auto pair = std::pair{list.der().data(), issuer.facts.certificate.der().data()};
  if (const auto it = q.known.signatures.find(pair); it != q.known.signatures.end())
    return it->second;
  if (++q.spent.signatures > q.policy.budget.signatures)
    return Error{.code = Errc::certificate_verify_failed, .where = "signature budget"};
  PARLEY_CHECK(issuer.key);
  Status s = verify_signed(list.tbs(), list.signature_algorithm(), list.signature(), *issuer.key);
  if (!s && s.error().code == Errc::bad_certificate_signature)
    s = Error{.code = Errc::bad_crl_signature, .where = "signature"};
  q.known.signatures.emplace(pair, s);
  return s;
}

// How much a fault tells. A list of a namesake, whose key did not sign it, says nothing of this
// issuer's; nor does one of another scope.
enum class Telling : std::uint8_t { nothing, other_scope, wrong_signature, fault };

struct Judged {
  Telling telling{};
  std::optional<Error> fault{};
  unsigned reasons = 0;  ///< covered, without a fault
};

Judged judge(const RevocationQuestion& q, const KnownList& l, const RevocationChild& child,
             const RevocationIssuer& issuer) {
  // Hints (section 5.2.1): they save a signature.
  if (l.authority && l.authority->key_id && !issuer.facts.subject_key.empty() &&
      !equal(*l.authority->key_id, issuer.facts.subject_key))
    return {Telling::nothing, Error{.code = Errc::crl_missing, .where = "revocation list"}};
  const Result<unsigned> reasons = reasons_covered(q, l, child.facts);
  if (!reasons) return {Telling::other_scope, reasons.error()};
  if (const Status s = check_list_signature(q, l.list, issuer); !s) {
    const bool wrong = s.error().code == Errc::bad_crl_signature;
    return {wrong ? Telling::wrong_signature : Telling::fault, s.error()};
  }
  const std::optional<std::uint16_t>& usage = issuer.facts.usage;
  if (usage && (*usage & kCrlSign) == 0)
    return {Telling::fault, Error{.code = Errc::crl_signer, .where = "keyUsage"}};
  if (const Status s = check_kind(l); !s) return {Telling::fault, s.error()};
  if (const Status s = check_list_dates(l.list, q.policy.unix_seconds); !s)
    return {Telling::fault, s.error()};
  return {.reasons = *reasons};
}

const std::vector<KnownList>& lists_of(const RevocationQuestion& q, ByteView issuer) {
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
  std::vector<KnownList> all;
  for (RevocationList& l : lists) all.push_back(known(std::move(l)));
  return q.known.by_issuer.emplace(std::move(key), std::move(all)).first->second;
}

}  // namespace

Status check_revocation(const RevocationQuestion& q, const RevocationChild& child,
                        const RevocationIssuer& issuer, RevocationFacts& found) {
  Judged worst{Telling::nothing, Error{.code = Errc::crl_missing, .where = "revocation list"}};
  unsigned covered = 0;
  for (const KnownList& l : lists_of(q, child.issuer)) {
    const Judged judged = judge(q, l, child, issuer);
    if (judged.fault) {
      if (judged.fault->code == Errc::certificate_verify_failed) return *judged.fault;
      if (judged.telling > worst.telling) worst = judged;
      continue;
    }
    const std::optional<Revoked> entry = l.list.find(child.facts.certificate.serial());
    if (entry && entry->reason != asn1::kRemoveFromCrl) {
      found.date = entry->date;
      found.reason = entry->reason;
      return Error{.code = Errc::certificate_revoked, .where = "revokedCertificates"};
    }
    covered |= judged.reasons;
    if (covered == kAllReasons) return {};
    worst = {Telling::fault, Error{.code = Errc::crl_scope, .where = "DistributionPoint.reasons"}};
  }
  return *worst.fault;
}

}  // namespace parley::trust

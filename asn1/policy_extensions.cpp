// Name constraints and policies: what restricts a path (RFC 5280 sections 4.2.1.4, 4.2.1.5,
// 4.2.1.10, 4.2.1.11 and 4.2.1.14).
#include <algorithm>

#include "asn1/certificate.hpp"
#include "asn1/extensions.hpp"
#include "asn1/general_name.hpp"
#include "asn1/oid.hpp"
#include "asn1/strings.hpp"

namespace parley::asn1 {
namespace {

std::vector<GeneralSubtree> subtrees(DerReader& seq, std::uint32_t tag, const char* field) {
  std::vector<GeneralSubtree> all;
  if (!seq.next_is(context_constructed(tag))) return all;
  DerReader list = seq.enter(field, context_constructed(tag));
  if (list.ok() && list.empty()) list.fail(Errc::bad_der, field);
  while (!list.empty()) {
    DerReader one = list.enter("GeneralSubtree", kSequence);
    const RawGeneralName base = read_general_name(one);
    if (base.kind == GeneralName::Kind::ip_address && one.ok() && base.content.size() != 8 &&
        base.content.size() != 32)
      one.fail(Errc::bad_value, "GeneralSubtree.base");
    // Section 4.2.1.10: minimum is zero, the default, and maximum is absent.
    if (const auto minimum = one.optional("GeneralSubtree.minimum", context(0))) {
      const bool zero = minimum->content.size() == 1 && minimum->content[0] == 0;
      if (!zero || !kDefaultsMayBeEncoded) one.fail(Errc::bad_value, "GeneralSubtree.minimum");
    }
    if (one.next_is(context(1))) one.fail(Errc::bad_value, "GeneralSubtree.maximum");
    one.end("GeneralSubtree");
    all.push_back({base.kind, base.content});
  }
  return all;
}

// DisplayText: a CHOICE of four string types.
std::string display_text(DerReader& r, const char* field) {
  const Element e = r.any(field);
  if (!r.ok()) return {};
  if (e.tag != kIa5String && e.tag != kVisibleString && e.tag != kBmpString &&
      e.tag != kUtf8String) {
    r.fail(Errc::bad_der, field);
    return {};
  }
  auto text = to_utf8(e.tag, e.content);
  if (!text) r.fail(Errc::bad_string, field);
  return text ? *std::move(text) : std::string{};
}

UserNotice user_notice(DerReader& outer) {
  UserNotice n;
  DerReader seq = outer.enter("UserNotice", kSequence);
  if (seq.next_is(kSequence)) {
    DerReader reference = seq.enter("UserNotice.noticeRef", kSequence);
    n.organization = display_text(reference, "NoticeReference.organization");
    DerReader numbers = reference.enter("NoticeReference.noticeNumbers", kSequence);
    while (!numbers.empty()) n.numbers.push_back(numbers.integer("NoticeReference.noticeNumbers"));
    reference.end("NoticeReference");
  }
  if (!seq.empty()) n.explicit_text = display_text(seq, "UserNotice.explicitText");
  seq.end("UserNotice");
  return n;
}

PolicyQualifier qualifier(DerReader& list) {
  PolicyQualifier q;
  DerReader seq = list.enter("PolicyQualifierInfo", kSequence);
  const ByteView kind = seq.oid("PolicyQualifierInfo.policyQualifierId");
  q.oid = oid_text(kind);
  q.value = seq.any("PolicyQualifierInfo.qualifier").whole;
  seq.end("PolicyQualifierInfo");
  if (!seq.ok()) return q;
  DerReader value{q.value};
  if (equal(kind, oid::kCpsQualifier))
    q.cps_uri = as_text(value.element("CPSuri", kIa5String).content);
  else if (equal(kind, oid::kUserNoticeQualifier))
    q.notice = user_notice(value);
  else
    (void)value.any("PolicyQualifierInfo.qualifier");
  if (const Status s = value.finish("PolicyQualifierInfo.qualifier"); !s)
    seq.fail(s.error().code, s.error().where);
  return q;
}

template <class T>
bool any_twice(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

std::optional<std::uint32_t> skip_certs(DerReader& seq, std::uint32_t tag, const char* field) {
  const auto e = seq.optional(field, context(tag));
  if (!e) return {};
  const ByteView c = e->content;
  if (!integer_content_ok(c)) {
    seq.fail(Errc::bad_der, field);
    return {};
  }
  if (c[0] >= 0x80) seq.fail(Errc::bad_value, field);
  return at_most_uint32(c);
}

}  // namespace

Result<NameConstraints> decode_name_constraints(ByteView value) {
  NameConstraints n;
  DerReader r{value};
  DerReader seq = r.enter("nameConstraints", kSequence);
  n.permitted = subtrees(seq, 0, "nameConstraints.permittedSubtrees");
  n.excluded = subtrees(seq, 1, "nameConstraints.excludedSubtrees");
  if (seq.ok() && n.permitted.empty() && n.excluded.empty())
    seq.fail(Errc::bad_der, "nameConstraints");
  seq.end("nameConstraints");
  PARLEY_CHECK(r.finish("nameConstraints"));
  return n;
}

Result<std::vector<PolicyInformation>> decode_certificate_policies(ByteView value) {
  std::vector<PolicyInformation> all;
  std::vector<std::string_view> seen;
  DerReader r{value};
  DerReader list = r.enter("certificatePolicies", kSequence);
  if (list.ok() && list.empty()) list.fail(Errc::bad_der, "certificatePolicies");
  while (!list.empty()) {
    DerReader one = list.enter("PolicyInformation", kSequence);
    const ByteView policy = one.oid("PolicyInformation.policyIdentifier");
    PolicyInformation p{.oid = oid_text(policy)};
    seen.push_back(as_text(policy));
    if (one.next_is(kSequence)) {
      DerReader qualifiers = one.enter("PolicyInformation.policyQualifiers", kSequence);
      if (qualifiers.ok() && qualifiers.empty())
        qualifiers.fail(Errc::bad_der, "PolicyInformation.policyQualifiers");
      while (!qualifiers.empty()) p.qualifiers.push_back(qualifier(qualifiers));
    }
    one.end("PolicyInformation");
    all.push_back(std::move(p));
  }
  // Section 4.2.1.4: no policy more than once.
  if (list.ok() && any_twice(std::move(seen))) list.fail(Errc::bad_value, "certificatePolicies");
  PARLEY_CHECK(r.finish("certificatePolicies"));
  return all;
}

Result<std::vector<PolicyMapping>> decode_policy_mappings(ByteView value) {
  std::vector<PolicyMapping> all;
  DerReader r{value};
  DerReader list = r.enter("policyMappings", kSequence);
  if (list.ok() && list.empty()) list.fail(Errc::bad_der, "policyMappings");
  while (!list.empty()) {
    DerReader one = list.enter("policyMapping", kSequence);
    PolicyMapping m;
    m.issuer_domain = oid_text(one.oid("policyMapping.issuerDomainPolicy"));
    m.subject_domain = oid_text(one.oid("policyMapping.subjectDomainPolicy"));
    one.end("policyMapping");
    all.push_back(std::move(m));
  }
  PARLEY_CHECK(r.finish("policyMappings"));
  return all;
}

Result<PolicyConstraints> decode_policy_constraints(ByteView value) {
  PolicyConstraints p;
  DerReader r{value};
  DerReader seq = r.enter("policyConstraints", kSequence);
  p.require_explicit_policy = skip_certs(seq, 0, "policyConstraints.requireExplicitPolicy");
  p.inhibit_policy_mapping = skip_certs(seq, 1, "policyConstraints.inhibitPolicyMapping");
  if (seq.ok() && !p.require_explicit_policy && !p.inhibit_policy_mapping)
    seq.fail(Errc::bad_der, "policyConstraints");
  seq.end("policyConstraints");
  PARLEY_CHECK(r.finish("policyConstraints"));
  return p;
}

Result<std::uint32_t> decode_inhibit_any_policy(ByteView value) {
  DerReader r{value};
  const std::uint32_t n = at_most_uint32(r.unsigned_integer("inhibitAnyPolicy"));
  PARLEY_CHECK(r.finish("inhibitAnyPolicy"));
  return n;
}

}  // namespace parley::asn1

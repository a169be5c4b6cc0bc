// What a key may be used for, and where more about its certificate is found (RFC 5280 sections
// 4.2.1.1, 4.2.1.3, 4.2.1.8, 4.2.1.9, 4.2.1.12, 4.2.1.13, 4.2.2, 5.2.3 and 5.2.5; RFC 7633).
#include "asn1/certificate.hpp"
#include "asn1/extensions.hpp"
#include "asn1/general_name.hpp"
#include "asn1/oid.hpp"
#include "asn1/time.hpp"

namespace parley::asn1 {
namespace {

std::uint16_t reason_flags(DerReader& r, std::uint32_t tag, const char* field) {
  // An IMPLICIT BIT STRING: the reader of named bits wants the universal tag.
  const Element e = r.element(field, context(tag));
  std::uint16_t mask = 0;
  if (!r.ok()) return mask;
  const Status s = named_bits_content(e.content, mask);
  if (!s) r.fail(s.error().code, field);
  return mask;
}

DistributionPointName point_name(DerReader& outer, const char* field) {
  DistributionPointName n;
  DerReader choice = outer.enter(field, context_constructed(0));
  if (choice.next_is(context_constructed(1))) {
    const Element relative = choice.any("nameRelativeToCRLIssuer");
    n.relative = relative.content;
    if (choice.ok() && n.relative.empty()) choice.fail(Errc::bad_der, "nameRelativeToCRLIssuer");
  } else {
    DerReader full = choice.enter("fullName", context_constructed(0));
    n.full = read_general_names(full);
  }
  choice.end(field);
  return n;
}

bool flag(DerReader& r, std::uint32_t tag, const char* field) {
  const auto e = r.optional(field, context(tag));
  if (!e) return false;
  // DEFAULT FALSE is not written in DER.
  if (e->content.size() != 1 || (e->content[0] != 0xff && e->content[0] != 0)) {
    r.fail(Errc::bad_der, field);
    return false;
  }
  if (!kDefaultsMayBeEncoded && e->content[0] == 0) r.fail(Errc::bad_der, field);
  return e->content[0] != 0;
}

}  // namespace

Result<BasicConstraints> decode_basic_constraints(ByteView value) {
  BasicConstraints b;
  DerReader r{value};
  DerReader seq = r.enter("basicConstraints", kSequence);
  if (seq.next_is(kBoolean)) {
    b.ca = seq.boolean("basicConstraints.cA");
    if (!kDefaultsMayBeEncoded && !b.ca) seq.fail(Errc::bad_der, "basicConstraints.cA");
  }
  if (seq.next_is(kInteger))
    b.path_length = at_most_uint32(seq.unsigned_integer("basicConstraints.pathLenConstraint"));
  seq.end("basicConstraints");
  PARLEY_CHECK(r.finish("basicConstraints"));
  return b;
}

Result<std::uint16_t> decode_key_usage(ByteView value) {
  DerReader r{value};
  const std::uint16_t bits = r.named_bits("keyUsage");
  // Section 4.2.1.3: at least one of the bits is set.
  if (r.ok() && bits == 0) r.fail(Errc::bad_value, "keyUsage");
  PARLEY_CHECK(r.finish("keyUsage"));
  return bits;
}

Result<std::uint16_t> decode_netscape_cert_type(ByteView value) {
  DerReader r{value};
  const std::uint16_t bits = r.named_bits("nsCertType");
  PARLEY_CHECK(r.finish("nsCertType"));
  return bits;
}

Result<ByteView> decode_subject_key_identifier(ByteView value) {
  DerReader r{value};
  const ByteView id = r.octets("subjectKeyIdentifier");
  PARLEY_CHECK(r.finish("subjectKeyIdentifier"));
  return id;
}

Result<std::vector<std::string>> decode_extended_key_usage(ByteView value) {
  std::vector<std::string> purposes;
  DerReader r{value};
  DerReader seq = r.enter("extKeyUsage", kSequence);
  if (seq.ok() && seq.empty()) seq.fail(Errc::bad_der, "extKeyUsage");
  while (!seq.empty()) purposes.push_back(oid_text(seq.oid("extKeyUsage.KeyPurposeId")));
  PARLEY_CHECK(r.finish("extKeyUsage"));
  return purposes;
}

Result<PrivateKeyUsagePeriod> decode_private_key_usage_period(ByteView value) {
  PrivateKeyUsagePeriod p;
  DerReader r{value};
  DerReader seq = r.enter("privateKeyUsagePeriod", kSequence);
  const auto from = seq.optional("privateKeyUsagePeriod.notBefore", context(0));
  const auto to = seq.optional("privateKeyUsagePeriod.notAfter", context(1));
  if (seq.ok() && !from && !to) seq.fail(Errc::bad_der, "privateKeyUsagePeriod");
  seq.end("privateKeyUsagePeriod");
  PARLEY_CHECK(r.finish("privateKeyUsagePeriod"));
  if (from) {
    PARLEY_TRY(p.not_before, unix_time(kGeneralizedTime, from->content));
  }
  if (to) {
    PARLEY_TRY(p.not_after, unix_time(kGeneralizedTime, to->content));
  }
  return p;
}

Result<std::vector<DirectoryAttribute>> decode_directory_attributes(ByteView value) {
  std::vector<DirectoryAttribute> all;
  DerReader r{value};
  DerReader list = r.enter("subjectDirectoryAttributes", kSequence);
  if (list.ok() && list.empty()) list.fail(Errc::bad_der, "subjectDirectoryAttributes");
  while (!list.empty()) {
    DerReader one = list.enter("Attribute", kSequence);
    DirectoryAttribute a{.oid = oid_text(one.oid("Attribute.type"))};
    DerReader values = one.enter("Attribute.values", kSet);
    if (values.ok() && values.empty()) values.fail(Errc::bad_der, "Attribute.values");
    while (!values.empty()) a.values.push_back(values.any("Attribute.values").whole);
    one.end("Attribute");
    all.push_back(std::move(a));
  }
  PARLEY_CHECK(r.finish("subjectDirectoryAttributes"));
  return all;
}

Result<TlsFeatures> decode_tls_features(ByteView value) {
  constexpr std::uint32_t kMost = 0xffff;  // RFC 5246 section 7.4.1.4: ExtensionType
  TlsFeatures f;
  DerReader r{value};
  DerReader list = r.enter("TLS features", kSequence);
  while (!list.empty())
    f.extensions.push_back(static_cast<std::uint16_t>(list.small_integer("TLS features", kMost)));
  PARLEY_CHECK(r.finish("TLS features"));
  return f;
}

Result<AuthorityKeyIdentifier> decode_authority_key_identifier(ByteView value) {
  AuthorityKeyIdentifier id;
  DerReader r{value};
  DerReader seq = r.enter("authorityKeyIdentifier", kSequence);
  if (const auto e = seq.optional("authorityKeyIdentifier.keyIdentifier", context(0)))
    id.key_id = e->content;
  if (seq.next_is(context_constructed(1))) {
    DerReader names =
        seq.enter("authorityKeyIdentifier.authorityCertIssuer", context_constructed(1));
    id.issuer = read_general_names(names);
  }
  if (const auto e = seq.optional("authorityKeyIdentifier.authorityCertSerialNumber", context(2))) {
    if (!integer_content_ok(e->content))
      seq.fail(Errc::bad_der, "authorityKeyIdentifier.authorityCertSerialNumber");
    id.serial = e->content;
  }
  if (seq.ok() && id.issuer.empty() == id.serial.has_value())
    seq.fail(Errc::bad_value, "authorityKeyIdentifier.authorityCertIssuer");
  seq.end("authorityKeyIdentifier");
  PARLEY_CHECK(r.finish("authorityKeyIdentifier"));
  return id;
}

Result<std::vector<AccessDescription>> decode_info_access(ByteView value) {
  std::vector<AccessDescription> all;
  DerReader r{value};
  DerReader list = r.enter("infoAccess", kSequence);
  if (list.ok() && list.empty()) list.fail(Errc::bad_der, "infoAccess");
  while (!list.empty()) {
    DerReader one = list.enter("AccessDescription", kSequence);
    AccessDescription a{.method = oid_text(one.oid("AccessDescription.accessMethod"))};
    a.location = read_general_name(one);
    one.end("AccessDescription");
    all.push_back(std::move(a));
  }
  PARLEY_CHECK(r.finish("infoAccess"));
  return all;
}

Result<std::vector<DistributionPoint>> decode_distribution_points(ByteView value) {
  std::vector<DistributionPoint> all;
  DerReader r{value};
  DerReader list = r.enter("CRLDistributionPoints", kSequence);
  if (list.ok() && list.empty()) list.fail(Errc::bad_der, "CRLDistributionPoints");
  while (!list.empty()) {
    DerReader one = list.enter("DistributionPoint", kSequence);
    DistributionPoint p;
    if (one.next_is(context_constructed(0)))
      p.name = point_name(one, "DistributionPoint.distributionPoint");
    if (one.next_is(context(1))) p.reasons = reason_flags(one, 1, "DistributionPoint.reasons");
    if (one.next_is(context_constructed(2))) {
      DerReader names = one.enter("DistributionPoint.cRLIssuer", context_constructed(2));
      p.crl_issuer = read_general_names(names);
    }
    // Section 4.2.1.13: reasons alone name no list.
    if (one.ok() && !p.name && p.crl_issuer.empty()) one.fail(Errc::bad_der, "DistributionPoint");
    one.end("DistributionPoint");
    all.push_back(std::move(p));
  }
  PARLEY_CHECK(r.finish("CRLDistributionPoints"));
  return all;
}

Result<IssuingDistributionPoint> decode_issuing_distribution_point(ByteView value) {
  IssuingDistributionPoint p;
  DerReader r{value};
  DerReader seq = r.enter("issuingDistributionPoint", kSequence);
  if (seq.next_is(context_constructed(0)))
    p.name = point_name(seq, "issuingDistributionPoint.distributionPoint");
  p.only_user = flag(seq, 1, "issuingDistributionPoint.onlyContainsUserCerts");
  p.only_ca = flag(seq, 2, "issuingDistributionPoint.onlyContainsCACerts");
  if (seq.next_is(context(3)))
    p.reasons = reason_flags(seq, 3, "issuingDistributionPoint.onlySomeReasons");
  p.indirect = flag(seq, 4, "issuingDistributionPoint.indirectCRL");
  p.only_attribute = flag(seq, 5, "issuingDistributionPoint.onlyContainsAttributeCerts");
  if (int{p.only_user} + int{p.only_ca} + int{p.only_attribute} > 1)
    seq.fail(Errc::bad_value, "issuingDistributionPoint");
  seq.end("issuingDistributionPoint");
  PARLEY_CHECK(r.finish("issuingDistributionPoint"));
  return p;
}

Result<ByteView> decode_crl_number(ByteView value) {
  DerReader r{value};
  const ByteView n = r.integer("cRLNumber");
  if (r.ok() && n[0] >= 0x80) r.fail(Errc::bad_value, "cRLNumber");
  PARLEY_CHECK(r.finish("cRLNumber"));
  return n;
}

}  // namespace parley::asn1

// Values of extensions as people read them.
#include <array>

#include "asn1/extensions.hpp"
#include "asn1/general_name.hpp"
#include "asn1/oid.hpp"
#include "asn1/strings.hpp"
#include "asn1/text.hpp"
#include "asn1/time.hpp"
#include "parley/crl.hpp"

namespace parley {
namespace {

using namespace asn1;

using Lines = std::vector<std::string>;

template <std::size_t N>
std::vector<std::string_view> bit_names(std::uint16_t bits,
                                        const std::array<std::string_view, N>& names) {
  std::vector<std::string_view> set;
  for (std::size_t i = 0; i < N; ++i)
    if ((bits >> i & 1) != 0) set.push_back(names[i]);
  return set;
}

Lines names(std::string_view label, const std::vector<RawGeneralName>& all) {
  Lines lines;
  for (const RawGeneralName& n : all)
    lines.push_back(std::string{label}.append(general_name_text(n)));
  return lines;
}
void add(Lines& to, const Lines& more) { to.insert(to.end(), more.begin(), more.end()); }

Lines show(const BasicConstraints& b) {
  std::string s = b.ca ? "CA:TRUE" : "CA:FALSE";
  if (b.path_length) s.append(", pathlen:").append(std::to_string(*b.path_length));
  return {s};
}
Lines show(const std::vector<std::string>& purposes) {
  std::string s;
  for (const std::string& p : purposes) s.append(s.empty() ? "" : ", ").append(object_name(p));
  return {s};
}
Lines show(const std::vector<RawGeneralName>& all) {
  std::string s;
  for (const RawGeneralName& n : all) s.append(s.empty() ? "" : ", ").append(general_name_text(n));
  return {s};
}
Lines show(const PrivateKeyUsagePeriod& p) {
  Lines lines;
  if (p.not_before) lines.push_back("Not before: " + time_text(*p.not_before));
  if (p.not_after) lines.push_back("Not after: " + time_text(*p.not_after));
  return lines;
}

Lines show(const std::vector<DirectoryAttribute>& all) {
  Lines lines;
  for (const DirectoryAttribute& a : all) {
    std::string s = object_name(a.oid);
    const char* before = ": ";
    for (const ByteView v : a.values) {
      s.append(before).append(value_text(v));
      before = ", ";
    }
    lines.push_back(std::move(s));
  }
  return lines;
}
Lines show(const TlsFeatures& f) {
  std::string s;
  for (const std::uint16_t n : f.extensions)
    s.append(s.empty() ? "" : ", ").append(tls_feature_name(n));
  return {s};
}

std::string subtree_text(const GeneralSubtree& t) {
  if (t.kind != GeneralName::Kind::ip_address) return general_name_text({t.kind, t.base});
  const std::size_t half = t.base.size() / 2;
  return "IP:" + ip_text(t.base.first(half)) + "/" + ip_text(t.base.subspan(half));
}
Lines show(const NameConstraints& n) {
  Lines lines;
  for (const GeneralSubtree& t : n.permitted) lines.push_back("Permitted: " + subtree_text(t));
  for (const GeneralSubtree& t : n.excluded) lines.push_back("Excluded: " + subtree_text(t));
  return lines;
}

Lines show(const UserNotice& n) {
  Lines lines;
  if (n.organization) {
    std::string s = "Notice: " + printable(*n.organization);
    const char* before = ", numbers ";
    for (const ByteView number : n.numbers) {
      s.append(before).append(number_text(number));
      before = ", ";
    }
    lines.push_back(s);
  }
  if (n.explicit_text) lines.push_back("Notice: \"" + printable(*n.explicit_text) + "\"");
  return lines;
}
Lines show(const std::vector<PolicyInformation>& all) {
  Lines lines;
  for (const PolicyInformation& p : all) {
    lines.push_back("Policy: " + object_name(p.oid));
    for (const PolicyQualifier& q : p.qualifiers) {
      if (q.cps_uri)
        lines.push_back("  CPS: " + printable(*q.cps_uri));
      else if (q.notice)
        for (const std::string& line : show(*q.notice)) lines.push_back("  " + line);
      else
        lines.push_back("  " + object_name(q.oid) + ": " + short_hex(q.value));
    }
  }
  return lines;
}
Lines show(const std::vector<PolicyMapping>& all) {
  Lines lines;
  for (const PolicyMapping& m : all)
    lines.push_back(object_name(m.issuer_domain) + " is " + object_name(m.subject_domain));
  return lines;
}
Lines show(const PolicyConstraints& p) {
  Lines lines;
  if (p.require_explicit_policy)
    lines.push_back("Require explicit policy: " + std::to_string(*p.require_explicit_policy));
  if (p.inhibit_policy_mapping)
    lines.push_back("Inhibit policy mapping: " + std::to_string(*p.inhibit_policy_mapping));
  return lines;
}
Lines show(const AuthorityKeyIdentifier& id) {
  Lines lines;
  if (id.key_id) lines.push_back(colon_hex(*id.key_id));
  add(lines, names("Issuer: ", id.issuer));
  if (id.serial) lines.push_back("Serial: " + colon_hex(*id.serial));
  return lines;
}
Lines show(const std::vector<AccessDescription>& all) {
  Lines lines;
  for (const AccessDescription& a : all)
    lines.push_back(object_name(a.method) + ": " + general_name_text(a.location));
  return lines;
}

Lines show(const std::optional<DistributionPointName>& name) {
  if (!name) return {};
  Lines lines = names("", name->full);
  if (!name->relative.empty())
    lines.push_back("Relative name: " + name_text(decode_relative_name(name->relative)));
  return lines;
}
Lines show(const std::vector<DistributionPoint>& all) {
  Lines lines;
  for (const DistributionPoint& p : all) {
    add(lines, show(p.name));
    if (p.reasons) lines.push_back("  Reasons: " + joined(reason_flag_names(*p.reasons)));
    add(lines, names("  List issued by: ", p.crl_issuer));
  }
  return lines;
}
Lines show(const IssuingDistributionPoint& p) {
  Lines lines = show(p.name);
  if (p.only_user) lines.emplace_back("Only user certificates");
  if (p.only_ca) lines.emplace_back("Only CA certificates");
  if (p.only_attribute) lines.emplace_back("Only attribute certificates");
  if (p.indirect) lines.emplace_back("Indirect");
  if (p.reasons) lines.push_back("Only some reasons: " + joined(reason_flag_names(*p.reasons)));
  return lines;
}

Lines show_key_usage(ByteView value, bool netscape) {
  const auto bits = decode_key_usage(value);
  if (!bits) return {std::string{kBroken}};
  constexpr std::array<std::string_view, 8> kTypes{"SSL Client",     "SSL Server",       "S/MIME",
                                                   "Object Signing", "Unused",           "SSL CA",
                                                   "S/MIME CA",      "Object Signing CA"};
  return {joined(netscape ? bit_names(*bits, kTypes) : key_usage_names(*bits))};
}
Lines show_key_id(ByteView value) {
  DerReader r{value};
  const ByteView id = r.octets("subjectKeyIdentifier");
  return {r.finish("subjectKeyIdentifier") ? colon_hex(id) : std::string{kBroken}};
}
// Netscape's comments and addresses are IA5Strings.
Lines show_text(ByteView value) {
  DerReader r{value};
  const ByteView text = r.element("text", kIa5String).content;
  return {r.finish("text") ? printable(as_text(text)) : std::string{kBroken}};
}
Lines show_number(ByteView value) {
  const auto n = decode_crl_number(value);
  return {n ? number_text(*n) : std::string{kBroken}};
}

template <auto decode>
Lines show_decoded(ByteView value) {
  const auto decoded = decode(value);
  return decoded ? show(*decoded) : Lines{std::string{kBroken}};
}
Lines show_inhibit(ByteView value) {
  const auto n = decode_inhibit_any_policy(value);
  return {n ? std::to_string(*n) : std::string{kBroken}};
}

struct Row {
  ByteView oid;
  Lines (*show)(ByteView);
};
constexpr auto kNsCertType = oid::make(0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1);
constexpr auto kNsComment = oid::make(0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 13);
constexpr Row kRows[] = {
    {oid::kBasicConstraints, show_decoded<decode_basic_constraints>},
    {oid::kKeyUsage, [](ByteView v) { return show_key_usage(v, false); }},
    {kNsCertType, [](ByteView v) { return show_key_usage(v, true); }},
    {kNsComment, show_text},
    {oid::kExtendedKeyUsage, show_decoded<decode_extended_key_usage>},
    {oid::kSubjectAltName, show_decoded<parse_general_names>},
    {oid::kIssuerAltName, show_decoded<parse_general_names>},
    {oid::kCertificateIssuer, show_decoded<parse_general_names>},
    {oid::kSubjectKeyIdentifier, show_key_id},
    {oid::kAuthorityKeyIdentifier, show_decoded<decode_authority_key_identifier>},
    {oid::kPrivateKeyUsagePeriod, show_decoded<decode_private_key_usage_period>},
    {oid::kSubjectDirectoryAttributes, show_decoded<decode_directory_attributes>},
    {oid::kTlsFeature, show_decoded<decode_tls_features>},
    {oid::kNameConstraints, show_decoded<decode_name_constraints>},
    {oid::kCertificatePolicies, show_decoded<decode_certificate_policies>},
    {oid::kPolicyMappings, show_decoded<decode_policy_mappings>},
    {oid::kPolicyConstraints, show_decoded<decode_policy_constraints>},
    {oid::kInhibitAnyPolicy, show_inhibit},
    {oid::kAuthorityInfoAccess, show_decoded<decode_info_access>},
    {oid::kSubjectInfoAccess, show_decoded<decode_info_access>},
    {oid::kCrlDistributionPoints, show_decoded<decode_distribution_points>},
    {oid::kFreshestCrl, show_decoded<decode_distribution_points>},
    {oid::kIssuingDistributionPoint, show_decoded<decode_issuing_distribution_point>},
    {oid::kCrlNumber, show_number},
    {oid::kDeltaCrlIndicator, show_number},
};

}  // namespace

std::string object_id(ByteView oid) { return oid_text(oid); }
bool is_object_id(std::string_view dotted) { return is_oid_text(dotted); }

std::string object_name(std::string_view dotted) {
  const OidRow* row = find_oid(dotted);
  return std::string{row != nullptr ? row->long_name : dotted};
}

std::string value_text(ByteView der) {
  DerReader r{der};
  const Element e = r.any("value");
  if (!r.finish("value")) return std::string{kBroken};
  if (e.tag == kOid) return object_name(oid_text(e.content));
  if (e.tag == kUtcTime || e.tag == kGeneralizedTime) return time_text(e.tag, e.content);
  if (const auto text = to_utf8(e.tag, e.content)) return printable(*text);
  return short_hex(der);
}

std::string tls_feature_name(std::uint16_t extension) {
  constexpr std::uint16_t kStatusRequest = 5, kStatusRequestV2 = 17;  // RFC 6066, RFC 6961
  if (extension == kStatusRequest) return "status_request";
  return extension == kStatusRequestV2 ? "status_request_v2" : std::to_string(extension);
}

std::vector<std::string_view> key_usage_names(std::uint16_t bits) {
  return bit_names(
      bits, std::array<std::string_view, 9>{
                "Digital Signature", "Non Repudiation", "Key Encipherment", "Data Encipherment",
                "Key Agreement", "Certificate Sign", "CRL Sign", "Encipher Only", "Decipher Only"});
}
std::vector<std::string_view> reason_flag_names(std::uint16_t bits) {
  return bit_names(bits, std::array<std::string_view, 9>{
                             "Unused", "Key Compromise", "CA Compromise", "Affiliation Changed",
                             "Superseded", "Cessation Of Operation", "Certificate Hold",
                             "Privilege Withdrawn", "AA Compromise"});
}

std::vector<std::string> describe(const Extension& e) {
  for (const Row& row : kRows)
    if (equal(row.oid, e.oid)) return row.show(e.value);
  return {short_hex(e.value)};
}

}  // namespace parley

// The extensions of a certificate, found and decoded when asked (RFC 5280 section 4.2.1).
#include "asn1/extensions.hpp"

#include <array>

#include "asn1/certificate.hpp"
#include "asn1/general_name.hpp"
#include "asn1/oid.hpp"

namespace parley {

using namespace asn1;

const Extension* Certificate::find_extension(ByteView oid) const {
  for (const Extension& e : fields_->extensions)
    if (equal(e.oid, oid)) return &e;
  return nullptr;
}

Result<std::optional<BasicConstraints>> Certificate::basic_constraints() const {
  return decode_one(extensions(), oid::kBasicConstraints, "basicConstraints",
                    decode_basic_constraints);
}
Result<std::optional<std::uint16_t>> Certificate::key_usage() const {
  return decode_one(extensions(), oid::kKeyUsage, "keyUsage", decode_key_usage);
}
Result<std::optional<std::vector<std::string>>> Certificate::extended_key_usage() const {
  return decode_one(extensions(), oid::kExtendedKeyUsage, "extKeyUsage", decode_extended_key_usage);
}
Result<std::optional<std::vector<RawGeneralName>>> Certificate::issuer_alt_names() const {
  return decode_one(extensions(), oid::kIssuerAltName, "issuerAltName", parse_general_names);
}
Result<std::optional<NameConstraints>> Certificate::name_constraints() const {
  return decode_one(extensions(), oid::kNameConstraints, "nameConstraints",
                    decode_name_constraints);
}
Result<std::optional<std::vector<PolicyInformation>>> Certificate::certificate_policies() const {
  return decode_one(extensions(), oid::kCertificatePolicies, "certificatePolicies",
                    decode_certificate_policies);
}
Result<std::optional<std::vector<PolicyMapping>>> Certificate::policy_mappings() const {
  return decode_one(extensions(), oid::kPolicyMappings, "policyMappings", decode_policy_mappings);
}
Result<std::optional<PolicyConstraints>> Certificate::policy_constraints() const {
  return decode_one(extensions(), oid::kPolicyConstraints, "policyConstraints",
                    decode_policy_constraints);
}
Result<std::optional<std::uint32_t>> Certificate::inhibit_any_policy() const {
  return decode_one(extensions(), oid::kInhibitAnyPolicy, "inhibitAnyPolicy",
                    decode_inhibit_any_policy);
}
Result<std::optional<AuthorityKeyIdentifier>> Certificate::authority_key_identifier() const {
  return decode_one(extensions(), oid::kAuthorityKeyIdentifier, "authorityKeyIdentifier",
                    decode_authority_key_identifier);
}
Result<std::optional<std::vector<AccessDescription>>> Certificate::authority_info_access() const {
  return decode_one(extensions(), oid::kAuthorityInfoAccess, "authorityInfoAccess",
                    decode_info_access);
}
Result<std::optional<std::vector<AccessDescription>>> Certificate::subject_info_access() const {
  return decode_one(extensions(), oid::kSubjectInfoAccess, "subjectInfoAccess", decode_info_access);
}
Result<std::optional<std::vector<DistributionPoint>>> Certificate::crl_distribution_points() const {
  return decode_one(extensions(), oid::kCrlDistributionPoints, "cRLDistributionPoints",
                    decode_distribution_points);
}
Result<std::optional<std::vector<DistributionPoint>>> Certificate::freshest_crl() const {
  return decode_one(extensions(), oid::kFreshestCrl, "freshestCRL", decode_distribution_points);
}
Result<std::optional<PrivateKeyUsagePeriod>> Certificate::private_key_usage_period() const {
  return decode_one(extensions(), oid::kPrivateKeyUsagePeriod, "privateKeyUsagePeriod",
                    decode_private_key_usage_period);
}
Result<std::optional<std::vector<DirectoryAttribute>>> Certificate::subject_directory_attributes()
    const {
  return decode_one(extensions(), oid::kSubjectDirectoryAttributes, "subjectDirectoryAttributes",
                    decode_directory_attributes);
}
Result<std::optional<TlsFeatures>> Certificate::tls_features() const {
  return decode_one(extensions(), oid::kTlsFeature, "TLS features", decode_tls_features);
}

// Only here may an extension occur twice: getpeercert shows the names of all.
Result<std::vector<RawGeneralName>> Certificate::raw_subject_alt_names() const {
  std::vector<RawGeneralName> names;
  for (const Extension& e : fields_->extensions) {
    if (!equal(e.oid, oid::kSubjectAltName)) continue;
    PARLEY_TRY(const auto more, parse_general_names(e.value));
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

Result<std::optional<std::vector<GeneralName>>> Certificate::subject_alt_names() const {
  std::optional<std::vector<GeneralName>> names;
  if (find_extension(oid::kSubjectAltName) == nullptr) return names;
  PARLEY_TRY(const auto raw, raw_subject_alt_names());
  names.emplace();
  names->reserve(raw.size());
  for (const RawGeneralName& r : raw) {
    PARLEY_TRY(GeneralName name, decode_general_name(r));
    names->push_back(std::move(name));
  }
  return names;
}

ByteView Certificate::subject_key_id() const {
  const Extension* e = find_extension(oid::kSubjectKeyIdentifier);
  if (e == nullptr) return {};
  const auto id = decode_subject_key_identifier(e->value);
  return id ? *id : ByteView{};
}

ByteView Certificate::authority_key_id() const {
  const Extension* e = find_extension(oid::kAuthorityKeyIdentifier);
  if (e == nullptr) return {};
  const auto id = decode_authority_key_identifier(e->value);
  return id && id->key_id ? *id->key_id : ByteView{};
}

std::vector<std::string> Certificate::unknown_critical_extensions() const {
  const std::array<ByteView, 13> kUnderstood{
      oid::kBasicConstraints,     oid::kKeyUsage,
      oid::kExtendedKeyUsage,     oid::kSubjectAltName,
      oid::kSubjectKeyIdentifier, oid::kAuthorityKeyIdentifier,
      oid::kCertificatePolicies,  oid::kPolicyMappings,
      oid::kPolicyConstraints,    oid::kInhibitAnyPolicy,
      oid::kNameConstraints,      oid::kCrlDistributionPoints,
      oid::kNetscapeCertType};
  std::vector<std::string> unknown;
  for (const Extension& e : fields_->extensions)
    if (e.critical && std::none_of(kUnderstood.begin(), kUnderstood.end(),
                                   [&e](ByteView o) { return equal(o, e.oid); }))
      unknown.push_back(oid_text(e.oid));
  return unknown;
}

}  // namespace parley

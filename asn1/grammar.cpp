#include "asn1/grammar.hpp"

#include "asn1/oid.hpp"

namespace parley::asn1 {
namespace {

template <std::size_t N>
constexpr Type of(const Part (&parts)[N]) {
  return {parts, N};
}
constexpr Type shown_as(Shown s) { return {nullptr, 0, s}; }
constexpr auto kTag = Match::tag;

constexpr Type kText = shown_as(Shown::text), kNumber = shown_as(Shown::number),
               kObject = shown_as(Shown::oid), kFlag = shown_as(Shown::flag),
               kOctets = shown_as(Shown::octets), kTimeValue = shown_as(Shown::time),
               kAddress = shown_as(Shown::address), kReasons = shown_as(Shown::reason_flags),
               kUsage = shown_as(Shown::key_usage), kReason = shown_as(Shown::reason),
               kExtensionValue = shown_as(Shown::extension), kKeyValue = shown_as(Shown::key);

// --- Names (sections 4.1.2.4 and 4.2.1.6) ---
constexpr Part kAttributeParts[] = {{"type", kTag, kOid}, {"value"}};
constexpr Type kAttribute = of(kAttributeParts);
constexpr Part kRdnParts[] = {{"AttributeTypeAndValue", Match::each, {}, &kAttribute}};
constexpr Type kRdn = of(kRdnParts);
constexpr Part kNameParts[] = {{"RelativeDistinguishedName", Match::each, {}, &kRdn}};
constexpr Type kName = of(kNameParts);
constexpr Part kExplicitNameParts[] = {{"Name", Match::any, {}, &kName}};
constexpr Type kExplicitName = of(kExplicitNameParts);
constexpr Part kOtherNameParts[] = {{"type-id", kTag, kOid},
                                    {"value", kTag, context_constructed(0)}};
constexpr Type kOtherName = of(kOtherNameParts);
constexpr Part kGeneralNameChoices[] = {
    {"otherName", kTag, context_constructed(0), &kOtherName},
    {"rfc822Name", kTag, context(1), &kText},
    {"dNSName", kTag, context(2), &kText},
    {"x400Address", kTag, context_constructed(3)},
    {"directoryName", kTag, context_constructed(4), &kExplicitName},
    {"ediPartyName", kTag, context_constructed(5)},
    {"uniformResourceIdentifier", kTag, context(6), &kText},
    {"iPAddress", kTag, context(7), &kAddress},
    {"registeredID", kTag, context(8), &kObject}};
constexpr Type kGeneralName = of(kGeneralNameChoices);
constexpr Part kGeneralNamesParts[] = {{"GeneralName", Match::each_choice, {}, &kGeneralName}};
constexpr Type kGeneralNames = of(kGeneralNamesParts);

// --- Extensions (section 4.2) ---
constexpr Part kBasicParts[] = {{"cA", kTag, kBoolean}, {"pathLenConstraint", kTag, kInteger}};
constexpr Type kBasic = of(kBasicParts);
constexpr Part kPurposesParts[] = {{"KeyPurposeId", Match::each}};
constexpr Type kPurposes = of(kPurposesParts);
constexpr Part kFeaturesParts[] = {{"feature", Match::each}};
constexpr Type kFeatures = of(kFeaturesParts);
constexpr Part kValuesParts[] = {{"AttributeValue", Match::each}};
constexpr Type kValues = of(kValuesParts);
constexpr Part kDirectoryAttributeParts[] = {{"type", kTag, kOid},
                                             {"values", kTag, kSet, &kValues}};
constexpr Type kDirectoryAttribute = of(kDirectoryAttributeParts);
constexpr Part kDirectoryAttributesParts[] = {{"Attribute", Match::each, {}, &kDirectoryAttribute}};
constexpr Type kDirectoryAttributes = of(kDirectoryAttributesParts);
constexpr Part kAuthorityParts[] = {
    {"keyIdentifier", kTag, context(0), &kOctets},
    {"authorityCertIssuer", kTag, context_constructed(1), &kGeneralNames},
    {"authorityCertSerialNumber", kTag, context(2), &kNumber}};
constexpr Type kAuthority = of(kAuthorityParts);
constexpr Part kPeriodParts[] = {{"notBefore", kTag, context(0), &kTimeValue},
                                 {"notAfter", kTag, context(1), &kTimeValue}};
constexpr Type kPeriod = of(kPeriodParts);
constexpr Part kSubtreeParts[] = {{"base", Match::choice, {}, &kGeneralName},
                                  {"minimum", kTag, context(0), &kNumber},
                                  {"maximum", kTag, context(1), &kNumber}};
constexpr Type kSubtree = of(kSubtreeParts);
constexpr Part kSubtreesParts[] = {{"GeneralSubtree", Match::each, {}, &kSubtree}};
constexpr Type kSubtrees = of(kSubtreesParts);
constexpr Part kConstraintsParts[] = {
    {"permittedSubtrees", kTag, context_constructed(0), &kSubtrees},
    {"excludedSubtrees", kTag, context_constructed(1), &kSubtrees}};
constexpr Type kConstraints = of(kConstraintsParts);
constexpr Part kNumbersParts[] = {{"noticeNumber", Match::each}};
constexpr Type kNumbers = of(kNumbersParts);
constexpr Part kReferenceParts[] = {{"organization"},
                                    {"noticeNumbers", kTag, kSequence, &kNumbers}};
constexpr Type kReference = of(kReferenceParts);
constexpr Part kNoticeParts[] = {{"noticeRef", kTag, kSequence, &kReference}, {"explicitText"}};
constexpr Type kNotice = of(kNoticeParts);
constexpr Part kQualifierParts[] = {
    {"policyQualifierId", kTag, kOid}, {"qualifier", kTag, kSequence, &kNotice}, {"qualifier"}};
constexpr Type kQualifier = of(kQualifierParts);
constexpr Part kQualifiersParts[] = {{"PolicyQualifierInfo", Match::each, {}, &kQualifier}};
constexpr Type kQualifiers = of(kQualifiersParts);
constexpr Part kPolicyParts[] = {{"policyIdentifier", kTag, kOid},
                                 {"policyQualifiers", kTag, kSequence, &kQualifiers}};
constexpr Type kPolicy = of(kPolicyParts);
constexpr Part kPoliciesParts[] = {{"PolicyInformation", Match::each, {}, &kPolicy}};
constexpr Type kPolicies = of(kPoliciesParts);
constexpr Part kMappingParts[] = {{"issuerDomainPolicy"}, {"subjectDomainPolicy"}};
constexpr Type kMapping = of(kMappingParts);
constexpr Part kMappingsParts[] = {{"policyMapping", Match::each, {}, &kMapping}};
constexpr Type kMappings = of(kMappingsParts);
constexpr Part kPolicyConstraintsParts[] = {{"requireExplicitPolicy", kTag, context(0), &kNumber},
                                            {"inhibitPolicyMapping", kTag, context(1), &kNumber}};
constexpr Type kPolicyConstraints = of(kPolicyConstraintsParts);
constexpr Part kAccessParts[] = {{"accessMethod", kTag, kOid},
                                 {"accessLocation", Match::choice, {}, &kGeneralName}};
constexpr Type kAccess = of(kAccessParts);
constexpr Part kAccessesParts[] = {{"AccessDescription", Match::each, {}, &kAccess}};
constexpr Type kAccesses = of(kAccessesParts);
constexpr Part kPointNameParts[] = {
    {"fullName", kTag, context_constructed(0), &kGeneralNames},
    {"nameRelativeToCRLIssuer", kTag, context_constructed(1), &kRdn}};
constexpr Type kPointName = of(kPointNameParts);
constexpr Part kPointParts[] = {{"distributionPoint", kTag, context_constructed(0), &kPointName},
                                {"reasons", kTag, context(1), &kReasons},
                                {"cRLIssuer", kTag, context_constructed(2), &kGeneralNames}};
constexpr Type kPoint = of(kPointParts);
constexpr Part kPointsParts[] = {{"DistributionPoint", Match::each, {}, &kPoint}};
constexpr Type kPoints = of(kPointsParts);
constexpr Part kIssuingParts[] = {{"distributionPoint", kTag, context_constructed(0), &kPointName},
                                  {"onlyContainsUserCerts", kTag, context(1), &kFlag},
                                  {"onlyContainsCACerts", kTag, context(2), &kFlag},
                                  {"onlySomeReasons", kTag, context(3), &kReasons},
                                  {"indirectCRL", kTag, context(4), &kFlag},
                                  {"onlyContainsAttributeCerts", kTag, context(5), &kFlag}};
constexpr Type kIssuing = of(kIssuingParts);

// --- Certificates (section 4.1) ---
constexpr Part kAlgorithmParts[] = {{"algorithm", kTag, kOid}, {"parameters"}};
constexpr Type kAlgorithm = of(kAlgorithmParts);
constexpr Part kVersionParts[] = {{"Version", kTag, kInteger}};
constexpr Type kVersion = of(kVersionParts);
constexpr Part kValidityParts[] = {{"notBefore"}, {"notAfter"}};
constexpr Type kValidity = of(kValidityParts);
constexpr Part kKeyInfoParts[] = {{"algorithm", kTag, kSequence, &kAlgorithm},
                                  {"subjectPublicKey", kTag, kBitString, &kKeyValue}};
constexpr Type kKeyInfo = of(kKeyInfoParts);
constexpr Part kExtensionParts[] = {{"extnID", kTag, kOid},
                                    {"critical", kTag, kBoolean},
                                    {"extnValue", kTag, kOctetString, &kExtensionValue}};
constexpr Type kExtension = of(kExtensionParts);
constexpr Part kExtensionsParts[] = {{"Extension", Match::each, {}, &kExtension}};
constexpr Type kExtensions = of(kExtensionsParts);
constexpr Part kExplicitExtensionsParts[] = {{"Extensions", Match::any, {}, &kExtensions}};
constexpr Type kExplicitExtensions = of(kExplicitExtensionsParts);
constexpr Part kTbsParts[] = {{"version", kTag, context_constructed(0), &kVersion},
                              {"serialNumber", kTag, kInteger},
                              {"signature", kTag, kSequence, &kAlgorithm},
                              {"issuer", kTag, kSequence, &kName},
                              {"validity", kTag, kSequence, &kValidity},
                              {"subject", kTag, kSequence, &kName},
                              {"subjectPublicKeyInfo", kTag, kSequence, &kKeyInfo},
                              {"issuerUniqueID", kTag, context(1), &kOctets},
                              {"subjectUniqueID", kTag, context(2), &kOctets},
                              {"extensions", kTag, context_constructed(3), &kExplicitExtensions}};
constexpr Type kTbs = of(kTbsParts);
constexpr Part kSignedParts[] = {{"tbsCertificate", kTag, kSequence, &kTbs},
                                 {"signatureAlgorithm", kTag, kSequence, &kAlgorithm},
                                 {"signatureValue", kTag, kBitString}};

// --- Lists (section 5.1) ---
constexpr Part kRevokedParts[] = {{"userCertificate", kTag, kInteger},
                                  {"revocationDate"},
                                  {"crlEntryExtensions", kTag, kSequence, &kExtensions}};
constexpr Type kRevoked = of(kRevokedParts);
constexpr Part kRevokedListParts[] = {{"revokedCertificate", Match::each, {}, &kRevoked}};
constexpr Type kRevokedList = of(kRevokedListParts);
constexpr Part kTbsListParts[] = {
    {"version", kTag, kInteger},
    {"signature", kTag, kSequence, &kAlgorithm},
    {"issuer", kTag, kSequence, &kName},
    {"thisUpdate"},
    {"nextUpdate", kTag, kUtcTime},
    {"nextUpdate", kTag, kGeneralizedTime},
    {"revokedCertificates", kTag, kSequence, &kRevokedList},
    {"crlExtensions", kTag, context_constructed(0), &kExplicitExtensions}};
constexpr Type kTbsList = of(kTbsListParts);
constexpr Part kSignedListParts[] = {{"tbsCertList", kTag, kSequence, &kTbsList},
                                     {"signatureAlgorithm", kTag, kSequence, &kAlgorithm},
                                     {"signatureValue", kTag, kBitString}};

// --- Keys (RFC 3279 section 2.3) ---
constexpr Part kRsaParts[] = {{"modulus"}, {"publicExponent"}};
constexpr Type kRsa = of(kRsaParts);
constexpr Type kDsaKey = shown_as(Shown::by_tag);

struct Row {
  ByteView oid;
  const Type* type;
};
constexpr Row kExtensionTypes[] = {
    {oid::kBasicConstraints, &kBasic},
    {oid::kKeyUsage, &kUsage},
    {oid::kExtendedKeyUsage, &kPurposes},
    {oid::kSubjectAltName, &kGeneralNames},
    {oid::kIssuerAltName, &kGeneralNames},
    {oid::kCertificateIssuer, &kGeneralNames},
    {oid::kAuthorityKeyIdentifier, &kAuthority},
    {oid::kPrivateKeyUsagePeriod, &kPeriod},
    {oid::kNameConstraints, &kConstraints},
    {oid::kCertificatePolicies, &kPolicies},
    {oid::kPolicyMappings, &kMappings},
    {oid::kPolicyConstraints, &kPolicyConstraints},
    {oid::kAuthorityInfoAccess, &kAccesses},
    {oid::kSubjectInfoAccess, &kAccesses},
    {oid::kCrlDistributionPoints, &kPoints},
    {oid::kFreshestCrl, &kPoints},
    {oid::kIssuingDistributionPoint, &kIssuing},
    {oid::kCrlReason, &kReason},
    {oid::kTlsFeature, &kFeatures},
    {oid::kSubjectDirectoryAttributes, &kDirectoryAttributes},
};
constexpr Row kKeyTypes[] = {{oid::kRsaEncryption, &kRsa}, {oid::kDsa, &kDsaKey}};

template <std::size_t N>
const Type* look_up(const Row (&rows)[N], ByteView wanted) {
  for (const Row& row : rows)
    if (equal(row.oid, wanted)) return row.type;
  return nullptr;
}

}  // namespace

const Type kCertificateType = of(kSignedParts);
const Type kCertificateListType = of(kSignedListParts);

const Type* extension_type(ByteView o) { return look_up(kExtensionTypes, o); }
const Type* key_type(ByteView o) { return look_up(kKeyTypes, o); }

}  // namespace parley::asn1

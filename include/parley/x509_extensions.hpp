// What the extensions of certificates and revocation lists say (RFC 5280 sections 4.2 and 5.2).
// ByteViews here view the certificate or list they were read from.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/x509_name.hpp"

namespace PARLEY_PUBLIC parley {

/// One extension as it stands; views into the certificate.
struct Extension {
  ByteView oid;  ///< content bytes of the OBJECT IDENTIFIER
  bool critical = false;
  ByteView value;  ///< content of the OCTET STRING
};

struct BasicConstraints {
  bool ca = false;
  std::optional<std::uint32_t> path_length;  ///< 0xffffffff: that or more
};

/// Bits of keyUsage (RFC 5280 section 4.2.1.3); bit n is 1 << n.
enum KeyUsage : std::uint16_t {
  kDigitalSignature = 1 << 0,
  kNonRepudiation = 1 << 1,
  kKeyEncipherment = 1 << 2,
  kDataEncipherment = 1 << 3,
  kKeyAgreement = 1 << 4,
  kKeyCertSign = 1 << 5,
  kCrlSign = 1 << 6,
  kEncipherOnly = 1 << 7,
  kDecipherOnly = 1 << 8,
};

/// GeneralSubtree (section 4.2.1.10): a set of names.
struct GeneralSubtree {
  GeneralName::Kind kind{};
  /// As RawGeneralName::content, but ip_address: an address and its mask, 8 or 32 bytes.
  ByteView base{};
};
struct NameConstraints {
  std::vector<GeneralSubtree> permitted, excluded;
};

/// UserNotice (section 4.2.1.4).
struct UserNotice {
  std::optional<std::string> organization{};   ///< UTF-8
  std::vector<ByteView> numbers{};             ///< contents of INTEGERs
  std::optional<std::string> explicit_text{};  ///< UTF-8
};
/// PolicyQualifierInfo: a certification practice statement, a notice, or something unknown.
struct PolicyQualifier {
  std::string oid;   ///< dotted
  ByteView value{};  ///< the qualifier with its header
  std::optional<std::string> cps_uri{};
  std::optional<UserNotice> notice{};
};
struct PolicyInformation {
  std::string oid;  ///< dotted
  std::vector<PolicyQualifier> qualifiers{};
};
struct PolicyMapping {
  std::string issuer_domain, subject_domain;  ///< dotted
};
/// Numbers of certificates that may follow before the rule holds; 0xffffffff: that or more.
struct PolicyConstraints {
  std::optional<std::uint32_t> require_explicit_policy, inhibit_policy_mapping;
};

/// Issuer and serial number come together or not at all.
struct AuthorityKeyIdentifier {
  std::optional<ByteView> key_id{};
  std::vector<RawGeneralName> issuer{};
  std::optional<ByteView> serial{};  ///< content of the INTEGER
};

/// AccessDescription of authorityInfoAccess and subjectInfoAccess (section 4.2.2).
struct AccessDescription {
  std::string method;  ///< dotted
  RawGeneralName location{};
};

/// Bits of ReasonFlags (section 4.2.1.13); bit n is 1 << n. Bit 0 is unused.
enum ReasonFlag : std::uint16_t {
  kReasonKeyCompromise = 1 << 1,
  kReasonCaCompromise = 1 << 2,
  kReasonAffiliationChanged = 1 << 3,
  kReasonSuperseded = 1 << 4,
  kReasonCessationOfOperation = 1 << 5,
  kReasonCertificateHold = 1 << 6,
  kReasonPrivilegeWithdrawn = 1 << 7,
  kReasonAaCompromise = 1 << 8,
};

/// DistributionPointName: full names, or else what follows the name of the issuer of the list.
struct DistributionPointName {
  std::vector<RawGeneralName> full{};
  ByteView relative{};  ///< content of a RelativeDistinguishedName; empty with full names
};
/// The relative name as a Name of that one part. Errc::bad_string, Errc::bad_der.
Result<Name> decode_relative_name(ByteView relative);
/// One entry of cRLDistributionPoints or freshestCRL (section 4.2.1.13).
struct DistributionPoint {
  std::optional<DistributionPointName> name{};
  std::optional<std::uint16_t> reasons{};  ///< bits of ReasonFlag
  std::vector<RawGeneralName> crl_issuer{};
};

/// Section 5.2.5: what a list covers. At most one of the first three is true.
struct IssuingDistributionPoint {
  std::optional<DistributionPointName> name{};
  bool only_user = false;                  ///< onlyContainsUserCerts
  bool only_ca = false;                    ///< onlyContainsCACerts
  bool only_attribute = false;             ///< onlyContainsAttributeCerts
  bool indirect = false;                   ///< holds certificates of other issuers, too
  std::optional<std::uint16_t> reasons{};  ///< onlySomeReasons, bits of ReasonFlag
};

/// One Attribute of subjectDirectoryAttributes (section 4.2.1.8).
struct DirectoryAttribute {
  std::string oid;                 ///< dotted
  std::vector<ByteView> values{};  ///< in DER, at least one
};
/// A value of any type in DER as text for people: strings, times and OIDs; hex for the others.
std::string value_text(ByteView der);

/// Extensions of TLS that a server of this certificate must serve (RFC 7633): their numbers.
struct TlsFeatures {
  std::vector<std::uint16_t> extensions{};
};
/// "status_request" (what is called must-staple), "status_request_v2"; else the number.
std::string tls_feature_name(std::uint16_t extension);

/// Section 4.2.1.16 (RFC 3280 section 4.2.1.4); Unix seconds.
struct PrivateKeyUsagePeriod {
  std::optional<std::int64_t> not_before{}, not_after{};
};

/// "2.5.29.15" from the content bytes of an OBJECT IDENTIFIER; "" for malformed ones.
std::string object_id(ByteView oid);
/// "2.5.29.15" is one; "2", "2.05.1", "3.1.1" and words are none.
bool is_object_id(std::string_view dotted);
/// OpenSSL's long name of a dotted OID, "X509v3 Key Usage", or the dotted OID where it has none.
std::string object_name(std::string_view dotted);
/// "Digital Signature", "CRL Sign" and so on; "Key Compromise", "CA Compromise" and so on.
std::vector<std::string_view> key_usage_names(std::uint16_t bits);
std::vector<std::string_view> reason_flag_names(std::uint16_t bits);

/// The value of an extension as lines for people; an unknown one as hex.
std::vector<std::string> describe(const Extension&);

}  // namespace parley

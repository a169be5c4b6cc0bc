// X.509 certificates (RFC 5280): views over one DER buffer, decoded when asked.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"
#include "parley/x509_extensions.hpp"
#include "parley/x509_name.hpp"

namespace PARLEY_PUBLIC parley {

/// What its owner trusts a certificate for: OpenSSL's X509_CERT_AUX, which follows a TRUSTED
/// CERTIFICATE. Dotted OIDs of uses, as in extKeyUsage.
struct TrustSettings {
  std::optional<std::vector<std::string>> trusted{};  ///< for these alone
  std::vector<std::string> rejected{};                ///< for these not
};

/// A certificate of version 1 to 3. Parsing checks the structure once; what may be wrong inside
/// a field (a date, a string, an extension) is reported by the accessor that decodes it.
/// Cheap to copy: copies share one immutable DER buffer. Views live as long as any copy.
class Certificate {
 public:
  /// Exactly one certificate in DER; takes the bytes over. The rules, and those bent for old
  /// certificates, stand in asn1/README.md.
  static Result<Certificate> parse(Bytes der);
  /// A certificate in DER and the settings behind it, if any: what TRUSTED CERTIFICATE holds.
  static Result<Certificate> parse_trusted(Bytes der);

  /// With parse_trusted() and with_trust_settings() alone; else null. No part of the certificate:
  /// der() does not have them, and == does not ask.
  const TrustSettings* trust_settings() const;
  /// The same certificate with these settings instead.
  Certificate with_trust_settings(TrustSettings) const;

  ByteView der() const;  ///< the whole certificate
  ByteView tbs() const;  ///< TBSCertificate with its header: the bytes that are signed
  int version() const;   ///< 1, 2 or 3

  ByteView serial() const;         ///< content of the INTEGER; may be negative, 1 byte or more
  std::string serial_hex() const;  ///< "D7C7381919AFC24E", "00", "-80"

  ByteView issuer_der() const;   ///< Name with its header
  ByteView subject_der() const;  ///< Name with its header
  Result<Name> issuer() const;
  Result<Name> subject() const;
  /// Issuer and subject are the same name. Says nothing about the signature.
  bool self_issued() const;

  /// Unix seconds.
  Result<std::int64_t> not_before() const;
  Result<std::int64_t> not_after() const;
  /// "Oct  5 23:01:56 2020 GMT" or "Bad time value".
  std::string not_before_text() const;
  std::string not_after_text() const;

  ByteView spki() const;  ///< SubjectPublicKeyInfo with its header

  /// AlgorithmIdentifier with its header, the one beside the signature.
  ByteView signature_algorithm() const;
  /// The AlgorithmIdentifier under the signature; the same bytes in an honest certificate.
  ByteView tbs_signature_algorithm() const;
  ByteView signature() const;  ///< content of the BIT STRING, whole bytes

  std::span<const Extension> extensions() const;
  /// The first extension with these OID content bytes; null when there is none.
  const Extension* find_extension(ByteView oid) const;

  /// An absent extension is an empty optional; one that is malformed or occurs twice is an error.
  Result<std::optional<BasicConstraints>> basic_constraints() const;
  Result<std::optional<std::uint16_t>> key_usage() const;  ///< bits of KeyUsage
  /// Dotted OIDs.
  Result<std::optional<std::vector<std::string>>> extended_key_usage() const;
  /// All subjectAltName extensions after one another; empty optional when there is none.
  Result<std::optional<std::vector<GeneralName>>> subject_alt_names() const;
  /// The same names undecoded; none when there is no such extension.
  Result<std::vector<RawGeneralName>> raw_subject_alt_names() const;
  Result<std::optional<std::vector<RawGeneralName>>> issuer_alt_names() const;
  Result<std::optional<NameConstraints>> name_constraints() const;
  Result<std::optional<std::vector<PolicyInformation>>> certificate_policies() const;
  Result<std::optional<std::vector<PolicyMapping>>> policy_mappings() const;
  Result<std::optional<PolicyConstraints>> policy_constraints() const;
  Result<std::optional<std::uint32_t>> inhibit_any_policy() const;
  Result<std::optional<AuthorityKeyIdentifier>> authority_key_identifier() const;
  Result<std::optional<std::vector<AccessDescription>>> authority_info_access() const;
  Result<std::optional<std::vector<AccessDescription>>> subject_info_access() const;
  Result<std::optional<std::vector<DistributionPoint>>> crl_distribution_points() const;
  Result<std::optional<std::vector<DistributionPoint>>> freshest_crl() const;
  Result<std::optional<PrivateKeyUsagePeriod>> private_key_usage_period() const;
  Result<std::optional<std::vector<DirectoryAttribute>>> subject_directory_attributes() const;
  Result<std::optional<TlsFeatures>> tls_features() const;
  /// Content of subjectKeyIdentifier and of keyIdentifier in authorityKeyIdentifier; empty when
  /// absent or malformed. Hints for path building only.
  ByteView subject_key_id() const;
  ByteView authority_key_id() const;
  /// Dotted OIDs of critical extensions that the checks of src/trust do not understand.
  std::vector<std::string> unknown_critical_extensions() const;

  /// The same bytes.
  bool operator==(const Certificate& o) const { return equal(der(), o.der()); }

  struct Fields;  ///< the views (asn1/certificate.cpp)

 private:
  explicit Certificate(std::shared_ptr<const Fields> f) : fields_(std::move(f)) {}
  std::shared_ptr<const Fields> fields_;
  std::shared_ptr<const TrustSettings> trust_{};
};

/// Every certificate of a PEM text, in order: blocks CERTIFICATE, X509 CERTIFICATE and TRUSTED
/// CERTIFICATE; other text and blocks are passed over. Errc::no_start_line when there is none.
Result<std::vector<Certificate>> certificates_from_pem(std::string_view text);

/// One number of a public key; a view into the certificate.
struct KeyNumber {
  std::string_view name;  ///< "modulus", "exponent"; "p", "q", "g", "y"; "point" of a curve; "key"
  ByteView value{};       ///< big-endian without leading zeros; the point and the key as they stand
};
/// What the public key of a certificate is; nothing here checks it.
struct PublicKeyFacts {
  std::string kind;      ///< "RSA", "DSA", "EC", or the name of another algorithm
  std::size_t bits = 0;  ///< of the RSA modulus, the DSA prime, the order of the curve; 0: unknown
  std::string curve{};   ///< "prime256v1"; empty for other kinds
  std::vector<KeyNumber> numbers{};  ///< none when it cannot be decoded
};
PublicKeyFacts public_key_facts(const Certificate&);

/// The name of the algorithm of an AlgorithmIdentifier: "sha256WithRSAEncryption", or the dotted
/// OID of one that nobody here knows; "<cannot be decoded>".
std::string algorithm_name(ByteView algorithm_identifier);

/// The certificate as text for people, many lines: subject, issuer, serial, validity, key,
/// extensions, signature algorithm. Never fails: what cannot be decoded is said to be so. Control
/// characters and bytes that are no UTF-8 are escaped.
std::string describe(const Certificate&);

}  // namespace parley

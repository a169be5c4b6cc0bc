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

namespace PARLEY_PUBLIC parley {

/// One attribute of a distinguished name, decoded.
struct NameAttribute {
  std::string oid;                ///< "2.5.4.3"
  std::string_view long_name{};   ///< "commonName"; empty when nobody here knows the OID
  std::string_view short_name{};  ///< "CN"; empty likewise
  std::string value;              ///< UTF-8; may hold NUL and leading blanks

  /// The long name, or else the dotted OID: what getpeercert shows.
  std::string_view type() const { return long_name.empty() ? std::string_view{oid} : long_name; }
};
/// RelativeDistinguishedName: mostly one attribute, in encoded order.
using RelativeName = std::vector<NameAttribute>;

/// A distinguished name, decoded; the most general part comes first, as encoded.
struct Name {
  std::vector<RelativeName> rdns;

  /// "C=US, O=Example Inc, CN=Root CA": short names, special characters escaped as in RFC 4514.
  std::string text() const;
  /// Values of every attribute with this long or short name or dotted OID, in order.
  std::vector<std::string> values(std::string_view attribute) const;
};

/// Decodes the DER of a Name. Errc::bad_string for a value that its string type cannot hold.
Result<Name> parse_name(ByteView der);
/// Equality of two Names in DER as OpenSSL and RFC 5280 section 7.1 see it: string type, letter
/// case (ASCII) and white space do not matter. Malformed names equal nothing.
bool same_name(ByteView der_a, ByteView der_b);

/// GeneralName (RFC 5280 section 4.2.1.6). The values are the context tags.
struct GeneralName {
  enum class Kind : std::uint8_t {
    other_name = 0,
    email = 1,
    dns = 2,
    x400 = 3,
    directory = 4,
    edi_party = 5,
    uri = 6,
    ip_address = 7,
    registered_id = 8,
  };
  Kind kind{};
  /// email, dns, uri: the bytes as they stand, NULs included. ip_address: "192.0.2.1",
  /// "2001:DB8:0:0:0:0:0:1" or "<invalid>". registered_id: dotted. directory: empty. The
  /// others: "<unsupported>".
  std::string value{};
  Name directory{};  ///< with Kind::directory only
};
/// The word getpeercert uses: "DNS", "email", "IP Address", "DirName" and so on.
std::string_view general_name_kind(GeneralName::Kind);

struct BasicConstraints {
  bool ca = false;
  std::optional<std::uint32_t> path_length;
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

/// One extension; views into the certificate.
struct Extension {
  ByteView oid;  ///< content bytes of the OBJECT IDENTIFIER
  bool critical = false;
  ByteView value;  ///< content of the OCTET STRING
};

/// A certificate of version 1 to 3. Parsing checks the structure once; what may be wrong inside
/// a field (a date, a string, an extension) is reported by the accessor that decodes it.
/// Cheap to copy: copies share one immutable DER buffer. Views live as long as any copy.
class Certificate {
 public:
  /// Exactly one certificate in DER; takes the bytes over. The rules, and those bent for old
  /// certificates, stand in asn1/README.md.
  static Result<Certificate> parse(Bytes der);

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
};

/// Every certificate of a PEM text, in order: blocks CERTIFICATE, X509 CERTIFICATE and TRUSTED
/// CERTIFICATE; other text and blocks are passed over. Errc::no_start_line when there is none.
Result<std::vector<Certificate>> certificates_from_pem(std::string_view text);

/// What the public key of a certificate is; nothing here checks it.
struct PublicKeyFacts {
  std::string kind;      ///< "RSA", "DSA", "EC", or the name of another algorithm
  std::size_t bits = 0;  ///< of the RSA modulus, the DSA prime, the order of the curve; 0: unknown
  std::string curve{};   ///< "prime256v1"; empty for other kinds
};
PublicKeyFacts public_key_facts(const Certificate&);

/// The certificate as text for people, many lines: subject, issuer, serial, validity, key,
/// extensions, signature algorithm. Never fails: what cannot be decoded is said to be so.
std::string describe(const Certificate&);

}  // namespace parley

// Certificate revocation lists (RFC 5280 section 5): views over one DER buffer.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"
#include "parley/x509_extensions.hpp"
#include "parley/x509_name.hpp"

namespace PARLEY_PUBLIC parley {

/// One entry of a list; views into it.
struct Revoked {
  ByteView serial{};            ///< content of the INTEGER
  std::int64_t date = 0;        ///< revocationDate, Unix seconds
  std::optional<int> reason{};  ///< CRLReason: 0 to 10 without 7; 8 is removeFromCRL
  std::optional<std::int64_t> invalidity_date{};  ///< Unix seconds
  /// Name with its header of who issued the certificate, where an indirect list says so in this
  /// entry or in one before it; empty: the issuer of the list.
  ByteView certificate_issuer{};
};
/// "keyCompromise" and so on (section 5.3.1); empty for numbers that mean nothing.
std::string_view reason_name(int reason);

/// A list of version 1 or 2. Parsing checks every entry once and sorts them by serial number; they
/// are decoded when asked for. Costs beside the bytes themselves: 12 bytes an entry, 16 more while
/// it is parsed.
/// Cheap to copy: copies share one immutable DER buffer. Views live as long as any copy.
class RevocationList {
 public:
  /// Exactly one list in DER; takes the bytes over.
  static Result<RevocationList> parse(Bytes der);

  ByteView der() const;  ///< the whole list
  ByteView tbs() const;  ///< TBSCertList with its header: the bytes that are signed
  int version() const;   ///< 1 or 2

  /// AlgorithmIdentifiers with their headers: beside the signature, and under it.
  ByteView signature_algorithm() const;
  ByteView tbs_signature_algorithm() const;
  ByteView signature() const;  ///< content of the BIT STRING, whole bytes

  ByteView issuer_der() const;  ///< Name with its header
  Result<Name> issuer() const;

  /// Unix seconds. Errc::bad_time.
  Result<std::int64_t> this_update() const;
  Result<std::optional<std::int64_t>> next_update() const;
  /// "Oct  5 23:01:56 2020 GMT", "Bad time value", or for nextUpdate "" when it is absent.
  std::string this_update_text() const;
  std::string next_update_text() const;

  std::span<const Extension> extensions() const;
  /// The first extension with these OID content bytes; null when there is none.
  const Extension* find_extension(ByteView oid) const;

  /// Content of keyIdentifier in authorityKeyIdentifier; empty when absent or malformed.
  ByteView authority_key_id() const;
  /// deltaCRLIndicator is there: the list holds only what changed since another one.
  bool is_delta() const;

  /// An absent extension is an empty optional; one that is malformed or occurs twice is an error.
  Result<std::optional<AuthorityKeyIdentifier>> authority_key_identifier() const;
  /// Contents of INTEGERs that are not negative.
  Result<std::optional<ByteView>> crl_number() const;
  Result<std::optional<ByteView>> delta_base() const;  ///< BaseCRLNumber of deltaCRLIndicator
  Result<std::optional<IssuingDistributionPoint>> issuing_distribution_point() const;
  Result<std::optional<std::vector<DistributionPoint>>> freshest_crl() const;
  Result<std::optional<std::vector<RawGeneralName>>> issuer_alt_names() const;
  Result<std::optional<std::vector<AccessDescription>>> authority_info_access() const;
  /// Dotted OIDs of critical extensions, of the list or of any entry, that nobody here
  /// understands: such a list must not be used (section 5.2).
  std::vector<std::string> unknown_critical_extensions() const;

  /// An entry says by certificateIssuer whose certificate it is, as only those of an indirect list
  /// may (section 5.3.3).
  bool names_issuers() const;

  std::size_t size() const;  ///< entries
  /// The entry at a place from 0 to size() - 1, in the order of the list.
  Revoked entry(std::size_t place) const;
  /// A certificate of the issuer of the list with this serial number (content of the INTEGER). Of
  /// several entries the first one whose reason is not removeFromCRL, if there is one.
  /// Looks at no more than log2(size()) entries and those of equal serial numbers.
  std::optional<Revoked> find(ByteView serial) const;
  /// The same in an indirect list, of this issuer (Name with its header).
  std::optional<Revoked> find(ByteView serial, ByteView certificate_issuer) const;

  /// The same bytes.
  bool operator==(const RevocationList& o) const { return equal(der(), o.der()); }

  struct Fields;  ///< the views (asn1/crl.cpp)

 private:
  explicit RevocationList(std::shared_ptr<const Fields> f) : fields_(std::move(f)) {}
  std::shared_ptr<const Fields> fields_;
};

/// Every list of a PEM text, in order: blocks X509 CRL; other text and blocks are passed over.
/// Errc::no_start_line when there is none.
Result<std::vector<RevocationList>> crls_from_pem(std::string_view text);

/// The list as text for people, many lines, as describe() of a certificate.
std::string describe(const RevocationList&);

}  // namespace parley

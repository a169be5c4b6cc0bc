// What the extensions of a certificate say, for the checks: each decoded once in a search.
#pragma once
#include "parley/x509.hpp"

namespace parley::trust {

/// Views are into the certificate, which is kept alive. An absent extension is empty.
struct Facts {
  Certificate certificate;
  std::optional<BasicConstraints> basic{};
  std::optional<std::uint16_t> usage{};     ///< bits of KeyUsage
  std::optional<std::uint16_t> netscape{};  ///< bits of nsCertType
  std::optional<std::vector<std::string>> purposes{};
  std::optional<AuthorityKeyIdentifier> authority{};
  /// The first directory name in authorityCertIssuer, in canonical form (asn1::canonical_name).
  std::optional<Bytes> authority_issuer{};
  ByteView subject_key{};
  std::optional<std::vector<RawGeneralName>> alt_names{};
  std::optional<NameConstraints> names{};
  std::optional<std::vector<PolicyInformation>> policies{};
  std::optional<std::vector<PolicyMapping>> mappings{};
  std::optional<PolicyConstraints> policy_constraints{};
  std::optional<std::uint32_t> inhibit_any{};
  std::vector<DistributionPoint> points{};

  bool is_ca() const { return basic && basic->ca; }
};

/// Errc::invalid_extension when an extension that this library knows is malformed, critical or not,
/// or when any occurs twice (RFC 5280 section 4.2); Error::where names it.
Result<Facts> read_facts(const Certificate&);
/// The reason for it, whatever the decoder said.
Error invalid_extension(const Error&);
/// What is inside of the names can be decoded, too: directories, registered IDs, other names.
Status check_general_names(const std::vector<RawGeneralName>&);
Status check_points(const std::vector<DistributionPoint>&);

}  // namespace parley::trust

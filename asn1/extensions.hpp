// Decoders of extension values (RFC 5280 sections 4.2 and 5.2), for certificates and lists alike.
#pragma once
#include <algorithm>
#include <span>

#include "asn1/der_reader.hpp"
#include "parley/x509_extensions.hpp"

namespace parley::asn1 {

/// A certificate or list has no more extensions than these.
inline constexpr std::size_t kMaxExtensions = 256;

/// Reads Extensions (its SEQUENCE is what comes next), appending; more than kMaxExtensions is
/// Errc::length_out_of_range.
void read_extensions(DerReader&, std::vector<Extension>& to);

/// The only extension of this kind, or null. Errc::bad_certificate when it occurs twice (RFC 5280
/// section 4.2).
Result<const Extension*> find_one(std::span<const Extension>, ByteView oid, const char* field);

/// Counts of certificates beyond 32 bits are very large, and that is all that matters of them.
inline std::uint32_t at_most_uint32(ByteView unsigned_big_endian) {
  std::uint64_t v = 0;
  for (const std::uint8_t b : unsigned_big_endian)
    v = std::min<std::uint64_t>((v << 8) | b, 1ULL << 32);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(v, 0xffffffff));
}

// Each takes the content of extnValue.
Result<BasicConstraints> decode_basic_constraints(ByteView);
Result<std::uint16_t> decode_key_usage(ByteView);
/// Named bits, as keyUsage: bit n is 1 << n.
Result<std::uint16_t> decode_netscape_cert_type(ByteView);
Result<ByteView> decode_subject_key_identifier(ByteView);
Result<std::vector<std::string>> decode_extended_key_usage(ByteView);
Result<PrivateKeyUsagePeriod> decode_private_key_usage_period(ByteView);
Result<std::vector<DirectoryAttribute>> decode_directory_attributes(ByteView);
Result<TlsFeatures> decode_tls_features(ByteView);
Result<NameConstraints> decode_name_constraints(ByteView);
Result<std::vector<PolicyInformation>> decode_certificate_policies(ByteView);
Result<std::vector<PolicyMapping>> decode_policy_mappings(ByteView);
Result<PolicyConstraints> decode_policy_constraints(ByteView);
Result<std::uint32_t> decode_inhibit_any_policy(ByteView);
Result<AuthorityKeyIdentifier> decode_authority_key_identifier(ByteView);
Result<std::vector<AccessDescription>> decode_info_access(ByteView);
Result<std::vector<DistributionPoint>> decode_distribution_points(ByteView);
Result<IssuingDistributionPoint> decode_issuing_distribution_point(ByteView);
/// Content of an INTEGER that is not negative: cRLNumber, BaseCRLNumber.
Result<ByteView> decode_crl_number(ByteView);

/// No extension occurs twice, known or not (RFC 5280 section 4.2): else Errc::bad_certificate.
Status check_once_each(std::span<const Extension>);

/// The extension of this kind, decoded: empty when absent, an error when malformed or doubled.
template <class T>
Result<std::optional<T>> decode_one(std::span<const Extension> all, ByteView oid, const char* field,
                                    Result<T> (*decode)(ByteView)) {
  PARLEY_TRY(const Extension* e, find_one(all, oid, field));
  if (e == nullptr) return std::optional<T>{};
  PARLEY_TRY(T value, decode(e->value));
  return std::optional<T>{std::move(value)};
}

}  // namespace parley::asn1

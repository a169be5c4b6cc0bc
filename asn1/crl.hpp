// The views behind parley::RevocationList.
#pragma once
#include "asn1/certificate.hpp"
#include "parley/crl.hpp"

namespace parley::asn1 {

/// Section 5.3.1: the reason that takes a revocation back, in a list of changes.
inline constexpr int kRemoveFromCrl = 8;

/// One entry of a list: where it stands.
struct RevokedRow {
  std::uint32_t at = 0;  ///< of the entry in the list's bytes
  /// Of the Name in certificateIssuer that holds for it; 0: none.
  std::uint32_t issuer_at : 31 = 0;
  std::uint32_t removed : 1 = 0;  ///< its reason is removeFromCRL
};

/// Checks the entries of revokedCertificates (its content, which lies in `whole`) once, in order,
/// and makes a row of each. Unknown critical entry extensions go to `unknown`, each OID once, the
/// first kMaxUnknownEntryExtensions of them.
Status index_revoked(ByteView whole, ByteView list, int version, std::vector<RevokedRow>& rows,
                     std::vector<ByteView>& unknown);

/// The entry of a row that index_revoked() made.
Revoked decode_revoked(ByteView whole, RevokedRow);
/// Whose certificate it is: a Name with its header; `list_issuer` where the list says nothing else.
ByteView revoked_issuer(ByteView whole, RevokedRow, ByteView list_issuer);
/// Only its serial number.
ByteView revoked_serial(ByteView whole, RevokedRow);

/// Rule bent for old lists (asn1/README.md): RFC 5280 section 5.1.2.6 wants the list of entries
/// absent rather than empty.
inline constexpr bool kRevokedMayBeEmpty = true;
inline constexpr std::size_t kMaxUnknownEntryExtensions = 16;

}  // namespace parley::asn1

namespace parley {

struct RevocationList::Fields {
  Bytes der;  // owns what everything below views
  ByteView tbs, issuer;
  ByteView signature_algorithm, tbs_signature_algorithm, signature;
  asn1::TimeField this_update{};
  std::optional<asn1::TimeField> next_update{};
  int version = 1;
  std::vector<Extension> extensions;
  std::vector<asn1::RevokedRow> rows;  // in the order of the list
  // Places in rows, sorted by serial number, then those that revoke before those that do not, then
  // by place.
  std::vector<std::uint32_t> by_serial;
  std::vector<ByteView> unknown_in_entries;
};

}  // namespace parley

// OBJECT IDENTIFIERs: content bytes, dotted text, names.
#pragma once
#include <array>
#include <span>
#include <string>

#include "parley/bytes.hpp"
#include "parley/result.hpp"

namespace parley::asn1 {

/// "2.5.4.3" from content bytes as DerReader::oid gives them; "" for malformed ones. Numbers may
/// be of any size.
std::string oid_text(ByteView content);
/// As oid_text() writes them, whatever their size.
bool is_oid_text(std::string_view);
/// Content bytes from dotted text with numbers below 2^32. Errc::bad_value.
Result<Bytes> oid_from_text(std::string_view dotted);

struct OidRow {
  std::string_view oid;         ///< dotted
  std::string_view short_name;  ///< "CN"
  std::string_view long_name;   ///< "commonName"
};
/// All known ones, sorted by dotted text as strings. Adding one is a row in oid_table.cpp.
std::span<const OidRow> oid_table();
/// By dotted text; null when unknown.
const OidRow* find_oid(std::string_view dotted);
/// The long name, or the dotted text when there is none.
std::string oid_name(ByteView content);

/// Content bytes of those that code asks for.
namespace oid {
template <class... B>
constexpr std::array<std::uint8_t, sizeof...(B)> make(B... b) {
  return {static_cast<std::uint8_t>(b)...};
}
inline constexpr auto kRsaEncryption = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1);
inline constexpr auto kMd2WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2);
inline constexpr auto kMd4WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 3);
inline constexpr auto kMd5WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4);
inline constexpr auto kSha1WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5);
inline constexpr auto kMgf1 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8);
inline constexpr auto kRsaPss = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10);
inline constexpr auto kSha256WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11);
inline constexpr auto kSha384WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12);
inline constexpr auto kSha512WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13);
inline constexpr auto kSha224WithRsa = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 14);
inline constexpr auto kSha1WithRsaOiw = make(0x2b, 0x0e, 3, 2, 29);
inline constexpr auto kSha1 = make(0x2b, 0x0e, 3, 2, 26);
inline constexpr auto kSha224 = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4);
inline constexpr auto kSha256 = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1);
inline constexpr auto kSha384 = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2);
inline constexpr auto kSha512 = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3);
inline constexpr auto kPbeMd2Des = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 1);
inline constexpr auto kPbeMd5Des = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 3);
inline constexpr auto kPbeMd2Rc2 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 4);
inline constexpr auto kPbeMd5Rc2 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 6);
inline constexpr auto kPbeSha1Des = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 10);
inline constexpr auto kPbeSha1Rc2 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 11);
inline constexpr auto kPbkdf2 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12);
inline constexpr auto kPbes2 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13);
inline constexpr auto kPkcs12Des3 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 3);
inline constexpr auto kPkcs12Des2 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 4);
inline constexpr auto kPkcs12Rc2_128 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 5);
inline constexpr auto kPkcs12Rc2_40 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 6);
inline constexpr auto kHmacWithSha1 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7);
inline constexpr auto kHmacWithSha224 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 8);
inline constexpr auto kHmacWithSha256 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9);
inline constexpr auto kHmacWithSha384 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10);
inline constexpr auto kHmacWithSha512 = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11);
inline constexpr auto kDesCbc = make(0x2b, 0x0e, 3, 2, 7);
inline constexpr auto kDesEde3Cbc = make(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7);
inline constexpr auto kAes128Cbc = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2);
inline constexpr auto kAes192Cbc = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22);
inline constexpr auto kAes256Cbc = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42);
inline constexpr auto kDsa = make(0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1);
inline constexpr auto kDsaWithSha1 = make(0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3);
inline constexpr auto kDsaWithSha224 = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1);
inline constexpr auto kDsaWithSha256 = make(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2);
inline constexpr auto kEcPublicKey = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1);
inline constexpr auto kEcdsaWithSha1 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1);
inline constexpr auto kEcdsaWithSha224 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1);
inline constexpr auto kEcdsaWithSha256 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2);
inline constexpr auto kEcdsaWithSha384 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3);
inline constexpr auto kEcdsaWithSha512 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4);
inline constexpr auto kEd25519 = make(0x2b, 0x65, 0x70);
inline constexpr auto kSecp192r1 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1);
inline constexpr auto kSecp224r1 = make(0x2b, 0x81, 4, 0, 0x21);
inline constexpr auto kSecp256r1 = make(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7);
inline constexpr auto kSecp384r1 = make(0x2b, 0x81, 4, 0, 0x22);
inline constexpr auto kSecp521r1 = make(0x2b, 0x81, 4, 0, 0x23);
inline constexpr auto kSecp256k1 = make(0x2b, 0x81, 4, 0, 0x0a);
inline constexpr auto kCommonName = make(0x55, 4, 3);
inline constexpr auto kSubjectKeyIdentifier = make(0x55, 0x1d, 14);
inline constexpr auto kKeyUsage = make(0x55, 0x1d, 15);
inline constexpr auto kSubjectAltName = make(0x55, 0x1d, 17);
inline constexpr auto kSubjectDirectoryAttributes = make(0x55, 0x1d, 9);
inline constexpr auto kTlsFeature = make(0x2b, 6, 1, 5, 5, 7, 1, 24);
inline constexpr auto kPrivateKeyUsagePeriod = make(0x55, 0x1d, 16);
inline constexpr auto kIssuerAltName = make(0x55, 0x1d, 18);
inline constexpr auto kBasicConstraints = make(0x55, 0x1d, 19);
inline constexpr auto kCrlNumber = make(0x55, 0x1d, 20);
inline constexpr auto kCrlReason = make(0x55, 0x1d, 21);
inline constexpr auto kHoldInstruction = make(0x55, 0x1d, 23);
inline constexpr auto kInvalidityDate = make(0x55, 0x1d, 24);
inline constexpr auto kDeltaCrlIndicator = make(0x55, 0x1d, 27);
inline constexpr auto kIssuingDistributionPoint = make(0x55, 0x1d, 28);
inline constexpr auto kCertificateIssuer = make(0x55, 0x1d, 29);
inline constexpr auto kNameConstraints = make(0x55, 0x1d, 30);
inline constexpr auto kCrlDistributionPoints = make(0x55, 0x1d, 31);
inline constexpr auto kCertificatePolicies = make(0x55, 0x1d, 32);
inline constexpr auto kPolicyMappings = make(0x55, 0x1d, 33);
inline constexpr auto kAuthorityKeyIdentifier = make(0x55, 0x1d, 35);
inline constexpr auto kPolicyConstraints = make(0x55, 0x1d, 36);
inline constexpr auto kExtendedKeyUsage = make(0x55, 0x1d, 37);
inline constexpr auto kFreshestCrl = make(0x55, 0x1d, 46);
inline constexpr auto kInhibitAnyPolicy = make(0x55, 0x1d, 54);
inline constexpr auto kAuthorityInfoAccess = make(0x2b, 6, 1, 5, 5, 7, 1, 1);
inline constexpr auto kSubjectInfoAccess = make(0x2b, 6, 1, 5, 5, 7, 1, 11);
/// Netscape's nsCertType: from before extKeyUsage, and as old as the certificates here.
inline constexpr auto kNetscapeCertType = make(0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1);
inline constexpr auto kSmtpUtf8Mailbox = make(0x2b, 6, 1, 5, 5, 7, 8, 9);
inline constexpr auto kOcspBasic = make(0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1);
inline constexpr auto kCpsQualifier = make(0x2b, 6, 1, 5, 5, 7, 2, 1);
inline constexpr auto kUserNoticeQualifier = make(0x2b, 6, 1, 5, 5, 7, 2, 2);
}  // namespace oid

}  // namespace parley::asn1

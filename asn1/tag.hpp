// Tags of ASN.1 (X.690 section 8.1.2) and the universal ones X.509 uses.
#pragma once
#include <cstdint>

namespace parley::asn1 {

enum class TagClass : std::uint8_t { universal = 0, application = 1, context = 2, private_use = 3 };

struct Tag {
  TagClass cls = TagClass::universal;
  bool constructed = false;
  std::uint32_t number = 0;
  constexpr bool operator==(const Tag&) const = default;
};

constexpr Tag universal(std::uint32_t n, bool constructed = false) {
  return {TagClass::universal, constructed, n};
}
/// [n] with content of its own: IMPLICIT over a primitive type.
constexpr Tag context(std::uint32_t n) { return {TagClass::context, false, n}; }
/// [n] around other elements: EXPLICIT, or IMPLICIT over a SEQUENCE or SET.
constexpr Tag context_constructed(std::uint32_t n) { return {TagClass::context, true, n}; }

inline constexpr Tag kBoolean = universal(1);
inline constexpr Tag kInteger = universal(2);
inline constexpr Tag kBitString = universal(3);
inline constexpr Tag kOctetString = universal(4);
inline constexpr Tag kNull = universal(5);
inline constexpr Tag kOid = universal(6);
inline constexpr Tag kEnumerated = universal(10);
inline constexpr Tag kUtf8String = universal(12);
inline constexpr Tag kSequence = universal(16, true);
inline constexpr Tag kSet = universal(17, true);
inline constexpr Tag kNumericString = universal(18);
inline constexpr Tag kPrintableString = universal(19);
inline constexpr Tag kT61String = universal(20);
inline constexpr Tag kIa5String = universal(22);
inline constexpr Tag kUtcTime = universal(23);
inline constexpr Tag kGeneralizedTime = universal(24);
inline constexpr Tag kVisibleString = universal(26);
inline constexpr Tag kUniversalString = universal(28);
inline constexpr Tag kBmpString = universal(30);

}  // namespace parley::asn1

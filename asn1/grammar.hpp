// RFC 5280 as tables: what the parts of certificates and lists are called.
#pragma once
#include <string_view>

#include "asn1/tag.hpp"
#include "parley/bytes.hpp"

namespace parley::asn1 {

struct Type;

enum class Match : std::uint8_t {
  tag,          ///< an element with this tag, or else it is absent
  any,          ///< whatever comes
  each,         ///< whatever comes, as often as it comes
  choice,       ///< one of the parts of the type, by its tag; named as that part is
  each_choice,  ///< likewise, as often as it comes
};
struct Part {
  std::string_view name;
  Match match = Match::any;
  Tag tag{};
  const Type* type = nullptr;  ///< of what is inside; null: nothing is known
};

/// How to say what content means.
enum class Shown : std::uint8_t {
  by_tag,
  text,  ///< IA5 under an IMPLICIT tag
  octets,
  number,        ///< INTEGER under an IMPLICIT tag
  oid,           ///< OBJECT IDENTIFIER likewise
  flag,          ///< BOOLEAN likewise
  time,          ///< GeneralizedTime likewise
  address,       ///< iPAddress
  key_usage,     ///< named bits
  reason_flags,  ///< named bits
  reason,        ///< CRLReason
  extension,     ///< an OCTET STRING around the value of the extension named before it
  key,           ///< a BIT STRING around the key of the algorithm named before it
};

struct Type {
  const Part* parts = nullptr;
  std::size_t count = 0;
  Shown shown = Shown::by_tag;
};

extern const Type kCertificateType, kCertificateListType;
/// Null when nobody knows.
const Type* extension_type(ByteView oid);
const Type* key_type(ByteView algorithm_oid);

}  // namespace parley::asn1

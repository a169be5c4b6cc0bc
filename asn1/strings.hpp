// The string types of ASN.1 as UTF-8, decoded as CPython's getpeercert does.
#pragma once
#include <string>

#include "asn1/tag.hpp"
#include "parley/bytes.hpp"
#include "parley/result.hpp"

namespace parley::asn1 {

/// Rules bent for old certificates (asn1/README.md): the one-byte types are read as Latin-1
/// whatever their alphabet says; T61String's own tables have been used by hardly anybody.
inline constexpr bool kOneByteStringsAreLatin1 = true;

/// UTF8String is checked; BMPString is UCS-2, UniversalString UCS-4, both big-endian; Printable,
/// IA5, T61, Visible, NumericString and the time types are Latin-1. NULs stay. Errc::bad_string
/// for surrogates, numbers beyond Unicode, odd sizes, and any other type.
Result<std::string> to_utf8(Tag, ByteView content);

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates.
bool valid_utf8(ByteView);

}  // namespace parley::asn1

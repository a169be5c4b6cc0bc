// Base64 (RFC 4648 section 4).
#pragma once
#include <string>

#include "parley/bytes.hpp"
#include "parley/result.hpp"

namespace parley::asn1 {

/// Rule bent for what other programs write (asn1/README.md): the bits before the padding that stand
/// for nothing should be zero (RFC 4648 section 3.5).
inline constexpr bool kBase64MayHaveSpareBits = true;

/// Only the alphabet, '=' at the very end to a multiple of four, and blanks, tabs and line ends
/// anywhere. Errc::bad_base64 with the offset of the offending character.
Result<Bytes> base64_decode(std::string_view);

/// With '\n' after every `columns` characters and after the last line; 0 is one line without end.
std::string base64_encode(ByteView, std::size_t columns = 0);

}  // namespace parley::asn1

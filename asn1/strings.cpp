#include "asn1/strings.hpp"

namespace parley::asn1 {
namespace {

bool scalar_value(std::uint32_t c) { return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff); }

void put(std::string& to, std::uint32_t c) {
  const auto byte = [&to](std::uint32_t b) { to += static_cast<char>(b); };
  const auto more = [&byte, c](unsigned shift) { byte(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | (c >> 6));
    more(0);
  } else if (c < 0x10000) {
    byte(0xe0 | (c >> 12));
    more(6);
    more(0);
  } else {
    byte(0xf0 | (c >> 18));
    more(12);
    more(6);
    more(0);
  }
}

constexpr Error kBad{.code = Errc::bad_string, .where = "string"};

Result<std::string> from_wide(ByteView in, std::size_t unit) {
  if (in.size() % unit != 0) return kBad;
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); i += unit) {
    std::uint32_t c = 0;
    for (std::size_t k = 0; k < unit; ++k) c = (c << 8) | in[i + k];
    if (!scalar_value(c)) return kBad;
    put(out, c);
  }
  return out;
}

}  // namespace

bool valid_utf8(ByteView in) {
  std::size_t i = 0;
  while (i < in.size()) {
    const std::uint32_t first = in[i++];
    if (first < 0x80) continue;
    std::size_t more = 0;
    std::uint32_t least = 0;
    std::uint32_t c = 0;
    if ((first & 0xe0) == 0xc0) {
      more = 1, least = 0x80, c = first & 0x1f;
    } else if ((first & 0xf0) == 0xe0) {
      more = 2, least = 0x800, c = first & 0x0f;
    } else if ((first & 0xf8) == 0xf0) {
      more = 3, least = 0x10000, c = first & 0x07;
    } else {
      return false;
    }
    for (; more > 0; --more) {
      if (i == in.size() || (in[i] & 0xc0) != 0x80) return false;
      c = (c << 6) | (in[i++] & 0x3fU);
    }
    if (c < least || !scalar_value(c)) return false;
  }
  return true;
}

Result<std::string> to_utf8(Tag tag, ByteView in) {
  if (tag == kUtf8String) {
    if (!valid_utf8(in)) return kBad;
    return std::string{as_text(in)};
  }
  if (tag == kBmpString) return from_wide(in, 2);
  if (tag == kUniversalString) return from_wide(in, 4);
  if (tag == kPrintableString || tag == kIa5String || tag == kT61String || tag == kVisibleString ||
      tag == kNumericString || tag == kUtcTime || tag == kGeneralizedTime) {
    static_assert(kOneByteStringsAreLatin1);
    return from_wide(in, 1);
  }
  return kBad;
}

}  // namespace parley::asn1

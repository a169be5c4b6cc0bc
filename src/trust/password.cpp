#include "trust/password.hpp"

#include "asn1/strings.hpp"

namespace parley::trust {
namespace {

/// The character that begins at `i` of valid UTF-8; `i` moves behind it.
char32_t take_character(ByteView utf8, std::size_t& i) {
  const std::uint8_t first = utf8[i++];
  if (first < 0x80) return first;
  const std::size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  char32_t c = first & (0x3fU >> more);
  for (std::size_t k = 0; k < more; ++k) c = c << 6 | (utf8[i++] & 0x3fU);
  return c;
}

}  // namespace

crypto::SecretBytes bmp_password(ByteView password) {
  const bool utf8 = asn1::valid_utf8(password);
  // No encoding takes more: a byte at most becomes two.
  crypto::SecretBytes room(2 * password.size() + 2);
  std::size_t n = 0;
  const auto put = [&](char32_t unit) {
    room.span()[n++] = static_cast<std::uint8_t>(unit >> 8);
    room.span()[n++] = static_cast<std::uint8_t>(unit);
  };
  for (std::size_t i = 0; i < password.size();) {
    const char32_t c = utf8 ? take_character(password, i) : char32_t{password[i++]};
    if (c < 0x10000) {
      put(c);
    } else {
      put(0xd800 + ((c - 0x10000) >> 10));
      put(0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  put(0);
  return crypto::SecretBytes{room.view().first(n)};
}

}  // namespace parley::trust

// Bytes as everybody in parley passes them.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// A view of bytes that somebody else owns.
using ByteView = std::span<const std::uint8_t>;
/// A writable view of bytes that somebody else owns.
using ByteSpan = std::span<std::uint8_t>;
/// Owned bytes. Not for secrets: those live in crypto/secret.hpp and are wiped.
using Bytes = std::vector<std::uint8_t>;

/// The bytes of a string, without a terminating NUL.
inline ByteView as_bytes(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}
/// The same bytes seen as text; nothing is checked.
inline std::string_view as_text(ByteView b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

inline Bytes to_bytes(ByteView b) { return {b.begin(), b.end()}; }
inline void append(Bytes& to, ByteView b) { to.insert(to.end(), b.begin(), b.end()); }

/// Equality of public bytes; its time depends on them. Secrets: crypto::ct_equal.
inline bool equal(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

/// Lower-case hex.
inline std::string to_hex(ByteView b) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string s;
  s.reserve(2 * b.size());
  for (const std::uint8_t x : b) {
    s += kDigits[x >> 4];
    s += kDigits[x & 15];
  }
  return s;
}

}  // namespace parley

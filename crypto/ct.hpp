// Masks instead of branches: the vocabulary of constant-time code.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "parley/bytes.hpp"

namespace parley::crypto {

/// All ones or all zeros, of the width of T.
template <class T>
using Mask = T;

/// Hides a value from the optimiser, so that it cannot turn masks back into branches.
template <class T>
inline T value_barrier(T v) {
  static_assert(std::is_unsigned_v<T>);
  asm("" : "+r"(v));
  return v;
}

/// All ones when the lowest bit is set.
template <class T>
inline T ct_mask_bit(T bit) {
  return static_cast<T>(T{0} - value_barrier(static_cast<T>(bit & 1)));
}
/// All ones when v is not zero.
template <class T>
inline T ct_is_nonzero(T v) {
  constexpr unsigned kTop = sizeof(T) * 8 - 1;
  return ct_mask_bit(static_cast<T>(static_cast<T>(v | static_cast<T>(T{0} - v)) >> kTop));
}
template <class T>
inline T ct_is_zero(T v) {
  return static_cast<T>(~ct_is_nonzero(v));
}
template <class T>
inline T ct_eq(T a, T b) {
  return ct_is_zero(static_cast<T>(a ^ b));
}
/// All ones when a < b, unsigned.
template <class T>
inline T ct_lt(T a, T b) {
  constexpr unsigned kTop = sizeof(T) * 8 - 1;
  const T r = static_cast<T>(a ^ ((a ^ b) | (static_cast<T>(a - b) ^ b)));
  return ct_mask_bit(static_cast<T>(r >> kTop));
}
template <class T>
inline T ct_ge(T a, T b) {
  return static_cast<T>(~ct_lt(a, b));
}
/// a where the mask is set, b elsewhere.
template <class T>
inline T ct_select(T mask, T a, T b) {
  return static_cast<T>((mask & a) | (~mask & b));
}

/// Equality of secrets of public, equal length; lengths that differ are unequal at once.
/// Returns all ones or zero so that the caller can go on without branching.
inline std::uint8_t ct_equal_mask(ByteView a, ByteView b) {
  if (a.size() != b.size()) return 0;
  std::uint8_t d = 0;
  for (std::size_t i = 0; i < a.size(); ++i) d = static_cast<std::uint8_t>(d | (a[i] ^ b[i]));
  return ct_is_zero(d);
}
inline bool ct_equal(ByteView a, ByteView b) { return ct_equal_mask(a, b) != 0; }

/// to = mask ? from : to, byte by byte; both of the same size.
inline void ct_copy(std::uint8_t mask, ByteSpan to, ByteView from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = ct_select(mask, from[i], to[i]);
}

/// Marks for the `ct` preset, where valgrind's memcheck reports every branch and every address
/// that depends on undefined bytes. They do nothing in any other build.
void ct_poison(const void* p, std::size_t n);
void ct_unpoison(const void* p, std::size_t n);

}  // namespace parley::crypto

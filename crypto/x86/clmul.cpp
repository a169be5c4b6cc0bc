// GHASH by carry-less multiplication (Gueron and Kounavis, "Intel Carry-Less Multiplication
// Instruction and its Usage for Computing the GCM Mode").
//
// Bytes are reversed, so that a number's highest bit is the coefficient of x^0, and H is taken
// times x, which mends that a product of such numbers is off by one place (as in ghash.cpp). Up to
// 16 blocks are multiplied by as many powers of H, and only their sum is reduced.
#include <immintrin.h>

#include "crypto/cpu.hpp"
#include "crypto/x86/rows.hpp"

namespace parley::crypto::x86 {
namespace {

constexpr std::size_t kBlock = 16;

#define PARLEY_INLINE [[gnu::always_inline]] inline

PARLEY_INLINE __m128i load(const std::uint8_t* p) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
PARLEY_INLINE void store(std::uint8_t* p, __m128i x) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), x);
}
PARLEY_INLINE __m128i reversed(__m128i x) {
  const __m128i order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  return _mm_shuffle_epi8(x, order);
}

/// A sum of products before its reduction.
struct Sum {
  __m128i low = _mm_setzero_si128(), middle = low, high = low;
};

PARLEY_INLINE void add_product(Sum& s, __m128i a, __m128i b) {
  s.low = _mm_xor_si128(s.low, _mm_clmulepi64_si128(a, b, 0x00));
  s.high = _mm_xor_si128(s.high, _mm_clmulepi64_si128(a, b, 0x11));
  s.middle = _mm_xor_si128(s.middle, _mm_clmulepi64_si128(a, b, 0x01));
  s.middle = _mm_xor_si128(s.middle, _mm_clmulepi64_si128(a, b, 0x10));
}

// Modulo x^128 + x^7 + x^2 + x + 1: the low end, where the high powers are, goes half by half.
PARLEY_INLINE __m128i reduced(const Sum& s) {
  const __m128i polynomial = _mm_set_epi64x(0, static_cast<long long>(0xc200000000000000));
  __m128i low = _mm_xor_si128(s.low, _mm_slli_si128(s.middle, 8));
  const __m128i high = _mm_xor_si128(s.high, _mm_srli_si128(s.middle, 8));
  for (int half = 0; half < 2; ++half) {
    const __m128i t = _mm_clmulepi64_si128(low, polynomial, 0x00);
    low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), t);
  }
  return _mm_xor_si128(low, high);
}

void expand(const std::uint8_t* h, void* key) {
  auto& powers = static_cast<GhashPowers*>(key)->powers;
  // H times x: one place up, and what leaves at the top comes back as the polynomial.
  const __m128i x = reversed(load(h));
  const __m128i carries = _mm_srli_epi64(x, 63);
  const __m128i up = _mm_or_si128(_mm_slli_epi64(x, 1), _mm_slli_si128(carries, 8));
  const __m128i top = _mm_sub_epi64(_mm_setzero_si128(), _mm_unpackhi_epi64(carries, carries));
  const __m128i polynomial = _mm_set_epi64x(static_cast<long long>(0xc200000000000000), 1);
  const __m128i one = _mm_xor_si128(up, _mm_and_si128(top, polynomial));
  __m128i power = one;
  for (std::size_t i = GhashPowers::kCount - 1;; --i) {
    store(powers[i], power);
    if (i == 0) return;
    Sum s;
    add_product(s, power, one);
    power = reduced(s);
  }
}

// kCount blocks, at most 16; the first has `y` added.
template <std::size_t kCount>
PARLEY_INLINE __m128i absorb(const GhashPowers& key, __m128i y, const std::uint8_t* data) {
  Sum s;
  for (std::size_t i = 0; i < kCount; ++i) {
    __m128i x = reversed(load(data + i * kBlock));
    if (i == 0) x = _mm_xor_si128(x, y);
    add_product(s, x, load(key.powers[GhashPowers::kCount - kCount + i]));
  }
  return reduced(s);
}

void blocks(const void* key, std::uint8_t* state, const std::uint8_t* data, std::size_t count) {
  const auto& k = *static_cast<const GhashPowers*>(key);
  __m128i y = reversed(load(state));
  for (; count >= 8; count -= 8, data += 8 * kBlock) y = absorb<8>(k, y, data);
  if (count >= 4) {
    y = absorb<4>(k, y, data);
    count -= 4, data += 4 * kBlock;
  }
  if (count >= 2) {
    y = absorb<2>(k, y, data);
    count -= 2, data += 2 * kBlock;
  }
  if (count != 0) y = absorb<1>(k, y, data);
  store(state, reversed(y));
}

}  // namespace

const Kernels kClmul = {
    .name = "clmul",
    .needs = kCpuClmul | kCpuSsse3,
    .base = &kPortable,
    .ghash_expand = expand,
    .ghash_blocks = blocks,
};

}  // namespace parley::crypto::x86

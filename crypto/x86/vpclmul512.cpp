// GHASH with four blocks in a register, on the powers of clmul.cpp, whose comments hold here.
#include <immintrin.h>

#include "crypto/cpu.hpp"
#include "crypto/x86/rows.hpp"

namespace parley::crypto::x86 {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kFour = 4 * kBlock;

#define PARLEY_INLINE [[gnu::always_inline]] inline

PARLEY_INLINE __m512i reversed(__m512i x) {
  const __m128i order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  return _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order));
}

// A sum of products before its reduction, each quarter by itself.
struct Sum {
  __m512i low = _mm512_setzero_si512(), middle = low, high = low;
};

PARLEY_INLINE void add_product(Sum& s, __m512i a, __m512i b) {
  constexpr int kXor3 = 0x96;  // the truth table of a ^ b ^ c
  s.low = _mm512_xor_si512(s.low, _mm512_clmulepi64_epi128(a, b, 0x00));
  s.high = _mm512_xor_si512(s.high, _mm512_clmulepi64_epi128(a, b, 0x11));
  s.middle = _mm512_ternarylogic_epi64(s.middle, _mm512_clmulepi64_epi128(a, b, 0x01),
                                       _mm512_clmulepi64_epi128(a, b, 0x10), kXor3);
}

// The sum of the four quarters.
PARLEY_INLINE __m128i folded(__m512i x) {
  const __m512i halves = _mm512_xor_si512(x, _mm512_shuffle_i64x2(x, x, 0x4e));
  const __m512i all = _mm512_xor_si512(halves, _mm512_shuffle_i64x2(halves, halves, 0xb1));
  return _mm512_castsi512_si128(all);
}

PARLEY_INLINE __m128i reduced(const Sum& s) {
  const __m128i polynomial = _mm_set_epi64x(0, static_cast<long long>(0xc200000000000000));
  const __m128i middle = folded(s.middle);
  __m128i low = _mm_xor_si128(folded(s.low), _mm_slli_si128(middle, 8));
  const __m128i high = _mm_xor_si128(folded(s.high), _mm_srli_si128(middle, 8));
  for (int half = 0; half < 2; ++half) {
    const __m128i t = _mm_clmulepi64_si128(low, polynomial, 0x00);
    low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), t);
  }
  return _mm_xor_si128(low, high);
}

// `count` blocks, 1 to 16; the first has `y` added.
PARLEY_INLINE __m128i absorb(const GhashPowers& key, __m128i y, const std::uint8_t* data,
                             std::size_t count) {
  const std::uint8_t* powers = key.powers[GhashPowers::kCount - count];
  __m512i before = _mm512_zextsi128_si512(y);
  Sum s;
  for (;;) {
    const std::size_t n = count < 4 ? count : 4;
    const auto lanes = static_cast<__mmask8>((1U << 2 * n) - 1);
    const __m512i x = reversed(_mm512_maskz_loadu_epi64(lanes, data));
    add_product(s, _mm512_xor_si512(x, before), _mm512_maskz_loadu_epi64(lanes, powers));
    before = _mm512_setzero_si512();
    if (count <= 4) return reduced(s);
    count -= 4, data += kFour, powers += kFour;
  }
}

void blocks(const void* key, std::uint8_t* state, const std::uint8_t* data, std::size_t count) {
  const auto& k = *static_cast<const GhashPowers*>(key);
  auto* const bytes = reinterpret_cast<__m128i*>(state);
  const auto turned = [](__m128i x) {
    return _mm512_castsi512_si128(reversed(_mm512_zextsi128_si512(x)));
  };
  __m128i y = turned(_mm_loadu_si128(bytes));
  constexpr std::size_t kMost = GhashPowers::kCount;
  for (; count > kMost; count -= kMost, data += kMost * kBlock) y = absorb(k, y, data, kMost);
  if (count != 0) y = absorb(k, y, data, count);
  _mm_storeu_si128(bytes, turned(y));
}

}  // namespace

const Kernels kVpclmul512 = {
    .name = "vpclmul512",
    .needs = kCpuClmul | kCpuSsse3 | kCpuAvx512 | kCpuVpclmul,
    .base = &kClmul,
    .ghash_blocks = blocks,
};

}  // namespace parley::crypto::x86

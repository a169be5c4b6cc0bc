// SHA-1 and SHA-256 by the instructions that do four steps of the one and two of the other (Intel's
// "SHA Extensions", 2013). `w` holds the last 16 words of the message schedule in a ring of four;
// the next four are made no earlier than they are needed, because the steps wait for these units.
#include <immintrin.h>

#include "crypto/compress.hpp"
#include "crypto/cpu.hpp"
#include "crypto/x86/rows.hpp"

namespace parley::crypto::x86 {
namespace {

#define PARLEY_INLINE [[gnu::always_inline]] inline

PARLEY_INLINE __m128i load(const void* p) {
  return _mm_loadu_si128(static_cast<const __m128i*>(p));
}
PARLEY_INLINE void store(void* p, __m128i x) { _mm_storeu_si128(static_cast<__m128i*>(p), x); }

// Steps 4 G to 4 G + 3, and those after them. `e` is the fifth word of the state in the highest
// quarter; the instructions make it of the `abcd` of four steps before.
template <int G>
PARLEY_INLINE void sha1_steps(__m128i& abcd, __m128i& e, __m128i* w) {
  const __m128i sum = G == 0 ? _mm_add_epi32(e, w[0]) : _mm_sha1nexte_epu32(e, w[G % 4]);
  e = abcd;
  abcd = _mm_sha1rnds4_epu32(abcd, sum, G / 5);
  if constexpr (G >= 3 && G < 19) {
    const __m128i x = _mm_sha1msg1_epu32(w[(G + 1) % 4], w[(G + 2) % 4]);
    w[(G + 1) % 4] = _mm_sha1msg2_epu32(_mm_xor_si128(x, w[(G + 3) % 4]), w[G % 4]);
  }
  if constexpr (G + 1 < 20) sha1_steps<G + 1>(abcd, e, w);
}

void sha1(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks) {
  // The first word of the message in the highest quarter.
  const __m128i order = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  __m128i abcd = _mm_shuffle_epi32(load(state), 0x1b);
  __m128i e = _mm_setr_epi32(0, 0, 0, static_cast<int>(state[4]));
  for (; blocks != 0; --blocks, p += 64) {
    const __m128i abcd_before = abcd, e_before = e;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) w[i] = _mm_shuffle_epi8(load(p + 16 * i), order);
    sha1_steps<0>(abcd, e, w);
    e = _mm_sha1nexte_epu32(e, e_before);
    abcd = _mm_add_epi32(abcd, abcd_before);
  }
  store(state, _mm_shuffle_epi32(abcd, 0x1b));
  state[4] = static_cast<std::uint32_t>(_mm_extract_epi32(e, 3));
}

// Steps 4 G to 4 G + 3, and those after them.
template <int G>
PARLEY_INLINE void sha256_steps(__m128i& abef, __m128i& cdgh, __m128i* w) {
  const __m128i sum =
      _mm_add_epi32(w[G % 4], load(reinterpret_cast<const __m128i*>(&kSha256K) + G));
  cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
  abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
  if constexpr (G >= 3 && G < 15) {
    const __m128i seven_back = _mm_alignr_epi8(w[G % 4], w[(G + 3) % 4], 4);
    const __m128i x = _mm_sha256msg1_epu32(w[(G + 1) % 4], w[(G + 2) % 4]);
    w[(G + 1) % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(x, seven_back), w[G % 4]);
  }
  if constexpr (G + 1 < 16) sha256_steps<G + 1>(abef, cdgh, w);
}

void sha256(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks) {
  const __m128i order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  // From (a b c d) (e f g h) to (f e b a) (h g d c), the lowest quarter first.
  const __m128i badc = _mm_shuffle_epi32(load(state), 0xb1);
  const __m128i hgfe = _mm_shuffle_epi32(load(state + 4), 0x1b);
  __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
  __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
  for (; blocks != 0; --blocks, p += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) w[i] = _mm_shuffle_epi8(load(p + 16 * i), order);
    sha256_steps<0>(abef, cdgh, w);
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  store(state, _mm_blend_epi16(feba, dchg, 0xf0));
  store(state + 4, _mm_alignr_epi8(dchg, feba, 8));
}

}  // namespace

const Kernels kShaNi = {
    .name = "sha_ni",
    .needs = kCpuSha | kCpuSsse3 | kCpuSse41,
    .base = &kPortable,
    .sha1_blocks = sha1,
    .sha256_blocks = sha256,
};

}  // namespace parley::crypto::x86

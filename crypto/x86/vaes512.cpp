// AES with four blocks in a register: those modes whose blocks are independent, 32 at once. The
// schedule is aesni.cpp's, and so is CBC encryption.
#include <immintrin.h>

#include "crypto/cpu.hpp"
#include "crypto/x86/rows.hpp"

namespace parley::crypto::x86 {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kFour = 4 * kBlock;

#define PARLEY_INLINE [[gnu::always_inline]] inline

PARLEY_INLINE __m512i key(const std::uint8_t (*keys)[kBlock], std::size_t round) {
  return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(keys[round])));
}

// kCount registers at once; laid out one after another so that they stay registers.
template <bool kEncrypts, std::size_t kCount>
PARLEY_INLINE void cipher(const AesSchedule& s, __m512i* x) {
  const auto* const keys = kEncrypts ? s.encrypt : s.decrypt;
  const __m512i first = key(keys, 0), last = key(keys, s.rounds);
  for (std::size_t i = 0; i < kCount; ++i) x[i] = _mm512_xor_si512(x[i], first);
  for (std::size_t round = 1; round < s.rounds; ++round) {
    const __m512i k = key(keys, round);
    for (std::size_t i = 0; i < kCount; ++i)
      x[i] = kEncrypts ? _mm512_aesenc_epi128(x[i], k) : _mm512_aesdec_epi128(x[i], k);
  }
  for (std::size_t i = 0; i < kCount; ++i)
    x[i] = kEncrypts ? _mm512_aesenclast_epi128(x[i], last) : _mm512_aesdeclast_epi128(x[i], last);
}

// The quarters of a register that `blocks` fill, in masks of halves of them.
PARLEY_INLINE __mmask8 lanes_of(std::size_t blocks) {
  return static_cast<__mmask8>((1U << 2 * blocks) - 1);
}

// Calls chunk<kCount>(in, out, lanes) for 32 blocks at a time, then for four, then for the rest.
template <class Chunk>
PARLEY_INLINE void each_chunk(const std::uint8_t* in, std::uint8_t* out, std::size_t blocks,
                              const Chunk& chunk) {
  for (; blocks >= 32; blocks -= 32, in += 8 * kFour, out += 8 * kFour)
    chunk.template run<8>(in, out, lanes_of(4));
  for (; blocks >= 4; blocks -= 4, in += kFour, out += kFour)
    chunk.template run<1>(in, out, lanes_of(4));
  if (blocks != 0) chunk.template run<1>(in, out, lanes_of(blocks));
}

template <bool kEncrypts>
struct Ecb {
  const AesSchedule& s;

  template <std::size_t kCount>
  PARLEY_INLINE void run(const std::uint8_t* in, std::uint8_t* out, __mmask8 lanes) const {
    __m512i x[kCount];
    for (std::size_t i = 0; i < kCount; ++i) x[i] = _mm512_maskz_loadu_epi64(lanes, in + i * kFour);
    cipher<kEncrypts, kCount>(s, x);
    for (std::size_t i = 0; i < kCount; ++i) _mm512_mask_storeu_epi64(out + i * kFour, lanes, x[i]);
  }
};

template <bool kEncrypts>
void ecb(const void* schedule, const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) {
  each_chunk(in, out, blocks, Ecb<kEncrypts>{*static_cast<const AesSchedule*>(schedule)});
}

struct CbcDecrypt {
  const AesSchedule& s;
  __m512i& chain;  // the ciphertext before, its last block in the highest quarter

  template <std::size_t kCount>
  PARLEY_INLINE void run(const std::uint8_t* in, std::uint8_t* out, __mmask8 lanes) const {
    __m512i x[kCount], before[kCount];
    for (std::size_t i = 0; i < kCount; ++i) {
      x[i] = _mm512_maskz_loadu_epi64(lanes, in + i * kFour);
      before[i] = _mm512_alignr_epi64(x[i], chain, 6);
      chain = x[i];
    }
    cipher<false, kCount>(s, x);
    for (std::size_t i = 0; i < kCount; ++i)
      _mm512_mask_storeu_epi64(out + i * kFour, lanes, _mm512_xor_si512(x[i], before[i]));
  }
};

void cbc_decrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in, std::uint8_t* out,
                 std::size_t blocks) {
  if (blocks == 0) return;
  auto* const vector = reinterpret_cast<__m128i*>(iv);
  __m512i chain = _mm512_broadcast_i32x4(_mm_loadu_si128(vector));
  const std::uint8_t* const last = in + (blocks - 1) * kBlock;
  _mm_storeu_si128(vector, _mm_loadu_si128(reinterpret_cast<const __m128i*>(last)));
  each_chunk(in, out, blocks, CbcDecrypt{*static_cast<const AesSchedule*>(schedule), chain});
}

// The counter with its last four bytes in the order of the processor, and back.
PARLEY_INLINE __m512i turned(__m512i counters) {
  const __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12);
  return _mm512_shuffle_epi8(counters, _mm512_broadcast_i32x4(order));
}

struct Ctr {
  const AesSchedule& s;
  __m512i& counters;  // the next four

  template <std::size_t kCount>
  PARLEY_INLINE void run(const std::uint8_t* in, std::uint8_t* out, __mmask8 lanes) const {
    const __m512i four = _mm512_broadcast_i32x4(_mm_setr_epi32(0, 0, 0, 4));
    __m512i x[kCount];
    for (std::size_t i = 0; i < kCount; ++i) {
      x[i] = turned(counters);
      counters = _mm512_add_epi32(counters, four);
    }
    cipher<true, kCount>(s, x);
    for (std::size_t i = 0; i < kCount; ++i) {
      const __m512i text = _mm512_maskz_loadu_epi64(lanes, in + i * kFour);
      _mm512_mask_storeu_epi64(out + i * kFour, lanes, _mm512_xor_si512(x[i], text));
    }
  }
};

void ctr(const void* schedule, std::uint8_t* counter, const std::uint8_t* in, std::uint8_t* out,
         std::size_t blocks) {
  const __m512i places = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3);
  auto* const first = reinterpret_cast<__m128i*>(counter);
  const __m512i next = turned(_mm512_broadcast_i32x4(_mm_loadu_si128(first)));
  __m512i counters = _mm512_add_epi32(next, places);
  each_chunk(in, out, blocks, Ctr{*static_cast<const AesSchedule*>(schedule), counters});
  const __m512i counted = _mm512_broadcast_i32x4(_mm_setr_epi32(0, 0, 0, static_cast<int>(blocks)));
  _mm_storeu_si128(first, _mm512_castsi512_si128(turned(_mm512_add_epi32(next, counted))));
}

}  // namespace

const Kernels kVaes512 = {
    .name = "vaes512",
    .needs = kCpuAes | kCpuSsse3 | kCpuSse41 | kCpuAvx512 | kCpuVaes,
    .base = &kAesNi,
    .aes_ecb_encrypt = ecb<true>,
    .aes_ecb_decrypt = ecb<false>,
    .aes_cbc_decrypt = cbc_decrypt,
    .aes_ctr = ctr,
};

}  // namespace parley::crypto::x86

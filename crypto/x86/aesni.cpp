// AES by the instructions that do a round of it (Intel's "Advanced Encryption Standard New
// Instructions Set"). A round takes a few cycles, of which several blocks side by side make use:
// eight where blocks are independent, one where CBC encryption chains them.
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
PARLEY_INLINE __m128i key(const std::uint8_t (*keys)[kBlock], std::size_t round) {
  return _mm_load_si128(reinterpret_cast<const __m128i*>(keys[round]));
}
PARLEY_INLINE const AesSchedule& keyed(const void* schedule) {
  return *static_cast<const AesSchedule*>(schedule);
}

// FIPS 197 section 5.2. The instruction computes SubWord of a column among other things.
PARLEY_INLINE std::uint32_t sub_word(std::uint32_t w) {
  const __m128i x = _mm_set1_epi32(static_cast<int>(w));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_aeskeygenassist_si128(x, 0)));
}

void expand(const std::uint8_t* user_key, std::size_t key_size, void* schedule) {
  AesSchedule& s = *static_cast<AesSchedule*>(schedule);
  const std::size_t words = key_size / 4;
  s.rounds = words + 6;
  std::uint8_t* const w = s.encrypt[0];
  __builtin_memcpy(w, user_key, key_size);
  std::uint32_t last, rcon = 1;
  __builtin_memcpy(&last, w + key_size - 4, 4);
  for (std::size_t i = words; i < 4 * (s.rounds + 1); ++i) {
    if (i % words == 0) {
      const std::uint32_t t = sub_word(last);
      last = (t >> 8 | t << 24) ^ rcon;
      rcon = (rcon << 1) ^ (rcon >> 7) * 0x11b;
    } else if (words == 8 && i % words == 4) {
      last = sub_word(last);
    }
    std::uint32_t before;
    __builtin_memcpy(&before, w + 4 * (i - words), 4);
    last ^= before;
    __builtin_memcpy(w + 4 * i, &last, 4);
  }
  store(s.decrypt[0], key(s.encrypt, s.rounds));
  for (std::size_t round = 1; round < s.rounds; ++round)
    store(s.decrypt[round], _mm_aesimc_si128(key(s.encrypt, s.rounds - round)));
  store(s.decrypt[s.rounds], key(s.encrypt, 0));
}

// kCount blocks at once; laid out one after another so that they stay in registers.
template <bool kEncrypts, std::size_t kCount>
PARLEY_INLINE void cipher(const AesSchedule& s, __m128i* x) {
  const auto* const keys = kEncrypts ? s.encrypt : s.decrypt;
  const __m128i first = key(keys, 0), last = key(keys, s.rounds);
  for (std::size_t i = 0; i < kCount; ++i) x[i] = _mm_xor_si128(x[i], first);
  for (std::size_t round = 1; round < s.rounds; ++round) {
    const __m128i k = key(keys, round);
    for (std::size_t i = 0; i < kCount; ++i)
      x[i] = kEncrypts ? _mm_aesenc_si128(x[i], k) : _mm_aesdec_si128(x[i], k);
  }
  for (std::size_t i = 0; i < kCount; ++i)
    x[i] = kEncrypts ? _mm_aesenclast_si128(x[i], last) : _mm_aesdeclast_si128(x[i], last);
}

template <bool kEncrypts, std::size_t kCount>
PARLEY_INLINE void ecb_chunk(const AesSchedule& s, const std::uint8_t* in, std::uint8_t* out) {
  __m128i x[kCount];
  for (std::size_t i = 0; i < kCount; ++i) x[i] = load(in + i * kBlock);
  cipher<kEncrypts, kCount>(s, x);
  for (std::size_t i = 0; i < kCount; ++i) store(out + i * kBlock, x[i]);
}

template <bool kEncrypts>
void ecb(const void* schedule, const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) {
  const AesSchedule& s = keyed(schedule);
  for (; blocks >= 8; blocks -= 8, in += 8 * kBlock, out += 8 * kBlock)
    ecb_chunk<kEncrypts, 8>(s, in, out);
  for (; blocks != 0; --blocks, in += kBlock, out += kBlock) ecb_chunk<kEncrypts, 1>(s, in, out);
}

void cbc_encrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in, std::uint8_t* out,
                 std::size_t blocks) {
  if (blocks == 0) return;
  const AesSchedule& s = keyed(schedule);
  const __m128i first = key(s.encrypt, 0), last = key(s.encrypt, s.rounds);
  __m128i x = _mm_xor_si128(_mm_xor_si128(load(iv), load(in)), first);
  for (;;) {
    for (std::size_t round = 1; round < s.rounds; ++round)
      x = _mm_aesenc_si128(x, key(s.encrypt, round));
    if (--blocks == 0) break;
    // The last key is added by the last round, so with it goes what the next block begins with:
    // that keeps two additions out of the chain.
    in += kBlock;
    const __m128i next = _mm_xor_si128(load(in), first);
    x = _mm_aesenclast_si128(x, _mm_xor_si128(last, next));
    store(out, _mm_xor_si128(x, next));
    out += kBlock;
  }
  x = _mm_aesenclast_si128(x, last);
  store(out, x);
  store(iv, x);
}

template <std::size_t kCount>
PARLEY_INLINE __m128i cbc_decrypt_chunk(const AesSchedule& s, __m128i chain, const std::uint8_t* in,
                                        std::uint8_t* out) {
  __m128i x[kCount];
  for (std::size_t i = 0; i < kCount; ++i) x[i] = load(in + i * kBlock);
  const __m128i next = x[kCount - 1];
  cipher<false, kCount>(s, x);
  // From the end, since `out` may overwrite `in`.
  for (std::size_t i = kCount - 1; i > 0; --i)
    store(out + i * kBlock, _mm_xor_si128(x[i], load(in + (i - 1) * kBlock)));
  store(out, _mm_xor_si128(x[0], chain));
  return next;
}

void cbc_decrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in, std::uint8_t* out,
                 std::size_t blocks) {
  const AesSchedule& s = keyed(schedule);
  __m128i chain = load(iv);
  for (; blocks >= 8; blocks -= 8, in += 8 * kBlock, out += 8 * kBlock)
    chain = cbc_decrypt_chunk<8>(s, chain, in, out);
  if (blocks >= 4) {
    chain = cbc_decrypt_chunk<4>(s, chain, in, out);
    blocks -= 4, in += 4 * kBlock, out += 4 * kBlock;
  }
  for (; blocks != 0; --blocks, in += kBlock, out += kBlock)
    chain = cbc_decrypt_chunk<1>(s, chain, in, out);
  store(iv, chain);
}

// The counter with its last four bytes in the order of the processor, and back.
PARLEY_INLINE __m128i turned(__m128i counter) {
  const __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 14, 13, 12);
  return _mm_shuffle_epi8(counter, order);
}

template <std::size_t kCount>
PARLEY_INLINE __m128i ctr_chunk(const AesSchedule& s, __m128i count, const std::uint8_t* in,
                                std::uint8_t* out) {
  const __m128i one = _mm_setr_epi32(0, 0, 0, 1);
  __m128i x[kCount];
  for (std::size_t i = 0; i < kCount; ++i) {
    x[i] = turned(count);
    count = _mm_add_epi32(count, one);
  }
  cipher<true, kCount>(s, x);
  for (std::size_t i = 0; i < kCount; ++i)
    store(out + i * kBlock, _mm_xor_si128(x[i], load(in + i * kBlock)));
  return count;
}

void ctr(const void* schedule, std::uint8_t* counter, const std::uint8_t* in, std::uint8_t* out,
         std::size_t blocks) {
  const AesSchedule& s = keyed(schedule);
  __m128i count = turned(load(counter));
  for (; blocks >= 8; blocks -= 8, in += 8 * kBlock, out += 8 * kBlock)
    count = ctr_chunk<8>(s, count, in, out);
  if (blocks >= 4) {
    count = ctr_chunk<4>(s, count, in, out);
    blocks -= 4, in += 4 * kBlock, out += 4 * kBlock;
  }
  for (; blocks != 0; --blocks, in += kBlock, out += kBlock)
    count = ctr_chunk<1>(s, count, in, out);
  store(counter, turned(count));
}

}  // namespace

const Kernels kAesNi = {
    .name = "aesni",
    .needs = kCpuAes | kCpuSsse3 | kCpuSse41,
    .base = &kPortable,
    .aes_schedule_size = sizeof(AesSchedule),
    .aes_expand = expand,
    .aes_ecb_encrypt = ecb<true>,
    .aes_ecb_decrypt = ecb<false>,
    .aes_cbc_encrypt = cbc_encrypt,
    .aes_cbc_decrypt = cbc_decrypt,
    .aes_ctr = ctr,
};

}  // namespace parley::crypto::x86

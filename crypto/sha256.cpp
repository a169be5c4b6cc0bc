// SHA-224 and SHA-256 (FIPS 180-4 sections 6.2 and 6.3).
#include <array>
#include <bit>
#include <utility>

#include "crypto/compress.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

using Word = std::uint32_t;

// FIPS 180-4 section 4.2.2.
constexpr std::array<Word, 64> kK = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// Step T of sixteen; w holds the last 16 words of the message schedule in a ring, and for all
// but the first sixteen steps the next word is made first.
template <bool kFirst, std::size_t T>
[[gnu::always_inline]] inline void step(std::array<Word, 8>& v, std::array<Word, 16>& w,
                                        const Word* k) {
  const Word a = v[(16 - T) % 8];
  const Word b = v[(17 - T) % 8];
  const Word c = v[(18 - T) % 8];
  Word& d = v[(19 - T) % 8];
  const Word e = v[(20 - T) % 8];
  const Word f = v[(21 - T) % 8];
  const Word g = v[(22 - T) % 8];
  Word& h = v[(23 - T) % 8];
  if constexpr (!kFirst) {
    const Word x = w[(T + 1) % 16];
    const Word y = w[(T + 14) % 16];
    w[T] += (std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3)) + w[(T + 9) % 16] +
            (std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10));
  }
  h += w[T] + k[T];
  h += g ^ (e & (f ^ g));
  h += std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
  d += h;
  h += (a & b) | (c & (a | b));
  h += std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
}

template <bool kFirst, std::size_t... T>
[[gnu::always_inline]] inline void sixteen_steps(std::array<Word, 8>& v, std::array<Word, 16>& w,
                                                 const Word* k, std::index_sequence<T...>) {
  (step<kFirst, T>(v, w, k), ...);
}

}  // namespace

void sha256_blocks(Word* state, const std::uint8_t* p, std::size_t blocks) {
  std::array<Word, 8> h;
  for (std::size_t i = 0; i < 8; ++i) h[i] = state[i];
  for (; blocks != 0; --blocks, p += 64) {
    std::array<Word, 16> w;
    for (std::size_t i = 0; i < 16; ++i) w[i] = load_be32(p + 4 * i);
    std::array<Word, 8> v = h;
    sixteen_steps<true>(v, w, kK.data(), std::make_index_sequence<16>{});
    for (std::size_t t = 16; t < kK.size(); t += 16) {
      sixteen_steps<false>(v, w, kK.data() + t, std::make_index_sequence<16>{});
    }
    for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
  }
  for (std::size_t i = 0; i < 8; ++i) state[i] = h[i];
}

}  // namespace parley::crypto

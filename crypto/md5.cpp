// MD5 (RFC 1321).
#include <array>
#include <bit>
#include <utility>

#include "crypto/compress.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

// RFC 1321 section 3.4: T[i], the integer part of 2^32 * |sin(i)|, i from 1.
constexpr std::array<std::uint32_t, 64> kT = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr std::array<std::array<int, 4>, 4> kShift = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

// Step I of the 64. The roles of the four words turn by one each step, which costs nothing once
// all steps are laid out one after another.
template <std::size_t I>
[[gnu::always_inline]] inline void step(std::array<std::uint32_t, 4>& v,
                                        const std::array<std::uint32_t, 16>& x) {
  constexpr std::size_t kRound = I / 16;
  std::uint32_t& a = v[(64 - I) % 4];
  const std::uint32_t b = v[(65 - I) % 4];
  const std::uint32_t c = v[(66 - I) % 4];
  const std::uint32_t d = v[(67 - I) % 4];
  constexpr std::array<std::size_t, 4> kWord = {I, 5 * I + 1, 3 * I + 5, 7 * I};
  a += x[kWord[kRound] % 16] + kT[I];
  if constexpr (kRound == 0) {
    a += d ^ (b & (c ^ d));
  } else if constexpr (kRound == 1) {
    // The two halves of G share no bit, so they may be added; only the second waits for b.
    a += c & ~d;
    a += b & d;
  } else if constexpr (kRound == 2) {
    a += b ^ (c ^ d);
  } else {
    a += c ^ (b | ~d);
  }
  a = b + std::rotl(a, kShift[kRound][I % 4]);
}

template <std::size_t... I>
[[gnu::always_inline]] inline void all_steps(std::array<std::uint32_t, 4>& v,
                                             const std::array<std::uint32_t, 16>& x,
                                             std::index_sequence<I...>) {
  (step<I>(v, x), ...);
}

}  // namespace

void md5_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks) {
  std::array<std::uint32_t, 4> h = {state[0], state[1], state[2], state[3]};
  for (; blocks != 0; --blocks, p += 64) {
    std::array<std::uint32_t, 16> x;
    for (std::size_t i = 0; i < 16; ++i) x[i] = load_le32(p + 4 * i);
    std::array<std::uint32_t, 4> v = h;
    all_steps(v, x, std::make_index_sequence<64>{});
    for (std::size_t i = 0; i < 4; ++i) h[i] += v[i];
  }
  for (std::size_t i = 0; i < 4; ++i) state[i] = h[i];
}

}  // namespace parley::crypto

// SHA-1 (FIPS 180-4 section 6.1).
#include <array>
#include <bit>
#include <utility>

#include "crypto/compress.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

// FIPS 180-4 section 4.2.1.
constexpr std::array<std::uint32_t, 4> kK = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};

// Step T of the 80; w holds the last 16 words of the message schedule in a ring.
template <std::size_t T>
[[gnu::always_inline]] inline void step(std::array<std::uint32_t, 5>& v,
                                        std::array<std::uint32_t, 16>& w) {
  const std::uint32_t a = v[(80 - T) % 5];
  std::uint32_t& b = v[(81 - T) % 5];
  const std::uint32_t c = v[(82 - T) % 5];
  const std::uint32_t d = v[(83 - T) % 5];
  std::uint32_t& e = v[(84 - T) % 5];
  if constexpr (T >= 16) {
    w[T % 16] = std::rotl(w[(T - 3) % 16] ^ w[(T - 8) % 16] ^ w[(T - 14) % 16] ^ w[T % 16], 1);
  }
  e += w[T % 16] + kK[T / 20];
  if constexpr (T < 20) {
    e += d ^ (b & (c ^ d));
  } else if constexpr (T / 20 == 2) {
    e += c & d;
    e += b & (c ^ d);
  } else {
    e += b ^ c ^ d;
  }
  e += std::rotl(a, 5);
  b = std::rotl(b, 30);
}

template <std::size_t... T>
[[gnu::always_inline]] inline void all_steps(std::array<std::uint32_t, 5>& v,
                                             std::array<std::uint32_t, 16>& w,
                                             std::index_sequence<T...>) {
  (step<T>(v, w), ...);
}

}  // namespace

void sha1_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks) {
  std::array<std::uint32_t, 5> h = {state[0], state[1], state[2], state[3], state[4]};
  for (; blocks != 0; --blocks, p += 64) {
    std::array<std::uint32_t, 16> w;
    for (std::size_t i = 0; i < 16; ++i) w[i] = load_be32(p + 4 * i);
    std::array<std::uint32_t, 5> v = h;
    all_steps(v, w, std::make_index_sequence<80>{});
    for (std::size_t i = 0; i < 5; ++i) h[i] += v[i];
  }
  for (std::size_t i = 0; i < 5; ++i) state[i] = h[i];
}

}  // namespace parley::crypto

// MD4 (RFC 1320).
#include <array>
#include <bit>

#include "crypto/compress.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

// RFC 1320 section 3.4: the words of the block in the order in which the rounds take them, the
// rotations, and what the rounds add.
constexpr std::array<std::array<std::size_t, 16>, 3> kWord = {
    {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
     {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
     {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}}};
constexpr std::array<std::array<int, 4>, 3> kShift = {
    {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}}};
constexpr std::array<std::uint32_t, 3> kAdd = {0, 0x5a827999, 0x6ed9eba1};

// F, G and H.
std::uint32_t mix(std::size_t round, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  if (round == 0) return (x & y) | (~x & z);
  if (round == 1) return (x & y) | (x & z) | (y & z);
  return x ^ y ^ z;
}

}  // namespace

void md4_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks) {
  for (; blocks != 0; --blocks, p += 64) {
    std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (std::size_t round = 0; round < 3; ++round) {
      for (std::size_t i = 0; i < 16; ++i) {
        const std::uint32_t x = load_le32(p + 4 * kWord[round][i]);
        const std::uint32_t sum =
            std::rotl(a + mix(round, b, c, d) + x + kAdd[round], kShift[round][i % 4]);
        a = d;
        d = c;
        c = b;
        b = sum;
      }
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
}

}  // namespace parley::crypto

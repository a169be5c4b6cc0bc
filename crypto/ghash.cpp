// A carry-less product by way of an ordinary one: of two factors that have bits only at every
// fourth place, the partial sums stay below 16 and spill into no place that is looked at. (An idea
// of T. Pornin's, BearSSL's "ctmul"; here with products of 128 bits.) That holds for up to 15
// summands, so the four highest bits of one factor go separately.
#include "crypto/ghash.hpp"

#include <algorithm>

#include "crypto/ct.hpp"
#include "crypto/portable.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr std::uint64_t kEveryFourth = 0x1111111111111111;
constexpr Wide kWideFourth = Wide{kEveryFourth} << 64 | kEveryFourth;

// A half of H, or the sum of both, made ready to be a factor.
struct Factor {
  std::array<std::uint64_t, 4> strands;  // every fourth bit, below bit 60
  std::array<std::uint64_t, 4> top;      // bits 60 to 63, each as a mask
};
struct Key {
  Factor low, high, sum;
};
static_assert(sizeof(Key) <= kMaxGhashKey);
struct State {
  std::uint64_t low, high;
};

Factor factor(std::uint64_t x) {
  Factor f;
  for (unsigned i = 0; i < 4; ++i) {
    f.strands[i] = x & (kEveryFourth << i) & 0x0fffffffffffffff;
    f.top[i] = ct_mask_bit(x >> (60 + i));
  }
  return f;
}

[[gnu::always_inline]] inline Wide carryless(const Factor& f, std::uint64_t y) {
  const auto& x = f.strands;
  const Wide x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
  const std::uint64_t y0 = y & kEveryFourth, y1 = y & kEveryFourth << 1;
  const std::uint64_t y2 = y & kEveryFourth << 2, y3 = y & kEveryFourth << 3;
  Wide z = ((x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1)) & kWideFourth;
  z |= ((x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2)) & kWideFourth << 1;
  z |= ((x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3)) & kWideFourth << 2;
  z |= ((x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0)) & kWideFourth << 3;
  for (unsigned i = 0; i < 4; ++i) z ^= Wide{y & f.top[i]} << (60 + i);
  return z;
}

void multiply(const Key& k, State& s) {
  // Karatsuba: three products of halves.
  const Wide low = carryless(k.low, s.low), high = carryless(k.high, s.high);
  const Wide middle = carryless(k.sum, s.low ^ s.high) ^ low ^ high;
  const auto half = [](Wide w) { return static_cast<std::uint64_t>(w); };
  const std::uint64_t v0 = half(low);
  std::uint64_t v1 = half(low >> 64) ^ half(middle);
  std::uint64_t v2 = half(high) ^ half(middle >> 64);
  std::uint64_t v3 = half(high >> 64);
  // Modulo x^128 + x^7 + x^2 + x + 1, from the low end, where the high powers are.
  v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
  v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
  v3 ^= v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
  v2 ^= v1 << 63 ^ v1 << 62 ^ v1 << 57;
  s = {.low = v2, .high = v3};
}

}  // namespace

// The specification writes the coefficient of x^0 as the highest bit. A product of two numbers
// written that way is off by one place, which is mended once for all by using H times x.
void ghash_expand(const std::uint8_t* h, void* key) {
  std::uint64_t high = load_be64(h), low = load_be64(h + 8);
  const std::uint64_t carry = ct_mask_bit(high >> 63);
  high = (high << 1 | low >> 63) ^ (carry & 0xc200000000000000);
  low = low << 1 ^ (carry & 1);
  Key& k = *static_cast<Key*>(key);
  k.low = factor(low);
  k.high = factor(high);
  k.sum = factor(low ^ high);
}

void ghash_blocks(const void* key, std::uint8_t* state, const std::uint8_t* data,
                  std::size_t blocks) {
  State s{.low = load_be64(state + 8), .high = load_be64(state)};
  for (; blocks != 0; --blocks, data += kAesBlock) {
    s.high ^= load_be64(data);
    s.low ^= load_be64(data + 8);
    multiply(*static_cast<const Key*>(key), s);
  }
  store_be64(state, s.high);
  store_be64(state + 8, s.low);
}

void Ghash::hash(ByteView aad, ByteView data, ByteSpan out) const {
  AesBlock state{};
  const auto blocks = [&](ByteView whole) {
    kernels_.ghash_blocks(key_.data(), state.data(), whole.data(), whole.size() / kAesBlock);
  };
  // What does not fill a block, and the lengths behind it, go in one run.
  const auto split = [&](ByteView part, ByteSpan last) {
    const std::size_t rest = part.size() % kAesBlock;
    blocks(part.first(part.size() - rest));
    std::ranges::copy(part.last(rest), last.begin());
    return rest == 0 ? std::size_t{0} : kAesBlock;
  };
  std::array<std::uint8_t, 2 * kAesBlock> last{};
  blocks(ByteView{last}.first(split(aad, last)));
  last.fill(0);
  const std::size_t n = split(data, last);
  store_be64(last.data() + n, std::uint64_t{aad.size()} * 8);
  store_be64(last.data() + n + 8, std::uint64_t{data.size()} * 8);
  blocks(ByteView{last}.first(n + kAesBlock));
  std::ranges::copy(state, out.begin());
}

}  // namespace parley::crypto

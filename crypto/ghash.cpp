// A carry-less product by way of an ordinary one: of two factors that have bits only at every
// fourth place, the partial sums stay below 16 and spill into no place that is looked at. (An idea
// of T. Pornin's, BearSSL's "ctmul"; here with products of 128 bits.) That holds for up to 15
// summands, so the four highest bits of one factor go separately.
#include "crypto/ghash.hpp"

#include <algorithm>

#include "crypto/ct.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr std::uint64_t kEveryFourth = 0x1111111111111111;
constexpr Wide kWideFourth = Wide{kEveryFourth} << 64 | kEveryFourth;

Ghash::Factor factor(std::uint64_t x) {
  Ghash::Factor f;
  for (unsigned i = 0; i < 4; ++i) {
    f.strands[i] = x & (kEveryFourth << i) & 0x0fffffffffffffff;
    f.top[i] = ct_mask_bit(x >> (60 + i));
  }
  return f;
}

[[gnu::always_inline]] inline Wide carryless(const Ghash::Factor& f, std::uint64_t y) {
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

}  // namespace

// The specification writes the coefficient of x^0 as the highest bit. A product of two numbers
// written that way is off by one place, which is mended once for all by using H times x.
Ghash::Ghash(const AesBlock& h) {
  std::uint64_t high = load_be64(h.data()), low = load_be64(h.data() + 8);
  const std::uint64_t carry = ct_mask_bit(high >> 63);
  high = (high << 1 | low >> 63) ^ (carry & 0xc200000000000000);
  low = low << 1 ^ (carry & 1);
  low_ = factor(low);
  high_ = factor(high);
  sum_ = factor(low ^ high);
}

void Ghash::multiply(State& s) const {
  // Karatsuba: three products of halves.
  const Wide low = carryless(low_, s.low), high = carryless(high_, s.high);
  const Wide middle = carryless(sum_, s.low ^ s.high) ^ low ^ high;
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

void Ghash::absorb(State& s, ByteView data) const {
  const auto block = [&](const std::uint8_t* p) {
    s.high ^= load_be64(p);
    s.low ^= load_be64(p + 8);
    multiply(s);
  };
  for (; data.size() >= kAesBlock; data = data.subspan(kAesBlock)) block(data.data());
  if (data.empty()) return;
  AesBlock last{};
  std::ranges::copy(data, last.begin());
  block(last.data());
}

void Ghash::hash(ByteView aad, ByteView data, ByteSpan out) const {
  State s;
  absorb(s, aad);
  absorb(s, data);
  s.high ^= std::uint64_t{aad.size()} * 8;
  s.low ^= std::uint64_t{data.size()} * 8;
  multiply(s);
  store_be64(out.data(), s.high);
  store_be64(out.data() + 8, s.low);
}

}  // namespace parley::crypto

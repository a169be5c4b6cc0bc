#include "crypto/montgomery.hpp"

#include <bit>

#include "crypto/ct.hpp"

namespace parley::crypto {
namespace {

inline Limb low(WideLimb w) { return static_cast<Limb>(w); }
inline Limb high(WideLimb w) { return static_cast<Limb>(w >> kLimbBits); }

// r -= n when carry is set or r >= n. The value (carry, r) is below 2 n.
void subtract_once(Limb* r, Limb carry, const Limb* n, std::size_t limbs) {
  const Limb too_large = ct_mask_bit(carry) | ~limbs_less(r, n, limbs);
  limbs_sub_masked(r, n, too_large, limbs);
}

// The state of one row of the product: both carry chains, a * b[i] and m * n, go side by side.
struct Row {
  Limb b, m;
  Limb product_carry, reduction_carry;
  void step(Limb* r, const Limb* a, const Limb* n, std::size_t j) {
    const WideLimb t = WideLimb{a[j]} * b + r[j] + product_carry;
    product_carry = high(t);
    const WideLimb u = WideLimb{m} * n[j] + low(t) + reduction_carry;
    reduction_carry = high(u);
    r[j - 1] = low(u);
  }
};

// r[0..count) += a[0..count) * b; the limb that overflows comes back.
inline Limb add_product(Limb* r, const Limb* a, Limb b, std::size_t count) {
  Limb carry = 0;
  const auto step = [&](std::size_t j) {
    const WideLimb t = WideLimb{a[j]} * b + r[j] + carry;
    carry = high(t);
    r[j] = low(t);
  };
  std::size_t j = 0;
  for (; j + 4 <= count; j += 4) {
    step(j);
    step(j + 1);
    step(j + 2);
    step(j + 3);
  }
  for (; j < count; ++j) step(j);
  return carry;
}

// Montgomery's reduction of t (2 limbs) to r = t / R mod n; t is destroyed.
void reduce(Limb* r, Limb* t, const Limb* n, Limb n0, std::size_t limbs) {
  Limb carry = 0;
  for (std::size_t i = 0; i < limbs; ++i) {
    const Limb c = add_product(t + i, n, t[i] * n0, limbs);
    const WideLimb s = WideLimb{t[i + limbs]} + c + carry;
    t[i + limbs] = low(s);
    carry = high(s);
  }
  std::copy_n(t + limbs, limbs, r);
  subtract_once(r, carry, n, limbs);
}

// Below this size the separate passes of squaring cost more than they save.
constexpr std::size_t kSquareFrom = 12;

// Window width: table building and scanning against multiplications saved.
constexpr std::size_t window_bits(std::size_t exponent_bits) {
  return exponent_bits <= 64 ? 2 : exponent_bits <= 448 ? 4 : 5;
}
constexpr std::size_t kMaxWindow = 5;

// Powers base^0 .. base^(2^w - 1), wiped when they die.
struct PowerTable {
  std::size_t limbs, entries;
  std::array<Limb, kMaxModulusLimbs << kMaxWindow> w;

  PowerTable(std::size_t limb_count, std::size_t entry_count)
      : limbs(limb_count), entries(entry_count) {}
  PowerTable(const PowerTable&) = delete;
  PowerTable& operator=(const PowerTable&) = delete;
  ~PowerTable() { wipe(w.data(), limbs * entries * sizeof(Limb)); }

  Limb* entry(std::size_t i) { return w.data() + i * limbs; }
  // r = entry(index), reading every entry.
  void select(Limb* r, Limb index) {
    std::fill_n(r, limbs, Limb{0});
    for (std::size_t i = 0; i < entries; ++i) {
      const Limb mask = ct_eq(Limb{i}, index);
      const Limb* e = entry(i);
      for (std::size_t j = 0; j < limbs; ++j) r[j] |= e[j] & mask;
    }
  }
};

// `count` bits of a from bit `at` up; both public, count below 64.
Limb bits_at(LimbView a, std::size_t at, std::size_t count) {
  const std::size_t limb = at / kLimbBits;
  const std::size_t shift = at % kLimbBits;
  Limb v = a[limb] >> shift;
  if (shift + count > kLimbBits && limb + 1 < a.size()) v |= a[limb + 1] << (kLimbBits - shift);
  return v & ((Limb{1} << count) - 1);
}

}  // namespace

void mont_mul(Limb* r, const Limb* a, const Limb* b, const Limb* n, Limb n0, std::size_t limbs) {
  std::fill_n(r, limbs, Limb{0});
  Limb top = 0;
  for (std::size_t i = 0; i < limbs; ++i) {
    const WideLimb t = WideLimb{a[0]} * b[i] + r[0];
    const Limb m = low(t) * n0;  // makes the lowest limb zero, which is then dropped
    const WideLimb u = WideLimb{m} * n[0] + low(t);
    Row row{b[i], m, high(t), high(u)};
    std::size_t j = 1;
    for (; j + 4 <= limbs; j += 4) {
      row.step(r, a, n, j);
      row.step(r, a, n, j + 1);
      row.step(r, a, n, j + 2);
      row.step(r, a, n, j + 3);
    }
    for (; j < limbs; ++j) row.step(r, a, n, j);
    const WideLimb s = WideLimb{row.product_carry} + row.reduction_carry + top;
    r[limbs - 1] = low(s);
    top = high(s);
  }
  subtract_once(r, top, n, limbs);
}

void mont_square(Limb* r, const Limb* a, const Limb* n, Limb n0, std::size_t limbs) {
  if (limbs < kSquareFrom) return mont_mul(r, a, a, n, n0, limbs);
  WideNum t;
  t.resize(2 * limbs);
  // Each product of two different limbs once, then doubled, then the squares on top.
  for (std::size_t i = 0; i + 1 < limbs; ++i) {
    t[i + limbs] = add_product(t.data() + 2 * i + 1, a + i + 1, a[i], limbs - i - 1);
  }
  Limb carry = 0;
  Limb shifted = 0;
  for (std::size_t i = 0; i < limbs; ++i) {
    const WideLimb s = WideLimb{a[i]} * a[i];
    const Limb t0 = t[2 * i];
    const Limb t1 = t[2 * i + 1];
    const WideLimb d0 = WideLimb{(t0 << 1) | shifted} + low(s) + carry;
    const WideLimb d1 = WideLimb{(t1 << 1) | (t0 >> (kLimbBits - 1))} + high(s) + high(d0);
    shifted = t1 >> (kLimbBits - 1);
    t[2 * i] = low(d0);
    t[2 * i + 1] = low(d1);
    carry = high(d1);
  }
  reduce(r, t.data(), n, n0, limbs);
}

Montgomery::Montgomery(LimbView modulus, std::size_t limbs) {
  n_.assign(modulus, limbs);
  n0_ = Limb{0} - inverse_mod_2_64(n_[0]);

  // R mod n by doubling the highest power of two below n.
  const std::size_t bits = bit_length(n_);
  Num x(limbs);
  x[(bits - 1) / kLimbBits] = Limb{1} << ((bits - 1) % kLimbBits);
  const auto doubled = [&] {
    const Limb carry = limbs_add(x.data(), x.data(), x.data(), limbs);
    subtract_once(x.data(), carry, n_.data(), limbs);
  };
  for (std::size_t i = bits - 1; i < limbs * kLimbBits; ++i) doubled();
  one_ = x;

  // R^2 = 2^(64 limbs) R: a number of `limbs` doublings makes 2^limbs R, six squarings the rest.
  for (std::size_t i = 0; i < limbs; ++i) doubled();
  rr_.resize(limbs);
  for (std::size_t i = 0; i < 3; ++i) {
    square(rr_.data(), x.data());
    square(x.data(), rr_.data());
  }
  rr_ = x;
  rrr_.resize(limbs);
  square(rrr_.data(), rr_.data());
}

void Montgomery::to_montgomery(Limb* r, const Limb* a) const {
  Num t(limbs());
  mul(t.data(), a, rr_.data());
  std::copy_n(t.data(), limbs(), r);
}

void Montgomery::from_montgomery(Limb* r, const Limb* a) const {
  Num one(limbs());
  one[0] = 1;
  Num t(limbs());
  mul(t.data(), a, one.data());
  std::copy_n(t.data(), limbs(), r);
}

void Montgomery::reduce_wide(Limb* r, const Limb* wide) const {
  WideNum t(LimbView{wide, 2 * limbs()});
  Num reduced(limbs());
  reduce(reduced.data(), t.data(), n_.data(), n0_, limbs());  // wide / R
  mul(r, reduced.data(), rrr_.data());
}

void Montgomery::sub(Limb* r, const Limb* a, const Limb* b) const {
  const Limb below_zero = ct_mask_bit(limbs_sub(r, a, b, limbs()));
  Limb carry = 0;
  for (std::size_t i = 0; i < limbs(); ++i) {
    const WideLimb s = WideLimb{r[i]} + (n_[i] & below_zero) + carry;
    r[i] = low(s);
    carry = high(s);
  }
}

void Montgomery::exp(Limb* r, const Limb* base, LimbView exponent) const {
  const std::size_t total = exponent.size() * kLimbBits;
  const std::size_t w = window_bits(total);
  PowerTable table(limbs(), std::size_t{1} << w);
  std::copy_n(one_.data(), limbs(), table.entry(0));
  std::copy_n(base, limbs(), table.entry(1));
  for (std::size_t i = 2; i < table.entries; i += 2) {
    square(table.entry(i), table.entry(i / 2));
    mul(table.entry(i + 1), table.entry(i), table.entry(1));
  }

  Num even = one_;
  Num odd(limbs());
  Num chosen(limbs());
  Limb* x = even.data();  // the power so far
  Limb* y = odd.data();   // where the next one goes
  // The highest window takes what the others, all w bits wide, leave over.
  std::size_t at = total;
  std::size_t width = total % w == 0 ? w : total % w;
  while (at > 0) {
    if (at != total) {
      for (std::size_t i = 0; i < width; ++i) {
        square(y, x);
        std::swap(x, y);
      }
    }
    at -= width;
    table.select(chosen.data(), bits_at(exponent, at, width));
    mul(y, x, chosen.data());
    std::swap(x, y);
    width = w;
  }
  std::copy_n(x, limbs(), r);
}

void Montgomery::exp_public(Limb* r, const Limb* base, std::uint64_t exponent) const {
  Num b(LimbView{base, limbs()});
  Num x = b;
  Num y(limbs());
  for (int bit = static_cast<int>(std::bit_width(exponent)) - 2; bit >= 0; --bit) {
    square(y.data(), x.data());
    if ((exponent >> bit) & 1) {
      mul(x.data(), y.data(), b.data());
    } else {
      x = y;
    }
  }
  std::copy_n(x.data(), limbs(), r);
}

void Montgomery::inverse_mod_prime(Limb* r, const Limb* a) const {
  Num exponent = n_;
  limbs_sub_word(exponent.data(), exponent.data(), 2, limbs());
  exp(r, a, exponent);
}

}  // namespace parley::crypto

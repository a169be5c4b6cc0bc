#include "crypto/bignum.hpp"

#include <bit>

#include "crypto/ct.hpp"

namespace parley::crypto {
namespace {

inline Limb low(WideLimb w) { return static_cast<Limb>(w); }
inline Limb high(WideLimb w) { return static_cast<Limb>(w >> kLimbBits); }

// a + b + carry_in with carries of 0 or 1; likewise for borrows.
inline Limb add_carry(Limb a, Limb b, Limb& carry) {
  const WideLimb s = WideLimb{a} + b + carry;
  carry = high(s);
  return low(s);
}
inline Limb sub_borrow(Limb a, Limb b, Limb& borrow) {
  const WideLimb d = WideLimb{a} - b - borrow;
  borrow = high(d) & 1;
  return low(d);
}
// a * b + c + d never overflows two limbs.
inline Limb mul_add(Limb a, Limb b, Limb c, Limb& carry) {
  const WideLimb t = WideLimb{a} * b + c + carry;
  carry = high(t);
  return low(t);
}

}  // namespace

ByteView strip_zeros(ByteView b) {
  for (; !b.empty(); b = b.subspan(1)) {
    std::uint8_t first = b.front();
    ct_unpoison(&first, sizeof first);
    if (first != 0) break;
  }
  return b;
}

void decode_big_endian(LimbSpan r, ByteView b) {
  for (std::size_t i = 0; i < r.size(); ++i) {
    Limb w = 0;
    for (std::size_t j = 0; j < kLimbBytes; ++j) {
      const std::size_t at = i * kLimbBytes + j;  // from the low end
      if (at < b.size()) w |= Limb{b[b.size() - 1 - at]} << (8 * j);
    }
    r[i] = w;
  }
}

void encode_big_endian(ByteSpan out, LimbView a) {
  for (std::size_t at = 0; at < out.size(); ++at) {
    const Limb w = at / kLimbBytes < a.size() ? a[at / kLimbBytes] : 0;
    out[out.size() - 1 - at] = static_cast<std::uint8_t>(w >> (8 * (at % kLimbBytes)));
  }
}

Num number_from(ByteView b) {
  Num r(limbs_for_bytes(b.size()));
  decode_big_endian(r.span(), b);
  return r;
}

Bytes minimal_bytes(LimbView a) {
  Bytes b((bit_length(a) + 7) / 8);
  encode_big_endian(b, a);
  return b;
}

Limb limbs_add(Limb* r, const Limb* a, const Limb* b, std::size_t n) {
  Limb carry = 0;
  for (std::size_t i = 0; i < n; ++i) r[i] = add_carry(a[i], b[i], carry);
  return carry;
}

Limb limbs_sub(Limb* r, const Limb* a, const Limb* b, std::size_t n) {
  Limb borrow = 0;
  for (std::size_t i = 0; i < n; ++i) r[i] = sub_borrow(a[i], b[i], borrow);
  return borrow;
}

Limb limbs_add_word(Limb* r, const Limb* a, Limb b, std::size_t n) {
  Limb carry = b;
  for (std::size_t i = 0; i < n; ++i) {
    const WideLimb s = WideLimb{a[i]} + carry;
    r[i] = low(s);
    carry = high(s);
  }
  return carry;
}

Limb limbs_sub_word(Limb* r, const Limb* a, Limb b, std::size_t n) {
  Limb borrow = b;
  for (std::size_t i = 0; i < n; ++i) {
    const WideLimb d = WideLimb{a[i]} - borrow;
    r[i] = low(d);
    borrow = high(d) & 1;
  }
  return borrow;
}

Limb limbs_sub_masked(Limb* r, const Limb* b, Limb mask, std::size_t n) {
  Limb borrow = 0;
  for (std::size_t i = 0; i < n; ++i) r[i] = sub_borrow(r[i], b[i] & mask, borrow);
  return borrow;
}

void limbs_mul(Limb* r, const Limb* a, std::size_t na, const Limb* b, std::size_t nb) {
  std::fill_n(r, na + nb, Limb{0});
  for (std::size_t i = 0; i < nb; ++i) {
    Limb carry = 0;
    for (std::size_t j = 0; j < na; ++j) r[i + j] = mul_add(a[j], b[i], r[i + j], carry);
    r[i + na] = carry;
  }
}

void limbs_square(Limb* r, const Limb* a, std::size_t n) {
  std::fill_n(r, 2 * n, Limb{0});
  // The products of different limbs, each once.
  for (std::size_t i = 0; i < n; ++i) {
    Limb carry = 0;
    for (std::size_t j = i + 1; j < n; ++j) r[i + j] = mul_add(a[j], a[i], r[i + j], carry);
    r[i + n] = carry;
  }
  // Twice that, plus the squares.
  Limb carry = 0;
  Limb top = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const WideLimb s = WideLimb{a[i]} * a[i];
    const Limb d0 = (r[2 * i] << 1) | top;
    const Limb d1 = (r[2 * i + 1] << 1) | (r[2 * i] >> (kLimbBits - 1));
    top = r[2 * i + 1] >> (kLimbBits - 1);
    r[2 * i] = add_carry(d0, low(s), carry);
    r[2 * i + 1] = add_carry(d1, high(s), carry);
  }
}

Limb limbs_mul_word(Limb* r, const Limb* a, Limb b, std::size_t n) {
  Limb carry = 0;
  for (std::size_t i = 0; i < n; ++i) r[i] = mul_add(a[i], b, 0, carry);
  return carry;
}

void limbs_shift_right(Limb* r, const Limb* a, unsigned bits, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const Limb above = i + 1 < n ? a[i + 1] : 0;
    r[i] = (a[i] >> bits) | (above << (kLimbBits - bits));
  }
}

Limb limbs_less(const Limb* a, const Limb* b, std::size_t n) {
  Limb borrow = 0;
  for (std::size_t i = 0; i < n; ++i) static_cast<void>(sub_borrow(a[i], b[i], borrow));
  return ct_mask_bit(borrow);
}

Limb limbs_equal(const Limb* a, const Limb* b, std::size_t n) {
  Limb d = 0;
  for (std::size_t i = 0; i < n; ++i) d |= a[i] ^ b[i];
  return ct_is_zero(d);
}

Limb limbs_is_zero(const Limb* a, std::size_t n) {
  Limb d = 0;
  for (std::size_t i = 0; i < n; ++i) d |= a[i];
  return ct_is_zero(d);
}

Limb numbers_equal(LimbView a, LimbView b) {
  Limb d = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    d |= (i < a.size() ? a[i] : 0) ^ (i < b.size() ? b[i] : 0);
  }
  return ct_is_zero(d);
}

void limbs_select(Limb* r, Limb mask, const Limb* a, const Limb* b, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) r[i] = ct_select(mask, a[i], b[i]);
}

void limbs_swap(Limb mask, Limb* a, Limb* b, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const Limb d = (a[i] ^ b[i]) & mask;
    a[i] ^= d;
    b[i] ^= d;
  }
}

std::size_t bit_length(LimbView a) {
  for (std::size_t i = a.size(); i > 0; --i) {
    Limb w = a[i - 1];
    ct_unpoison(&w, sizeof w);
    if (w != 0) return i * kLimbBits - static_cast<std::size_t>(std::countl_zero(w));
  }
  return 0;
}

void divide(LimbSpan q, LimbSpan r, LimbView a, LimbView m) {
  const std::size_t n = m.size();
  std::fill(r.begin(), r.end(), Limb{0});
  for (std::size_t i = a.size() * kLimbBits; i > 0; --i) {
    const std::size_t limb = (i - 1) / kLimbBits;
    const std::size_t bit = (i - 1) % kLimbBits;
    // r = 2 r + the next bit of a, then r -= m unless that would go below zero.
    Limb carry = (a[limb] >> bit) & 1;
    for (std::size_t j = 0; j < n; ++j) {
      const Limb next = r[j] >> (kLimbBits - 1);
      r[j] = (r[j] << 1) | carry;
      carry = next;
    }
    const Limb fits = ct_mask_bit(carry) | ~limbs_less(r.data(), m.data(), n);
    limbs_sub_masked(r.data(), m.data(), fits, n);
    if (!q.empty()) {
      if (bit == kLimbBits - 1) q[limb] = 0;
      q[limb] |= (fits & 1) << bit;
    }
  }
}

Limb remainder_word(LimbView a, Limb m) {
  Limb r = 0;
  for (std::size_t i = a.size() * kLimbBits; i > 0; --i) {
    r = (r << 1) | ((a[(i - 1) / kLimbBits] >> ((i - 1) % kLimbBits)) & 1);
    r -= m & ct_ge(r, m);
  }
  return r;
}

void divide_exact(LimbSpan q, LimbView a, Limb m) {
  const Limb inverse = inverse_mod_2_64(m);
  Limb borrow = 0;
  for (std::size_t i = 0; i < q.size(); ++i) {
    Limb b = 0;
    const Limb rest = sub_borrow(i < a.size() ? a[i] : 0, borrow, b);
    q[i] = rest * inverse;  // q[i] * m has the low limb `rest`
    borrow = high(WideLimb{q[i]} * m) + b;
  }
}

}  // namespace parley::crypto

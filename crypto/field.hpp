// Arithmetic modulo a prime of a fixed number of limbs: Montgomery's, as in montgomery.hpp, with
// the size known to the compiler and the numbers in registers. For elliptic curves, whose every
// operation is a dozen multiplications of a few limbs.
#pragma once
#include <array>

#include "crypto/ct.hpp"
#include "crypto/montgomery.hpp"

namespace parley::crypto {

template <std::size_t N>
using Element = std::array<Limb, N>;

/// Wipes an object that holds secrets when it goes out of scope.
template <class T>
struct Wiped : T {
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { wipe(static_cast<T*>(this), sizeof(T)); }
};

/// Elements are in Montgomery form and reduced. Results may be operands. Everything is
/// constant-time in the elements; the exponent of power() is public.
template <std::size_t N>
class Field {
 public:
  using E = Element<N>;

  /// The modulus is an odd prime of N limbs.
  explicit Field(LimbView modulus) {
    const Montgomery m(modulus, N);
    std::copy_n(m.modulus().data(), N, p_.data());
    std::copy_n(m.one().data(), N, one_.data());
    m.to_montgomery(rr_.data(), one_.data());
    n0_ = Limb{0} - inverse_mod_2_64(p_[0]);
  }

  const E& modulus() const { return p_; }
  const E& one() const { return one_; }

  void mul(E& r, const E& a, const E& b) const {
    E t{};
    Limb top = 0;
    for (std::size_t i = 0; i < N; ++i) {
      WideLimb product = WideLimb{a[0]} * b[i] + t[0];
      const Limb m = low(product) * n0_;
      WideLimb reduction = WideLimb{m} * p_[0] + low(product);
      for (std::size_t j = 1; j < N; ++j) {
        product = WideLimb{a[j]} * b[i] + t[j] + high(product);
        reduction = WideLimb{m} * p_[j] + low(product) + high(reduction);
        t[j - 1] = low(reduction);
      }
      const WideLimb s = WideLimb{high(product)} + high(reduction) + top;
      t[N - 1] = low(s);
      top = high(s);
    }
    subtract_once(r, t, top);
  }
  void square(E& r, const E& a) const { mul(r, a, a); }
  void add(E& r, const E& a, const E& b) const {
    E t;
    Limb carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
      const WideLimb s = WideLimb{a[i]} + b[i] + carry;
      t[i] = low(s);
      carry = high(s);
    }
    subtract_once(r, t, carry);
  }
  void sub(E& r, const E& a, const E& b) const {
    E t;
    Limb borrow = 0;
    for (std::size_t i = 0; i < N; ++i) {
      const WideLimb d = WideLimb{a[i]} - b[i] - borrow;
      t[i] = low(d);
      borrow = high(d) & 1;
    }
    const Limb below_zero = ct_mask_bit(borrow);
    Limb carry = 0;
    for (std::size_t i = 0; i < N; ++i) {
      const WideLimb s = WideLimb{t[i]} + (p_[i] & below_zero) + carry;
      r[i] = low(s);
      carry = high(s);
    }
  }
  void twice(E& r, const E& a) const { add(r, a, a); }

  /// From and to plain numbers of N limbs. The plain number may be anything up to R - 1.
  void from_plain(E& r, const E& a) const { mul(r, a, rr_); }
  void to_plain(E& r, const E& a) const {
    E one{};
    one[0] = 1;
    mul(r, a, one);
  }

  /// r = a^exponent by windows of four bits.
  void power(E& r, const E& a, const E& exponent) const {
    Wiped<Powers> w;
    w.table[0] = one_;
    for (std::size_t i = 1; i < w.table.size(); ++i) mul(w.table[i], w.table[i - 1], a);
    w.x = one_;
    for (std::size_t at = N * kLimbBits; at > 0;) {
      at -= 4;
      for (int i = 0; i < 4; ++i) square(w.x, w.x);
      const std::size_t digit = (exponent[at / kLimbBits] >> (at % kLimbBits)) & 15;
      if (digit != 0) mul(w.x, w.x, w.table[digit]);
    }
    r = w.x;
  }
  /// 1/a, and 0 for 0 (Fermat).
  void invert(E& r, const E& a) const {
    E exponent = p_;
    limbs_sub_word(exponent.data(), exponent.data(), 2, N);
    power(r, a, exponent);
  }

  static Limb is_zero(const E& a) { return limbs_is_zero(a.data(), N); }
  static Limb equal(const E& a, const E& b) { return limbs_equal(a.data(), b.data(), N); }

 private:
  struct Powers {
    std::array<E, 16> table;
    E x;
  };
  static Limb low(WideLimb w) { return static_cast<Limb>(w); }
  static Limb high(WideLimb w) { return static_cast<Limb>(w >> kLimbBits); }

  // r = (carry, t) - p unless that is below zero; (carry, t) is below 2 p.
  void subtract_once(E& r, const E& t, Limb carry) const {
    E d;
    Limb borrow = 0;
    for (std::size_t i = 0; i < N; ++i) {
      const WideLimb x = WideLimb{t[i]} - p_[i] - borrow;
      d[i] = low(x);
      borrow = high(x) & 1;
    }
    const Limb keep = ct_mask_bit(borrow & ~carry);
    for (std::size_t i = 0; i < N; ++i) r[i] = ct_select(keep, t[i], d[i]);
  }

  E p_{};
  E one_{};  // R mod p
  E rr_{};   // R^2 mod p
  Limb n0_ = 0;
};

}  // namespace parley::crypto

// Arithmetic modulo an odd number in Montgomery's representation: x stands as x R mod n with
// R = 2^(64 limbs), where a product needs no division (P. Montgomery, 1985).
#pragma once
#include "crypto/bignum.hpp"

namespace parley::crypto {

/// r = a b / R mod n, all of `limbs` limbs, with n odd and n0 = -1/n mod 2^64. Requires
/// a b < n R (so one operand may be as large as R - 1 when the other is reduced); the result is
/// below n. r overlaps neither a nor b, which may be the same. It serves as the accumulator, so
/// that no secret is left on the stack. This is the function that faster kernels replace.
void mont_mul(Limb* r, const Limb* a, const Limb* b, const Limb* n, Limb n0, std::size_t limbs);
/// mont_mul(r, a, a, ...), with fewer multiplications.
void mont_square(Limb* r, const Limb* a, const Limb* n, Limb n0, std::size_t limbs);

/// An odd modulus with what is precomputed for it. The modulus may be secret (a prime of an RSA
/// key); its bit length is public. Immutable, so any number of threads may share one.
///
/// Operands have limbs() limbs. "Montgomery" names numbers in the representation above, "plain"
/// the others; they are below the modulus unless it says otherwise. Results may not overlap
/// operands of mul and square, and may everywhere else.
class Montgomery {
 public:
  Montgomery() = default;
  /// `modulus` is odd and above 1, `limbs` at least enough for it; more limbs than needed make
  /// two moduli share one R.
  Montgomery(LimbView modulus, std::size_t limbs);
  explicit Montgomery(LimbView modulus) : Montgomery(modulus, modulus.size()) {}

  std::size_t limbs() const { return n_.size(); }
  const Num& modulus() const { return n_; }
  /// 1 in Montgomery form.
  const Num& one() const { return one_; }

  /// Any plain number of limbs() limbs, reduced or not, to Montgomery form.
  void to_montgomery(Limb* r, const Limb* a) const;
  void from_montgomery(Limb* r, const Limb* a) const;
  /// A plain number of 2 limbs() limbs below modulus * R, to Montgomery form.
  void reduce_wide(Limb* r, const Limb* wide) const;

  /// Of two Montgomery forms, the Montgomery form of the product; of a Montgomery form and a
  /// plain number, the plain product.
  void mul(Limb* r, const Limb* a, const Limb* b) const {
    mont_mul(r, a, b, n_.data(), n0_, limbs());
  }
  void square(Limb* r, const Limb* a) const { mont_square(r, a, n_.data(), n0_, limbs()); }
  /// r = a - b; r may be a or b.
  void sub(Limb* r, const Limb* a, const Limb* b) const;

  /// r = base^exponent, base and r in Montgomery form. Constant-time: a fixed window over all
  /// exponent.size() limbs, every table entry read for each window.
  void exp(Limb* r, const Limb* base, LimbView exponent) const;
  /// The same for a PUBLIC exponent above zero, whose bits decide what is done; the base may be
  /// secret.
  void exp_public(Limb* r, const Limb* base, std::uint64_t exponent) const;
  /// The inverse of a (Montgomery form, not zero) modulo a PRIME modulus, by Fermat: a^(n-2).
  void inverse_mod_prime(Limb* r, const Limb* a) const;

 private:
  Num n_;
  Num one_;  // R mod n
  Num rr_;   // R^2 mod n
  Num rrr_;  // R^3 mod n
  Limb n0_ = 0;
};

}  // namespace parley::crypto

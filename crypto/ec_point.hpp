// Points of a prime curve and numbers modulo its order: what ECDH and ECDSA are made of. Inside
// crypto only.
#pragma once
#include "crypto/bignum.hpp"
#include "crypto/ec.hpp"

namespace parley::crypto {

/// A coordinate or a number modulo the order, plain, of PrimeCurve::limbs() limbs.
using CurveNum = LimbArray<kMaxOrderLimbs>;

struct AffinePoint {
  CurveNum x, y;
};

/// A named curve ready for use; immutable as far as anybody can see. Constant-time in all numbers
/// and points unless a function says "public".
class PrimeCurve {
 public:
  virtual ~PrimeCurve() = default;
  PrimeCurve(const PrimeCurve&) = delete;
  PrimeCurve& operator=(const PrimeCurve&) = delete;

  std::size_t limbs() const { return p_.size(); }
  const CurveNum& p() const { return p_; }
  const CurveNum& order() const { return n_; }
  const AffinePoint& generator() const { return g_; }

  /// Whether the coordinates, below p and public, satisfy the equation of the curve.
  virtual bool contains(const AffinePoint&) const = 0;
  /// The y of that parity for a public x below p; false when there is none. A fixed number of
  /// steps whatever x is (CVE-2022-0778).
  virtual bool solve_y(CurveNum& y, const CurveNum& x, bool odd) const = 0;

  /// r = k P for a point that contains() is true of, and any k as long as the order in bytes. All
  /// ones, or zero when the result is the point at infinity (and r is then (0, 0)).
  virtual Limb multiply(AffinePoint& r, const CurveNum& k, const AffinePoint& p) const = 0;
  /// r = k G, several times faster.
  virtual Limb multiply_generator(AffinePoint& r, const CurveNum& k) const = 0;
  /// r = u G + v Q.
  virtual Limb multiply_both(AffinePoint& r, const CurveNum& u, const CurveNum& v,
                             const AffinePoint& q) const = 0;

  /// Modulo the order, of numbers below it: r = a b + c.
  virtual void order_mul_add(CurveNum& r, const CurveNum& a, const CurveNum& b,
                             const CurveNum& c) const = 0;
  /// 1/a modulo the order, and 0 for 0.
  virtual void order_invert(CurveNum& r, const CurveNum& a) const = 0;

 protected:
  PrimeCurve(CurveNum p, CurveNum n, AffinePoint g) : p_(p), n_(n), g_(std::move(g)) {}

 private:
  CurveNum p_, n_;
  AffinePoint g_;
};

/// Null for x25519.
const PrimeCurve* prime_curve(Curve);

}  // namespace parley::crypto

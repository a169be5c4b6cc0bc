#include "crypto/ec_point.hpp"

#include <bit>
#include <mutex>
#include <vector>

#include "crypto/curve.hpp"
#include "crypto/field.hpp"

namespace parley::crypto {
namespace {

// Scalars are taken in windows of four bits.
constexpr std::size_t kWindow = 4;
constexpr std::size_t kWindowValues = std::size_t{1} << kWindow;
constexpr std::size_t kWindowsPerLimb = kLimbBits / kWindow;

// No x satisfies x^2 = 11 modulo the p of secp224r1; the square root of the others needs none.
constexpr Limb kNonResidue = 11;

CurveNum number(std::string_view hex, std::size_t limbs) {
  CurveNum r(limbs);
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const char c = hex[hex.size() - 1 - i];
    const auto digit = static_cast<Limb>(c <= '9' ? c - '0' : c - 'a' + 10);
    r[i / kWindowsPerLimb] |= digit << (i % kWindowsPerLimb * kWindow);
  }
  return r;
}

// A curve whose coordinates have N limbs.
template <std::size_t N>
class Weierstrass final : public PrimeCurve {
  using E = Element<N>;

  // (X : Y : Z) is (X / Z, Y / Z), and at infinity where Z is zero; in Montgomery form.
  struct Point {
    E x, y, z;
  };
  struct TableEntry {
    E x, y;
  };
  // What one computation with secrets needs, in one place that is wiped when it ends.
  struct Work {
    std::array<Point, kWindowValues> table;
    Point sum, chosen;
    E xx, yy, zz, xy, yz, xz, s, u, v, t;
  };

 public:
  explicit Weierstrass(const CurveRow& row)
      : PrimeCurve(number(row.p, N), number(row.n, N), {number(row.gx, N), number(row.gy, N)}),
        field_(p()),
        scalars_(order()),
        a_is_zero_(row.a_is_zero),
        windows_((row.bits + 7) / 8 * (8 / kWindow)) {
    to_field(b_, number(row.b, N));
    field_.twice(b3_, b_);
    field_.add(b3_, b3_, b_);
  }

  bool contains(const AffinePoint& a) const override {
    E x, y, right;
    to_field(x, a.x);
    to_field(y, a.y);
    right_side(right, x);
    field_.square(y, y);
    return field_.equal(y, right) != 0;
  }

  // Tonelli and Shanks with the number of steps fixed by p alone (RFC 9380 appendix I.4): p - 1 =
  // 2^s q with odd q. Where p = 3 mod 4, s is 1 and the power is the root.
  bool solve_y(CurveNum& y, const CurveNum& x, bool odd) const override {
    E q = field_.modulus();
    q[0] -= 1;
    std::size_t s = 0;
    for (; (q[0] & 1) == 0; ++s) limbs_shift_right(q.data(), q.data(), 1, N);
    E half = q;  // (q + 1) / 2
    limbs_shift_right(half.data(), half.data(), 1, N);
    limbs_add_word(half.data(), half.data(), 1, N);

    E square, root, t, c{kNonResidue};
    to_field(square, x);
    right_side(square, square);
    field_.power(root, square, half);
    field_.power(t, square, q);
    field_.from_plain(c, c);
    field_.power(c, c, q);
    for (std::size_t i = s; i >= 2; --i) {
      E b = t;
      for (std::size_t j = 0; j + 2 < i; ++j) field_.square(b, b);
      const bool is_one = b == field_.one();
      if (!is_one) field_.mul(root, root, c);
      field_.square(c, c);
      if (!is_one) field_.mul(t, t, c);
    }
    E check;
    field_.square(check, root);
    if (check != square) return false;
    from_field(y, root);
    // The order is odd, so no point has y = 0.
    if (((y[0] & 1) != 0) != odd) limbs_sub(y.data(), p().data(), y.data(), N);
    return true;
  }

  Limb multiply(AffinePoint& r, const CurveNum& k, const AffinePoint& p) const override {
    Wiped<Work> w;
    multiply_point(w, k, p);
    return to_affine(w, r, w.sum);
  }

  Limb multiply_generator(AffinePoint& r, const CurveNum& k) const override {
    Wiped<Work> w;
    multiply_base(w, k);
    return to_affine(w, r, w.sum);
  }

  Limb multiply_both(AffinePoint& r, const CurveNum& u, const CurveNum& v,
                     const AffinePoint& q) const override {
    Wiped<Work> w;
    multiply_base(w, u);
    const Point base = w.sum;
    multiply_point(w, v, q);
    add(w, w.sum, w.sum, base);
    return to_affine(w, r, w.sum);
  }

  void order_mul_add(CurveNum& r, const CurveNum& a, const CurveNum& b,
                     const CurveNum& c) const override {
    Wiped<Numbers> w;
    load(w.a, a);
    load(w.b, b);
    load(w.c, c);
    scalars_.from_plain(w.a, w.a);
    scalars_.mul(w.a, w.a, w.b);  // plain, as one factor was
    scalars_.add(w.a, w.a, w.c);
    r.assign(w.a, N);
  }

  void order_invert(CurveNum& r, const CurveNum& a) const override {
    Wiped<Numbers> w;
    load(w.a, a);
    scalars_.from_plain(w.a, w.a);
    scalars_.invert(w.a, w.a);
    scalars_.to_plain(w.a, w.a);
    r.assign(w.a, N);
  }

 private:
  struct Numbers {
    E a, b, c;
  };

  static void load(E& r, const CurveNum& a) { std::copy_n(a.data(), N, r.data()); }
  void to_field(E& r, const CurveNum& a) const {
    load(r, a);
    field_.from_plain(r, r);
  }
  void from_field(CurveNum& r, const E& a) const {
    E plain;
    field_.to_plain(plain, a);
    r.assign(plain, N);
    wipe(plain.data(), sizeof plain);  // the shared secret of ECDH
  }

  // r = x^3 + a x + b.
  void right_side(E& r, const E& x) const {
    E t;
    field_.square(t, x);
    if (!a_is_zero_) {
      for (int i = 0; i < 3; ++i) field_.sub(t, t, field_.one());
    }
    field_.mul(t, t, x);
    field_.add(r, t, b_);
  }

  void set_infinity(Point& r) const { r = {E{}, field_.one(), E{}}; }

  // Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves" (2015):
  // one formula for any two points, equal, opposite or at infinity. With the sums of products
  //   XX = X1 X2, XY = X1 Y2 + X2 Y1, and so on, and
  //   S = -(a XZ + 3b ZZ), U = a XX + 3b XZ - a^2 ZZ, V = 3 XX + a ZZ
  // (for doubling the same with both points equal) the result is
  //   X = XY (YY + S) - YZ U, Y = V U + (YY + S)(YY - S), Z = YZ (YY - S) + XY V.
  void add(Work& w, Point& r, const Point& p, const Point& q) const {
    const auto& f = field_;
    f.mul(w.xx, p.x, q.x);
    f.mul(w.yy, p.y, q.y);
    f.mul(w.zz, p.z, q.z);
    cross(w, w.xy, p.x, p.y, q.x, q.y, w.xx, w.yy);
    cross(w, w.yz, p.y, p.z, q.y, q.z, w.yy, w.zz);
    cross(w, w.xz, p.x, p.z, q.x, q.z, w.xx, w.zz);

    if (a_is_zero_) {
      f.mul(w.t, b3_, w.zz);
      f.sub(w.s, E{}, w.t);
      f.mul(w.u, b3_, w.xz);
      f.twice(w.v, w.xx);
      f.add(w.v, w.v, w.xx);
    } else {
      f.mul(w.s, b_, w.zz);
      f.sub(w.s, w.xz, w.s);
      three_times(w.s, w.s);
      three_times(w.t, w.zz);
      f.mul(w.u, b_, w.xz);
      f.sub(w.u, w.u, w.xx);
      f.sub(w.u, w.u, w.t);
      three_times(w.u, w.u);
      three_times(w.v, w.xx);
      f.sub(w.v, w.v, w.t);
    }
    f.add(w.t, w.yy, w.s);   // YY + S
    f.sub(w.s, w.yy, w.s);   // YY - S
    f.mul(w.xx, w.xy, w.t);  // from here on xx, zz are free for products
    f.mul(w.zz, w.yz, w.u);
    f.sub(r.x, w.xx, w.zz);
    f.mul(w.xx, w.v, w.u);
    f.mul(w.zz, w.s, w.t);
    f.add(r.y, w.xx, w.zz);
    f.mul(w.xx, w.yz, w.s);
    f.mul(w.zz, w.xy, w.v);
    f.add(r.z, w.xx, w.zz);
  }

  // r = a1 b2 + a2 b1, given a1 a2 and b1 b2.
  void cross(Work& w, E& r, const E& a1, const E& b1, const E& a2, const E& b2, const E& aa,
             const E& bb) const {
    field_.add(r, a1, b1);
    field_.add(w.t, a2, b2);
    field_.mul(r, r, w.t);
    field_.sub(r, r, aa);
    field_.sub(r, r, bb);
  }
  void three_times(E& r, const E& a) const {
    E t;
    field_.twice(t, a);
    field_.add(r, t, a);
  }

  // p = 2^count p, in Jacobian coordinates (X / Z^2, Y / Z^3) on the way, where doubling is
  // cheapest and, as no point has y = 0, fails for no point but infinity as (0, 0, 0): it stands
  // as (1, 1, 0).
  void double_times(Work& w, Point& p, std::size_t count) const {
    const auto& f = field_;
    const Limb infinite = f.is_zero(p.z);
    f.mul(p.x, p.x, p.z);
    f.square(w.zz, p.z);
    f.mul(p.y, p.y, w.zz);
    limbs_select(p.x.data(), infinite, f.one().data(), p.x.data(), N);
    limbs_select(p.y.data(), infinite, f.one().data(), p.y.data(), N);
    for (std::size_t i = 0; i < count; ++i) {
      // M = 3 X^2 + a Z^4, S = 4 X Y^2: X' = M^2 - 2 S, Y' = M (S - X') - 8 Y^4, Z' = 2 Y Z.
      if (a_is_zero_) {
        f.square(w.u, p.x);
      } else {
        f.square(w.zz, p.z);
        f.sub(w.t, p.x, w.zz);
        f.add(w.u, p.x, w.zz);
        f.mul(w.u, w.u, w.t);
      }
      three_times(w.u, w.u);
      f.twice(p.y, p.y);
      f.mul(p.z, p.y, p.z);
      f.square(w.yy, p.y);  // 4 Y^2
      f.mul(w.s, p.x, w.yy);
      f.square(p.x, w.u);
      f.sub(p.x, p.x, w.s);
      f.sub(p.x, p.x, w.s);
      f.square(w.yy, w.yy);  // 16 Y^4
      halve(w.yy);
      f.sub(w.t, w.s, p.x);
      f.mul(p.y, w.u, w.t);
      f.sub(p.y, p.y, w.yy);
    }
    f.mul(p.x, p.x, p.z);
    f.square(w.zz, p.z);
    f.mul(p.z, p.z, w.zz);
  }

  // a = a / 2 mod p: one of a and a + p is even.
  void halve(E& a) const {
    const Limb odd = ct_mask_bit(a[0]);
    E addend;
    for (std::size_t i = 0; i < N; ++i) addend[i] = field_.modulus()[i] & odd;
    const Limb carry = limbs_add(a.data(), a.data(), addend.data(), N);
    limbs_shift_right(a.data(), a.data(), 1, N);
    a[N - 1] |= carry << (kLimbBits - 1);
  }

  // The window number i from the low end.
  static Limb digit(const CurveNum& k, std::size_t i) {
    return (k[i / kWindowsPerLimb] >> (i % kWindowsPerLimb * kWindow)) & (kWindowValues - 1);
  }

  // r |= e where the mask is set.
  static void merge(E& r, const E& e, Limb mask) {
    for (std::size_t i = 0; i < N; ++i) r[i] |= e[i] & mask;
  }

  // w.sum = k p.
  void multiply_point(Work& w, const CurveNum& k, const AffinePoint& p) const {
    set_infinity(w.table[0]);
    to_field(w.table[1].x, p.x);
    to_field(w.table[1].y, p.y);
    w.table[1].z = field_.one();
    for (std::size_t i = 2; i < kWindowValues; ++i) {
      add(w, w.table[i], w.table[i - 1], w.table[1]);
    }
    set_infinity(w.sum);
    for (std::size_t i = windows_; i > 0; --i) {
      if (i != windows_) double_times(w, w.sum, kWindow);
      const Limb d = digit(k, i - 1);
      w.chosen = {};
      for (std::size_t j = 0; j < kWindowValues; ++j) {
        const Limb mask = ct_eq(Limb{j}, d);
        merge(w.chosen.x, w.table[j].x, mask);
        merge(w.chosen.y, w.table[j].y, mask);
        merge(w.chosen.z, w.table[j].z, mask);
      }
      add(w, w.sum, w.sum, w.chosen);
    }
  }

  // w.sum = k G: row i of the table has 1 to 15 times 256^i G. The odd windows come first, are
  // doubled four times together, and the even windows follow.
  void multiply_base(Work& w, const CurveNum& k) const {
    const TableEntry* table = base_table();
    set_infinity(w.sum);
    for (const std::size_t parity : {1u, 0u}) {
      if (parity == 0) double_times(w, w.sum, kWindow);
      for (std::size_t i = parity; i < windows_; i += 2) {
        const Limb d = digit(k, i);
        const TableEntry* row = table + i / 2 * (kWindowValues - 1);
        w.chosen = {};
        for (std::size_t j = 1; j < kWindowValues; ++j) {
          const Limb mask = ct_eq(Limb{j}, d);
          merge(w.chosen.x, row[j - 1].x, mask);
          merge(w.chosen.y, row[j - 1].y, mask);
        }
        const Limb zero = ct_is_zero(d);
        merge(w.chosen.y, field_.one(), zero);
        merge(w.chosen.z, field_.one(), ~zero);
        add(w, w.sum, w.sum, w.chosen);
      }
    }
  }

  // All ones, or zero and (0, 0) for the point at infinity.
  Limb to_affine(Work& w, AffinePoint& r, const Point& p) const {
    field_.invert(w.t, p.z);
    field_.mul(w.xx, p.x, w.t);
    field_.mul(w.yy, p.y, w.t);
    from_field(r.x, w.xx);
    from_field(r.y, w.yy);
    return ~field_.is_zero(p.z);
  }

  // Made when the first thread needs it: a quarter of a millisecond for P-256, from public numbers.
  const TableEntry* base_table() const {
    std::call_once(table_made_, [this] { make_base_table(); });
    return table_.data();
  }

  void make_base_table() const {
    constexpr std::size_t kRow = kWindowValues - 1;
    Work w;
    std::vector<Point> points(windows_ / 2 * kRow);
    Point base;
    to_field(base.x, generator().x);
    to_field(base.y, generator().y);
    base.z = field_.one();
    for (std::size_t i = 0; i < points.size(); i += kRow) {
      if (i != 0) double_times(w, base, 2 * kWindow);
      points[i] = base;
      for (std::size_t j = 1; j < kRow; ++j) add(w, points[i + j], points[i + j - 1], base);
    }
    // One inversion for all (Montgomery's trick): products of the Z up to each, the inverse of the
    // last, and back.
    std::vector<E> product(points.size());
    product[0] = points[0].z;
    for (std::size_t i = 1; i < points.size(); ++i) {
      field_.mul(product[i], product[i - 1], points[i].z);
    }
    E inverse, z;
    field_.invert(inverse, product.back());
    table_.resize(points.size());
    for (std::size_t i = points.size(); i-- > 0;) {
      z = inverse;
      if (i != 0) field_.mul(z, z, product[i - 1]);
      field_.mul(inverse, inverse, points[i].z);
      field_.mul(table_[i].x, points[i].x, z);
      field_.mul(table_[i].y, points[i].y, z);
    }
  }

  Field<N> field_;
  Field<N> scalars_;
  E b_{}, b3_{};
  bool a_is_zero_;
  std::size_t windows_;  // of a scalar
  mutable std::once_flag table_made_;
  mutable std::vector<TableEntry> table_;
};

template <std::size_t N, Curve id>
const PrimeCurve* instance() {
  static const Weierstrass<N> curve(curve_row(id));
  return &curve;
}

}  // namespace

const PrimeCurve* prime_curve(Curve id) {
  switch (id) {
    case Curve::secp192r1: return instance<3, Curve::secp192r1>();
    case Curve::secp224r1: return instance<4, Curve::secp224r1>();
    case Curve::secp256r1: return instance<4, Curve::secp256r1>();
    case Curve::secp384r1: return instance<6, Curve::secp384r1>();
    case Curve::secp521r1: return instance<9, Curve::secp521r1>();
    case Curve::secp256k1: return instance<4, Curve::secp256k1>();
    case Curve::x25519: break;
  }
  return nullptr;
}

}  // namespace parley::crypto

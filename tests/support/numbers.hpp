// Numbers and curves as tests of crypto/ write them down.
#pragma once
#include <stdexcept>

#include "crypto/curve.hpp"
#include "crypto/ec_point.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::test {

/// The number a + d, in as many bytes as a, and one more if it must be.
inline Bytes plus(const Bytes& a, int d) {
  crypto::Num n(crypto::number_from(a).size() + 1);
  crypto::decode_big_endian(n.span(), a);
  const auto distance = static_cast<crypto::Limb>(d < 0 ? -d : d);
  if (d < 0)
    crypto::limbs_sub_word(n.data(), n.data(), distance, n.size());
  else
    crypto::limbs_add_word(n.data(), n.data(), distance, n.size());
  return crypto::minimal_bytes(n);
}

inline constexpr std::array kPrimeCurves{crypto::Curve::secp192r1, crypto::Curve::secp224r1,
                                         crypto::Curve::secp256r1, crypto::Curve::secp384r1,
                                         crypto::Curve::secp521r1, crypto::Curve::secp256k1};

/// The curve that a case of a vector file is about.
inline crypto::Curve curve_of(const VectorCase& c) {
  const auto curve = crypto::find_curve(field(c, "curve"));
  if (!curve) throw std::runtime_error("no such curve: " + field(c, "curve"));
  return *curve;
}
inline std::string name(crypto::Curve c) { return std::string{crypto::curve_name(c)}; }

inline crypto::CurveNum number(crypto::Curve c, ByteView b) {
  crypto::CurveNum r(crypto::prime_curve(c)->limbs());
  crypto::decode_big_endian(r.span(), b);
  return r;
}

}  // namespace parley::test

// The named curves, one row each: everything that tells one prime curve from another.
#pragma once
#include <array>

#include "crypto/ec.hpp"

namespace parley::crypto {

/// y^2 = x^3 + a x + b over the integers modulo p, with a generator of order n and cofactor 1.
/// Numbers in hex. x25519 has the first three columns only.
struct CurveRow {
  Curve id;
  std::array<std::string_view, 4> names;  ///< that of SEC 2 first
  std::size_t bits;                       ///< of the order
  std::string_view p, n;
  bool a_is_zero;  ///< else it is -3
  std::string_view b, gx, gy;
};

const CurveRow& curve_row(Curve);

}  // namespace parley::crypto

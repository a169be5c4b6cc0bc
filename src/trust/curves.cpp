#include "trust/curves.hpp"

#include <array>

#include "asn1/oid.hpp"

namespace parley::trust {
namespace {

using crypto::Curve;

struct CurveRow {
  Curve curve;
  ByteView oid;
};
const std::array kCurves{
    CurveRow{Curve::secp192r1, asn1::oid::kSecp192r1},
    CurveRow{Curve::secp224r1, asn1::oid::kSecp224r1},
    CurveRow{Curve::secp256r1, asn1::oid::kSecp256r1},
    CurveRow{Curve::secp384r1, asn1::oid::kSecp384r1},
    CurveRow{Curve::secp521r1, asn1::oid::kSecp521r1},
    CurveRow{Curve::secp256k1, asn1::oid::kSecp256k1},
};

}  // namespace

std::optional<Curve> find_curve_oid(ByteView oid) {
  for (const CurveRow& r : kCurves)
    if (equal(r.oid, oid)) return r.curve;
  return std::nullopt;
}

ByteView curve_oid(Curve curve) {
  const auto row = std::ranges::find(kCurves, curve, &CurveRow::curve);
  return row != kCurves.end() ? row->oid : ByteView{};
}

}  // namespace parley::trust

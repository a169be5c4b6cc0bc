#include "trust/curves.hpp"

#include <array>

#include "asn1/oid.hpp"

namespace parley::trust {
namespace {

using crypto::Curve;

struct CurveRow {
  Curve curve;
  ByteView oid;
  std::array<std::string_view, 4> names;  ///< the first one is crypto::curve_name()
};
const std::array<CurveRow, crypto::kCurveCount> kCurves{{
    {Curve::secp192r1, asn1::oid::kSecp192r1, {"secp192r1", "prime192v1", "P-192", "p192"}},
    {Curve::secp224r1, asn1::oid::kSecp224r1, {"secp224r1", "P-224", "p224"}},
    {Curve::secp256r1, asn1::oid::kSecp256r1, {"secp256r1", "prime256v1", "P-256", "p256"}},
    {Curve::secp384r1, asn1::oid::kSecp384r1, {"secp384r1", "P-384", "p384"}},
    {Curve::secp521r1, asn1::oid::kSecp521r1, {"secp521r1", "P-521", "p521"}},
    {Curve::secp256k1, asn1::oid::kSecp256k1, {"secp256k1"}},
    {Curve::x25519, {}, {"x25519", "X25519"}},
}};

template <class Matches>
std::optional<Curve> find(Matches matches) {
  const auto row = std::ranges::find_if(kCurves, matches);
  if (row == kCurves.end()) return {};
  return row->curve;
}

}  // namespace

std::optional<Curve> find_curve(std::string_view name) {
  if (name.empty()) return {};
  return find(
      [name](const CurveRow& r) { return std::ranges::find(r.names, name) != r.names.end(); });
}

std::optional<Curve> find_curve_oid(ByteView oid) {
  if (oid.empty()) return {};
  return find([oid](const CurveRow& r) { return equal(r.oid, oid); });
}

ByteView curve_oid(Curve curve) {
  const auto row = std::ranges::find(kCurves, curve, &CurveRow::curve);
  return row != kCurves.end() ? row->oid : ByteView{};
}

}  // namespace parley::trust

// The named groups: RFC 4492 section 5.1.1, RFC 8422 section 5.1.1.
#include "suite/groups.hpp"

namespace parley {
namespace {

struct GroupRow {
  NamedGroup group;
  crypto::Curve curve;
};
constexpr std::array kGroups{
    GroupRow{NamedGroup::secp192r1, crypto::Curve::secp192r1},
    GroupRow{NamedGroup::secp224r1, crypto::Curve::secp224r1},
    GroupRow{NamedGroup::secp256r1, crypto::Curve::secp256r1},
    GroupRow{NamedGroup::secp384r1, crypto::Curve::secp384r1},
    GroupRow{NamedGroup::secp521r1, crypto::Curve::secp521r1},
    GroupRow{NamedGroup::secp256k1, crypto::Curve::secp256k1},
    GroupRow{NamedGroup::x25519, crypto::Curve::x25519},
};

}  // namespace

std::string_view named_group_name(NamedGroup g) {
  for (const GroupRow& r : kGroups)
    if (r.group == g) return crypto::curve_name(r.curve);
  return "unknown";
}

std::optional<NamedGroup> find_named_group(std::string_view name) {
  const std::optional<crypto::Curve> curve = crypto::find_curve(name);
  if (!curve) return std::nullopt;
  return group_of(*curve);
}

crypto::Curve curve_of(NamedGroup g) {
  for (const GroupRow& r : kGroups)
    if (r.group == g) return r.curve;
  return crypto::Curve::secp256r1;
}

NamedGroup group_of(crypto::Curve c) {
  for (const GroupRow& r : kGroups)
    if (r.curve == c) return r.group;
  return NamedGroup::secp256r1;
}

}  // namespace parley

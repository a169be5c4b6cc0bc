// Where the groups of the protocol meet the curves of crypto.
#pragma once
#include "crypto/ec.hpp"
#include "parley/group.hpp"

namespace parley {

crypto::Curve curve_of(NamedGroup);
NamedGroup group_of(crypto::Curve);

}  // namespace parley

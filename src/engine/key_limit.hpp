// How much one key may protect.
#pragma once
#include "parley/config.hpp"
#include "suite/suite.hpp"

namespace parley {

/// Of the limits that which is for the cipher of this suite; of nothing for those that need none.
KeyLimit key_limit(const KeyLimits&, const CipherSuite&);

}  // namespace parley

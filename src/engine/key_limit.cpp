#include "engine/key_limit.hpp"

namespace parley {

KeyLimit key_limit(const KeyLimits& limits, const CipherSuite& suite) {
  switch (suite.enc) {
    case Enc::des:
    case Enc::des_ede3:
    case Enc::idea:
    case Enc::rc2: return limits.blocks_of_64_bits;
    case Enc::rc4: return limits.rc4;
    default: return {};
  }
}

}  // namespace parley

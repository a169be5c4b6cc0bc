// What a careful reader would question about what was agreed.
#pragma once
#include "handshake/context.hpp"
#include "parley/observer.hpp"

namespace parley {

/// One WeaknessEvent for each weak choice of a finished handshake.
void announce_weaknesses(const Handshake&, Observer&);

}  // namespace parley

// What a careful reader would say about a connection of SSL 2.0.
#pragma once
#include "ssl2/handshake.hpp"

namespace parley::ssl2 {

/// Version and cipher of a finished handshake, and why.
void announce_decisions(const Handshake&, Observer&);
/// One WeaknessEvent for each weak choice of it.
void announce_weaknesses(const Handshake&, Observer&);

}  // namespace parley::ssl2

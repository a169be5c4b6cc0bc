// What was chosen of what both ends can do, and why, for whoever watches.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// One DecisionEvent for each choice that this message has settled: version, suite, session and
/// certificate. There must be an observer.
void announce_decisions(const Handshake&, Step);

}  // namespace parley

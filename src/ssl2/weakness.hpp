// What a careful reader would say about a connection of SSL 2.0.
#pragma once
#include "ssl2/handshake.hpp"

namespace parley::ssl2 {

void announce_weaknesses(const Handshake&, Observer&);

}  // namespace parley::ssl2

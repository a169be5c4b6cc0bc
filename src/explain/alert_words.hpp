// What alerts mean, for people.
#pragma once
#include <cstdint>
#include <string>

namespace parley::explain {

/// "handshake_failure: no settings that both sides accept"; "unknown alert 99" for others.
std::string alert_sentence(std::uint8_t number);

}  // namespace parley::explain

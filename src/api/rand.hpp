// What RAND_egd is made of.
#pragma once
#include <optional>
#include <string>

namespace parley {

/// Bytes asked of an entropy gathering daemon: the protocol's length octet has no 256.
inline constexpr std::size_t kEgdBytes = 255;

/// Asks the daemon at this path for kEgdBytes and mixes each part in as it comes. How many came
/// before it had no more; nothing when connecting or reading failed, it had none at all, or
/// `seconds` went by.
std::optional<std::size_t> gather_from_egd(const std::string& path, double seconds);

}  // namespace parley

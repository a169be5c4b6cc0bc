// The verdict on a peer's chain under a connection's settings.
#pragma once
#include "parley/config.hpp"

namespace parley::trust {

/// Checks the chain as Config::verify_mode wants it, then a server's name (Config::check_host), and
/// lets Config::verify_override have the last word; nothing is checked for VerifyMode::none.
/// `own_verdict` gets what our own checks found wrong, if anything. `now` in Unix seconds.
Status judge_peer(const Config&, std::span<const Certificate> chain, Purpose, std::int64_t now,
                  std::optional<Error>& own_verdict);

}  // namespace parley::trust

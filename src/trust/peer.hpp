// The verdict on a peer's chain under a connection's settings.
#pragma once
#include "parley/config.hpp"

namespace parley::trust {

/// Checks the chain by Config::verify_policy and lets Config::verify_override have the last word;
/// nothing is checked for VerifyMode::none.
/// `own_verdict` gets what our own checks found wrong, if anything. `now` in Unix seconds.
Status judge_peer(const Config&, std::span<const Certificate> chain, Purpose, std::int64_t now,
                  std::optional<Error>& own_verdict);

/// Whoever was in the chain of the session when it was made would be let through today: it was
/// verified under the same settings (Config::verification), or, when nobody knows under which (it
/// came out of a ticket or a store), passes judge_peer() now.
bool still_trusted(const Config&, const Session&, Purpose, std::int64_t now);
/// Checks what a server has stapled to chain[0]; nothing for VerifyMode::none. When it speaks
/// against the chain, Config::verify_override has the last word. Errc::certificate_revoked,
/// ocsp_unknown, or ocsp_invalid for a response that cannot be believed.
Status judge_staple(const Config&, std::span<const Certificate> chain, ByteView response,
                    std::int64_t now, std::optional<Error>& own_verdict);

}  // namespace parley::trust

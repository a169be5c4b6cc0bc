#include "trust/peer.hpp"

namespace parley::trust {

Status judge_peer(const Config& c, std::span<const Certificate> chain, Purpose purpose,
                  std::int64_t now, std::optional<Error>& own_verdict) {
  if (c.verify_mode == VerifyMode::none) return {};
  const auto path = verify_chain(c.trust, chain, {.unix_seconds = now, .purpose = purpose});
  if (!path) own_verdict = path.error();
  const Status verdict = path ? Status{} : Status{path.error()};
  return c.verify_override ? c.verify_override(verdict, chain) : verdict;
}

}  // namespace parley::trust

#include "trust/peer.hpp"

#include "parley/hostname.hpp"

namespace parley::trust {
namespace {

Status judge_chain(const Config& c, std::span<const Certificate> chain, Purpose purpose,
                   std::int64_t now) {
  VerifyPolicy policy = c.verify_policy;
  policy.unix_seconds = now;
  policy.purpose = purpose;
  PARLEY_CHECK(verify_chain(c.trust, chain, policy));
  if (purpose != Purpose::server || c.check_host.empty()) return {};
  return check_host(chain.front(), c.check_host);
}

}  // namespace

Status judge_peer(const Config& c, std::span<const Certificate> chain, Purpose purpose,
                  std::int64_t now, std::optional<Error>& own_verdict) {
  if (c.verify_mode == VerifyMode::none) return {};
  const Status verdict = judge_chain(c, chain, purpose, now);
  if (!verdict) own_verdict = verdict.error();
  return c.verify_override ? c.verify_override(verdict, chain) : verdict;
}

}  // namespace parley::trust

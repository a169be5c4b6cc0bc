#include "session/resumable.hpp"

#include "base/limits.hpp"
#include "parley/hostname.hpp"

namespace parley {
namespace {

bool still_valid(const Session::Data& d, std::int64_t now) {
  if (!d.peer_verified || d.peer_chain.empty()) return true;
  const Result<std::int64_t> not_after = d.peer_chain.front().not_after();
  return not_after && now <= *not_after;
}

/// Another connection may have cared less about the name.
bool is_of_host(const Session::Data& d, const Config& c) {
  if (c.check_host.empty() || c.verify_mode == VerifyMode::none) return true;
  return !d.peer_chain.empty() && check_host(d.peer_chain.front(), c.check_host).has_value();
}

}  // namespace

std::uint64_t age(std::int64_t then, std::int64_t now) {
  return now <= then ? 0 : static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(then);
}

bool is_resumable(const Session& s, const Config& c, std::string_view server_name,
                  std::int64_t now) {
  const Session::Data& d = s.data();
  return !s.revoked() && d.scope == c.session_scope && d.server_name == server_name &&
         age(d.created, now) < limits::kSessionAge && age(now, d.created) < limits::kSessionAge &&
         still_valid(d, now) && is_of_host(d, c);
}

bool is_worth_storing(const Session& s) {
  std::size_t size = 0;
  for (const Certificate& c : s.data().peer_chain) size += c.der().size();
  return size <= limits::kStoredChain;
}

}  // namespace parley

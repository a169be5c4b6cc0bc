#include "session/resumable.hpp"

#include <tuple>

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
bool is_of_owner(const Session::Data& d, const Config& c) {
  const auto& [host, email] = std::tie(c.verify_policy.host, c.verify_policy.email);
  if ((host.empty() && email.empty()) || c.verify_mode == VerifyMode::none) return true;
  if (d.peer_chain.empty()) return false;
  const Certificate& leaf = d.peer_chain.front();
  return (host.empty() || check_host(leaf, host)) && (email.empty() || check_email(leaf, email));
}

/// RFC 5077 section 3.3: the server has no use for the ticket any more.
bool ticket_has_run_out(const Session::Data& d, std::int64_t now) {
  return !d.ticket.empty() && d.ticket_until != 0 && now >= d.ticket_until;
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
         !ticket_has_run_out(d, now) && still_valid(d, now) && is_of_owner(d, c);
}

bool is_worth_storing(const Session& s) {
  std::size_t size = 0;
  for (const Certificate& c : s.data().peer_chain) size += c.der().size();
  return size <= limits::kStoredChain;
}

}  // namespace parley

#include "session/resumable.hpp"

#include "base/limits.hpp"

namespace parley {
namespace {

bool still_valid(const Session::Data& d, std::int64_t now) {
  if (!d.peer_verified || d.peer_chain.empty()) return true;
  const Result<std::int64_t> not_after = d.peer_chain.front().not_after();
  return not_after && now <= *not_after;
}

}  // namespace

bool is_resumable(const Session& s, const Config& c, std::string_view server_name,
                  std::int64_t now) {
  const Session::Data& d = s.data();
  return !s.revoked() && d.scope == c.session_scope && d.server_name == server_name &&
         now - d.created < limits::kSessionAge && still_valid(d, now);
}

}  // namespace parley

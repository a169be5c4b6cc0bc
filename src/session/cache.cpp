// The server's memory of sessions.
#include "parley/session.hpp"

#include <algorithm>

#include "session/resumable.hpp"

namespace parley {
namespace {
std::string key_of(ByteView id) { return std::string{as_text(id)}; }
}  // namespace

SessionCache::Lookup SessionCache::find(ByteView id, std::int64_t now) {
  const std::lock_guard lock{mutex_};
  const auto it = by_id_.find(key_of(id));
  if (it == by_id_.end()) return {};
  std::shared_ptr<const Session> s = *it->second;
  if (age(s->data().created, now) <
      static_cast<std::uint64_t>(std::max<std::int64_t>(lifetime_, 0)))
    return {Outcome::hit, std::move(s)};
  oldest_first_.erase(it->second);
  by_id_.erase(it);
  return {Outcome::expired, nullptr};
}

bool SessionCache::put(std::shared_ptr<const Session> s) {
  if (capacity_ == 0) return false;
  const std::lock_guard lock{mutex_};
  std::string key = key_of(s->data().id);
  if (const auto old = by_id_.find(key); old != by_id_.end()) {
    oldest_first_.erase(old->second);
    by_id_.erase(old);
  }
  bool evicted = false;
  if (by_id_.size() >= capacity_ && !oldest_first_.empty()) {
    by_id_.erase(key_of(oldest_first_.front()->data().id));
    oldest_first_.pop_front();
    evicted = true;
  }
  // In both or, when memory ends, in neither: what only one of them knows would never be evicted.
  std::list<std::shared_ptr<const Session>> one;
  one.push_back(std::move(s));
  by_id_.emplace(std::move(key), one.begin());
  oldest_first_.splice(oldest_first_.end(), one);
  return evicted;
}

void SessionCache::remove(ByteView id) {
  const std::lock_guard lock{mutex_};
  const auto it = by_id_.find(key_of(id));
  if (it == by_id_.end()) return;
  oldest_first_.erase(it->second);
  by_id_.erase(it);
}

std::size_t SessionCache::size() const {
  const std::lock_guard lock{mutex_};
  return by_id_.size();
}

}  // namespace parley

// The one place below src/api that catches: nothing there throws, and this is not ours.
#include "session/store_guard.hpp"

namespace parley {
namespace {

template <class Call>
auto quietly(Call call) -> decltype(call()) {
  try {
    return call();
  } catch (...) {
    return {};
  }
}

}  // namespace

SessionStore::Lookup look_up(SessionStore& s, ByteView id, std::int64_t now) {
  using Lookup = SessionStore::Lookup;
  return quietly([&] {
    Lookup found = s.find(id, now);
    return found.outcome == SessionStore::Outcome::hit && !found.session ? Lookup{} : found;
  });
}

bool store(SessionStore& s, std::shared_ptr<const Session> one) {
  return quietly([&] { return s.put(std::move(one)); });
}

void forget(SessionStore& s, ByteView id) {
  quietly([&] {
    s.remove(id);
    return true;
  });
}

}  // namespace parley

// The application's session store as the engine may call it.
#include "api/context_state.hpp"

namespace parley {
namespace {

/// Below src/api nothing throws: a store that fails is one that knows nothing and keeps nothing, so
/// that handshakes are full ones until it is back. The exception would not help who makes a
/// connection: the connection is sound.
class GuardedStore final : public SessionStore {
 public:
  explicit GuardedStore(std::shared_ptr<SessionStore> store) : store_(std::move(store)) {}

  Lookup find(ByteView id, std::int64_t now) override {
    return quietly([&] {
      Lookup found = store_->find(id, now);
      return found.outcome == Outcome::hit && !found.session ? Lookup{} : found;
    });
  }
  bool put(std::shared_ptr<const Session> s) override {
    return quietly([&] { return store_->put(std::move(s)); });
  }
  void remove(ByteView id) override {
    quietly([&] {
      store_->remove(id);
      return true;
    });
  }
  // Asked by SSLContext::session_stats() alone, which may throw.
  std::size_t size() const override { return store_->size(); }

 private:
  template <class Call>
  static auto quietly(Call call) -> decltype(call()) {
    try {
      return call();
    } catch (...) {
      return {};
    }
  }

  std::shared_ptr<SessionStore> store_;
};

}  // namespace

std::shared_ptr<SessionStore> guarded(std::shared_ptr<SessionStore> store) {
  return store ? std::make_shared<GuardedStore>(std::move(store)) : nullptr;
}

}  // namespace parley

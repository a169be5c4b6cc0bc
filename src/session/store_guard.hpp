// The application's session store as the engine may call it: what it throws ends here.
#pragma once
#include "parley/session.hpp"

namespace parley {

/// A store that fails is one that knows nothing and keeps nothing, so that handshakes are full ones
/// until it is back. The exception would not help who makes a connection: the connection is sound.
SessionStore::Lookup look_up(SessionStore&, ByteView id, std::int64_t now);
bool store(SessionStore&, std::shared_ptr<const Session>);
void forget(SessionStore&, ByteView id);

}  // namespace parley

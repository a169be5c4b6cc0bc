// From premaster to master secret to two halves with pending keys.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// Derives the master secret, tells the observer, and installs the keys.
Status set_pre_master_secret(Handshake&, ByteView pre_master_secret);
/// Takes the master secret of a session that both ends remember.
Status set_master_secret(Handshake&, ByteView master_secret);

}  // namespace parley

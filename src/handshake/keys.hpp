// From premaster to master secret to two halves with pending keys.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// Once ClientKeyExchange stands in the transcript: makes the master secret of what it has brought,
/// tells the observer, and installs the keys.
Status derive_master_secret(Handshake&);
/// Takes the master secret of a session that both ends remember.
Status set_master_secret(Handshake&, ByteView master_secret);

}  // namespace parley

// What a handshake leaves behind for later connections.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// What has been agreed on, as a session: a new one, or the one resumed. Secret.
Session::Data session_data(const Handshake&);
/// What the application of a finished handshake can have resumed; null when that is nothing.
/// A server has stored nothing yet.
std::shared_ptr<const Session> session_of(const Handshake&);
/// The client takes tickets, and the server has keys for them (RFC 5077 section 3.2).
bool exchanges_tickets(const Handshake&);

}  // namespace parley

// The messages of SSL 2.0, and the keys that come of them.
#pragma once
#include "explain/decoder.hpp"
#ifndef PARLEY_NO_SSL2
#include "ssl2/keys.hpp"
#include "ssl2/messages.hpp"

namespace parley::explain {

/// A message of a handshake.
void take_ssl2_message(Decoder&, std::size_t message);
/// After CLIENT-MASTER-KEY, or, with null, after a SERVER-HELLO that resumes: what follows is
/// encrypted, and if the secret is there, opened.
void derive_ssl2(Decoder&, std::size_t message, const ssl2::ClientMasterKey*);

}  // namespace parley::explain
#endif

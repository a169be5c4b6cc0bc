// The engine of SSL 2.0 (The SSL Protocol, Kipp Hickman, Netscape, 9 February 1995).
#pragma once
#include "engine/engine.hpp"

namespace parley::ssl2 {

/// A client or server that speaks SSL 2.0. The door has decided that it is wanted: `config` has
/// ssl20 among its versions.
///
/// Both roles count in Config::counters what they complete, ask Config::sessions, obey verify_mode,
/// trust, verify_override, identities (RSA only) and prefer_server_suites as the other engine does.
std::unique_ptr<Engine> make_engine(Side, std::shared_ptr<const Config>, Environment,
                                    std::shared_ptr<const Session> resume = nullptr);

/// A client whose CLIENT-HELLO (message, without record header) has left already in the form that
/// serves all versions, and that was answered in SSL 2.0. It puts the marker against version
/// rollback into its key (RFC 2246 appendix E.2) because it could have spoken something newer.
/// start() sends nothing.
std::unique_ptr<Engine> make_client_after_hello(std::shared_ptr<const Config>, Environment,
                                                Bytes client_hello);

}  // namespace parley::ssl2

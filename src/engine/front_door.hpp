// Which engine a connection gets: by its settings, or by the first bytes of its peer.
#pragma once
#include "engine/engine.hpp"

namespace parley {

/// A client's engine. It waits behind the door only if its hello serves all versions at once
/// (RFC 2246 appendix E), so that the answer decides.
std::unique_ptr<Engine> make_client_engine(std::shared_ptr<const Config>, std::string server_name,
                                           Environment, std::shared_ptr<const Session> resume);
/// A server's: the form of the hello decides.
std::unique_ptr<Engine> make_server_engine(std::shared_ptr<const Config>, Environment);

}  // namespace parley

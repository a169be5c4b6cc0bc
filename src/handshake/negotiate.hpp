// Version, suite and session: what both ends can agree on.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// The suite a server answers with, or null: shared, known to the version, and backed by a
/// certificate of the right kind.
const CipherSuite* choose_suite(const Config&, const ProtocolProfile&,
                                std::span<const std::uint16_t> client_suites);
/// RFC 7507 section 3: the client came down to this version although we could do better.
bool is_inappropriate_fallback(const Config&, ProtocolVersion client_version,
                               std::span<const std::uint16_t> client_suites);
/// The suites a client puts into its hello for the versions it may end up with.
std::vector<std::uint16_t> suites_to_offer(const Config&);
/// A client may ask to resume this session under this configuration.
bool may_offer_session(const Handshake&, const Session&);
/// A server may resume this session for this hello.
bool may_resume(const Handshake&, const Session&, std::span<const std::uint16_t> client_suites);

}  // namespace parley

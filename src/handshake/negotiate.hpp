// Version, suite and session: what both ends can agree on.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// What a server answers with.
struct Choice {
  const CipherSuite* suite = nullptr;  ///< null when nothing is shared
  const Identity* identity = nullptr;  ///< whose key the suite needs; null in anonymous ones
};
/// A suite that both have, known to the version and backed by a certificate and a curve that serve
/// it; the client's order decides unless the configuration says otherwise.
Choice choose_suite(const Handshake&, std::span<const std::uint16_t> client_suites);
/// Of what a client has offered, in its order, what we have too.
CipherList shared_suites(const Handshake&, std::span<const std::uint16_t> client_suites);
/// The groups a client has named, as far as we know them; nothing when it did not say, which counts
/// as all.
using ClientGroups = std::optional<std::vector<NamedGroup>>;
ClientGroups client_groups(const HelloExtensions& offered);
/// The curve for ephemeral ECDH: the first of ours that the client has. A client that cannot say
/// (SSL 3.0 has no extensions) is taken to know secp256r1, as OpenSSL does.
std::optional<NamedGroup> choose_group(const Config&, const ClientGroups&);
/// A certificate with a key of this type serves the suite.
bool fits(const CipherSuite&, KeyType, const Certificate&);
/// RFC 7507 section 3: the client came down to this version although we could do better.
bool is_inappropriate_fallback(const Config&, ProtocolVersion client_version,
                               std::span<const std::uint16_t> client_suites);
/// The suites a client puts into a hello of this form and version. One that insists on a
/// certificate does not offer suites that have none.
CipherList suites_to_offer(const Config&, HelloForm, ProtocolVersion highest);
/// The suite was in our hello, and the version that the server chose knows it.
bool was_offered(const Handshake&, const CipherSuite*);
/// A client may ask to resume this session under this configuration.
bool may_offer_session(const Handshake&, const Session&);
/// A server may resume this session for this hello.
bool may_resume(const Handshake&, const Session&, std::span<const std::uint16_t> client_suites);

}  // namespace parley

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
/// A certificate with a key of this type serves the suite in this version.
bool fits(const ProtocolProfile&, const CipherSuite&, KeyType, const Certificate&);
/// The version that a server answers with, among those enabled or the one that the connection has;
/// null when the client has none of them. A client of export suites alone, which ended with
/// TLS 1.0, gets no later one.
const ProtocolProfile* version_for(const Handshake&, std::span<const std::uint16_t> client_suites);
/// The last bytes of a server_random that say that the server could do better (RFC 8446 section
/// 4.1.3): a man in the middle cannot take them away without breaking the handshake. Written by a
/// server that knows TLS 1.2 when the client says that it does not, looked for by a client that has
/// offered that.
void mark_downgrade(Handshake&);
bool was_downgraded(const Handshake&);
/// RFC 7507 section 3: the client came down to this version although we could do better.
bool is_inappropriate_fallback(const Config&, ProtocolVersion client_version,
                               std::span<const std::uint16_t> client_suites);
/// The suites a client puts into a hello of this form and version. One that insists on a
/// certificate does not offer suites that have none.
CipherList suites_to_offer(const Config&, HelloForm, ProtocolVersion highest);
/// The suite was in our hello, and the version that the server chose knows it.
bool was_offered(const Handshake&, const CipherSuite*);
/// Server, once the version is chosen: what of the client's extensions holds from here on.
/// Errc::no_application_protocol, Errc::renegotiation_mismatch.
Status agree_on_extensions(Handshake&);
/// Server, once the suite is chosen, too: encrypt_then_mac is for CBC alone (RFC 7366 section 3).
bool encrypts_then_macs(const Handshake&);
/// Client: the same of the server's answer.
Status take_extensions(Handshake&, const HelloExtensions& answer);
/// A session that was made with an extended master secret is resumed with one and no other (RFC
/// 7627 section 5.3); Errc::session_mismatch.
Status check_session_binding(const Handshake&);
/// A client may ask to resume this session under this configuration.
bool may_offer_session(const Handshake&, const Session&);
/// A server may resume this session for this hello.
bool may_resume(const Handshake&, const Session&, std::span<const std::uint16_t> client_suites);

}  // namespace parley

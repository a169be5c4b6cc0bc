// ClientHello: RFC 2246 section 7.4.1.2, RFC 6101 section 5.6.1.2.
#include "base/limits.hpp"
#include "handshake/handlers.hpp"
#include "handshake/kx.hpp"
#include "handshake/negotiate.hpp"
#include "suite/suite.hpp"
#include "wire/messages.hpp"

namespace parley {

Status send_client_hello(Handshake& h, Bytes& body) {
  const ProtocolProfile* highest = highest_to_offer(h.config.versions);
  if (highest == nullptr)
    return Error{.code = Errc::unsupported_protocol, .where = "no protocol version is enabled"};
  ClientHello m;
  const CipherList offer = suites_to_offer(h.config, highest->version);
  for (const CipherSuite* s : offer) m.cipher_suites.push_back(static_cast<std::uint16_t>(s->id));
  if (m.cipher_suites.empty())
    return Error{.code = Errc::no_ciphers_available, .where = "no cipher suite is enabled"};
  m.cipher_suites.push_back(kEmptyRenegotiationInfoScsv);
  m.compression_methods = {kCompressionNull};
  if (!h.env.rng.fill(h.client_random))
    return Error{.code = Errc::no_random, .where = "client_hello.random"};
  m.random = h.client_random;
  h.offered_version = highest->version;
  m.client_version = static_cast<std::uint16_t>(highest->version);

  if (h.offered_session && !may_offer_session(h, *h.offered_session)) h.offered_session = nullptr;
  if (h.offered_session) m.session_id = h.offered_session->data().id;

  if (highest->hello_extensions) {
    if (!h.server_name.empty()) h.offered.server_name = h.server_name;
    if (std::ranges::any_of(offer, [](const CipherSuite* s) { return is_ecc(*s); })) {
      auto& groups = h.offered.supported_groups.emplace();
      for (const NamedGroup g : h.config.groups) groups.push_back(static_cast<std::uint16_t>(g));
      h.offered.ec_point_formats = {kUncompressedPoint};
    }
    Bytes block = write_extensions(h.offered, Place::client_hello);
    if (!block.empty()) m.extensions = std::move(block);
  }
  // The SCSV above stands for an empty renegotiation_info (RFC 5746 section 3.4): it is offered,
  // yet not written.
  h.offered.renegotiated_connection.emplace();
  return build(m, body);
}

namespace {

Status read_offer(Handshake& h, const ClientHello& m) {
  if (m.extensions)
    PARLEY_CHECK(read_extensions(*m.extensions, Place::client_hello, nullptr, h.offered));
  if (h.offered.server_name) h.server_name = *h.offered.server_name;
  if (h.offered.renegotiated_connection && !h.offered.renegotiated_connection->empty())
    return Error{.code = Errc::renegotiation_mismatch,
                 .where = "client_hello.renegotiated_connection"};
  h.peer_renegotiation_info =
      h.offered.renegotiated_connection.has_value() ||
      std::ranges::find(m.cipher_suites, kEmptyRenegotiationInfoScsv) != m.cipher_suites.end();
  return {};
}

/// Finds the offered session and says in the counters what became of it.
std::shared_ptr<const Session> look_up_session(Handshake& h, const ClientHello& m) {
  if (m.session_id.empty() || !h.config.sessions) return nullptr;
  const SessionCache::Lookup found =
      h.config.sessions->find(m.session_id, h.env.clock.unix_seconds());
  SessionCounters* const counters = h.config.counters.get();
  switch (found.outcome) {
    case SessionCache::Outcome::hit:
      return may_resume(h, *found.session, m.cipher_suites) ? found.session : nullptr;
    case SessionCache::Outcome::miss:
      if (counters != nullptr) ++counters->misses;
      break;
    case SessionCache::Outcome::expired:
      if (counters != nullptr) ++counters->timeouts;
      break;
  }
  return nullptr;
}

}  // namespace

Status receive_client_hello(Handshake& h, ByteView body) {
  ClientHello m;
  PARLEY_CHECK(parse(body, m));
  h.offered_version = static_cast<ProtocolVersion>(m.client_version);
  h.client_random = m.random;
  if (is_inappropriate_fallback(h.config, h.offered_version, m.cipher_suites))
    return Error{.code = Errc::inappropriate_fallback, .where = "client_hello.cipher_suites"};
  h.profile = choose_version(h.config.versions, h.offered_version);
  if (h.profile == nullptr)
    return Error{.code = Errc::unsupported_protocol, .where = "client_hello.client_version"};
  if (std::ranges::find(m.compression_methods, kCompressionNull) == m.compression_methods.end())
    return Error{.code = Errc::bad_compression, .where = "client_hello.compression_methods"};
  PARLEY_CHECK(read_offer(h, m));

  h.resumed_session = look_up_session(h, m);
  if (h.resumed_session) {
    h.suite = find_cipher_suite(h.resumed_session->data().suite);
    h.cursor.branch(h.profile->resumed);
    return {};
  }
  const Choice choice = choose_suite(h, m.cipher_suites);
  if (choice.suite == nullptr)
    return Error{.code = Errc::no_shared_cipher, .where = "client_hello.cipher_suites"};
  h.suite = choice.suite;
  h.identity = choice.identity;
  h.facts.server_authenticates = h.suite->auth != Auth::anonymous;
  h.facts.server_kx = has_server_params(*h.suite, h.identity ? h.identity->key.bits() : 0);
  h.cursor.branch(h.profile->full);
  return {};
}

}  // namespace parley

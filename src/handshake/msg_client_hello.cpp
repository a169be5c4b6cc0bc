// ClientHello: RFC 2246 section 7.4.1.2, RFC 6101 section 5.6.1.2.
#include <algorithm>

#include "base/limits.hpp"
#include "handshake/digital_signature.hpp"
#include "handshake/handlers.hpp"
#include "handshake/kx.hpp"
#include "handshake/negotiate.hpp"
#include "handshake/remember.hpp"
#include "session/store_guard.hpp"
#include "suite/suite.hpp"
#include "wire/messages.hpp"

namespace parley {

namespace {

/// What a connection has agreed on before cannot change with a renegotiation.
const ProtocolProfile* version_to_offer(const Handshake& h) {
  return h.renegotiated != nullptr ? find_profile(h.renegotiated->version)
                                   : highest_to_offer(h.config->versions);
}

/// A first hello says with the SCSV that it speaks RFC 5746 (section 3.4): an empty extension that
/// is offered, yet not written. A later one is bound to the handshake before by its verify_data
/// (section 3.5), or silent when the server does not speak it (section 4.2).
void offer_secure_renegotiation(Handshake& h, ClientHello& m) {
  if (h.renegotiated == nullptr)
    m.cipher_suites.push_back(kEmptyRenegotiationInfoScsv);
  else if (h.renegotiated->secure)
    h.offered.renegotiated_connection = h.renegotiated->client_verify_data;
}

Status build_with_extensions(Handshake& h, const ProtocolProfile& highest, ClientHello& m,
                             Bytes& body) {
  const auto add = [&] {
    // renegotiation_info is for SSL 3.0 too (RFC 5746 section 4.5).
    Bytes block = write_extensions(h.offered, Place::client_hello);
    if (!block.empty()) m.extensions = std::move(block);
  };
  add();
  if (h.config->pad_hello && highest.hello_extensions) {
    Bytes unpadded(4);  // the handshake header
    PARLEY_CHECK(build(m, unpadded));
    h.offered.padding = padding_for(unpadded.size());
    if (h.offered.padding) add();
  }
  return build(m, body);
}

/// Nothing for a size that has none.
std::optional<std::uint8_t> fragment_code(std::size_t bytes) {
  for (std::uint8_t code = 1; max_fragment_bytes(code); ++code)
    if (*max_fragment_bytes(code) == bytes) return code;
  return {};
}

const char* why_no_suite(const Config& c) {
  const bool anonymous = std::ranges::any_of(
      c.suites, [](const CipherSuite* s) { return s->auth == Auth::anonymous; });
  return anonymous && c.verify_mode == VerifyMode::required
             ? "verify_mode allows no anonymous suite, and no other is enabled"
             : "no cipher suite is enabled";
}

}  // namespace

Status send_client_hello(Handshake& h, Bytes& body) {
  const ProtocolProfile* highest = version_to_offer(h);
  ClientHello m;
  const CipherList offer = suites_to_offer(*h.config, h.hello_form,
                                           (highest ? highest : all_profiles().back())->version);
  for (const CipherSuite* s : offer) m.cipher_suites.push_back(static_cast<std::uint16_t>(s->id));
  if (m.cipher_suites.empty())
    return Error{.code = Errc::no_ciphers_available, .where = why_no_suite(*h.config)};
  if (highest == nullptr)
    return Error{.code = Errc::unsupported_protocol, .where = "no protocol version is enabled"};
  offer_secure_renegotiation(h, m);
  if (h.config->fallback && h.renegotiated == nullptr) m.cipher_suites.push_back(kFallbackScsv);
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
      for (const NamedGroup g : h.config->groups) groups.push_back(static_cast<std::uint16_t>(g));
      h.offered.ec_point_formats = {kUncompressedPoint};
    }
    if (highest->names_signature_algorithm()) {
      auto& schemes = h.offered.signature_algorithms.emplace();
      for (const SignatureScheme s : h.config->signature_schemes)
        schemes.push_back(static_cast<std::uint16_t>(s));
    }
    h.offered.extended_master_secret = h.config->extended_master_secret;
    h.offered.encrypt_then_mac = h.config->encrypt_then_mac;
    h.offered.max_fragment_length = fragment_code(h.config->max_fragment_length);
    // The protocol of a connection does not change with its keys.
    if (!h.config->alpn_protocols.empty() && h.renegotiated == nullptr)
      h.offered.alpn = h.config->alpn_protocols;
    h.offered.status_request = h.config->request_status || h.config->require_status;
    if (h.config->session_tickets)
      h.offered.session_ticket = h.offered_session ? h.offered_session->data().ticket : Bytes{};
  }
  PARLEY_CHECK(build_with_extensions(h, *highest, m, body));
  if (h.renegotiated == nullptr) h.offered.renegotiated_connection.emplace();
  return {};
}

namespace {

/// Worth saying: a certificate was loaded, and nothing of it is of use.
bool only_ed25519(const Config& c) {
  return !c.identities.empty() && std::ranges::all_of(c.identities, [](const Identity& i) {
    return i.key.type() == KeyType::ed25519;
  });
}

/// RFC 5746 sections 3.6, 3.7 and 4.4.
Status check_renegotiation_info(Handshake& h, const ClientHello& m) {
  const bool scsv =
      std::ranges::find(m.cipher_suites, kEmptyRenegotiationInfoScsv) != m.cipher_suites.end();
  const std::optional<Bytes>& info = h.offered.renegotiated_connection;
  const Error mismatch{.code = Errc::renegotiation_mismatch,
                       .where = "client_hello.renegotiated_connection"};
  if (h.renegotiated == nullptr) {
    if (info && !info->empty()) return mismatch;
    h.peer_renegotiation_info = info.has_value() || scsv;
    return {};
  }
  const Renegotiated& before = *h.renegotiated;
  if (scsv || info.has_value() != before.secure) return mismatch;
  if (info && !equal(*info, before.client_verify_data)) return mismatch;
  h.peer_renegotiation_info = before.secure;
  return {};
}

Status read_offer(Handshake& h, const ClientHello& m) {
  if (m.extensions)
    PARLEY_CHECK(read_extensions(*m.extensions, Place::client_hello, nullptr, h.offered));
  if (h.offered.server_name) h.server_name = *h.offered.server_name;
  PARLEY_CHECK(check_renegotiation_info(h, m));
  if (h.renegotiated != nullptr) {
    if (h.server_name != h.renegotiated->server_name)
      return Error{.code = Errc::renegotiation_mismatch, .where = "client_hello.server_name"};
    return {};
  }
  if (!h.config->choose_config) return {};
  PARLEY_TRY(std::shared_ptr<const Config> chosen, h.config->choose_config(h.server_name));
  h.server_name_used = h.offered.server_name.has_value();
  if (chosen) h.config = std::move(chosen);
  return {};
}

/// Finds the offered session and says in the counters what became of it.
std::shared_ptr<const Session> look_up_session(Handshake& h, const ClientHello& m) {
  if (m.session_id.empty() || !h.config->sessions) return nullptr;
  const SessionStore::Lookup found =
      look_up(*h.config->sessions, m.session_id, h.env.clock.unix_seconds());
  SessionCounters* const counters = h.counters.get();
  switch (found.outcome) {
    case SessionStore::Outcome::hit:
      return may_resume(h, *found.session, m.cipher_suites) ? found.session : nullptr;
    case SessionStore::Outcome::miss:
      if (counters != nullptr) ++counters->misses;
      break;
    case SessionStore::Outcome::expired:
      if (counters != nullptr) ++counters->timeouts;
      break;
  }
  return nullptr;
}

/// The session in the ticket, if there is one to open (then its id is only an echo, RFC 5077
/// section 3.4), or the one of the id.
std::shared_ptr<const Session> find_session(Handshake& h, const ClientHello& m, bool& renew) {
  // A renegotiation is there to change something: keys, or who is known.
  if (h.renegotiated != nullptr) return nullptr;
  if (!exchanges_tickets(h) || h.offered.session_ticket->empty()) return look_up_session(h, m);
  const TicketKeys::Opened opened = h.config->ticket_keys->open(
      *h.offered.session_ticket, h.config->session_scope, h.env.clock.unix_seconds());
  if (opened.expired && h.counters) ++h.counters->timeouts;
  if (!opened.session || !may_resume(h, *opened.session, m.cipher_suites)) return nullptr;
  renew = opened.renew;
  return opened.session;
}

}  // namespace

Status receive_client_hello(Handshake& h, ByteView body) {
  ClientHello m;
  PARLEY_CHECK(parse(body, m));
  return take_client_hello(h, m);
}

Status take_client_hello(Handshake& h, const ClientHello& m) {
  h.offered_version = static_cast<ProtocolVersion>(m.client_version);
  h.client_random = m.random;
  PARLEY_CHECK(read_offer(h, m));
  if (h.renegotiated == nullptr &&
      is_inappropriate_fallback(*h.config, h.offered_version, m.cipher_suites))
    return Error{.code = Errc::inappropriate_fallback, .where = "client_hello.cipher_suites"};
  h.profile = version_for(h, m.cipher_suites);
  if (h.profile == nullptr)
    return Error{.code = Errc::unsupported_protocol, .where = "client_hello.client_version"};
  if (std::ranges::find(m.compression_methods, kCompressionNull) == m.compression_methods.end())
    return Error{.code = Errc::bad_compression, .where = "client_hello.compression_methods"};
  h.peer_schemes =
      h.offered.signature_algorithms ? *h.offered.signature_algorithms : default_schemes();
  h.shared_suites = shared_suites(h, m.cipher_suites);

  PARLEY_CHECK(agree_on_extensions(h));

  h.offered_session_id = m.session_id;
  bool renew = false;
  h.resumed_session = find_session(h, m, renew);
  PARLEY_CHECK(check_session_binding(h));
  h.facts.ticket_promised = exchanges_tickets(h) && (renew || !h.resumed_session);
  if (h.resumed_session) {
    h.suite = find_cipher_suite(h.resumed_session->data().suite);
    h.cursor.branch(h.profile->resumed);
    return {};
  }
  const Choice choice = choose_suite(h, m.cipher_suites);
  if (choice.suite == nullptr)
    return Error{.code = Errc::no_shared_cipher,
                 .where = only_ed25519(*h.config) ? "no suite of this version uses Ed25519"
                                                  : "client_hello.cipher_suites"};
  h.suite = choice.suite;
  h.identity = choice.identity;
  h.facts.server_authenticates = h.suite->auth != Auth::anonymous;
  h.facts.status_announced =
      h.profile->hello_extensions && h.offered.status_request && has_staple(h);
  h.facts.server_kx = has_server_params(*h.suite, h.identity ? h.identity->key.bits() : 0);
  h.cursor.branch(h.profile->full);
  return {};
}

}  // namespace parley

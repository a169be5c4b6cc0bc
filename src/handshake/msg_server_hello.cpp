// ServerHello: RFC 2246 section 7.4.1.3. Here both sides learn whether a session is resumed.
#include "base/limits.hpp"
#include "handshake/handlers.hpp"
#include "handshake/keys.hpp"
#include "handshake/kx.hpp"
#include "handshake/negotiate.hpp"
#include "suite/suite.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// What both ends remember of the session takes the place of a key exchange.
Status resume(Handshake& h) {
  const Session::Data& d = h.resumed_session->data();
  h.peer_chain = d.peer_chain;
  h.peer_verified = d.peer_verified;
  return set_master_secret(h, d.master_secret);
}

/// RFC 5746 sections 3.5 to 3.7: empty in a first handshake.
Bytes renegotiated_connection(const Handshake& h) {
  if (h.renegotiated == nullptr) return {};
  Bytes both = h.renegotiated->client_verify_data;
  append(both, h.renegotiated->server_verify_data);
  return both;
}

/// RFC 5746 sections 3.4, 3.5 and 4.2; that it is not unsolicited has been checked.
Status check_renegotiation_info(Handshake& h, const std::optional<Bytes>& info) {
  const bool expected = h.renegotiated != nullptr && h.renegotiated->secure;
  if (info ? !equal(*info, renegotiated_connection(h)) : expected)
    return Error{.code = Errc::renegotiation_mismatch,
                 .where = "server_hello.renegotiated_connection"};
  h.peer_renegotiation_info = info.has_value();
  return {};
}

/// The version was asked for and is enabled, or is the one that the connection has.
bool may_choose(const Handshake& h, ProtocolVersion v) {
  if (h.renegotiated != nullptr) return v == h.renegotiated->version;
  const ProtocolVersion one[]{v};
  return std::ranges::find(h.config->versions, v) != h.config->versions.end() &&
         choose_version(one, h.offered_version) != nullptr;
}

/// None for a session that goes into a ticket (RFC 5077 section 3.4).
Status new_session_id(Handshake& h) {
  if (!h.config->sessions || h.facts.ticket_promised) return {};
  h.session_id.resize(limits::kSessionId);
  if (!h.env.rng.fill(h.session_id))
    return Error{.code = Errc::no_random, .where = "server_hello.session_id"};
  return {};
}

/// SSL 3.0 has no extension but that of RFC 5746 section 4.5, and nothing that the later ones could
/// change. OpenSSL before 1.1.0 acknowledges these nevertheless.
HelloExtensions known_to_ssl3(const HelloExtensions& offered) {
  HelloExtensions known;
  known.renegotiated_connection = offered.renegotiated_connection;
  known.server_name = offered.server_name;
  known.ec_point_formats = offered.ec_point_formats;
  known.session_ticket = offered.session_ticket;
  return known;
}

}  // namespace

Status send_server_hello(Handshake& h, Bytes& body) {
  if (!h.env.rng.fill(h.server_random))
    return Error{.code = Errc::no_random, .where = "server_hello.random"};
  mark_downgrade(h);
  if (h.resumed())
    h.session_id = h.offered_session_id;
  else
    PARLEY_CHECK(new_session_id(h));

  ServerHello m;
  m.server_version = static_cast<std::uint16_t>(h.profile->version);
  m.random = h.server_random;
  m.session_id = h.session_id;
  m.cipher_suite = static_cast<std::uint16_t>(h.suite->id);
  m.compression_method = kCompressionNull;
  // RFC 5746 section 3.6: also in SSL 3.0, which has no extensions otherwise (section 4.5).
  HelloExtensions answer;
  if (h.peer_renegotiation_info) answer.renegotiated_connection = renegotiated_connection(h);
  if (h.profile->hello_extensions && is_ecc(*h.suite) && h.offered.ec_point_formats)
    answer.ec_point_formats = {kUncompressedPoint};
  // "a server that receives a client hello containing the server_name extension ... SHALL include"
  // it when it has made use of it (RFC 4366 section 3.1), and not when it resumes (RFC 6066).
  if (h.server_name_used && h.profile->hello_extensions && !h.resumed())
    answer.server_name.emplace();
  if (h.facts.ticket_promised) answer.session_ticket.emplace();
  if (h.profile->hello_extensions) {
    answer.status_request = h.facts.status_announced;
    answer.extended_master_secret = h.extended_master_secret;
    answer.encrypt_then_mac = h.encrypt_then_mac = encrypts_then_macs(h);
    answer.max_fragment_length = h.offered.max_fragment_length;
    if (!h.alpn_protocol.empty()) answer.alpn = {h.alpn_protocol};
  }
  Bytes block = write_extensions(answer, Place::server_hello);
  if (!block.empty()) m.extensions = std::move(block);
  PARLEY_CHECK(build(m, body));
  return h.resumed() ? resume(h) : Status{};
}

Status receive_server_hello(Handshake& h, ByteView body) {
  ServerHello m;
  PARLEY_CHECK(parse(body, m));
  const auto version = static_cast<ProtocolVersion>(m.server_version);
  if (!may_choose(h, version))
    return Error{.code = Errc::unsupported_protocol, .where = "server_hello.server_version"};
  h.profile = find_profile(version);
  h.server_random = m.random;
  if (was_downgraded(h)) return Error{.code = Errc::downgraded, .where = "server_hello.random"};
  h.session_id = m.session_id;
  h.suite = find_cipher_suite(m.cipher_suite);
  // Neither one we did not offer nor one that the version chosen does not know.
  if (!was_offered(h, h.suite))
    return Error{.code = Errc::wrong_cipher_returned, .where = "server_hello.cipher_suite"};
  if (m.compression_method != kCompressionNull)
    return Error{.code = Errc::bad_compression, .where = "server_hello.compression_method"};

  const HelloExtensions offered =
      h.profile->hello_extensions ? h.offered : known_to_ssl3(h.offered);
  HelloExtensions answer;
  if (m.extensions)
    PARLEY_CHECK(read_extensions(*m.extensions, Place::server_hello, &offered, answer));
  PARLEY_CHECK(check_renegotiation_info(h, answer.renegotiated_connection));
  PARLEY_CHECK(take_extensions(h, answer));
  h.facts.ticket_promised = answer.session_ticket.has_value();
  h.facts.server_authenticates = h.suite->auth != Auth::anonymous;
  // Nothing is stapled to no certificate, nor in SSL 3.0.
  h.facts.status_announced =
      answer.status_request && h.facts.server_authenticates && h.profile->hello_extensions;
  h.facts.server_kx = has_server_params(*h.suite, 0);  // an RSA certificate may add to it

  const bool resumed = h.offered_session && h.offered_session->data().id == m.session_id;
  h.cursor.branch(resumed ? h.profile->resumed : h.profile->full);
  if (!resumed) return {};
  const Session::Data& d = h.offered_session->data();
  if (d.version != version || d.suite != h.suite->id)
    return Error{.code = Errc::session_mismatch, .where = "server_hello.session_id"};
  h.resumed_session = h.offered_session;
  PARLEY_CHECK(check_session_binding(h));
  return resume(h);
}

}  // namespace parley

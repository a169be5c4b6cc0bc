// The client's side.
#include "crypto/ct.hpp"
#include "ssl2/client_hello.hpp"
#include "ssl2/handshake.hpp"
#include "ssl2/keys.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::ssl2 {
namespace {

template <class Range, class T>
bool contains(const Range& r, const T& v) {
  return std::ranges::find(r, v) != r.end();
}

/// One whose peer was not verified serves nobody who verifies.
bool may_offer(const Handshake& h, const Session& s) {
  return still_good(h, s) && (h.config->verify_mode == VerifyMode::none || s.data().peer_verified);
}

/// The choice is the client's: among what came back, by our order or, if so configured, the
/// server's.
const CipherSuite* choose_kind(const Handshake& h, const CipherList& servers) {
  const bool by_server = h.config->prefer_server_suites;
  const CipherList& order = by_server ? servers : h.kinds;
  const CipherList& other = by_server ? h.kinds : servers;
  for (const CipherSuite* s : order)
    if (contains(other, s)) return s;
  return nullptr;
}

Status full_hello(Handshake& h, const ServerHello& m) {
  if (m.certificate_type != kX509Certificate)
    return Error{.code = Errc::certificate_type, .where = "server_hello.certificate_type"};
  PARLEY_CHECK(take_certificate(h, m.certificate, Purpose::server));
  h.server_certificate = m.certificate;
  // Some servers (scapy) list what they have, not what is common; only what we offered counts.
  CipherList servers;
  for (const std::uint32_t kind : m.cipher_specs)
    if (const CipherSuite* s = find_cipher_suite(kind); contains(h.kinds, s)) servers.push_back(s);
  h.suite = choose_kind(h, servers);
  if (h.suite == nullptr)
    return Error{.code = Errc::no_cipher_list, .where = "server_hello.cipher_specs"};
  return {};
}

}  // namespace

Status send_client_hello(Handshake& h, Bytes& message) {
  h.kinds = configured_kinds(*h.config);
  if (h.kinds.empty())
    return Error{.code = Errc::no_ciphers_available, .where = "no cipher kind is enabled"};
  h.challenge.resize(std::clamp(h.config->v2_challenge_size, kMinChallenge, kMaxChallenge));
  if (!h.env.rng.fill(h.challenge))
    return Error{.code = Errc::no_random, .where = "client_hello.challenge"};
  ClientHello m{
      .version = kVersion, .cipher_specs = {}, .session_id = {}, .challenge = h.challenge};
  for (const CipherSuite* s : h.kinds) m.cipher_specs.push_back(s->id);
  if (h.config->fallback) m.cipher_specs.push_back(kFallbackScsvKind);
  if (h.offered_session && !may_offer(h, *h.offered_session)) h.offered_session = nullptr;
  if (h.offered_session) m.session_id = h.offered_session->data().id;
  return build(m, message);
}

Status adopt_client_hello(Handshake& h, ByteView message) {
  ClientHello m;
  PARLEY_CHECK(parse(message, m));
  const CipherList known = configured_kinds(*h.config);
  for (const std::uint32_t kind : m.cipher_specs)
    if (const CipherSuite* s = find_cipher_suite(kind); contains(known, s)) h.kinds.push_back(s);
  h.challenge = m.challenge;
  // A hello of version 2 could not have led to anything newer, whatever we are able to speak.
  h.marked = m.version > kVersion;
  return {};
}

Status receive_server_hello(Handshake& h, ByteView message) {
  ServerHello m;
  PARLEY_CHECK(parse(message, m));
  if (m.version != kVersion)
    return Error{.code = Errc::unsupported_protocol, .where = "server_hello.version"};
  h.connection_id = m.connection_id;
  if (!m.session_id_hit) return full_hello(h, m);
  if (!h.offered_session || !m.certificate.empty() || !m.cipher_specs.empty())
    return Error{.code = Errc::session_mismatch, .where = "server_hello.session_id_hit"};
  if (!h.offered_session->data().peer_chain.empty())
    h.server_certificate = to_bytes(h.offered_session->data().peer_chain.front().der());
  resume(h, h.offered_session);
  return {};
}

Status send_client_master_key(Handshake& h, Bytes& message) {
  if (!h.peer_key || h.suite == nullptr)
    return Error{.code = Errc::internal, .where = "client_master_key"};
  const KindSizes sizes = kind_sizes(*h.suite);
  h.master_key = crypto::SecretBytes(sizes.key);
  h.key_arg.resize(sizes.key_arg);
  if (!h.env.rng.fill(h.master_key) || !h.env.rng.fill(h.key_arg))
    return Error{.code = Errc::no_random, .where = "client_master_key"};
  const ByteView master_key = h.master_key;
  const ByteView secret = master_key.subspan(sizes.clear);
  PARLEY_TRY(Bytes encrypted, h.marked ? h.peer_key->encrypt_marked(h.env.rng, secret)
                                       : h.peer_key->encrypt(h.env.rng, secret));
  make_key_material(h);
  return build(ClientMasterKey{.cipher_kind = h.suite->id,
                               .clear_key = to_bytes(master_key.first(sizes.clear)),
                               .encrypted_key = std::move(encrypted),
                               .key_arg = h.key_arg},
               message);
}

Status send_client_finished(Handshake& h, Bytes& message) {
  return build(ClientFinished{h.connection_id}, message);
}

Status receive_server_verify(Handshake& h, ByteView message) {
  ServerVerify m;
  PARLEY_CHECK(parse(message, m));
  if (!crypto::ct_equal(m.challenge, h.challenge))
    return Error{.code = Errc::finished_mismatch, .where = "server_verify.challenge"};
  return {};
}

Status receive_request_certificate(Handshake& h, ByteView message) {
  RequestCertificate m;
  PARLEY_CHECK(parse(message, m));
  if (m.authentication_type != kMd5WithRsa)
    return Error{.code = Errc::bad_value, .where = "request_certificate.authentication_type"};
  h.certificate_challenge = m.challenge;
  h.identity = rsa_identity(*h.config);
  return {};
}

Status send_client_certificate(Handshake& h, Bytes& message) {
  if (h.identity == nullptr)
    return build(ErrorMessage{static_cast<std::uint16_t>(ErrorCode::no_certificate)}, message);
  PARLEY_TRY(Bytes signature, trust::sign_digest(h.identity->key.impl().key, h.env.rng,
                                                 crypto::HashId::md5, certificate_digest(h)));
  return build(ClientCertificate{.certificate = to_bytes(h.identity->chain.front().der()),
                                 .response = std::move(signature)},
               message);
}

Status receive_server_finished(Handshake& h, ByteView message) {
  ServerFinished m;
  PARLEY_CHECK(parse(message, m));
  if (h.resumed() && m.session_id != h.session_id)
    return Error{.code = Errc::session_mismatch, .where = "server_finished.session_id"};
  h.session_id = m.session_id;
  return {};
}

}  // namespace parley::ssl2

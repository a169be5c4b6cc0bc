// The server's side.
#include "crypto/hmac.hpp"
#include "session/store_guard.hpp"
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

CipherList common_kinds(const CipherList& ours, std::span<const std::uint32_t> offered) {
  CipherList common;
  for (const std::uint32_t kind : offered) {
    const CipherSuite* s = find_cipher_suite(kind);
    if (contains(ours, s) && !contains(common, s)) common.push_back(s);
  }
  return common;
}

/// Finds the offered session and says in the counters what became of it.
std::shared_ptr<const Session> look_up_session(Handshake& h, ByteView id) {
  if (id.empty() || !h.config->sessions) return nullptr;
  SessionCounters* const counters = h.counters.get();
  const SessionStore::Lookup found = look_up(*h.config->sessions, id, h.env.clock.unix_seconds());
  switch (found.outcome) {
    case SessionStore::Outcome::hit: {
      const Session& s = *found.session;
      const bool enough = h.config->verify_mode != VerifyMode::required || s.data().peer_verified;
      return still_good(h, s) && enough ? found.session : nullptr;
    }
    case SessionStore::Outcome::miss:
      if (counters != nullptr) ++counters->misses;
      break;
    case SessionStore::Outcome::expired:
      if (counters != nullptr) ++counters->timeouts;
      break;
  }
  return nullptr;
}

/// What a broken block decrypts to. It depends on nothing but our key, the ciphertext and the
/// length asked for: a secret drawn anew each time would tell a broken block from a sound one to
/// somebody who sends it twice and searches the 40 bits of an export kind for both answers, and
/// that is DROWN's oracle (CVE-2016-0800).
crypto::SecretBytes implicit_rejection(const crypto::RsaPrivateKey& key, ByteView ciphertext,
                                       std::size_t size) {
  const crypto::RsaPrivateKey::Numbers numbers = key.numbers();
  // The length too: else the secret of an export kind would be the beginning of that for DES.
  const auto length = static_cast<std::uint8_t>(size);
  crypto::Digest d =
      crypto::hmac(crypto::HashId::sha256, numbers.d,
                   {as_bytes("SSL 2.0 implicit rejection"), {&length, 1}, ciphertext});
  crypto::SecretBytes out{d.view().first(size)};
  crypto::wipe(d.bytes);
  return out;
}

}  // namespace

Status receive_client_hello(Handshake& h, ByteView message) {
  ClientHello m;
  PARLEY_CHECK(parse(message, m));
  if (m.version < kVersion)
    return Error{.code = Errc::unsupported_protocol, .where = "client_hello.version"};
  if (h.config->choose_config) {
    PARLEY_TRY(std::shared_ptr<const Config> chosen, h.config->choose_config({}));
    if (chosen) h.config = std::move(chosen);
  }
  if (!contains(h.config->versions, ProtocolVersion::ssl20))
    return Error{.code = Errc::unsupported_protocol, .where = "client_hello.version"};
  // A client that could have done better and did not get there (RFC 7507 section 3).
  const bool better = std::ranges::any_of(h.config->versions, [&m](ProtocolVersion v) {
    return static_cast<std::uint16_t>(v) > m.version;
  });
  if (better && contains(m.cipher_specs, kFallbackScsvKind))
    return Error{.code = Errc::inappropriate_fallback, .where = "client_hello.cipher_specs"};
  const CipherList ours = configured_kinds(*h.config);
  h.kinds = common_kinds(ours, m.cipher_specs);
  h.challenge = m.challenge;
  h.marked = std::ranges::any_of(h.config->versions,
                                 [](ProtocolVersion v) { return v > ProtocolVersion::ssl20; });
  h.identity = rsa_identity(*h.config);
  if (h.identity == nullptr)
    return Error{.code = Errc::no_certificate, .where = "no RSA certificate is set"};
  h.server_certificate = to_bytes(h.identity->chain.front().der());
  h.connection_id.resize(kMinConnectionId);
  if (!h.env.rng.fill(h.connection_id))
    return Error{.code = Errc::no_random, .where = "server_hello.connection_id"};
  if (auto session = look_up_session(h, m.session_id)) resume(h, std::move(session));
  return {};
}

Status send_server_hello(Handshake& h, Bytes& message) {
  ServerHello m{.session_id_hit = h.resumed(),
                .certificate_type = 0,
                .certificate = {},
                .cipher_specs = {},
                .connection_id = h.connection_id};
  if (!h.resumed()) {
    m.certificate_type = kX509Certificate;
    m.certificate = h.server_certificate;
    CipherList order = h.kinds;
    if (h.config->prefer_server_suites) {
      order = configured_kinds(*h.config);
      std::erase_if(order, [&h](const CipherSuite* s) { return !contains(h.kinds, s); });
    }
    // When nothing is common the list is empty, and the client says what it thinks of that.
    for (const CipherSuite* s : order) m.cipher_specs.push_back(s->id);
  }
  return build(m, message);
}

Status receive_client_master_key(Handshake& h, ByteView message) {
  ClientMasterKey m;
  PARLEY_CHECK(parse(message, m));
  // One of those we offered (CVE-2015-3197).
  const CipherSuite* suite = find_cipher_suite(m.cipher_kind);
  if (!contains(h.kinds, suite))
    return Error{.code = Errc::wrong_cipher_returned, .where = "client_master_key.cipher_kind"};
  const KindSizes sizes = kind_sizes(*suite);
  // Exactly: clear bytes where none belong let an attacker find the key byte by byte
  // (CVE-2016-0703), or write over it (CVE-2016-0704).
  if (m.clear_key.size() != sizes.clear)
    return Error{.code = Errc::length_out_of_range, .where = "client_master_key.clear_key_length"};
  if (m.key_arg.size() != sizes.key_arg)
    return Error{.code = Errc::length_out_of_range, .where = "client_master_key.key_arg_length"};
  const auto* key = h.identity != nullptr
                        ? std::get_if<crypto::RsaPrivateKey>(&h.identity->key.impl().key)
                        : nullptr;
  if (key == nullptr) return Error{.code = Errc::internal, .where = "client_master_key"};
  // A number may come without its leading zeros; the length is public.
  Bytes& encrypted = m.encrypted_key;
  if (encrypted.size() < key->size())
    encrypted.insert(encrypted.begin(), key->size() - encrypted.size(), 0);
  if (encrypted.size() != key->size())
    return Error{.code = Errc::length_out_of_range,
                 .where = "client_master_key.encrypted_key_length"};
  h.suite = suite;
  h.key_arg = m.key_arg;
  h.master_key = crypto::SecretBytes(sizes.key);
  const ByteSpan master_key = h.master_key;
  std::ranges::copy(m.clear_key, master_key.begin());
  const crypto::SecretBytes fallback = implicit_rejection(*key, encrypted, sizes.secret());
  PARLEY_CHECK(key->decrypt_secret(h.env.rng, encrypted, h.marked, fallback,
                                   master_key.subspan(sizes.clear)));
  make_key_material(h);
  return {};
}

Status send_server_verify(Handshake& h, Bytes& message) {
  return build(ServerVerify{h.challenge}, message);
}

Status receive_client_finished(Handshake& h, ByteView message) {
  ClientFinished m;
  PARLEY_CHECK(parse(message, m));
  if (m.connection_id != h.connection_id)
    return Error{.code = Errc::finished_mismatch, .where = "client_finished.connection_id"};
  return {};
}

bool wants_certificate(const Handshake& h) {
  return h.config->verify_mode != VerifyMode::none && !h.resumed();
}

Status send_request_certificate(Handshake& h, Bytes& message) {
  h.certificate_challenge.resize(kMinChallenge);
  if (!h.env.rng.fill(h.certificate_challenge))
    return Error{.code = Errc::no_random, .where = "request_certificate.challenge"};
  return build(RequestCertificate{.challenge = h.certificate_challenge}, message);
}

Status receive_client_certificate(Handshake& h, ByteView message) {
  ClientCertificate m;
  PARLEY_CHECK(parse(message, m));
  if (m.certificate_type != kX509Certificate)
    return Error{.code = Errc::certificate_type, .where = "client_certificate.certificate_type"};
  PARLEY_CHECK(take_certificate(h, m.certificate, Purpose::client));
  return trust::verify_digest(*h.peer_key, crypto::HashId::md5, certificate_digest(h), m.response);
}

Status accept_no_certificate(const Handshake& h) {
  if (h.config->verify_mode == VerifyMode::required)
    return Error{.code = Errc::peer_error_no_certificate, .where = "client_certificate"};
  return {};
}

Status send_server_finished(Handshake& h, Bytes& message) {
  if (!h.resumed()) {
    h.session_id.resize(kSessionIdSize);
    if (!h.env.rng.fill(h.session_id))
      return Error{.code = Errc::no_random, .where = "server_finished.session_id"};
  }
  return build(ServerFinished{h.session_id}, message);
}

}  // namespace parley::ssl2

// What both sides do.
#include "ssl2/handshake.hpp"

#include "crypto/hash.hpp"
#include "parley/observer.hpp"
#include "session/resumable.hpp"
#include "ssl2/keys.hpp"
#include "trust/key_codec.hpp"
#include "trust/peer.hpp"

namespace parley::ssl2 {

const Identity* rsa_identity(const Config& c) {
  const auto it = std::ranges::find_if(c.identities, [](const Identity& i) {
    return !i.chain.empty() && i.key.type() == KeyType::rsa;
  });
  return it != c.identities.end() ? &*it : nullptr;
}

CipherList configured_kinds(const Config& c) {
  CipherList kinds = hello_suites(c.suites, HelloForm::ssl2, ProtocolVersion::ssl20);
  std::erase_if(kinds, [](const CipherSuite* s) { return !is_spoken(*s); });
  return kinds;
}

namespace {
/// What opens the records: kind, KEY-ARG-DATA and MASTER-KEY one after another, since a resumed
/// session says none of them on the wire.
void announce_secret(const Handshake& h) {
  crypto::SecretBytes all(3 + h.key_arg.size() + h.master_key.size());
  const ByteSpan out = all;
  for (std::size_t i = 0; i < 3; ++i)
    out[i] = static_cast<std::uint8_t>(h.suite->id >> (8 * (2 - i)));
  std::ranges::copy(h.key_arg, out.subspan(3).begin());
  std::ranges::copy(h.master_key.view(), out.subspan(3 + h.key_arg.size()).begin());
  h.env.observer->on(
      SecretEvent{.label = "SSL2_CLIENT_CHALLENGE", .client_random = h.challenge, .secret = all});
}
}  // namespace

void make_key_material(Handshake& h) {
  h.key_material =
      key_material(h.master_key, h.challenge, h.connection_id, 2 * kind_sizes(*h.suite).key);
  if (h.env.observer != nullptr) announce_secret(h);
}

Status take_certificate(Handshake& h, ByteView der, Purpose purpose) {
  PARLEY_TRY(Certificate leaf, Certificate::parse(to_bytes(der)));
  h.peer_chain = {leaf};
  PARLEY_TRY(crypto::PublicKey key, public_key_from_spki(leaf.spki()));
  const auto* rsa = std::get_if<crypto::RsaPublicKey>(&key);
  if (rsa == nullptr)
    return Error{.code = Errc::certificate_type, .where = "certificate: not of an RSA key"};
  h.peer_key = *rsa;
  PARLEY_CHECK(trust::judge_peer(*h.config, h.peer_chain, purpose, h.env.clock.unix_seconds(),
                                 h.verify_error));
  h.peer_verified = h.config->verify_mode != VerifyMode::none;
  return {};
}

Bytes certificate_digest(const Handshake& h) {
  const crypto::Digest d = crypto::hash(
      crypto::HashId::md5, {h.key_material, h.certificate_challenge, h.server_certificate});
  return to_bytes(d);
}

bool still_good(const Handshake& h, const Session& s) {
  const Session::Data& d = s.data();
  const CipherSuite* suite = find_cipher_suite(d.suite);
  const std::int64_t now = h.env.clock.unix_seconds();
  const Purpose peer = h.side == Side::client ? Purpose::server : Purpose::client;
  if (!is_resumable(s, *h.config, {}, now) || !trust::still_trusted(*h.config, s, peer, now) ||
      d.version != ProtocolVersion::ssl20 || d.id.size() != kSessionIdSize || suite == nullptr)
    return false;
  if (std::ranges::find(h.kinds, suite) == h.kinds.end()) return false;
  const KindSizes sizes = kind_sizes(*suite);
  return d.master_secret_size == sizes.key && d.key_arg.size() == sizes.key_arg;
}

void resume(Handshake& h, std::shared_ptr<const Session> s) {
  const Session::Data& d = s->data();
  h.facts.new_key = false;
  h.suite = find_cipher_suite(d.suite);
  h.session_id = d.id;
  h.peer_chain = d.peer_chain;
  h.peer_verified = d.peer_verified;
  h.master_key = crypto::SecretBytes(ByteView{d.master_secret}.first(d.master_secret_size));
  h.key_arg = d.key_arg;
  h.resumed_session = std::move(s);
  make_key_material(h);
}

}  // namespace parley::ssl2

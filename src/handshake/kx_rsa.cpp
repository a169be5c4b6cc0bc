// RSA key exchange: RFC 2246 section 7.4.7.1, RFC 6101 section 5.6.7.1.
#include "base/limits.hpp"
#include "handshake/kx.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

Status write_encrypted(RsaPremaster form, Bytes encrypted, Bytes& body) {
  if (form == RsaPremaster::bare)
    return build(ClientKeyExchangeRsaSsl30{std::move(encrypted)}, body);
  return build(ClientKeyExchangeRsa{std::move(encrypted)}, body);
}

Result<Bytes> read_encrypted(RsaPremaster form, ByteView body) {
  if (form == RsaPremaster::bare) {
    ClientKeyExchangeRsaSsl30 m;
    PARLEY_CHECK(parse(body, m));
    return std::move(m.encrypted_pre_master_secret);
  }
  ClientKeyExchangeRsa m;
  PARLEY_CHECK(parse(body, m));
  return std::move(m.encrypted_pre_master_secret);
}

Status send(Handshake& h, Bytes& body, crypto::SecretBytes& pre_master_secret) {
  const auto* key = h.peer_key ? std::get_if<crypto::RsaPublicKey>(&*h.peer_key) : nullptr;
  if (key == nullptr) return Error{.code = Errc::certificate_type, .where = "client_key_exchange"};
  pre_master_secret = crypto::SecretBytes(limits::kMasterSecret);
  if (!h.env.rng.fill(pre_master_secret))
    return Error{.code = Errc::no_random, .where = "client_key_exchange"};
  // The version offered, not the one agreed: that is what betrays a rollback.
  const auto v = static_cast<std::uint16_t>(h.offered_version);
  pre_master_secret.span()[0] = static_cast<std::uint8_t>(v >> 8);
  pre_master_secret.span()[1] = static_cast<std::uint8_t>(v);
  PARLEY_TRY(Bytes encrypted, key->encrypt(h.env.rng, pre_master_secret));
  return write_encrypted(h.profile->rsa_premaster, std::move(encrypted), body);
}

/// Implicit rejection: bad padding, a wrong length and a wrong version all go on with a random
/// secret and fail at Finished, like any other wrong key (RFC 5246 section 7.4.7.1).
Status receive(Handshake& h, ByteView body, crypto::SecretBytes& pre_master_secret) {
  PARLEY_TRY(Bytes encrypted, read_encrypted(h.profile->rsa_premaster, body));
  const auto* key = std::get_if<crypto::RsaPrivateKey>(&h.config.identity->key.impl().key);
  if (key == nullptr) return Error{.code = Errc::internal, .where = "client_key_exchange"};
  // Some clients (Pike) send the number without its leading zeros; the length is public.
  if (encrypted.size() < key->size())
    encrypted.insert(encrypted.begin(), key->size() - encrypted.size(), 0);
  crypto::Secret<limits::kMasterSecret> fallback;
  if (!h.env.rng.fill(fallback))
    return Error{.code = Errc::no_random, .where = "client_key_exchange"};
  pre_master_secret = crypto::SecretBytes(limits::kMasterSecret);
  return key->decrypt_premaster(h.env.rng, encrypted, static_cast<std::uint16_t>(h.offered_version),
                                fallback, pre_master_secret);
}

}  // namespace

constinit const KeyExchange kRsaKeyExchange{.kx = Kx::rsa, .send = send, .receive = receive};

}  // namespace parley

// RSA key exchange: RFC 2246 section 7.4.7.1, RFC 6101 section 5.6.7.1; and RSA_EXPORT, where a
// temporary key of 512 bits stands in for a longer one in the certificate (section 7.4.3).
#include "base/limits.hpp"
#include "handshake/digital_signature.hpp"
#include "handshake/kx.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// A fresh key for each handshake: one that lived as long as the process would be worth the
/// months of computing that 512 bits cost (FREAK, CVE-2015-0204).
Status send_params(Handshake& h, Bytes& body) {
  PARLEY_TRY(crypto::RsaPrivateKey key, crypto::RsaPrivateKey::generate(h.env.rng, kExportBits));
  const crypto::RsaPublicKey share = key.public_key();
  h.own_share = std::move(key);
  return build(ServerKeyExchangeRsa{share.n(), share.e()}, body);
}

Status receive_params(Handshake& h, ByteView body) {
  ServerKeyExchangeRsa m;
  PARLEY_CHECK(receive_signed_params(h, body, m));
  PARLEY_TRY(crypto::RsaPublicKey key,
             crypto::RsaPublicKey::from_numbers({.n = m.rsa_modulus, .e = m.rsa_exponent}));
  if (key.bits() > kExportBits)
    return Error{.code = Errc::key_too_large, .where = "server_key_exchange.rsa_modulus"};
  h.server_share = std::move(key);
  return {};
}

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
  const auto* key = std::get_if<crypto::RsaPublicKey>(&h.server_share);
  if (key == nullptr && h.peer_key) key = std::get_if<crypto::RsaPublicKey>(&*h.peer_key);
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
  const auto* key = std::get_if<crypto::RsaPrivateKey>(&h.own_share);
  if (key == nullptr && h.identity != nullptr)
    key = std::get_if<crypto::RsaPrivateKey>(&h.identity->key.impl().key);
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

constinit const KeyExchange kRsaKeyExchange{send_params, receive_params, send, receive};

}  // namespace parley

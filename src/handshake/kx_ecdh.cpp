// Diffie-Hellman on elliptic curves: ephemeral and anonymous (RFC 4492 sections 2.2, 2.4, 2.5),
// and with the server's share fixed in its certificate (sections 2.1 and 2.3).
#include "handshake/digital_signature.hpp"
#include "handshake/kx.hpp"
#include "handshake/negotiate.hpp"
#include "suite/groups.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

using crypto::EcPrivateKey;
using crypto::EcPublicKey;
using crypto::SecretBytes;

Status send_params(Handshake& h, Bytes& body) {
  const std::optional<NamedGroup> group = choose_group(*h.config, client_groups(h.offered));
  if (!group) return Error{.code = Errc::no_shared_cipher, .where = "server_key_exchange"};
  PARLEY_TRY(EcPrivateKey share, EcPrivateKey::generate(h.env.rng, curve_of(*group)));
  Bytes point = share.public_key().point();
  h.own_share = std::move(share);
  return build(
      ServerKeyExchangeEcdh{kNamedCurve, static_cast<std::uint16_t>(*group), std::move(point)},
      body);
}

Status receive_params(Handshake& h, ByteView body) {
  ServerKeyExchangeEcdh m;
  PARLEY_CHECK(receive_signed_params(h, body, m));
  const auto group = static_cast<NamedGroup>(m.named_curve);
  if (m.curve_type != kNamedCurve ||
      std::ranges::find(h.config->groups, group) == h.config->groups.end())
    return Error{.code = Errc::wrong_curve, .where = "server_key_exchange.named_curve"};
  PARLEY_TRY(EcPublicKey share, EcPublicKey::from_point(curve_of(group), m.point));
  h.server_share = std::move(share);
  return {};
}

Status send(Handshake& h, Bytes& body, SecretBytes& pre_master_secret) {
  const auto* server = std::get_if<EcPublicKey>(&h.server_share);
  if (server == nullptr && h.peer_key) server = std::get_if<EcPublicKey>(&*h.peer_key);
  if (server == nullptr)
    return Error{.code = Errc::certificate_type, .where = "client_key_exchange"};
  PARLEY_TRY(const EcPrivateKey own, EcPrivateKey::generate(h.env.rng, server->curve()));
  PARLEY_TRY(pre_master_secret, own.agree(*server));
  return build(ClientKeyExchangeEcdh{own.public_key().point()}, body);
}

Status receive(Handshake& h, ByteView body, SecretBytes& pre_master_secret) {
  ClientKeyExchangeEcdh m;
  PARLEY_CHECK(parse(body, m));
  const auto* own = std::get_if<EcPrivateKey>(&h.own_share);
  if (own == nullptr && h.identity != nullptr)
    own = std::get_if<EcPrivateKey>(&h.identity->key.impl().key);
  if (own == nullptr) return Error{.code = Errc::internal, .where = "client_key_exchange"};
  PARLEY_TRY(const EcPublicKey peer, EcPublicKey::from_point(own->curve(), m.ecdh_yc));
  PARLEY_TRY(pre_master_secret, own->agree(peer));
  return {};
}

}  // namespace

constinit const KeyExchange kEcdheKeyExchange{send_params, receive_params, send, receive};
constinit const KeyExchange kEcdhKeyExchange{nullptr, nullptr, send, receive};

}  // namespace parley

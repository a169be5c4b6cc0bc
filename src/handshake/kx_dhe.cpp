// Ephemeral and anonymous Diffie-Hellman: RFC 2246 sections 7.4.3, 7.4.7.2 and 8.1.2.
#include "crypto/ct.hpp"
#include "handshake/digital_signature.hpp"
#include "handshake/kx.hpp"
#include "trust/key_codec.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

using crypto::DhGroup;
using crypto::DhPrivateKey;
using crypto::SecretBytes;

/// Without a certificate whose strength the group could follow.
constexpr std::size_t kAnonymousBits = 2048;
/// Not below this however short the key in the certificate is.
constexpr std::size_t kLeastBits = 1024;

/// The configured group, or a well-known one as strong as the key that signs it. Export suites
/// allow 512 bits and no more.
Result<DhGroup> choose_group(const Handshake& h) {
  if (h.suite->is_export) return DhGroup::well_known(kExportBits);
  if (h.config->dh_parameters)
    return DhGroup::from_numbers(h.config->dh_parameters->p, h.config->dh_parameters->g);
  if (h.identity == nullptr) return DhGroup::well_known(kAnonymousBits);
  const auto* ec = std::get_if<crypto::EcPrivateKey>(&h.identity->key.impl().key);
  return DhGroup::well_known(ec != nullptr ? kAnonymousBits
                                           : std::max(kLeastBits, h.identity->key.bits()));
}

/// A share whose public value has no leading zeros. Where one does, Pike checks the signature over
/// the number without them, while Windows wants them there; so it is drawn again, which happens one
/// time in 256.
Result<DhPrivateKey> make_share(Rng& rng, const DhGroup& group) {
  PARLEY_TRY(DhPrivateKey share, DhPrivateKey::generate(rng, group));
  for (int more = 30; more > 0 && share.public_value().front() == 0; --more) {
    PARLEY_TRY(share, DhPrivateKey::generate(rng, group));
  }
  return share;
}

Status send_params(Handshake& h, Bytes& body) {
  PARLEY_TRY(const DhGroup group, choose_group(h));
  PARLEY_TRY(DhPrivateKey share, make_share(h.env.rng, group));
  Bytes public_value = share.public_value();
  h.own_share = std::move(share);
  return build(ServerKeyExchangeDh{group.p(), group.g(), std::move(public_value)}, body);
}

Status receive_params(Handshake& h, ByteView body) {
  ServerKeyExchangeDh m;
  PARLEY_CHECK(receive_signed_params(h, body, m));
  // Logjam (CVE-2015-4000): only an export suite may come with a group of export strength. It may
  // also come with a longer one, as JSSE and Pike have it in anonymous suites.
  const std::size_t min_bits = h.suite->is_export ? kExportBits : h.config->min_dh_bits;
  PARLEY_TRY(DhGroup group,
             DhGroup::from_numbers(m.dh_p, m.dh_g,
                                   {.min_bits = min_bits, .max_bits = h.config->max_dh_bits}));
  h.server_share = Handshake::DhShare{std::move(group), std::move(m.dh_ys)};
  return {};
}

/// "Leading bytes of Z that contain all zero bits are stripped" (RFC 5246 section 8.1.2, which
/// writes down what everybody did). The count is found without a branch on the bytes; that its
/// effect shows in time (Raccoon, CVE-2020-1968) is why no share is used twice.
SecretBytes strip_leading_zeros(const SecretBytes& z) {
  std::size_t zeros = 0;
  std::size_t still = ~std::size_t{0};
  for (const std::uint8_t b : z.view()) {
    still &= crypto::ct_is_zero<std::size_t>(b);
    zeros += still & 1;
  }
  crypto::ct_unpoison(&zeros, sizeof zeros);
  return SecretBytes{z.view().subspan(zeros)};
}

Status agree(const DhPrivateKey& own, ByteView peer, SecretBytes& pre_master_secret) {
  PARLEY_TRY(const SecretBytes z, own.agree(peer));
  pre_master_secret = strip_leading_zeros(z);
  return {};
}

Status send(Handshake& h, Bytes& body, SecretBytes& pre_master_secret) {
  const auto* server = std::get_if<Handshake::DhShare>(&h.server_share);
  if (server == nullptr) return Error{.code = Errc::internal, .where = "client_key_exchange"};
  PARLEY_TRY(const DhPrivateKey own, DhPrivateKey::generate(h.env.rng, server->group));
  PARLEY_CHECK(agree(own, server->public_value, pre_master_secret));
  return build(ClientKeyExchangeDh{own.public_value()}, body);
}

Status receive(Handshake& h, ByteView body, SecretBytes& pre_master_secret) {
  ClientKeyExchangeDh m;
  PARLEY_CHECK(parse(body, m));
  const auto* own = std::get_if<DhPrivateKey>(&h.own_share);
  if (own == nullptr) return Error{.code = Errc::internal, .where = "client_key_exchange"};
  return agree(*own, m.dh_yc, pre_master_secret);
}

}  // namespace

constinit const KeyExchange kDheKeyExchange{send_params, receive_params, send, receive};

}  // namespace parley

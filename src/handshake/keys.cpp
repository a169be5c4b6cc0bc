#include "handshake/keys.hpp"

#include "base/limits.hpp"
#include "crypto/hash.hpp"

namespace parley {
namespace {

/// key_block in the order of RFC 2246 section 6.3; both directions wait for their
/// ChangeCipherSpec.
Status install_keys(Handshake& h) {
  const crypto::SecretBytes* master = h.master_secret.get();
  if (master == nullptr) return Error{.code = Errc::internal, .where = "keys without a secret"};
  const EncTraits& enc = enc_traits(h.suite->enc);
  const std::size_t mac = mac_size(*h.suite);
  const KeyMaterial from_block = key_material(*h.suite);
  crypto::SecretBytes block(2 * (mac + from_block.key_size + from_block.iv_size));
  h.profile->key_block(prf_hash(*h.suite), *master, h.randoms(), block);
  std::size_t at = 0;
  const auto take = [&](std::size_t n) {
    at += n;
    return block.view().subspan(at - n, n);
  };
  // Explicit IVs make those of the block needless; they would be its last bytes.
  DirectionKeys client{.rng = &h.env.rng, .encrypt_then_mac = h.encrypt_then_mac};
  DirectionKeys server = client;
  client.mac_secret = take(mac);
  server.mac_secret = take(mac);
  client.key = take(from_block.key_size);
  server.key = take(from_block.key_size);
  client.iv = take(from_block.iv_size);
  server.iv = take(from_block.iv_size);
  // Export suites: the block gave short keys and no IVs.
  crypto::SecretBytes stretched(2 * (enc.key_size + enc.iv_size));
  if (h.suite->is_export) {
    const auto stretch = [&](Side side, DirectionKeys& keys, ByteSpan room) {
      const ByteSpan key = room.first(enc.key_size);
      const ByteSpan iv = room.subspan(enc.key_size);
      h.profile->export_keys(side, keys.key, h.randoms(), key, iv);
      keys.key = key;
      keys.iv = iv;
    };
    const std::size_t half = stretched.size() / 2;
    stretch(Side::client, client, stretched.span().first(half));
    stretch(Side::server, server, stretched.span().subspan(half));
  }
  const bool we_are_client = h.side == Side::client;
  h.write.set_pending(make_protection(*h.profile, *h.suite, we_are_client ? client : server),
                      h.max_fragment);
  h.read.set_pending(make_protection(*h.profile, *h.suite, we_are_client ? server : client),
                     h.max_fragment);
  return {};
}

void announce(const Handshake& h, std::string_view label, ByteView secret) {
  if (h.env.observer == nullptr) return;
  h.env.observer->on(
      SecretEvent{.label = label, .client_random = h.client_random, .secret = secret});
}

}  // namespace

Status derive_master_secret(Handshake& h) {
  const crypto::SecretBytes pre_master_secret = std::exchange(h.pre_master_secret, {});
  crypto::SecretBytes master(limits::kMasterSecret);
  announce(h, kPremasterLabel, pre_master_secret);
  const crypto::HashId prf = prf_hash(*h.suite);
  if (h.extended_master_secret && h.profile->extended_master_secret == nullptr)
    return Error{.code = Errc::internal, .where = "extended_master_secret"};
  if (h.extended_master_secret)
    h.profile->extended_master_secret(prf, pre_master_secret, h.transcript.bytes(), master);
  else
    h.profile->master_secret(prf, pre_master_secret, h.randoms(), master);
  return set_master_secret(h, master);
}

Status set_master_secret(Handshake& h, ByteView master_secret) {
  if (!h.master_secret.set(crypto::SecretBytes{master_secret}))
    return Error{.code = Errc::internal, .where = "master secret set twice"};
  announce(h, "CLIENT_RANDOM", *h.master_secret.get());
  return install_keys(h);
}

}  // namespace parley

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
  const std::size_t mac_size = crypto::digest_size(mac_hash(h.suite->mac));
  const KeyMaterial from_block = key_material(*h.suite);
  crypto::SecretBytes block(2 * (mac_size + from_block.key_size + from_block.iv_size));
  h.profile->key_block(*master, h.randoms(), block);
  std::size_t at = 0;
  const auto take = [&](std::size_t n) {
    at += n;
    return block.view().subspan(at - n, n);
  };
  DirectionKeys client, server;
  client.mac_secret = take(mac_size);
  server.mac_secret = take(mac_size);
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
  h.write.set_pending(make_protection(*h.profile, *h.suite, we_are_client ? client : server));
  h.read.set_pending(make_protection(*h.profile, *h.suite, we_are_client ? server : client));
  return {};
}

}  // namespace

Status set_pre_master_secret(Handshake& h, ByteView pre_master_secret) {
  crypto::SecretBytes master(limits::kMasterSecret);
  h.profile->master_secret(pre_master_secret, h.randoms(), master);
  return set_master_secret(h, master);
}

Status set_master_secret(Handshake& h, ByteView master_secret) {
  if (!h.master_secret.set(crypto::SecretBytes{master_secret}))
    return Error{.code = Errc::internal, .where = "master secret set twice"};
  if (h.env.observer != nullptr)
    h.env.observer->on(SecretEvent{.label = "CLIENT_RANDOM",
                                   .client_random = h.client_random,
                                   .secret = *h.master_secret.get()});
  return install_keys(h);
}

}  // namespace parley

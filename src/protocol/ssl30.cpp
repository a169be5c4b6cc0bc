// What SSL 3.0 computes (RFC 6101).
#include "protocol/ssl30.hpp"

#include <cstring>

#include "crypto/secret.hpp"

namespace parley::ssl30 {
namespace {

using crypto::Hasher;
using crypto::HashId;

/// MD5 over SHA-1 with 'A', 'BB', 'CCC' ... (RFC 6101 sections 6.1 and 6.2.2).
void expand(ByteView secret, ByteView first, ByteView second, ByteSpan out) {
  crypto::Secret<20> inner;
  crypto::Secret<16> block;
  std::array<std::uint8_t, 26> salt;
  for (std::size_t round = 0, at = 0; at < out.size(); ++round) {
    salt.fill(static_cast<std::uint8_t>('A' + round));
    Hasher sha{HashId::sha1};
    sha.update(ByteView{salt}.first(round + 1));
    sha.update(secret);
    sha.update(first);
    sha.update(second);
    sha.finish(inner);
    Hasher md5{HashId::md5};
    md5.update(secret);
    md5.update(inner);
    md5.finish(block);
    const std::size_t n = std::min(block.size(), out.size() - at);
    std::memcpy(out.data() + at, block.view().data(), n);
    at += n;
  }
}

}  // namespace

void master_secret(HashId, ByteView premaster, Randoms r, ByteSpan out) {
  expand(premaster, r.client, r.server, out);
}
// The randoms change places (RFC 6101 section 6.2.2).
void key_block(HashId, ByteView master, Randoms r, ByteSpan out) {
  expand(master, r.server, r.client, out);
}

/// MD5 of the key and both randoms, the writer's own first; the IV without the key (RFC 6101
/// section 6.2.2.1).
void export_keys(Side writer, ByteView write_key, Randoms r, ByteSpan final_key, ByteSpan iv) {
  const bool client = writer == Side::client;
  const ByteView own = client ? r.client : r.server;
  const ByteView peer = client ? r.server : r.client;
  crypto::Secret<16> digest;
  const auto fill = [&](ByteView key, ByteSpan out) {
    Hasher md5{HashId::md5};
    md5.update(key);
    md5.update(own);
    md5.update(peer);
    md5.finish(digest);
    std::copy_n(digest.view().begin(), std::min(out.size(), digest.size()), out.begin());
  };
  fill(write_key, final_key);
  fill({}, iv);
}

namespace {

constexpr std::uint8_t kPad1 = 0x36;
constexpr std::uint8_t kPad2 = 0x5c;

/// pad_1 and pad_2 repeat 48 times for MD5 and 40 times for SHA-1 (RFC 6101 section 5.2.3.1).
void absorb_pad(Hasher& h, std::uint8_t pad) {
  std::array<std::uint8_t, 48> bytes;
  bytes.fill(pad);
  h.update(ByteView{bytes}.first(h.id() == HashId::md5 ? 48 : 40));
}

}  // namespace

RecordMac record_mac(HashId id, ByteView mac_secret) {
  Hasher inner{id}, outer{id};
  inner.update(mac_secret);
  absorb_pad(inner, kPad1);
  outer.update(mac_secret);
  absorb_pad(outer, kPad2);
  return {inner, outer};
}

namespace {

/// H(master, pad_2, H(transcript, sender, master, pad_1)) (RFC 6101 section 5.6.8 and 5.6.9).
void nested_hash(HashId id, ByteView transcript, ByteView sender, ByteView master, ByteSpan out) {
  Hasher inner{id};
  inner.update(transcript);
  inner.update(sender);
  inner.update(master);
  absorb_pad(inner, kPad1);
  crypto::Digest d;
  inner.finish(d.bytes);
  Hasher outer{id};
  outer.update(master);
  absorb_pad(outer, kPad2);
  outer.update(ByteView{d.bytes}.first(crypto::digest_size(id)));
  outer.finish(out);
}

VerifyData both_hashes(ByteView transcript, ByteView sender, ByteView master) {
  VerifyData v;
  v.size = 36;
  nested_hash(HashId::md5, transcript, sender, master, ByteSpan{v.bytes}.first(16));
  nested_hash(HashId::sha1, transcript, sender, master, ByteSpan{v.bytes}.subspan(16));
  return v;
}

}  // namespace

VerifyData finished(HashId, ByteView transcript, ByteView master, Side side) {
  return both_hashes(transcript, as_bytes(side == Side::client ? "CLNT" : "SRVR"), master);
}
VerifyData certificate_verify(ByteView transcript, ByteView master) {
  return both_hashes(transcript, {}, master);
}

}  // namespace parley::ssl30

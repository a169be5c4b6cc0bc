// What TLS 1.0 computes (RFC 2246).
#include "protocol/tls10.hpp"

#include "crypto/secret.hpp"

namespace parley::tls10 {

using crypto::Hasher;
using crypto::HashId;

void prf(HashId, ByteView secret, std::string_view label, std::initializer_list<ByteView> seed,
         ByteSpan out) {  // section 5
  crypto::tls10_prf(secret, label, seed, out);
}

void export_keys(Side writer, ByteView write_key, Randoms r, ByteSpan final_key,
                 ByteSpan iv) {  // section 6.3.1
  const bool client = writer == Side::client;
  crypto::tls10_prf(write_key, client ? "client write key" : "server write key",
                    {r.client, r.server}, final_key);
  // iv_block holds the client's IV and then the server's.
  std::array<std::uint8_t, 32> block{};
  const ByteSpan ivs = ByteSpan{block}.first(2 * iv.size());
  crypto::tls10_prf({}, "IV block", {r.client, r.server}, ivs);
  std::ranges::copy(ivs.subspan(client ? 0 : iv.size(), iv.size()), iv.begin());
}

/// HMAC (section 6.2.3.1), opened up into its two states so that they are keyed only once.
RecordMac record_mac(HashId id, ByteView mac_secret) {
  crypto::Secret<crypto::kMaxHashBlock> pad;
  const ByteSpan block = pad.span().first(crypto::block_size(id));
  const auto keyed = [&](std::uint8_t fill) {
    std::ranges::fill(block, fill);
    for (std::size_t i = 0; i < mac_secret.size(); ++i)
      block[i] = static_cast<std::uint8_t>(fill ^ mac_secret[i]);
    Hasher h{id};
    h.update(block);
    return h;
  };
  return {keyed(0x36), keyed(0x5c)};
}

VerifyData handshake_hash(HashId, ByteView transcript) {
  VerifyData v;
  v.size = 36;
  Hasher md5{HashId::md5}, sha{HashId::sha1};
  md5.update(transcript);
  md5.finish(ByteSpan{v.bytes}.first(16));
  sha.update(transcript);
  sha.finish(ByteSpan{v.bytes}.subspan(16));
  return v;
}

VerifyData certificate_verify(ByteView transcript, ByteView) {  // section 7.4.8
  return handshake_hash(HashId::md5, transcript);
}

}  // namespace parley::tls10

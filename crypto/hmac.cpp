#include "crypto/hmac.hpp"

#include <algorithm>

#include "crypto/secret.hpp"

namespace parley::crypto {

// RFC 2104 section 2: keys longer than a block are hashed first, shorter ones get zeros.
Hmac::Hmac(HashId id, ByteView key) : inner_(id), outer_(id) {
  Secret<kMaxHashBlock> pad_bytes;
  const ByteSpan pad = pad_bytes.span().first(block_size(id));
  if (key.size() > pad.size()) {
    Hasher h(id);
    h.update(key);
    h.finish(pad);
  } else {
    std::copy(key.begin(), key.end(), pad.begin());
  }
  for (std::uint8_t& b : pad) b ^= 0x36;
  inner_.update(pad);
  for (std::uint8_t& b : pad) b ^= 0x36 ^ 0x5c;
  outer_.update(pad);
}

void Hmac::finish(ByteSpan out) {
  Secret<kMaxDigest> digest;
  inner_.finish(digest);
  outer_.update(digest.view().first(digest_size(outer_.id())));
  outer_.finish(out);
}

void Hmac::finish_secret_length(ByteView data, std::size_t secret_len, std::size_t min_len,
                                ByteSpan out) {
  Secret<kMaxDigest> digest;
  inner_.finish_secret_length(data, secret_len, min_len, digest);
  outer_.update(digest.view().first(digest_size(outer_.id())));
  outer_.finish(out);
}

Digest hmac(HashId id, ByteView key, std::initializer_list<ByteView> parts) {
  Hmac h(id, key);
  for (const ByteView part : parts) h.update(part);
  Digest d;
  d.size = digest_size(id);
  h.finish(d.bytes);
  return d;
}

}  // namespace parley::crypto

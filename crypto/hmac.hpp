// HMAC (RFC 2104).
#pragma once
#include "crypto/hash.hpp"

namespace parley::crypto {

/// Two hash states that have absorbed key and pads. Copy a keyed Hmac to compute many MACs
/// without touching the key again.
class Hmac {
 public:
  Hmac(HashId, ByteView key);
  void update(ByteView b) { inner_.update(b); }
  /// Writes digest_size() bytes to the front of `out`.
  void finish(ByteSpan out);
  /// finish() after update(data.first(secret_len)), in time independent of secret_len; see
  /// Hasher::finish_secret_length.
  void finish_secret_length(ByteView data, std::size_t secret_len, std::size_t min_len,
                            ByteSpan out);

 private:
  Hasher inner_;
  Hasher outer_;
};

Digest hmac(HashId, ByteView key, std::initializer_list<ByteView> parts);

}  // namespace parley::crypto

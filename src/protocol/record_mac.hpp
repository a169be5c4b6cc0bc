// The MAC of a record: two keyed hash states, in the shape that SSL 3.0 and HMAC share.
#pragma once
#include "crypto/hash.hpp"

namespace parley {

/// inner = H(key, pad1, ...), outer = H(key, pad2, inner's digest). What the pads are is the
/// version's business; everything after them is the same computation.
class RecordMac {
 public:
  /// Both states have absorbed key and pad.
  RecordMac(const crypto::Hasher& inner, const crypto::Hasher& outer)
      : inner_(inner), outer_(outer) {}

  std::size_t size() const { return crypto::digest_size(inner_.id()); }

  /// Writes size() bytes.
  void compute(ByteView header, ByteView data, ByteSpan out) const {
    crypto::Hasher inner = inner_;
    inner.update(header);
    inner.update(data);
    crypto::Digest d;
    inner.finish(d.bytes);
    finish(d, out);
  }
  /// The same over data[0 .. secret_len), in time that does not depend on secret_len
  /// (Hasher::finish_secret_length).
  void compute_secret_length(ByteView header, ByteView data, std::size_t secret_len,
                             std::size_t min_len, ByteSpan out) const {
    crypto::Hasher inner = inner_;
    inner.update(header);
    crypto::Digest d;
    inner.finish_secret_length(data, secret_len, min_len, d.bytes);
    finish(d, out);
  }

 private:
  void finish(crypto::Digest& d, ByteSpan out) const {
    crypto::Hasher outer = outer_;
    outer.update(ByteView{d.bytes}.first(size()));
    outer.finish(out);
  }
  crypto::Hasher inner_;
  crypto::Hasher outer_;
};

}  // namespace parley

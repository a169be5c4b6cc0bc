// GHASH (NIST SP 800-38D section 6.4): the universal hash of GCM.
#pragma once
#include "crypto/ctr.hpp"
#include "crypto/kernels.hpp"

namespace parley::crypto {

class Ghash {
 public:
  /// `h` is E(K, 0).
  explicit Ghash(const AesBlock& h) { kernels_.ghash_expand(h.data(), key_.data()); }
  Ghash(const Ghash&) = delete;
  Ghash& operator=(const Ghash&) = delete;
  ~Ghash() { wipe(key_); }

  /// The hash of `aad` and `data`, each filled up with zeros to whole blocks, and of their lengths.
  void hash(ByteView aad, ByteView data, ByteSpan out) const;

 private:
  const Kernels& kernels_ = kernels();
  alignas(16) std::array<std::uint8_t, kMaxGhashKey> key_;
};

}  // namespace parley::crypto

// Counter mode over AES, for GCM and CCM.
#pragma once
#include "crypto/block_ciphers.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {

inline constexpr std::size_t kAesBlock = 16;
using AesBlock = std::array<std::uint8_t, kAesBlock>;

/// E(first), E(first + 1), ...: the last four bytes count, modulo 2^32 (SP 800-38D's inc_32). CCM's
/// counter may have other sizes, but never counts so far that this would show.
class KeyStream {
 public:
  KeyStream(const Aes& aes, const AesBlock& first) : aes_(aes), next_(first) {}

  /// out = in ^ the next bytes of the stream, both of one size and the same memory or apart. Sizes
  /// are whole blocks, only that of the last call need not be.
  void apply(ByteView in, ByteSpan out);

 private:
  const Aes& aes_;
  AesBlock next_;
};

}  // namespace parley::crypto

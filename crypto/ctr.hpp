// Counter mode over AES, for GCM and CCM.
#pragma once
#include "crypto/cipher.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {

inline constexpr std::size_t kAesBlock = 16;
using AesBlock = std::array<std::uint8_t, kAesBlock>;

/// E(first), E(first + 1), ...: the last four bytes count, modulo 2^32 (SP 800-38D's inc_32). CCM's
/// counter may have other sizes, but never counts so far that this would show.
class KeyStream {
 public:
  /// At most `size` bytes will be asked for.
  KeyStream(const BlockCipher& aes, const AesBlock& first, std::uint64_t size)
      : aes_(aes), next_(first), size_(size) {}

  /// out = in ^ the next bytes of the stream, both of one size and the same memory or apart.
  void apply(ByteView in, ByteSpan out);

 private:
  void refill();

  // A multiple of what AES does at once.
  static constexpr std::size_t kRun = 32 * kAesBlock;
  const BlockCipher& aes_;
  AesBlock next_;
  std::uint64_t size_;  // yet to come, beyond what is in run_
  Secret<kRun> run_;
  std::size_t used_ = 0, filled_ = 0;
};

}  // namespace parley::crypto

// CBC and ECB over a cipher that does one block after another. AES and DES bring modes of their
// own, because they gain from several blocks side by side.
#pragma once
#include <algorithm>
#include <array>
#include <cassert>

#include "crypto/cipher.hpp"

namespace parley::crypto {

/// A keyed `Cipher` as a BlockCipher. `Cipher` has
///   static constexpr std::size_t kBlock;                            // bytes
///   void encrypt(const std::uint8_t* in, std::uint8_t* out) const;  // one block, may be in place
///   void decrypt(const std::uint8_t* in, std::uint8_t* out) const;
/// and wipes its key schedule on destruction.
template <class Cipher>
class BlockModes final : public BlockCipher {
 public:
  template <class... Args>
  explicit BlockModes(const Args&... args) : cipher_(args...) {}

  std::size_t block_size() const override { return kBlock; }

  void cbc_encrypt(ByteSpan iv, ByteView in, ByteSpan out) const override {
    assert(iv.size() == kBlock && in.size() % kBlock == 0 && in.size() == out.size());
    Block chain;
    std::copy_n(iv.data(), kBlock, chain.data());
    for (std::size_t at = 0; at < in.size(); at += kBlock) {
      for (std::size_t i = 0; i < kBlock; ++i) chain[i] ^= in[at + i];
      cipher_.encrypt(chain.data(), chain.data());
      std::copy_n(chain.data(), kBlock, out.data() + at);
    }
    std::copy_n(chain.data(), kBlock, iv.data());
  }

  void cbc_decrypt(ByteSpan iv, ByteView in, ByteSpan out) const override {
    assert(iv.size() == kBlock && in.size() % kBlock == 0 && in.size() == out.size());
    Block previous;
    std::copy_n(iv.data(), kBlock, previous.data());
    for (std::size_t at = 0; at < in.size(); at += kBlock) {
      Block cipher;  // `out` may overwrite `in`
      std::copy_n(in.data() + at, kBlock, cipher.data());
      cipher_.decrypt(cipher.data(), out.data() + at);
      for (std::size_t i = 0; i < kBlock; ++i) out[at + i] ^= previous[i];
      previous = cipher;
    }
    std::copy_n(previous.data(), kBlock, iv.data());
  }

  void ecb_encrypt(ByteView in, ByteSpan out) const override {
    assert(in.size() % kBlock == 0 && in.size() == out.size());
    for (std::size_t at = 0; at < in.size(); at += kBlock) {
      cipher_.encrypt(in.data() + at, out.data() + at);
    }
  }

  void ecb_decrypt(ByteView in, ByteSpan out) const override {
    assert(in.size() % kBlock == 0 && in.size() == out.size());
    for (std::size_t at = 0; at < in.size(); at += kBlock) {
      cipher_.decrypt(in.data() + at, out.data() + at);
    }
  }

 private:
  static constexpr std::size_t kBlock = Cipher::kBlock;
  using Block = std::array<std::uint8_t, kBlock>;
  Cipher cipher_;
};

}  // namespace parley::crypto

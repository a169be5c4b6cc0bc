// Symmetric ciphers: key schedules and bulk modes. All of them work in place or from `in` to
// `out` of the same size; key schedules are wiped on destruction.
#pragma once
#include <array>
#include <memory>

#include "parley/bytes.hpp"

namespace parley::crypto {

/// Block ciphers usable in CBC (and, for known-answer tests, ECB). RC2 (RFC 2268) comes with 128
/// effective bits, as SSL uses it even for export, and with 40 and 64, as old keys and files have
/// it.
enum class BlockCipherId : std::uint8_t {
  aes128,
  aes192,
  aes256,
  des,
  des_ede3,
  rc2_40,
  rc2_64,
  rc2_128,
  idea,
  seed,
  camellia128,
  camellia192,
  camellia256,
};

std::size_t cipher_block_size(BlockCipherId);  ///< bytes
std::size_t cipher_key_size(
    BlockCipherId);  ///< bytes; 24 for des_ede3, parity bits ignored; bits / 8 for rc2

/// A keyed block cipher with CBC over whole runs of blocks, so that an implementation can keep
/// the chain in registers and decrypt many blocks side by side.
class BlockCipher {
 public:
  virtual ~BlockCipher() = default;
  virtual std::size_t block_size() const = 0;
  /// Sizes of `in` and `out` are equal multiples of block_size(); in and out are the same
  /// memory or do not overlap. `iv` holds block_size() bytes, read and then replaced by the last
  /// ciphertext block, so that the next call goes on (TLS 1.0 chains records this way).
  virtual void cbc_encrypt(ByteSpan iv, ByteView in, ByteSpan out) const = 0;
  virtual void cbc_decrypt(ByteSpan iv, ByteView in, ByteSpan out) const = 0;
  virtual void ecb_encrypt(ByteView in, ByteSpan out) const = 0;
  virtual void ecb_decrypt(ByteView in, ByteSpan out) const = 0;
};

/// Null unless key.size() is cipher_key_size(id).
std::unique_ptr<BlockCipher> make_block_cipher(BlockCipherId id, ByteView key);

/// RC4. Table-driven by nature: not constant-time (crypto/README.md).
class Rc4 {
 public:
  /// 1 to 256 bytes of key.
  explicit Rc4(ByteView key);
  Rc4(const Rc4&) = delete;
  Rc4& operator=(const Rc4&) = delete;
  ~Rc4();
  /// Encrypts or decrypts; in and out are the same memory or do not overlap.
  void apply(ByteView in, ByteSpan out);

 private:
  std::array<std::uint8_t, 256> s_;
  std::uint8_t i_ = 0;
  std::uint8_t j_ = 0;
};

}  // namespace parley::crypto

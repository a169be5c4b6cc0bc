// Authenticated encryption with associated data (RFC 5116), the ciphers of TLS 1.2's AEAD suites.
#pragma once
#include <memory>

#include "parley/bytes.hpp"

namespace parley::crypto {

/// AES-GCM (NIST SP 800-38D), AES-CCM (SP 800-38C) with tags of 16 and of 8 bytes, and
/// ChaCha20-Poly1305 (RFC 8439). All of them take nonces of 12 bytes.
enum class AeadId : std::uint8_t {
  aes128_gcm,
  aes256_gcm,
  aes128_ccm,
  aes256_ccm,
  aes128_ccm8,
  aes256_ccm8,
  chacha20_poly1305,
};

inline constexpr std::size_t kAeadNonce = 12;  ///< bytes
inline constexpr std::size_t kMaxAeadTag = 16;
std::size_t aead_key_size(AeadId);  ///< bytes
std::size_t aead_tag_size(AeadId);  ///< bytes

/// A keyed AEAD. Wiped on destruction. A nonce must never seal twice under one key: with GCM and
/// ChaCha20-Poly1305 that gives the authentication key away.
class Aead {
 public:
  virtual ~Aead() = default;
  virtual std::size_t tag_size() const = 0;
  /// Bytes; GCM takes any nonce that is not empty.
  virtual std::size_t nonce_size() const = 0;
  /// The longest plaintext, bytes (RFC 5116's P_MAX): more than any record.
  virtual std::uint64_t max_plaintext() const = 0;

  /// `out` has plaintext.size() + tag_size() bytes: the ciphertext, then the tag. The plaintext
  /// may stand at the front of `out`; else they do not overlap.
  virtual void seal(ByteView nonce, ByteView aad, ByteView plaintext, ByteSpan out) const = 0;
  /// `in` is ciphertext and tag, `out` has in.size() - tag_size() bytes and is the front of `in` or
  /// does not overlap it. False when the tag is not right, and then all of `out` is zero; false
  /// too, and `out` untouched, when `in` is shorter than a tag or longer than can be.
  [[nodiscard]] virtual bool open(ByteView nonce, ByteView aad, ByteView in,
                                  ByteSpan out) const = 0;
};

/// Null unless key.size() is aead_key_size(id).
std::unique_ptr<Aead> make_aead(AeadId id, ByteView key);

}  // namespace parley::crypto

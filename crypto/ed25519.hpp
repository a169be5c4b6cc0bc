// Ed25519 signatures (RFC 8032), by libsodium: in certificates. No version served here signs a
// handshake with them.
#pragma once
#include <array>

#include "crypto/secret.hpp"
#include "parley/bytes.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

inline constexpr std::size_t kEd25519KeySize = 32;
inline constexpr std::size_t kEd25519SignatureSize = 64;
inline constexpr std::size_t kEd25519Bits = 256;  ///< of a key, by common count

/// False for anything that is not a good signature: wrong lengths, points that are not on the curve
/// or of small order, a number S not below the order (RFC 8032 section 5.1.7).
[[nodiscard]] bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature);

class Ed25519PublicKey {
 public:
  /// 32 bytes: else Errc::bad_point. Whether they are a point is asked by every verify().
  static Result<Ed25519PublicKey> from_bytes(ByteView);
  ByteView bytes() const { return bytes_; }
  std::size_t bits() const { return kEd25519Bits; }
  [[nodiscard]] bool verify(ByteView message, ByteView signature) const {
    return ed25519_verify(bytes_, message, signature);
  }
  bool operator==(const Ed25519PublicKey&) const = default;

 private:
  Ed25519PublicKey() = default;
  friend class Ed25519PrivateKey;
  std::array<std::uint8_t, kEd25519KeySize> bytes_{};
};

/// Constant-time. A copy holds the secret once more; each is wiped when it dies.
class Ed25519PrivateKey {
 public:
  /// The 32 bytes that RFC 8032 calls the private key: else Errc::bad_scalar.
  static Result<Ed25519PrivateKey> from_seed(ByteView);
  /// Errc::no_random when the Rng fails.
  static Result<Ed25519PrivateKey> generate(Rng&);
  Ed25519PrivateKey(const Ed25519PrivateKey&) = default;
  Ed25519PrivateKey& operator=(const Ed25519PrivateKey&) = default;
  ~Ed25519PrivateKey() { wipe(secret_); }

  Ed25519PublicKey public_key() const;
  SecretBytes seed() const;
  /// 64 bytes; one message has one signature.
  Bytes sign(ByteView message) const;

 private:
  Ed25519PrivateKey() = default;
  std::array<std::uint8_t, 2 * kEd25519KeySize> secret_{};  // seed, then public key
};

}  // namespace parley::crypto

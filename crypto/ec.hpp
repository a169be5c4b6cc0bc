// Elliptic curves over prime fields, by name only (no explicit parameters, CVE-2022-0778): ECDH
// (SEC 1 section 3.3.1, RFC 7748) and ECDSA (FIPS 186-4 section 6). The named curves have cofactor
// 1; x25519 agrees on secrets and cannot sign.
#pragma once
#include <memory>
#include <optional>

#include "crypto/hash.hpp"
#include "crypto/rs_signature.hpp"
#include "crypto/secret.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

enum class Curve : std::uint8_t {
  secp192r1,
  secp224r1,
  secp256r1,
  secp384r1,
  secp521r1,
  secp256k1,
  x25519,
};
inline constexpr std::size_t kCurveCount = 7;

std::string_view curve_name(Curve);  ///< "secp256r1"
/// By the name of SEC 2 ("secp256r1"), ANSI X9.62 ("prime256v1") or FIPS 186 ("P-256", "p256").
std::optional<Curve> find_curve(std::string_view name);
std::size_t curve_bits(Curve);         ///< of the group order (253 for x25519 counts as 256)
std::size_t curve_field_size(Curve);   ///< bytes of a coordinate, and of a shared secret
std::size_t curve_scalar_size(Curve);  ///< bytes of a private number

/// A point somebody published, checked: on the curve, in range, not at infinity. Cheap to copy.
class EcPublicKey {
 public:
  /// SEC 1 section 2.3.4, uncompressed or compressed; 32 bytes for x25519. Errc::bad_point for
  /// an encoding of the wrong length or form, coordinates not below p and points off the curve;
  /// Errc::point_at_infinity for the single byte 0.
  static Result<EcPublicKey> from_point(Curve, ByteView encoded);

  Curve curve() const;
  std::size_t bits() const { return curve_bits(curve()); }
  Bytes point() const;  ///< uncompressed; 32 bytes for x25519

  /// ECDSA over a digest (its leftmost bits if longer than the order). Ok, Errc::bad_signature,
  /// Errc::signature_out_of_range for r or s outside [1, n - 1], Errc::unsupported_algorithm
  /// for x25519.
  Status verify(ByteView digest, const RsSignature&) const;
  bool operator==(const EcPublicKey&) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  friend class EcPrivateKey;
  explicit EcPublicKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

/// A private number and its point. Constant-time in the number. Cheap to copy; wiped when the
/// last copy dies. Safe to use from several threads at once.
class EcPrivateKey {
 public:
  /// Big-endian, any number of leading zeros; Errc::bad_scalar outside [1, n - 1]. For x25519
  /// 32 bytes as RFC 7748 has them, clamped in use.
  static Result<EcPrivateKey> from_scalar(Curve, ByteView scalar);
  /// Errc::no_random when the Rng fails.
  static Result<EcPrivateKey> generate(Rng&, Curve);

  EcPublicKey public_key() const;
  Curve curve() const { return public_key().curve(); }
  SecretBytes scalar() const;  ///< curve_scalar_size() bytes

  /// ECDSA with the nonce of RFC 6979, hedged with fresh randomness (section 3.6): a broken Rng
  /// or clock cannot make it repeat for two messages, and Errc::no_random means that nothing was
  /// signed. `hash` is what made `digest`, and drives the nonce generator.
  Result<RsSignature> sign(Rng&, HashId hash, ByteView digest) const;
  /// The x coordinate of the shared point, curve_field_size() bytes with leading zeros kept (RFC
  /// 4492 section 5.10); for x25519 the 32 bytes of RFC 7748, Errc::bad_point when all zero.
  /// Errc::wrong_curve when the peer's point is on another curve.
  Result<SecretBytes> agree(const EcPublicKey& peer) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit EcPrivateKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace parley::crypto

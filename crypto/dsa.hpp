// DSA (FIPS 186-4 section 4), primes of 512 to 3072 bits with subgroups of 160 to 256 bits.
#pragma once
#include <memory>

#include "crypto/hash.hpp"
#include "crypto/rs_signature.hpp"
#include "crypto/secret.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

inline constexpr std::size_t kMinDsaBits = 512;
inline constexpr std::size_t kMaxDsaBits = 3072;

/// Numbers of a key as unsigned big-endian bytes; leading zeros are fine.
struct DsaPublicNumbers {
  ByteView p, q, g, y;
};

/// A checked public key. Cheap to copy (shares immutable state).
class DsaPublicKey {
 public:
  /// Errc::key_too_small and key_too_large for a p beyond the limits above or a q below 160 or
  /// above 256 bits; Errc::bad_group for an even p or q, a q that does not divide p - 1, or a g
  /// outside [2, p - 2]; Errc::bad_value for a y outside [2, p - 2]. Whether p and q are prime is
  /// not asked: whoever made the key can sign with it anyway.
  static Result<DsaPublicKey> from_numbers(const DsaPublicNumbers&);

  std::size_t bits() const;    ///< of p
  std::size_t q_bits() const;  ///< of q
  Bytes p() const;             ///< big-endian, no leading zeros
  Bytes q() const;
  Bytes g() const;
  Bytes y() const;

  /// Over a digest (its leftmost bits if longer than q). Ok, Errc::bad_signature, or
  /// Errc::signature_out_of_range for r or s outside [1, q - 1].
  Status verify(ByteView digest, const RsSignature&) const;
  bool operator==(const DsaPublicKey&) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  friend class DsaPrivateKey;
  explicit DsaPublicKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

/// A private key, constant-time in its number. Cheap to copy; wiped when the last copy dies. Safe
/// to use from several threads at once.
class DsaPrivateKey {
 public:
  /// Errc::bad_scalar for an x outside [1, q - 1], Errc::bad_value when y is not g^x (an empty y
  /// is computed), Errc::bad_group also for a g whose q-th power is not 1, else the errors of
  /// DsaPublicKey.
  static Result<DsaPrivateKey> from_numbers(const DsaPublicNumbers&, ByteView x);
  /// New parameters and a new key: `bits` is 512, 768, 1024, 2048 or 3072 (else
  /// Errc::bad_argument), with a q of 160 bits up to 1024 and of 256 above.
  static Result<DsaPrivateKey> generate(Rng&, std::size_t bits);

  DsaPublicKey public_key() const;
  SecretBytes x() const;  ///< big-endian, as long as q

  /// With the nonce of RFC 6979, hedged with fresh randomness (section 3.6); Errc::no_random
  /// means that nothing was signed. `hash` is what made `digest`.
  Result<RsSignature> sign(Rng&, HashId hash, ByteView digest) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit DsaPrivateKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace parley::crypto

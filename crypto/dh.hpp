// Diffie-Hellman in a prime field (PKCS #3; RFC 2631), groups of 512 to 8192 bits.
#pragma once
#include <memory>
#include <span>

#include "crypto/bignum.hpp"
#include "crypto/secret.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

inline constexpr std::size_t kMinDhBits = 512;
inline constexpr std::size_t kMaxDhBits = 8192;

/// What a peer's parameters must satisfy; bits of the prime.
struct DhLimits {
  std::size_t min_bits = kMinDhBits;
  std::size_t max_bits = kMaxDhBits;
};

/// A prime and a generator, ready for use. Cheap to copy (shares immutable state).
class DhGroup {
 public:
  /// Parameters of a peer. Errc::dh_key_too_small and dh_key_too_large beyond the limits,
  /// Errc::bad_group for an even p or a g outside [2, p - 2]. Whether p is prime is not asked: a
  /// peer that wants to give the secret away can do so in easier ways.
  static Result<DhGroup> from_numbers(ByteView p, ByteView g, DhLimits = {});
  /// Parameters that will be used for many connections: as from_numbers(), and p = 2q + 1 with
  /// both prime (Errc::bad_group). Takes a second or so at 2048 bits; a well-known prime is known.
  static Result<DhGroup> from_trusted_numbers(Rng&, ByteView p, ByteView g);
  /// A new safe prime with g = 2 generating the subgroup of prime order. Slow: seconds at 1024
  /// bits, minutes at 2048. `bits` is a multiple of 64 from 512 to 8192 (Errc::bad_argument).
  static Result<DhGroup> generate(Rng&, std::size_t bits);
  /// The well-known group of at least `bits` bits: 512 (our own, for export suites), 1024 (RFC
  /// 2409 group 2), 1536, 2048, 3072, 4096 ... 8192 (RFC 3526). More than 8192 gives 8192.
  static const DhGroup& well_known(std::size_t bits);

  std::size_t bits() const;
  std::size_t size() const;  ///< bytes of p, of a public value and of a secret
  Bytes p() const;           ///< big-endian, no leading zeros
  Bytes g() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit DhGroup(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

/// One side's share of one agreement. Made for one handshake and never used again (Raccoon,
/// CVE-2020-1968). Constant-time in the private number.
class DhPrivateKey {
 public:
  /// The exponent has twice the bits of the group's strength, at least 256; Errc::no_random.
  static Result<DhPrivateKey> generate(Rng&, const DhGroup&);
  /// For known-answer tests. Errc::bad_scalar outside [1, p - 2].
  static Result<DhPrivateKey> from_number(const DhGroup&, ByteView x);

  const DhGroup& group() const { return group_; }
  Bytes public_value() const;  ///< g^x mod p, group().size() bytes
  /// peer^x mod p, group().size() bytes, leading zeros kept. Errc::bad_dh_value unless the peer's
  /// value is in [2, p - 2], and so is the secret: one more way to see a tiny subgroup.
  Result<SecretBytes> agree(ByteView peer_public_value) const;

 private:
  void power(LimbSpan r, LimbView base) const;
  DhPrivateKey(DhGroup g, SecretBytes x) : group_(std::move(g)), x_(std::move(x)) {}
  DhGroup group_;
  SecretBytes x_;
};

}  // namespace parley::crypto

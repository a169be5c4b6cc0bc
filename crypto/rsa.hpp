// RSA with PKCS #1 v1.5 (RFC 8017 sections 7.2 and 8.2), keys of 512 to 8192 bits; of PSS (section
// 8.1) the verification only.
#pragma once
#include <memory>
#include <optional>

#include "crypto/hash.hpp"
#include "crypto/secret.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

inline constexpr std::size_t kMinRsaBits = 512;
inline constexpr std::size_t kMaxRsaBits = 8192;

/// What a signature covers: a DigestInfo around one hash (X.509, TLS 1.2), or the bare 36 bytes
/// MD5 || SHA-1 of SSL 3.0 to TLS 1.1. The two never match each other's encoding. MD2 and MD4 are
/// there to check what old certificates carry.
enum class RsaDigest : std::uint8_t {
  md2,
  md4,
  md5,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  bare_md5_sha1
};

/// Numbers of a key as unsigned big-endian bytes; leading zeros are fine.
struct RsaPublicNumbers {
  ByteView n, e;
};
struct RsaPrivateNumbers {
  ByteView n, e, d, p, q, dp, dq, qinv;
};

/// A checked public key, ready for use. Cheap to copy (shares immutable state).
class RsaPublicKey {
 public:
  /// Refuses moduli below 512 bits (Errc::key_too_small) or above 8192 (key_too_large) or even,
  /// exponents even or below 3 (bad_value) or above 64 bits (unsupported_key).
  static Result<RsaPublicKey> from_numbers(const RsaPublicNumbers&);

  std::size_t bits() const;
  std::size_t size() const;  ///< bytes of a ciphertext or signature
  Bytes n() const;           ///< big-endian, no leading zeros
  Bytes e() const;

  /// Builds the expected block and compares all of it; never parses the padding (the
  /// BERserk forgeries, CVE-2014-1568). `digest` is the hash value, or the 36 bytes for
  /// bare_md5_sha1.
  [[nodiscard]] bool verify(RsaDigest, ByteView digest, ByteView signature) const;
  /// RSASSA-PSS (RFC 8017 section 8.1.2) with the same hash for the message and in MGF1, and a salt
  /// of exactly `salt_length` bytes.
  [[nodiscard]] bool verify_pss(HashId, ByteView digest, ByteView signature,
                                std::size_t salt_length) const;
  /// RSAES-PKCS1-v1_5: message of at most size() - 11 bytes (else Errc::bad_argument); size()
  /// bytes come back. Constant-time in the message.
  Result<Bytes> encrypt(Rng&, ByteView message) const;
  /// The same with the last eight bytes of padding 0x03, by which a client that has to speak SSL
  /// 2.0 says that it knows something newer (RFC 2246 appendix E.2).
  Result<Bytes> encrypt_marked(Rng&, ByteView message) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }
  bool operator==(const RsaPublicKey&) const;

 private:
  friend class RsaPrivateKey;
  explicit RsaPublicKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

/// A private key with its CRT numbers. The private operation is constant-time in the key and
/// the input, blinded, and its result is checked with the public key before it is used.
/// Cheap to copy; the shared state is wiped when the last copy dies. Safe to use from several
/// threads at once.
class RsaPrivateKey {
 public:
  /// Checks the numbers against each other (n = p q, dp, dq, d, qinv by arithmetic, all of them
  /// by a trial); Errc::bad_value when they disagree, else the errors of RsaPublicKey.
  static Result<RsaPrivateKey> from_numbers(const RsaPrivateNumbers&);
  /// A new key with e = 65537. `bits` is a multiple of 8 from 512 to 8192 (else
  /// Errc::bad_argument). The same bytes from the Rng make the same key.
  static Result<RsaPrivateKey> generate(Rng&, std::size_t bits);

  RsaPublicKey public_key() const;
  std::size_t size() const;

  /// PKCS #1 v1.5 signature. Deterministic; rng is for blinding. Errc::bad_argument for a digest
  /// of the wrong length, Errc::key_too_small when it does not fit, Errc::no_random, and
  /// Errc::internal when the computation went wrong (nothing of it is returned).
  Result<Bytes> sign(Rng&, RsaDigest, ByteView digest) const;
  /// RSASSA-PSS (RFC 8017 section 8.1.1) with a salt as long as the hash and MGF1 of the same hash.
  /// The salt is fresh from the rng. Errors as of sign().
  Result<Bytes> sign_pss(Rng&, HashId, ByteView digest) const;
  /// PKCS #1 v1.5 decryption for known-answer tests and tools: says whether the padding was
  /// good (Errc::decrypt_failed), so it must never be reachable from a peer.
  Result<SecretBytes> decrypt(Rng&, ByteView ciphertext) const;
  /// The decryption for key exchange, with implicit rejection: writes out.size() bytes (48 for a
  /// premaster secret) that are the message if the padding is good, has exactly that length and
  /// its first two bytes equal `expected_version` (TLS: RFC 5246 section 7.4.7.1), and are
  /// `fallback` otherwise. One code path; nothing tells the cases apart. A ciphertext that is not
  /// below the modulus is one more way to get the fallback. Fails only for a ciphertext whose
  /// length is not size() (Errc::length_out_of_range), sizes of fallback and out that are
  /// impossible (Errc::bad_argument), a broken Rng or a computing fault.
  Status decrypt_premaster(Rng&, ByteView ciphertext, std::uint16_t expected_version,
                           ByteView fallback, ByteSpan out) const;
  /// The same for the secrets of SSL 2.0, which hold no version. `refuse_marked`: a block with the
  /// mark of encrypt_marked() is one more way to get the fallback.
  Status decrypt_secret(Rng&, ByteView ciphertext, bool refuse_marked, ByteView fallback,
                        ByteSpan out) const;

  /// Numbers for encoding the key; secret.
  struct Numbers {
    Bytes n, e;
    SecretBytes d, p, q, dp, dq, qinv;
  };
  Numbers numbers() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit RsaPrivateKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace parley::crypto

// What is behind RsaPublicKey and RsaPrivateKey. For rsa.cpp, and for tests that damage a key to
// see that nothing wrong leaves the private operation.
#pragma once
#include "crypto/montgomery.hpp"
#include "crypto/rsa.hpp"

namespace parley::crypto {

inline constexpr std::size_t kMaxRsaBytes = kMaxRsaBits / 8;

struct RsaPublicKey::Impl {
  Montgomery n;
  std::uint64_t e = 0;
  std::size_t bits = 0;

  std::size_t size() const { return (bits + 7) / 8; }
};

struct RsaPrivateKey::Impl {
  RsaPublicKey public_key;
  Montgomery p, q;  // of equal limbs, so that each takes residues of the other
  // The numbers of RFC 8017 section 3.2; d has the limbs of n, the others those of p and q.
  Num d, dp, dq, qinv;
  Num dp_less_1, dq_less_1;  // the exponents really used: see rsa_private_operation()
};

/// What a signature was made of: `block` becomes s^e mod n, of key.size() bytes. False when the
/// signature has another length or is not below n.
[[nodiscard]] bool rsa_open_signature(const RsaPublicKey::Impl& key, ByteView signature,
                                      ByteSpan block);

/// The signature whose public operation gives `block`, of the size of the key.
Result<Bytes> rsa_sign_block(const RsaPrivateKey::Impl&, Rng&, ByteView block);

/// m = c^d mod n for c below n, both of the limbs of n. Errc::internal, and m zero, when the
/// result does not survive the public operation: a fault in one CRT half would give away the
/// factors (Boneh, DeMillo, Lipton 1997).
Status rsa_private_operation(const RsaPrivateKey::Impl&, Rng&, LimbView c, LimbSpan m);

}  // namespace parley::crypto

#include "crypto/ed25519.hpp"

#include <sodium.h>

namespace parley::crypto {

static_assert(kEd25519KeySize == crypto_sign_PUBLICKEYBYTES);
static_assert(kEd25519KeySize == crypto_sign_SEEDBYTES);
static_assert(2 * kEd25519KeySize == crypto_sign_SECRETKEYBYTES);
static_assert(kEd25519SignatureSize == crypto_sign_BYTES);

bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature) {
  if (public_key.size() != kEd25519KeySize || signature.size() != kEd25519SignatureSize) {
    return false;
  }
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     public_key.data()) == 0;
}

Result<Ed25519PublicKey> Ed25519PublicKey::from_bytes(ByteView b) {
  if (b.size() != kEd25519KeySize) return Error{.code = Errc::bad_point, .where = "Ed25519"};
  Ed25519PublicKey key;
  std::copy(b.begin(), b.end(), key.bytes_.begin());
  return key;
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::from_seed(ByteView seed) {
  if (seed.size() != kEd25519KeySize) return Error{.code = Errc::bad_scalar, .where = "Ed25519"};
  Ed25519PrivateKey key;
  Ed25519PublicKey made;
  crypto_sign_seed_keypair(made.bytes_.data(), key.secret_.data(), seed.data());
  return key;
}

Result<Ed25519PrivateKey> Ed25519PrivateKey::generate(Rng& rng) {
  Secret<kEd25519KeySize> seed;
  if (!rng.fill(seed)) return Error{.code = Errc::no_random, .where = "Ed25519"};
  return from_seed(seed);
}

Ed25519PublicKey Ed25519PrivateKey::public_key() const {
  Ed25519PublicKey key;
  std::copy_n(secret_.begin() + kEd25519KeySize, kEd25519KeySize, key.bytes_.begin());
  return key;
}

SecretBytes Ed25519PrivateKey::seed() const {
  return SecretBytes{ByteView{secret_}.first(kEd25519KeySize)};
}

Bytes Ed25519PrivateKey::sign(ByteView message) const {
  Bytes signature(kEd25519SignatureSize);
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
  return signature;
}

}  // namespace parley::crypto

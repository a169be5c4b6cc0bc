// What keys on curves hold. Inside crypto only.
#pragma once
#include <sodium.h>

#include "crypto/ec_point.hpp"

namespace parley::crypto {

struct EcPublicKey::Impl {
  Curve curve{};
  const PrimeCurve* group = nullptr;  // null for x25519
  AffinePoint point;
  std::array<std::uint8_t, crypto_scalarmult_curve25519_BYTES> u{};  // x25519 only
};

struct EcPrivateKey::Impl {
  Impl(EcPublicKey p, SecretBytes s) : public_key(std::move(p)), scalar(std::move(s)) {}
  EcPublicKey public_key;
  SecretBytes scalar;  // big-endian; little-endian for x25519
};

}  // namespace parley::crypto

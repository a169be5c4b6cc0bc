// Ed25519 signatures (RFC 8032), checked only: no version served here signs with them.
#pragma once
#include "parley/bytes.hpp"

namespace parley::crypto {

inline constexpr std::size_t kEd25519KeySize = 32;
inline constexpr std::size_t kEd25519SignatureSize = 64;

/// False for anything that is not a good signature: wrong lengths, points that are not on the curve
/// or of small order, a number S not below the order (RFC 8032 section 5.1.7).
[[nodiscard]] bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature);

}  // namespace parley::crypto

// Key derivation of TLS: P_hash and the PRF of TLS 1.0 and 1.1.
#pragma once
#include <initializer_list>
#include <string_view>

#include "crypto/hash.hpp"

namespace parley::crypto {

/// P_hash(secret, seed) of RFC 2246 section 5, as many bytes as `out` has. The parts of `seed`
/// are taken one after another. With SHA-256 this is the whole PRF of TLS 1.2.
void p_hash(HashId, ByteView secret, std::initializer_list<ByteView> seed, ByteSpan out);

/// PRF(secret, label, seed) of RFC 2246 section 5: P_MD5 of the first half of the secret, xor
/// P_SHA-1 of the second. The halves of an odd length share the middle byte.
void tls10_prf(ByteView secret, std::string_view label, std::initializer_list<ByteView> seed,
               ByteSpan out);

}  // namespace parley::crypto

// Key derivation of TLS: P_hash, the PRF of TLS 1.0 and 1.1, and that of TLS 1.2.
#pragma once
#include <initializer_list>
#include <string_view>

#include "crypto/hash.hpp"

namespace parley::crypto {

/// P_hash(secret, seed) of RFC 2246 section 5, as many bytes as `out` has. The parts of `seed`
/// are taken one after another.
void p_hash(HashId, ByteView secret, std::initializer_list<ByteView> seed, ByteSpan out);

/// PRF(secret, label, seed) of RFC 2246 section 5: P_MD5 of the first half of the secret, xor
/// P_SHA-1 of the second. The halves of an odd length share the middle byte.
void tls10_prf(ByteView secret, std::string_view label, std::initializer_list<ByteView> seed,
               ByteSpan out);

/// PRF(secret, label, seed) of RFC 5246 section 5: P_hash of label and seed, where the hash is the
/// suite's (SHA-256 unless its definition names another).
void tls12_prf(HashId, ByteView secret, std::string_view label,
               std::initializer_list<ByteView> seed, ByteSpan out);

}  // namespace parley::crypto

// The implementations behind make_aead(), at the generality of their specifications.
#pragma once
#include "crypto/aead.hpp"

namespace parley::crypto {

/// AES-GCM with tags of 16 bytes. Null unless the key has 16, 24 or 32 bytes.
std::unique_ptr<Aead> make_gcm(ByteView key);
/// AES-CCM. Null unless the key has 16, 24 or 32 bytes, the nonce 7 to 13 and the tag 4, 6, ... or
/// 16 (SP 800-38C appendix A.1). The longer the nonce, the shorter the longest plaintext.
std::unique_ptr<Aead> make_ccm(ByteView key, std::size_t nonce_size, std::size_t tag_size);
/// Null unless the key has 32 bytes.
std::unique_ptr<Aead> make_chacha20_poly1305(ByteView key);

}  // namespace parley::crypto

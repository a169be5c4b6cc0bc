// The implementations behind make_block_cipher().
#pragma once
#include <memory>

#include "crypto/cipher.hpp"

namespace parley::crypto {

/// AES without tables, in portable C++: constant-time in key and data. 16, 24 or 32 bytes of key.
std::unique_ptr<BlockCipher> make_aes_portable(ByteView key);
/// DES for 8 bytes of key, three-key 3DES-EDE for 24. Table-driven.
std::unique_ptr<BlockCipher> make_des(ByteView key);

}  // namespace parley::crypto

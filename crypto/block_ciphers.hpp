// The implementations behind make_block_cipher(). The keys have the sizes it has checked.
#pragma once
#include <memory>

#include "crypto/cipher.hpp"

namespace parley::crypto {

/// AES by the kernels in use: constant-time in key and data.
class Aes : public BlockCipher {
 public:
  /// out = in ^ a key stream, whole blocks; `counter` as in Kernels::aes_ctr.
  virtual void ctr(ByteSpan counter, ByteView in, ByteSpan out) const = 0;
};
/// 16, 24 or 32 bytes of key.
std::unique_ptr<Aes> make_aes(ByteView key);
/// DES for 8 bytes of key, three-key 3DES-EDE for 24. Table-driven.
std::unique_ptr<BlockCipher> make_des(ByteView key);
/// IDEA without tables: constant-time in key and data. 16 bytes of key.
std::unique_ptr<BlockCipher> make_idea(ByteView key);
/// SEED. 16 bytes of key. Table-driven.
std::unique_ptr<BlockCipher> make_seed(ByteView key);
/// Camellia. 16, 24 or 32 bytes of key. Table-driven.
std::unique_ptr<BlockCipher> make_camellia(ByteView key);

/// RC2 at its full generality (RFC 2268 section 2): the two numbers are independent. Null unless
/// the key has 1 to 128 bytes and 1 <= effective_bits <= 1024. Table-driven.
std::unique_ptr<BlockCipher> make_rc2(ByteView key, std::size_t effective_bits);

}  // namespace parley::crypto

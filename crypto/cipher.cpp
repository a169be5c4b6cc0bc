#include "crypto/cipher.hpp"

#include "crypto/block_ciphers.hpp"

namespace parley::crypto {

std::size_t cipher_block_size(BlockCipherId id) {
  return id == BlockCipherId::des || id == BlockCipherId::des_ede3 ? 8 : 16;
}

std::size_t cipher_key_size(BlockCipherId id) {
  switch (id) {
    case BlockCipherId::aes128: return 16;
    case BlockCipherId::aes192: return 24;
    case BlockCipherId::aes256: return 32;
    case BlockCipherId::des: return 8;
    case BlockCipherId::des_ede3: return 24;
  }
  return 0;
}

std::unique_ptr<BlockCipher> make_block_cipher(BlockCipherId id, ByteView key) {
  if (key.size() != cipher_key_size(id)) return nullptr;
  return cipher_block_size(id) == 8 ? make_des(key) : make_aes_portable(key);
}

}  // namespace parley::crypto

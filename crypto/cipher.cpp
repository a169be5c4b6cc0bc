#include "crypto/cipher.hpp"

#include "crypto/block_ciphers.hpp"

namespace parley::crypto {

std::size_t cipher_block_size(BlockCipherId id) {
  switch (id) {
    case BlockCipherId::aes128:
    case BlockCipherId::aes192:
    case BlockCipherId::aes256:
    case BlockCipherId::seed:
    case BlockCipherId::camellia128:
    case BlockCipherId::camellia192:
    case BlockCipherId::camellia256: return 16;
    case BlockCipherId::des:
    case BlockCipherId::des_ede3:
    case BlockCipherId::rc2_40:
    case BlockCipherId::rc2_64:
    case BlockCipherId::rc2_128:
    case BlockCipherId::idea: return 8;
  }
  return 0;
}

std::size_t cipher_key_size(BlockCipherId id) {
  switch (id) {
    case BlockCipherId::rc2_40: return 5;
    case BlockCipherId::rc2_64:
    case BlockCipherId::des: return 8;
    case BlockCipherId::aes128:
    case BlockCipherId::rc2_128:
    case BlockCipherId::idea:
    case BlockCipherId::seed:
    case BlockCipherId::camellia128: return 16;
    case BlockCipherId::aes192:
    case BlockCipherId::des_ede3:
    case BlockCipherId::camellia192: return 24;
    case BlockCipherId::aes256:
    case BlockCipherId::camellia256: return 32;
  }
  return 0;
}

std::unique_ptr<BlockCipher> make_block_cipher(BlockCipherId id, ByteView key) {
  if (key.size() != cipher_key_size(id)) return nullptr;
  switch (id) {
    case BlockCipherId::aes128:
    case BlockCipherId::aes192:
    case BlockCipherId::aes256: return make_aes(key);
    case BlockCipherId::des:
    case BlockCipherId::des_ede3: return make_des(key);
    case BlockCipherId::rc2_40: return make_rc2(key, 40);
    case BlockCipherId::rc2_64: return make_rc2(key, 64);
    case BlockCipherId::rc2_128: return make_rc2(key, 128);
    case BlockCipherId::idea: return make_idea(key);
    case BlockCipherId::seed: return make_seed(key);
    case BlockCipherId::camellia128:
    case BlockCipherId::camellia192:
    case BlockCipherId::camellia256: return make_camellia(key);
  }
  return nullptr;
}

}  // namespace parley::crypto

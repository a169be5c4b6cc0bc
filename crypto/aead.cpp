#include "crypto/aead.hpp"

#include "crypto/aead_ciphers.hpp"

namespace parley::crypto {

std::size_t aead_key_size(AeadId id) {
  switch (id) {
    case AeadId::aes128_gcm:
    case AeadId::aes128_ccm:
    case AeadId::aes128_ccm8: return 16;
    case AeadId::aes256_gcm:
    case AeadId::aes256_ccm:
    case AeadId::aes256_ccm8:
    case AeadId::chacha20_poly1305: return 32;
  }
  return 0;
}

std::size_t aead_tag_size(AeadId id) {
  return id == AeadId::aes128_ccm8 || id == AeadId::aes256_ccm8 ? 8 : 16;
}

std::unique_ptr<Aead> make_aead(AeadId id, ByteView key) {
  if (key.size() != aead_key_size(id)) return nullptr;
  switch (id) {
    case AeadId::aes128_gcm:
    case AeadId::aes256_gcm: return make_gcm(key);
    case AeadId::aes128_ccm:
    case AeadId::aes256_ccm:
    case AeadId::aes128_ccm8:
    case AeadId::aes256_ccm8: return make_ccm(key, kAeadNonce, aead_tag_size(id));
    case AeadId::chacha20_poly1305: return make_chacha20_poly1305(key);
  }
  return nullptr;
}

}  // namespace parley::crypto

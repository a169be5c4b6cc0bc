// What the record layer must know of a suite's cipher and MAC.
#pragma once
#include "crypto/cipher.hpp"
#include "crypto/hash.hpp"
#include "parley/cipher.hpp"

namespace parley {

struct EncTraits {
  enum class Mode : std::uint8_t { stream, cbc };
  Mode mode;
  crypto::BlockCipherId block_cipher;  ///< for cbc
  std::size_t key_size;                ///< bytes of key_block for each direction
  std::size_t iv_size;                 ///< the same; 0 for streams
};
/// Of the cipher of a suite that is_spoken(); others have none.
const EncTraits& enc_traits(Enc);
/// The same of its MAC.
crypto::HashId mac_hash(Mac);

}  // namespace parley

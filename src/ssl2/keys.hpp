// From MASTER-KEY to the keys of the records (SSL 2.0 section 1.2).
#pragma once
#include "crypto/secret.hpp"
#include "suite/suite.hpp"

namespace parley::ssl2 {

/// What a cipher kind asks for, bytes.
struct KindSizes {
  std::size_t key;      ///< MASTER-KEY, and the key of each direction
  std::size_t clear;    ///< of it, CLEAR-KEY-DATA: all but the last 40 bits in export kinds
  std::size_t key_arg;  ///< KEY-ARG-DATA: the IV
  std::size_t secret() const { return key - clear; }
};
/// Of a kind that is_spoken().
KindSizes kind_sizes(const CipherSuite&);

/// KEY-MATERIAL-0, KEY-MATERIAL-1 and so on, `size` bytes of them: MD5 over the master key, the
/// digit '0', '1' ..., the challenge and the connection id. Netscape's text leaves the digit out
/// for DES, whose two keys fit the first block; nobody else does, SSLeay and OpenSSL least of all.
crypto::SecretBytes key_material(ByteView master_key, ByteView challenge, ByteView connection_id,
                                 std::size_t size);

}  // namespace parley::ssl2

// What TLS 1.2 computes (RFC 5246).
#include "protocol/tls12.hpp"

namespace parley::tls12 {

using crypto::HashId;

void prf(HashId h, ByteView secret, std::string_view label, std::initializer_list<ByteView> seed,
         ByteSpan out) {
  crypto::tls12_prf(h, secret, label, seed, out);
}

VerifyData handshake_hash(HashId h, ByteView transcript) {
  VerifyData v;
  v.size = crypto::digest_size(h);
  crypto::Hasher hasher{h};
  hasher.update(transcript);
  hasher.finish(ByteSpan{v.bytes}.first(v.size));
  return v;
}

}  // namespace parley::tls12

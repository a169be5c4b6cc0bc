// What TLS makes with its PRF and its hash of the messages, whichever those are: the labels are the
// same in all versions.
#pragma once
#include "crypto/kdf.hpp"
#include "protocol/profile.hpp"

namespace parley::tls {

/// A hash of the handshake messages so far.
using HandshakeHashFn = VerifyData (*)(crypto::HashId prf, ByteView transcript);

template <PrfFn prf>
void master_secret(crypto::HashId h, ByteView premaster, Randoms r, ByteSpan out) {
  prf(h, premaster, "master secret", {r.client, r.server}, out);  // RFC 2246 section 8.1
}

template <PrfFn prf, HandshakeHashFn handshake_hash>
void extended_master_secret(crypto::HashId h, ByteView premaster, ByteView transcript,
                            ByteSpan out) {
  prf(h, premaster, "extended master secret", {handshake_hash(h, transcript)}, out);
}

template <PrfFn prf>
void key_block(crypto::HashId h, ByteView master, Randoms r, ByteSpan out) {
  prf(h, master, "key expansion", {r.server, r.client}, out);  // RFC 2246 section 6.3
}

/// RFC 2246 section 7.4.9.
template <PrfFn prf, HandshakeHashFn handshake_hash>
VerifyData finished(crypto::HashId h, ByteView transcript, ByteView master, Side side) {
  VerifyData v;
  v.size = 12;
  prf(h, master, side == Side::client ? "client finished" : "server finished",
      {handshake_hash(h, transcript)}, ByteSpan{v.bytes}.first(v.size));
  return v;
}

}  // namespace parley::tls

// Key exchanges: how a premaster secret gets from one side to the other.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// A row of the table of key exchanges.
struct KeyExchange {
  Kx kx;
  /// Client: chooses or agrees the premaster secret and writes ClientKeyExchange.
  Status (*send)(Handshake&, Bytes& body, crypto::SecretBytes& pre_master_secret);
  /// Server: reads ClientKeyExchange.
  Status (*receive)(Handshake&, ByteView body, crypto::SecretBytes& pre_master_secret);
};
extern const KeyExchange kRsaKeyExchange;

const KeyExchange& key_exchange(Kx);

}  // namespace parley

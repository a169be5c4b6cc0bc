// Key exchanges: how a premaster secret gets from one side to the other.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// A row of the table of key exchanges.
struct KeyExchange {
  /// Server: makes its share and writes the parameters of ServerKeyExchange, unsigned. Null when
  /// the key exchange has no such message.
  Status (*send_params)(Handshake&, Bytes& body);
  /// Client: reads and checks ServerKeyExchange, its signature included.
  Status (*receive_params)(Handshake&, ByteView body);
  /// Client: chooses or agrees the premaster secret and writes ClientKeyExchange.
  Status (*send)(Handshake&, Bytes& body, crypto::SecretBytes& pre_master_secret);
  /// Server: reads ClientKeyExchange.
  Status (*receive)(Handshake&, ByteView body, crypto::SecretBytes& pre_master_secret);
};
extern const KeyExchange kRsaKeyExchange;    // kx_rsa.cpp
extern const KeyExchange kDheKeyExchange;    // kx_dhe.cpp
extern const KeyExchange kEcdheKeyExchange;  // kx_ecdh.cpp
extern const KeyExchange kEcdhKeyExchange;   // kx_ecdh.cpp: the server's share is its certificate

/// Null for those parley does not speak (src/suite says which).
const KeyExchange* key_exchange(Kx);

/// What an export suite's key exchange is held to (RFC 2246 section 7.4.3).
inline constexpr std::size_t kExportBits = 512;
/// The server sends ServerKeyExchange: its share is ephemeral, or the RSA key in its certificate,
/// of so many bits, is too long for an export suite.
bool has_server_params(const CipherSuite&, std::size_t certified_rsa_bits);

}  // namespace parley

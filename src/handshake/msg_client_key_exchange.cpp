// ClientKeyExchange: RFC 2246 section 7.4.7. The key exchange does the work; what comes of it waits
// until the message is one of those that the master secret may depend on (RFC 7627 section 3).
#include "handshake/handlers.hpp"
#include "handshake/kx.hpp"

namespace parley {

Status send_client_key_exchange(Handshake& h, Bytes& body) {
  return key_exchange(h.suite->kx)->send(h, body, h.pre_master_secret);
}

Status receive_client_key_exchange(Handshake& h, ByteView body) {
  return key_exchange(h.suite->kx)->receive(h, body, h.pre_master_secret);
}

}  // namespace parley

// ClientKeyExchange: RFC 2246 section 7.4.7. The key exchange does the work.
#include "handshake/handlers.hpp"
#include "handshake/keys.hpp"
#include "handshake/kx.hpp"

namespace parley {

Status send_client_key_exchange(Handshake& h, Bytes& body) {
  crypto::SecretBytes pre_master_secret;
  PARLEY_CHECK(key_exchange(h.suite->kx)->send(h, body, pre_master_secret));
  return set_pre_master_secret(h, pre_master_secret);
}

Status receive_client_key_exchange(Handshake& h, ByteView body) {
  crypto::SecretBytes pre_master_secret;
  PARLEY_CHECK(key_exchange(h.suite->kx)->receive(h, body, pre_master_secret));
  return set_pre_master_secret(h, pre_master_secret);
}

}  // namespace parley

// ServerKeyExchange: RFC 2246 section 7.4.3, RFC 4492 section 5.4. The key exchange does the work.
#include "handshake/digital_signature.hpp"
#include "handshake/handlers.hpp"
#include "handshake/kx.hpp"

namespace parley {

Status send_server_key_exchange(Handshake& h, Bytes& body) {
  const std::size_t params_at = body.size();
  PARLEY_CHECK(key_exchange(h.suite->kx)->send_params(h, body));
  return sign_params(h, params_at, body);
}

Status receive_server_key_exchange(Handshake& h, ByteView body) {
  return key_exchange(h.suite->kx)->receive_params(h, body);
}

}  // namespace parley

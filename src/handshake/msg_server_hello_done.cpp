// ServerHelloDone: RFC 2246 section 7.4.5.
#include "handshake/handlers.hpp"
#include "wire/messages.hpp"

namespace parley {

Status send_server_hello_done(Handshake&, Bytes& body) { return build(ServerHelloDone{}, body); }

Status receive_server_hello_done(Handshake& h, ByteView body) {
  ServerHelloDone m;
  PARLEY_CHECK(parse(body, m));
  return check_status_given(h);
}

}  // namespace parley

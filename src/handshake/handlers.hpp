// What each message does when it is sent and when it is received.
#pragma once
#include "handshake/context.hpp"

namespace parley {

struct ClientHello;

/// A row of the one table from (sender, step) to code. A side that may leave a message out is
/// asked with `wanted`; `entered` follows, on either side, when the message stands in the
/// transcript. Both may be null.
struct Handler {
  Side from;
  Step step;
  Status (*send)(Handshake&, Bytes& body);
  Status (*receive)(Handshake&, ByteView body);
  bool (*wanted)(const Handshake&) = nullptr;
  Status (*entered)(Handshake&) = nullptr;
};
/// Null for a pair that no script contains.
const Handler* find_handler(Side from, Step);

Status send_client_hello(Handshake&, Bytes&);
Status receive_client_hello(Handshake&, ByteView);
/// The same for one that came in another form (RFC 2246 appendix E.1).
Status take_client_hello(Handshake&, const ClientHello&);
Status send_server_hello(Handshake&, Bytes&);
Status receive_server_hello(Handshake&, ByteView);
Status send_certificate(Handshake&, Bytes&);
Status receive_server_certificate(Handshake&, ByteView);
Status receive_client_certificate(Handshake&, ByteView);
/// What an empty Certificate and SSL 3.0's no_certificate mean to a server.
Status accept_no_client_certificate(Handshake&);
/// A server has an OCSP response for the certificate that it shows.
bool has_staple(const Handshake&);
Status send_certificate_status(Handshake&, Bytes&);
Status receive_certificate_status(Handshake&, ByteView);
/// Client, when the server has said all that it says: it brought a staple, or none is insisted on.
Status check_status_given(Handshake&);
Status send_server_key_exchange(Handshake&, Bytes&);
Status receive_server_key_exchange(Handshake&, ByteView);
bool wants_client_certificate(const Handshake&);
/// A server of this version asks for certificates with keys of this type.
bool asks_for(const ProtocolProfile&, KeyType);
Status send_certificate_request(Handshake&, Bytes&);
Status receive_certificate_request(Handshake&, ByteView);
Status send_server_hello_done(Handshake&, Bytes&);
Status receive_server_hello_done(Handshake&, ByteView);
Status send_client_key_exchange(Handshake&, Bytes&);
Status receive_client_key_exchange(Handshake&, ByteView);
Status send_certificate_verify(Handshake&, Bytes&);
Status receive_certificate_verify(Handshake&, ByteView);
Status send_new_session_ticket(Handshake&, Bytes&);
Status receive_new_session_ticket(Handshake&, ByteView);
Status send_finished(Handshake&, Bytes&);
Status receive_finished(Handshake&, ByteView);

}  // namespace parley

// status_request (RFC 6066 section 8).
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

// CertificateStatusType and an OCSPStatusRequest with no responder_id_list, which leaves the choice
// of responders to the server, and no request_extensions. A server only says that a response may
// come.
void write(Writer& w, const HelloExtensions&, Place place) {
  if (place == Place::server_hello) return;
  w.u8(kStatusTypeOcsp);
  w.u16(0);
  w.u16(0);
}

// Requests of other types are passed over: there may be more of them one day. Responders are not
// chosen from, and extensions such as a nonce not answered: a stapled response is made beforehand.
void read(Reader& r, HelloExtensions& e, Place place) {
  if (place == Place::server_hello) {
    e.status_request = true;
    return;
  }
  if (r.u8("status_request.status_type") != kStatusTypeOcsp) {
    (void)r.rest("status_request.request");
    return;
  }
  Reader responders = r.vec("status_request.responder_id_list", 2, 0, 65535);
  while (!responders.empty()) {
    Reader one = responders.vec("status_request.responder_id", 2, 1, 65535);
    (void)one.rest("status_request.responder_id");
  }
  Reader extensions = r.vec("status_request.request_extensions", 2, 0, 65535);
  (void)extensions.rest("status_request.request_extensions");
  e.status_request = true;
}

}  // namespace

constinit const HelloExtension kStatusRequest{
    5,
    "status_request",
    "RFC 6066 section 8",
    [](const HelloExtensions& e) { return e.status_request; },
    write,
    read};

}  // namespace parley

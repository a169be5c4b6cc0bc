// session_ticket (RFC 5077 section 3.2).
#include "wire/extension.hpp"

namespace parley {
namespace {

// Without a length of its own: the ticket is the whole of extension_data (RFC 5077 appendix A).
// A server only says that a ticket will come.
void write(Writer& w, const HelloExtensions& e, Place place) {
  if (place == Place::client_hello) w.bytes(*e.session_ticket);
}

void read(Reader& r, HelloExtensions& e, Place place) {
  e.session_ticket.emplace();
  if (place == Place::client_hello) e.session_ticket = to_bytes(r.rest("session_ticket.ticket"));
}

}  // namespace

constinit const HelloExtension kSessionTicket{
    35,
    "session_ticket",
    "RFC 5077 section 3.2",
    [](const HelloExtensions& e) { return e.session_ticket.has_value(); },
    write,
    read};

}  // namespace parley

// NewSessionTicket: RFC 5077 section 3.3.
#include "handshake/handlers.hpp"
#include "handshake/remember.hpp"
#include "wire/messages.hpp"

namespace parley {

Status send_new_session_ticket(Handshake& h, Bytes& body) {
  TicketKeys& keys = *h.config->ticket_keys;
  NewSessionTicket m;
  m.ticket_lifetime_hint = static_cast<std::uint32_t>(keys.lifetime());
  Result<Bytes> sealed = keys.seal(Session{session_data(h)}, h.env.rng, h.env.clock.unix_seconds());
  if (sealed)
    m.ticket = *std::move(sealed);
  else if (sealed.error().code != Errc::length_out_of_range)
    return sealed.error();
  // A session too long for a ticket leaves an empty one: it has been promised.
  return build(m, body);
}

Status receive_new_session_ticket(Handshake& h, ByteView body) {
  NewSessionTicket m;
  PARLEY_CHECK(parse(body, m));
  h.ticket = std::move(m.ticket);
  h.ticket_lifetime = m.ticket_lifetime_hint;
  return {};
}

}  // namespace parley

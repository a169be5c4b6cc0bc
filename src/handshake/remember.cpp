#include "handshake/remember.hpp"

#include "crypto/hash.hpp"

namespace parley {

Session::Data session_data(const Handshake& h) {
  if (h.resumed()) return h.resumed_session->data();
  Session::Data d{.version = h.profile->version,
                  .suite = h.suite->id,
                  .id = h.session_id,
                  .server_name = h.server_name,
                  .scope = h.config->session_scope,
                  .peer_chain = h.peer_chain,
                  .peer_verified = h.peer_verified,
                  .created = h.env.clock.unix_seconds()};
  std::ranges::copy(h.master_secret.get()->view(), d.master_secret.begin());
  return d;
}

std::shared_ptr<const Session> session_of(const Handshake& h) {
  if (h.resumed() && h.ticket.empty()) return h.resumed_session;
  if (h.ticket.empty() && h.session_id.empty()) return nullptr;
  Session::Data d = session_data(h);
  if (!h.ticket.empty()) {
    d.ticket = h.ticket;
    // RFC 5077 section 3.4: a client makes up the id by which it will know its ticket accepted.
    d.id.resize(crypto::digest_size(crypto::HashId::sha256));
    crypto::Hasher digest{crypto::HashId::sha256};
    digest.update(d.ticket);
    digest.finish(d.id);
  }
  return std::make_shared<const Session>(std::move(d));
}

bool exchanges_tickets(const Handshake& h) {
  return h.profile->hello_extensions && h.config->session_tickets && h.config->ticket_keys &&
         h.offered.session_ticket.has_value();
}

}  // namespace parley

#include "handshake/remember.hpp"

#include <limits>

#include "crypto/hash.hpp"

namespace parley {

Session::Data session_data(const Handshake& h) {
  if (h.resumed()) return h.resumed_session->data();
  Session::Data d{.version = h.profile->version,
                  .suite = h.suite->id,
                  .id = h.session_id,
                  .extended_master_secret = h.extended_master_secret,
                  .max_fragment_length = h.max_fragment_code,
                  .server_name = h.server_name,
                  .scope = h.config->session_scope,
                  .peer_chain = h.peer_chain,
                  .peer_verified = h.peer_verified,
                  .verification = h.config->verification,
                  .created = h.env.clock.unix_seconds()};
  std::ranges::copy(h.master_secret.get()->view(), d.master_secret.begin());
  return d;
}

namespace {
/// A clock may say anything.
std::int64_t later(const Clock& clock, std::uint32_t seconds) {
  const std::int64_t now = clock.unix_seconds(), most = std::numeric_limits<std::int64_t>::max();
  return now > most - seconds ? most : now + seconds;
}
}  // namespace

std::shared_ptr<const Session> session_of(const Handshake& h) {
  if (h.resumed() && h.ticket.empty()) return h.resumed_session;
  if (h.ticket.empty() && h.session_id.empty()) return nullptr;
  Session::Data d = session_data(h);
  if (!h.ticket.empty()) {
    d.ticket = h.ticket;
    d.ticket_until = h.ticket_lifetime == 0 ? 0 : later(h.env.clock, h.ticket_lifetime);
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

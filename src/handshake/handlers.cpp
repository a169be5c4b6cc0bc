#include "handshake/handlers.hpp"

#include "handshake/keys.hpp"

namespace parley {
namespace {

constexpr std::array kHandlers{
    Handler{Side::client, Step::client_hello, send_client_hello, receive_client_hello},
    Handler{Side::server, Step::server_hello, send_server_hello, receive_server_hello},
    Handler{Side::server, Step::certificate, send_certificate, receive_server_certificate},
    Handler{Side::server, Step::certificate_status, send_certificate_status,
            receive_certificate_status, has_staple},
    Handler{Side::server, Step::server_key_exchange, send_server_key_exchange,
            receive_server_key_exchange},
    Handler{Side::server, Step::certificate_request, send_certificate_request,
            receive_certificate_request, wants_client_certificate},
    Handler{Side::server, Step::server_hello_done, send_server_hello_done,
            receive_server_hello_done},
    Handler{Side::client, Step::certificate, send_certificate, receive_client_certificate},
    Handler{Side::client, Step::client_key_exchange, send_client_key_exchange,
            receive_client_key_exchange, nullptr, derive_master_secret},
    Handler{Side::client, Step::certificate_verify, send_certificate_verify,
            receive_certificate_verify},
    Handler{Side::server, Step::new_session_ticket, send_new_session_ticket,
            receive_new_session_ticket},
    Handler{Side::client, Step::finished, send_finished, receive_finished},
    Handler{Side::server, Step::finished, send_finished, receive_finished},
};

}  // namespace

const Handler* find_handler(Side from, Step step) {
  for (const Handler& h : kHandlers)
    if (h.from == from && h.step == step) return &h;
  return nullptr;
}

}  // namespace parley

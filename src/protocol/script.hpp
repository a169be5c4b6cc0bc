// A handshake as data: the steps a flow may take, in order.
#pragma once
#include <array>

#include "protocol/cursor.hpp"

namespace parley {

/// What has been settled so far. Handlers set facts; only the driver reads them, for order.
struct Facts {
  bool server_authenticates = true;  ///< the suite has a server certificate
  bool server_kx = false;            ///< the suite sends ServerKeyExchange
  bool client_cert_wanted = false;   ///< CertificateRequest was sent
  bool client_cert_sent = false;     ///< the client's Certificate was not empty
  bool status_announced = false;     ///< the server's hello announces CertificateStatus
  bool ticket_promised = false;      ///< the server's hello announces NewSessionTicket
};

using Line = ScriptLine<Step, Facts>;
using Cursor = ScriptCursor<Step, Facts>;

/// RFC 6101 section 5.5, RFC 2246 section 7.3, figure 1, RFC 5077 section 3.1, and RFC 6066 section
/// 8: "a server MAY also choose not to send a CertificateStatus", although it has announced one.
inline constexpr std::array kFullHandshake{
    Line{Side::client, Step::client_hello},
    Line{Side::server, Step::server_hello},
    Line{Side::server, Step::certificate, When::iff, &Facts::server_authenticates},
    Line{Side::server, Step::certificate_status, When::may_if, &Facts::status_announced},
    Line{Side::server, Step::server_key_exchange, When::iff, &Facts::server_kx},
    Line{Side::server, Step::certificate_request, When::may, nullptr, &Facts::client_cert_wanted},
    Line{Side::server, Step::server_hello_done},
    Line{Side::client, Step::certificate, When::iff, &Facts::client_cert_wanted},
    Line{Side::client, Step::client_key_exchange},
    Line{Side::client, Step::certificate_verify, When::iff, &Facts::client_cert_sent},
    Line{Side::client, Step::change_cipher_spec},
    Line{Side::client, Step::finished},
    Line{Side::server, Step::new_session_ticket, When::iff, &Facts::ticket_promised},
    Line{Side::server, Step::change_cipher_spec},
    Line{Side::server, Step::finished},
    Line{Side::client, Step::end},
};

/// RFC 2246 section 7.3, figure 2, and RFC 5077 section 3.1: the server finishes first.
inline constexpr std::array kResumption{
    Line{Side::client, Step::client_hello},
    Line{Side::server, Step::server_hello},
    Line{Side::server, Step::new_session_ticket, When::iff, &Facts::ticket_promised},
    Line{Side::server, Step::change_cipher_spec},
    Line{Side::server, Step::finished},
    Line{Side::client, Step::change_cipher_spec},
    Line{Side::client, Step::finished},
    Line{Side::client, Step::end},
};

/// Shape rules, proved at compile time: one ChangeCipherSpec a side, never optional, straight
/// before that side's Finished; a fact exactly on the lines that ask for one.
template <std::size_t N>
consteval bool well_formed(const std::array<Line, N>& s) {
  std::array<int, 2> ccs{}, fin{};
  for (std::size_t i = 0; i < N; ++i) {
    const auto side = static_cast<std::size_t>(s[i].from);
    if (s[i].step == Step::change_cipher_spec) {
      ++ccs[side];
      if (s[i].when != When::must) return false;
      if (i + 1 == N || s[i + 1].step != Step::finished || s[i + 1].from != s[i].from) return false;
    }
    if (s[i].step == Step::finished) {
      ++fin[side];
      if (s[i].when != When::must) return false;
    }
    if (asks_fact(s[i].when) != (s[i].fact != nullptr)) return false;
    if ((s[i].when == When::may) != (s[i].learns != nullptr)) return false;
  }
  return ccs[0] == 1 && ccs[1] == 1 && fin[0] == 1 && fin[1] == 1 && s[N - 1].step == Step::end;
}
static_assert(well_formed(kFullHandshake) && well_formed(kResumption));

/// The hellos are common to both scripts: the server learns at line 1 and the client at line 2
/// which of them it is on.
consteval bool scripts_share_their_hellos() {
  for (std::size_t i = 0; i < 2; ++i)
    if (kFullHandshake[i].step != kResumption[i].step ||
        kFullHandshake[i].from != kResumption[i].from)
      return false;
  return true;
}
static_assert(scripts_share_their_hellos());

// Early ChangeCipherSpec (CVE-2014-0224), an RSA ServerKeyExchange for a suite that has none
// (FREAK, CVE-2015-0204) and a skipped CertificateVerify (SMACK): refused by the table itself.
consteval bool early_ccs_is_refused() {
  Facts f;
  Cursor c{kFullHandshake};
  return c.accept(Side::client, Step::client_hello, f) &&
         c.accept(Side::server, Step::server_hello, f) &&
         !c.accept(Side::server, Step::change_cipher_spec, f);
}
consteval bool freak_is_refused() {
  Facts f;
  Cursor c{kFullHandshake};
  return c.accept(Side::client, Step::client_hello, f) &&
         c.accept(Side::server, Step::server_hello, f) &&
         c.accept(Side::server, Step::certificate, f) &&
         !c.accept(Side::server, Step::server_key_exchange, f);
}
consteval bool unannounced_status_is_refused() {
  Facts f;
  Cursor c{kFullHandshake};
  return c.accept(Side::client, Step::client_hello, f) &&
         c.accept(Side::server, Step::server_hello, f) &&
         c.accept(Side::server, Step::certificate, f) &&
         !c.accept(Side::server, Step::certificate_status, f);
}
consteval bool skipped_verify_is_refused() {
  Facts f;
  Cursor c{kFullHandshake};
  const bool so_far = c.accept(Side::client, Step::client_hello, f) &&
                      c.accept(Side::server, Step::server_hello, f) &&
                      c.accept(Side::server, Step::certificate, f) &&
                      c.accept(Side::server, Step::certificate_request, f) &&
                      c.accept(Side::server, Step::server_hello_done, f) &&
                      c.accept(Side::client, Step::certificate, f);
  f.client_cert_sent = true;
  return so_far && c.accept(Side::client, Step::client_key_exchange, f) &&
         !c.accept(Side::client, Step::change_cipher_spec, f);
}
static_assert(early_ccs_is_refused() && freak_is_refused() && skipped_verify_is_refused() &&
              unannounced_status_is_refused());

}  // namespace parley

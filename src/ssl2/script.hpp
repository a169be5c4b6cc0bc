// The order of messages (SSL 2.0 section 1.2.1), as data. A step that no line has does not happen.
//
// Nothing orders the two directions after CLIENT-MASTER-KEY: CLIENT-FINISHED and SERVER-VERIFY need
// not wait for each other. There are clients that wait for the one and servers that wait for the
// other, so each side here speaks as soon as it can.
#pragma once
#include <array>
#include <span>

#include "protocol/cursor.hpp"
#include "ssl2/messages.hpp"

namespace parley::ssl2 {

/// What the lines ask of a handshake.
struct Facts {
  bool new_key = true;              ///< no session is resumed
  bool certificate_wanted = false;  ///< REQUEST-CERTIFICATE was sent
};

using Line = ScriptLine<MessageType, Facts>;
using Cursor = ScriptCursor<MessageType, Facts>;

inline constexpr std::array kClientScript{
    Line{Side::client, MessageType::client_hello},
    Line{Side::server, MessageType::server_hello},
    Line{Side::client, MessageType::client_master_key, When::iff, &Facts::new_key},
    Line{Side::client, MessageType::client_finished},
    Line{Side::server, MessageType::server_verify},
    Line{Side::server, MessageType::request_certificate, When::may, nullptr,
         &Facts::certificate_wanted},
    Line{Side::client, MessageType::client_certificate, When::iff, &Facts::certificate_wanted},
    Line{Side::server, MessageType::server_finished},
    Line{Side::client, MessageType::end},
};
inline constexpr std::array kServerScript{
    Line{Side::client, MessageType::client_hello},
    Line{Side::server, MessageType::server_hello},
    Line{Side::client, MessageType::client_master_key, When::iff, &Facts::new_key},
    Line{Side::server, MessageType::server_verify},
    Line{Side::client, MessageType::client_finished},
    Line{Side::server, MessageType::request_certificate, When::may, nullptr,
         &Facts::certificate_wanted},
    Line{Side::client, MessageType::client_certificate, When::iff, &Facts::certificate_wanted},
    Line{Side::server, MessageType::server_finished},
    Line{Side::client, MessageType::end},
};

constexpr std::span<const Line> script_of(Side s) {
  if (s == Side::client) return kClientScript;
  return kServerScript;
}

// Each side takes and gives what the other gives and takes, in the same order per direction.
consteval bool scripts_agree() {
  for (const Side from : {Side::client, Side::server}) {
    std::size_t i = 0, j = 0;
    for (;; ++i, ++j) {
      while (i < kClientScript.size() && kClientScript[i].from != from) ++i;
      while (j < kServerScript.size() && kServerScript[j].from != from) ++j;
      if (i == kClientScript.size() || j == kServerScript.size()) break;
      if (kClientScript[i].step != kServerScript[j].step) return false;
    }
    if (i != kClientScript.size() || j != kServerScript.size()) return false;
  }
  return true;
}
static_assert(scripts_agree());

// Finishing without a key, and a certificate nobody asked for: refused by the table itself.
consteval bool finish_without_key_is_refused() {
  Facts f;
  Cursor c{kServerScript};
  return c.accept(Side::client, MessageType::client_hello, f) &&
         c.accept(Side::server, MessageType::server_hello, f) &&
         !c.accept(Side::client, MessageType::client_finished, f);
}
consteval bool uninvited_certificate_is_refused() {
  Facts f;
  Cursor c{kServerScript};
  return c.accept(Side::client, MessageType::client_hello, f) &&
         c.accept(Side::server, MessageType::server_hello, f) &&
         c.accept(Side::client, MessageType::client_master_key, f) &&
         c.accept(Side::server, MessageType::server_verify, f) &&
         c.accept(Side::client, MessageType::client_finished, f) &&
         !c.accept(Side::client, MessageType::client_certificate, f);
}
static_assert(finish_without_key_is_refused() && uninvited_certificate_is_refused());

}  // namespace parley::ssl2

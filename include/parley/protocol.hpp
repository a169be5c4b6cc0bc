// The names of the protocol: versions, sides, content types, handshake messages.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// ProtocolVersion as it stands on the wire. Only src/protocol and the negotiation compare them.
enum class ProtocolVersion : std::uint16_t {
  ssl20 = 0x0002,
  ssl30 = 0x0300,
  tls10 = 0x0301,
  tls11 = 0x0302,
  tls12 = 0x0303,
};

/// ConnectionEnd (RFC 2246 section 6.1).
enum class Side : std::uint8_t { client, server };
constexpr Side other(Side s) { return s == Side::client ? Side::server : Side::client; }
constexpr std::string_view side_name(Side s) { return s == Side::client ? "client" : "server"; }

/// ContentType (RFC 2246 section 6.2.1).
enum class ContentType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
};

/// HandshakeType (RFC 2246 section 7.4).
enum class HandshakeType : std::uint8_t {
  hello_request = 0,
  client_hello = 1,
  server_hello = 2,
  new_session_ticket = 4,  // RFC 5077 section 3.3
  certificate = 11,
  server_key_exchange = 12,
  certificate_request = 13,
  server_hello_done = 14,
  certificate_verify = 15,
  client_key_exchange = 16,
  finished = 20,
  certificate_status = 22,  // RFC 6066 section 8
};

/// One step of a handshake: a handshake message, or the ChangeCipherSpec that is none.
enum class Step : std::uint8_t {
  client_hello,
  server_hello,
  certificate,
  certificate_status,
  server_key_exchange,
  certificate_request,
  server_hello_done,
  client_key_exchange,
  certificate_verify,
  new_session_ticket,
  change_cipher_spec,
  finished,
  end,
};
inline constexpr std::array<std::string_view, 13> kStepNames{"client_hello",
                                                             "server_hello",
                                                             "certificate",
                                                             "certificate_status",
                                                             "server_key_exchange",
                                                             "certificate_request",
                                                             "server_hello_done",
                                                             "client_key_exchange",
                                                             "certificate_verify",
                                                             "new_session_ticket",
                                                             "change_cipher_spec",
                                                             "finished",
                                                             "end"};
constexpr std::string_view step_name(Step s) { return kStepNames[static_cast<std::size_t>(s)]; }

/// "SSLv3", "TLSv1": the names OpenSSL and Python print. "unknown" for anything else.
std::string_view version_name(ProtocolVersion v);
std::string_view content_type_name(ContentType t);

}  // namespace parley

// What an onlooker may see of a connection. Events are views: copy what must live longer.
#pragma once
#include <string>
#include <variant>

#include "parley/bytes.hpp"
#include "parley/error.hpp"
#include "parley/export.hpp"
#include "parley/protocol.hpp"

namespace PARLEY_PUBLIC parley {

/// A record as it crossed the wire and, beside it, what it held.
struct RecordEvent {
  Side from;
  ContentType type;
  std::uint16_t version;  ///< as on the wire
  ByteView fragment;      ///< the record's fragment as decrypted, without MAC and padding
  std::size_t wire_size;  ///< header and protected fragment, bytes
};
/// A handshake message, or a ChangeCipherSpec, that its script line has let in or sent out.
struct MessageEvent {
  Side from;
  Step step;
  ByteView body;  ///< without the handshake header
};
/// The script moved on.
struct StateEvent {
  std::size_t line;
  Step next;
};
/// A secret came into being. `client_random` names the connection, as key logs do.
struct SecretEvent {
  std::string_view
      label;  ///< "CLIENT_RANDOM" for the master secret, kPremasterLabel for what it is made of
  ByteView client_random, secret;
};
/// Key log files do without premaster secrets: the master secret opens as much.
inline constexpr std::string_view kPremasterLabel = "PMS_CLIENT_RANDOM";
/// "CLIENT_RANDOM <random> <secret>" in hex, a line of an NSS key log without its newline.
std::string key_log_line(const SecretEvent&);

struct AlertEvent {
  Side from;
  AlertLevel level;
  Alert alert;
};
/// A choice made of what both ends can do: a version, a suite, a certificate.
struct DecisionEvent {
  std::string_view what;     ///< "TLS 1.0"
  std::string_view why;      ///< "the client offers at most TLS 1.0"
  std::string_view setting;  ///< what narrows it at this end: "minimum_version"; may be empty
};
/// A choice that a careful reader would question, and the setting that allowed it.
struct WeaknessEvent {
  std::string_view what;           ///< "SSL 3.0 does not protect its padding"
  std::string_view why;            ///< "POODLE"; may be empty
  std::string_view specification;  ///< "RFC 7568"; may be empty
  std::string_view allowed_by;     ///< "PROTOCOL_SSLv3"
};
using Event = std::variant<RecordEvent, MessageEvent, StateEvent, SecretEvent, AlertEvent,
                           DecisionEvent, WeaknessEvent>;

/// Called from within feed(), write() and their like, on the same thread; it cannot change what
/// happens.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on(const Event&) = 0;
};

}  // namespace parley

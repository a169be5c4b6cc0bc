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
  std::string_view label;  ///< "CLIENT_RANDOM" for the master secret
  ByteView client_random, secret;
};
/// "CLIENT_RANDOM <random> <secret>" in hex, a line of an NSS key log without its newline.
std::string key_log_line(const SecretEvent&);

struct AlertEvent {
  Side from;
  AlertLevel level;
  Alert alert;
};
/// A choice that a careful reader would question, and the setting that allowed it.
struct WeaknessEvent {
  std::string_view what;        ///< "SSL 3.0 has no safe padding (POODLE)"
  std::string_view allowed_by;  ///< "PROTOCOL_SSLv3"
};
using Event =
    std::variant<RecordEvent, MessageEvent, StateEvent, SecretEvent, AlertEvent, WeaknessEvent>;

/// Called from within feed(), write() and their like, on the same thread; it cannot change what
/// happens.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on(const Event&) = 0;
};

}  // namespace parley

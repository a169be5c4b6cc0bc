// The schemas, instantiated once.
#include "wire/messages.hpp"

namespace parley {

#define PARLEY_DEFINE_MESSAGE(M, schema)               \
  Status parse(ByteView body, M& m, FieldSink* sink) { \
    Reader r{body, sink};                              \
    schema(Parse{r}, m);                               \
    return r.finish(M::kName);                         \
  }                                                    \
  Status build(const M& m, Bytes& out) {               \
    Writer w{out};                                     \
    schema(Build{w}, m);                               \
    return w.finish(M::kName);                         \
  }
PARLEY_MESSAGES(PARLEY_DEFINE_MESSAGE)
#undef PARLEY_DEFINE_MESSAGE

namespace {
constexpr std::array kMessages{
    MessageRow{Step::client_hello, HandshakeType::client_hello, "7.4.1.2"},
    MessageRow{Step::server_hello, HandshakeType::server_hello, "7.4.1.3"},
    MessageRow{Step::certificate, HandshakeType::certificate, "7.4.2"},
    MessageRow{Step::certificate_status, HandshakeType::certificate_status, "RFC 6066 8"},
    MessageRow{Step::server_key_exchange, HandshakeType::server_key_exchange, "7.4.3"},
    MessageRow{Step::certificate_request, HandshakeType::certificate_request, "7.4.4"},
    MessageRow{Step::server_hello_done, HandshakeType::server_hello_done, "7.4.5"},
    MessageRow{Step::client_key_exchange, HandshakeType::client_key_exchange, "7.4.7"},
    MessageRow{Step::certificate_verify, HandshakeType::certificate_verify, "7.4.8"},
    MessageRow{Step::new_session_ticket, HandshakeType::new_session_ticket, "RFC 5077 3.3"},
    MessageRow{Step::finished, HandshakeType::finished, "7.4.9"},
};
}  // namespace

std::span<const MessageRow> message_table() { return kMessages; }

const MessageRow* find_message(HandshakeType t) {
  for (const MessageRow& m : kMessages)
    if (m.type == t) return &m;
  return nullptr;
}
const MessageRow* find_message(Step s) {
  for (const MessageRow& m : kMessages)
    if (m.step == s) return &m;
  return nullptr;
}

}  // namespace parley

#include "handshake/driver.hpp"

#include "handshake/decisions.hpp"
#include "handshake/handlers.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// What the cursor wanted, as a static string for Error::where.
const char* expected(Step s) {
  switch (s) {
    case Step::client_hello: return "expected client_hello";
    case Step::server_hello: return "expected server_hello";
    case Step::certificate: return "expected certificate";
    case Step::certificate_status: return "expected certificate_status or what follows it";
    case Step::server_key_exchange: return "expected server_key_exchange";
    case Step::certificate_request: return "expected certificate_request or server_hello_done";
    case Step::server_hello_done: return "expected server_hello_done";
    case Step::client_key_exchange: return "expected client_key_exchange";
    case Step::certificate_verify: return "expected certificate_verify";
    case Step::new_session_ticket: return "expected new_session_ticket";
    case Step::change_cipher_spec: return "expected change_cipher_spec";
    case Step::finished: return "expected finished";
    case Step::end: break;
  }
  return "expected no further handshake message";
}

}  // namespace

Error Driver::refusal(Step) {
  const Line& line = h_.cursor.next(h_.facts);
  return {.code = Errc::unexpected_message,
          .where = line.from == h_.side ? "expected nothing: it is our turn" : expected(line.step)};
}

void Driver::announce(Side from, Step step, ByteView body) {
  if (h_.env.observer == nullptr) return;
  h_.env.observer->on(MessageEvent{.from = from, .step = step, .body = body});
  h_.env.observer->on(StateEvent{.line = h_.cursor.at(), .next = h_.cursor.next(h_.facts).step});
  announce_decisions(h_, step);
}

Status Driver::receive(const HandshakeMessage& m) {
  const Side peer = other(h_.side);
  const MessageRow* row = find_message(m.type);
  const Step step = row != nullptr ? row->step : Step::end;
  if (!h_.cursor.accept(peer, step, h_.facts)) return refusal(step);
  const Handler* handler = find_handler(peer, step);
  if (handler == nullptr) return Error{.code = Errc::internal, .where = "message without handler"};
  PARLEY_CHECK(handler->receive(h_, m.body));
  h_.transcript.append(m.raw);
  if (handler->entered != nullptr) PARLEY_CHECK(handler->entered(h_));
  announce(peer, step, m.body);
  return produce();
}

Status Driver::receive_v2_hello(const ClientHello& m, ByteView message) {
  if (!h_.cursor.accept(Side::client, Step::client_hello, h_.facts))
    return refusal(Step::client_hello);
  PARLEY_CHECK(take_client_hello(h_, m));
  h_.transcript.append(message);
  announce(Side::client, Step::client_hello, message);
  return produce();
}

Status Driver::sent_v2_hello(ByteView message) {
  if (!h_.cursor.accept(Side::client, Step::client_hello, h_.facts))
    return Error{.code = Errc::internal, .where = "our own script"};
  h_.transcript.append(message);
  announce(Side::client, Step::client_hello, message);
  return {};
}

Status Driver::receive_change_cipher_spec(ByteView fragment, bool aligned) {
  const Side peer = other(h_.side);
  if (!aligned) return Error{.code = Errc::unaligned_key_change, .where = "change_cipher_spec"};
  if (!h_.cursor.accept(peer, Step::change_cipher_spec, h_.facts))
    return refusal(Step::change_cipher_spec);
  ChangeCipherSpec ccs;
  PARLEY_CHECK(parse(fragment, ccs));
  if (ccs.type != 1)
    return Error{.code = Errc::bad_change_cipher_spec, .where = "change_cipher_spec.type"};
  PARLEY_CHECK(h_.read.change_keys());
  announce(peer, Step::change_cipher_spec, fragment);
  return produce();
}

Result<bool> Driver::receive_no_certificate() {
  if (h_.side != Side::server || h_.profile == nullptr ||
      h_.profile->no_client_certificate != NoCertRule::warning_alert ||
      !h_.cursor.accept(Side::client, Step::certificate, h_.facts))
    return false;
  PARLEY_CHECK(accept_no_client_certificate(h_));
  PARLEY_CHECK(produce());
  return true;
}

Status Driver::produce() {
  for (;;) {
    const Line& line = h_.cursor.next(h_.facts);
    if (line.from != h_.side || line.step == Step::end) return {};
    if (is_optional(line.when)) {
      const Handler* handler = find_handler(h_.side, line.step);
      if (handler == nullptr || handler->wanted == nullptr || !handler->wanted(h_)) {
        h_.cursor.skip_optional(h_.facts);
        continue;
      }
    }
    PARLEY_CHECK(send(line.step));
  }
}

Status Driver::send(Step step) {
  if (!h_.cursor.accept(h_.side, step, h_.facts))
    return Error{.code = Errc::internal, .where = "our own script"};
  if (step == Step::change_cipher_spec) {
    PARLEY_CHECK(sink_.send_change_cipher_spec());
    announce(h_.side, step, {});
    return h_.write.change_keys();
  }
  // RFC 6101 section 5.6.6: without a certificate SSL 3.0 sends a warning, not a message, and
  // nothing enters the transcript.
  if (h_.side == Side::client && step == Step::certificate && h_.identity == nullptr &&
      h_.profile->no_client_certificate == NoCertRule::warning_alert)
    return sink_.send_warning(Alert::no_certificate);

  const Handler* handler = find_handler(h_.side, step);
  const MessageRow* row = find_message(step);
  if (handler == nullptr || row == nullptr)
    return Error{.code = Errc::internal, .where = "message without handler"};
  Bytes raw(4);
  PARLEY_CHECK(handler->send(h_, raw));
  const std::size_t length = raw.size() - 4;
  raw[0] = static_cast<std::uint8_t>(row->type);
  raw[1] = static_cast<std::uint8_t>(length >> 16);
  raw[2] = static_cast<std::uint8_t>(length >> 8);
  raw[3] = static_cast<std::uint8_t>(length);
  h_.transcript.append(raw);
  if (handler->entered != nullptr) PARLEY_CHECK(handler->entered(h_));
  PARLEY_CHECK(sink_.send_handshake(raw));
  announce(h_.side, step, ByteView{raw}.subspan(4));
  return {};
}

}  // namespace parley

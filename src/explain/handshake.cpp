// Handshake messages in their order: script, transcript, the change of keys.
#include "explain/decoder.hpp"
#include "explain/fields.hpp"
#include "explain/specification.hpp"
#include "ssl2/client_hello.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

constexpr std::size_t kHeader = 4;

std::string_view script_name(const Negotiation& h) {
  return h.resumed ? "the abbreviated handshake" : "the full handshake";
}

/// Who may say what now. Works on copies: asking must not move anything.
std::string next_words(const Negotiation& h) {
  Cursor cursor = h.cursor;
  Facts facts = h.facts;
  std::string words;
  for (;;) {
    const Line& line = cursor.next(facts);
    if (line.step == Step::end) return words;
    if (!words.empty()) words.append(" or ");
    words.append(side_name(line.from)).append(": ").append(step_name(line.step));
    if (!is_optional(line.when)) return words;
    cursor.skip_optional(facts);
  }
}

/// A server that resumes by ticket may leave the session id alone (RFC 5077 section 3.4); then its
/// next message tells.
bool turns_out_resumed(const Negotiation& h, Side from, Step step) {
  const bool offered_ticket = h.offered.session_ticket && !h.offered.session_ticket->empty();
  constexpr std::size_t kBehindServerHello = 2;
  return from == Side::server && h.cursor.at() == kBehindServerHello && !h.resumed &&
         h.suite != nullptr && offered_ticket &&
         (step == Step::change_cipher_spec ||
          (step == Step::new_session_ticket && h.facts.ticket_promised));
}

void finish_handshake(Decoder& d) {
  d.hs.done = true;
  ++d.out.handshakes_done;
  d.out.resumed = d.hs.resumed;
  if (!d.hs.session_id.empty() && !d.hs.master.empty())
    d.sessions[std::string{as_text(d.hs.session_id)}] = to_bytes(d.hs.master);
}

/// Another ClientHello, when one was there, begins another handshake.
void begin_another(Decoder& d) {
  const unsigned next = d.hs.index + 1;
  const bool surprising = !d.hs.done && d.hs.in_order;
  const ProtocolProfile* profile = d.hs.profile;
  d.hs = Negotiation{};
  d.hs.index = next;
  d.hs.profile = profile;
  if (surprising)
    find(d, FindingKind::surprise, std::nullopt, "a second ClientHello inside a handshake");
}

void describe_header(Decoder& d, std::size_t message, HandshakeType type) {
  Message& m = d.out.messages[message];
  const MessageRow* row = find_message(type);
  const auto number = static_cast<unsigned>(type);
  m.name = type == HandshakeType::hello_request ? std::string{"hello_request"}
           : row != nullptr                     ? std::string{step_name(row->step)}
                            : std::string{"handshake_type_"}.append(std::to_string(number));
  m.specification = message_section(d.profile(), type);
  const std::size_t length = m.bytes.size() - kHeader;
  const std::string section = sections_of(d.profile()).cite(sections_of(d.profile()).handshake);
  m.fields.push_back({.path = "handshake.msg_type",
                      .kind = FieldKind::value,
                      .offset = 0,
                      .size = 1,
                      .meaning = m.name,
                      .specification = section});
  m.fields.push_back({.path = "handshake.length",
                      .kind = FieldKind::length,
                      .offset = 1,
                      .size = 3,
                      .meaning = std::to_string(length).append(length == 1 ? " byte" : " bytes"),
                      .specification = section});
}

void say_disorder(Decoder& d, std::size_t message) {
  Message& m = d.out.messages[message];
  m.out_of_order = true;
  const std::string expected = next_words(d.hs);
  m.state = "out of order";
  find(d, FindingKind::surprise, message, std::string{m.name}.append(" has no place here"),
       expected.empty() ? std::string{"the handshake is over"}
                        : std::string{"expected "}.append(expected));
  stop_in(d, message, {.code = Errc::unexpected_message, .where = "handshake"});
  d.hs.in_order = false;
}

/// The server's request for a further handshake stands outside the script and the transcript (RFC
/// 2246 section 7.4.1.1).
void take_hello_request(Decoder& d, std::size_t message) {
  Message& m = d.out.messages[message];
  m.summary = "the server asks for another handshake";
  close(m.fields, m.bytes.size());
  if (m.bytes.size() == kHeader) return;
  m.error = Error{.code = Errc::trailing_bytes, .where = "hello_request", .offset = kHeader};
  stop_in(d, message, *m.error);
}

}  // namespace

void cover(Decoder& d, std::size_t message) {
  Message& m = d.out.messages[message];
  if (!d.hs.in_order || d.hs.done) return;
  m.in_transcript = true;
  append(d.hs.transcript, m.bytes);
  d.hs.covered.push_back(message);
}

void advance(Decoder& d, std::size_t message, Step step) {
  Negotiation& h = d.hs;
  Message& m = d.out.messages[message];
  if (!h.in_order || !h.hello_seen) {
    h.in_order = false;
    return;
  }
  bool accepted = h.cursor.accept(m.from, step, h.facts);
  if (!accepted && turns_out_resumed(h, m.from, step)) {
    h.cursor.branch(kResumption);
    h.resumed = accepted = h.cursor.accept(m.from, step, h.facts);
    if (accepted) {
      find(d, FindingKind::decision, message, "the session of the client's ticket is resumed",
           "the server goes on without a Certificate", "RFC 5077 section 3.4");
      derive_from_session(d, message);
    }
  }
  if (!accepted) return say_disorder(d, message);
  m.line = h.cursor.at();
  m.state = std::string{"line "}.append(std::to_string(*m.line)).append(" of ");
  m.state.append(script_name(h)).append(": ");
  m.state.append(side_name(m.from)).append(" ").append(step_name(step));
}

void settle(Decoder& d, std::size_t message) {
  if (!d.hs.in_order || !d.hs.hello_seen) return;
  d.out.messages[message].next = next_words(d.hs);
  // On a copy: looking at the next line passes over those whose facts do not hold.
  Cursor cursor = d.hs.cursor;
  if (!d.hs.done && cursor.done(d.hs.facts)) finish_handshake(d);
}

void presume_finished(Decoder& d, std::size_t message) {
  const Side from = d.out.messages[message].from;
  if (!d.hs.in_order || d.hs.done || !d.hs.hello_seen) return;
  Cursor cursor = d.hs.cursor;
  const Line& line = cursor.next(d.hs.facts);
  if (line.from != from || line.step != Step::finished) return;
  advance(d, message, Step::finished);
  d.out.messages[message].state.append(", as far as can be seen");
  settle(d, message);
}

void take_handshake_message(Decoder& d, std::size_t message, HandshakeType type) {
  const Side from = d.out.messages[message].from;
  if (type == HandshakeType::client_hello && from == Side::client &&
      (d.hs.hello_seen || d.hs.profile != nullptr) && d.hs.index + 1 < kMaxHandshakes)
    begin_another(d);
  d.out.messages[message].handshake = d.hs.index;
  describe_header(d, message, type);
  if (type == HandshakeType::hello_request) return take_hello_request(d, message);
  if (type == HandshakeType::client_hello && from == Side::client) d.hs.hello_seen = true;
  const MessageRow* row = find_message(type);
  advance(d, message, row != nullptr ? row->step : Step::end);
  Status s = read_body(d, message, type);
  Message& m = d.out.messages[message];
  if (s && covered(m.fields) < m.bytes.size())
    s = Error{.code = Errc::message_too_long, .where = "more fields than anybody reads"};
  close(m.fields, m.bytes.size());
  if (!s) {
    m.error = s.error();
    m.error->offset += kHeader;
    stop_in(d, message, *m.error);
  }
  cover(d, message);
  if (d.hs.in_order && type == HandshakeType::client_key_exchange)
    derive_from_key_exchange(d, message);
  if (d.hs.in_order && type == HandshakeType::server_hello && d.hs.resumed)
    derive_from_session(d, message);
  settle(d, message);
}

void take_change_cipher_spec(Decoder& d, std::size_t message) {
  Message& m = d.out.messages[message];
  advance(d, message, Step::change_cipher_spec);
  Direction& dir = d.direction(m.from);
  settle(d, message);
  dir.active = std::exchange(dir.pending, {});
  // Without secrets what is negotiated still says where the parts of a record stand.
  if (dir.active.suite == nullptr) {
    dir.active.suite = d.hs.suite;
    dir.active.profile = d.hs.profile;
    dir.active.encrypt_then_mac = d.hs.answered.encrypt_then_mac;
  }
  dir.active.compressed = d.hs.compressed;
  dir.keyed = true;
  dir.wrong_keys = false;
  dir.sequence = 0;
  m.summary = dir.active.protection != nullptr ? "what follows is under keys that we know"
                                               : "what follows is under keys that we do not know";
}

void take_v2_client_hello(Decoder& d, std::size_t message) {
  Negotiation& h = d.hs;
  Message& m = d.out.messages[message];
  h.hello_seen = true;
  // A server of SSL 3.0 or later may have to refuse one that wants SSL 2.0 and nothing else.
  const bool wants_ssl2 = m.bytes.size() > 1 && m.bytes[1] < 3;
  m.specification = wants_ssl2 ? "SSL 2.0 section 2.5" : "RFC 2246 appendix E.1";
  m.summary = wants_ssl2 ? "a CLIENT-HELLO of SSL 2.0" : "a ClientHello in the form of SSL 2.0";
  advance(d, message, Step::client_hello);
  ssl2::ClientHello hello;
  Collector collector{m.fields, 0, m.specification, d.field_budget};
  const Status s = ssl2::parse(m.bytes, hello, &collector);
  close(m.fields, m.bytes.size());
  if (!s) {
    m.error = s.error();
    stop_in(d, message, *m.error);
  }
  h.offered_version = hello.version;
  for (const std::uint32_t kind : hello.cipher_specs) h.offered_suites.push_back(kind);
  // "padded on the left with zeros" (RFC 2246 appendix E.1).
  h.client_random.assign(32, 0);
  const std::size_t n = std::min<std::size_t>(hello.challenge.size(), 32);
  std::ranges::copy(ByteView{hello.challenge}.first(n),
                    h.client_random.end() - static_cast<std::ptrdiff_t>(n));
  d.out.client_randoms.push_back(h.client_random);
  cover(d, message);
  settle(d, message);
}

}  // namespace parley::explain

// From chunks to an Explanation: which protocol is spoken, and the end.
#include "explain/decoder.hpp"
#include "explain/fields.hpp"
#include "explain/ssl2_state.hpp"
#include "ssl2/client_hello.hpp"

namespace parley::explain {

Decoder::Decoder(const Secrets& s)
    : key_log(s.key_log), has_log(!s.key_log.empty()), server_key(s.server_key) {}
Decoder::~Decoder() = default;

void stop(Decoder& d, Side from, std::size_t offset, const Error& why) {
  // One a record is plenty; hostile flows have many records.
  constexpr std::size_t kMost = 1000;
  if (d.out.stops.size() < kMost)
    d.out.stops.push_back({.from = from, .offset = offset, .why = why, .text = why.text()});
}

void stop_in(Decoder& d, std::size_t message, const Error& why) {
  const Message& m = d.out.messages[message];
  std::size_t rest = why.offset;
  std::size_t offset = 0;
  for (const Piece& p : m.pieces) {
    const Record& r = d.out.records[p.record];
    const std::size_t start = r.opened ? r.plaintext_offset : r.header_size;
    offset = r.offset + start + p.offset + std::min(rest, p.size);
    if (rest <= p.size) break;
    rest -= p.size;
  }
  stop(d, m.from, offset, why);
}

void find(Decoder& d, FindingKind kind, std::optional<std::size_t> message, std::string what,
          std::string why, std::string specification, std::string setting) {
  constexpr std::size_t kMost = 1000;
  if (d.out.findings.size() < kMost)
    d.out.findings.push_back({kind, message, std::move(what), std::move(why),
                              std::move(specification), std::move(setting)});
}

std::size_t add_message(Decoder& d, Side from, MessageKind kind, std::string name) {
  Message m;
  m.from = from;
  m.time = d.now;
  m.kind = kind;
  m.name = std::move(name);
  m.handshake = d.hs.index;
  d.out.messages.push_back(std::move(m));
  return d.out.messages.size() - 1;
}

void add_piece(Decoder& d, std::size_t message, const Piece& p) {
  d.out.messages[message].pieces.push_back(p);
  auto& known = d.out.records[p.record].messages;
  if (known.empty() || known.back() != message) known.push_back(message);
}

void describe_ssl2_header(Record& r, ByteView wire) {
  Layout l{r, 0, "SSL 2.0 section 1.1"};
  l.add("record.length", FieldKind::length, 2,
        std::to_string(r.size - r.header_size).append(" bytes"));
  if (r.header_size == 3)
    l.add("record.padding_length", FieldKind::value, 1, std::to_string(wire[2]).append(" bytes"));
  if (r.opened && !r.is_protected) l.add("record.data", FieldKind::content, l.left());
}

namespace {

bool has_v2_header(ByteView in) { return (in[0] & 0x80) != 0; }

/// A client begins with a record, or with a CLIENT-HELLO in the form of SSL 2.0. What a server
/// answers to the latter decides; the same bytes as at the engine's front door.
void decide_framing(Decoder& d, bool at_end) {
  constexpr std::size_t kEnough = 5;
  constexpr std::uint8_t kServerHello = 4, kError = 0;
  const ByteView client = d.out.stream(Side::client), server = d.out.stream(Side::server);
  const bool v2_hello =
      client.size() >= kEnough && has_v2_header(client) && client[2] == ssl2::kClientHelloType;
  if (!v2_hello && client.size() < kEnough && !client.empty() && has_v2_header(client) && !at_end)
    return;
  if (!v2_hello && !client.empty()) {
    d.framing = Framing::tls;
  } else if (server.size() >= 3) {
    const bool v2_answer =
        has_v2_header(server) && (server[2] == kServerHello || server[2] == kError);
    d.framing = v2_answer ? Framing::ssl2 : Framing::tls;
  } else if (at_end) {
    // Nobody has answered: the version that the hello names.
    d.framing = v2_hello && client[3] < 3 ? Framing::ssl2 : Framing::tls;
  }
  if (d.framing == Framing::ssl2) begin_ssl2(d);
}

/// In SSL 3.0 and later a hello in the old form is one record by itself, before all others.
void read_v2_hello(Decoder& d) {
  Direction& client = d.direction(Side::client);
  const ByteView in = d.unframed(Side::client);
  if (client.lost || client.framed != 0 || in.size() < 3 || !has_v2_header(in) ||
      in[2] != ssl2::kClientHelloType)
    return;
  constexpr std::size_t kHeader = 2;
  const std::size_t size = kHeader + (static_cast<std::size_t>(in[0] & 0x7f) << 8 | in[1]);
  if (in.size() < size) {
    client.lost = true;
    stop(d, Side::client, 0, {.code = Errc::truncated, .where = "client_hello"});
    return;
  }
  Record r = make_record(d, Side::client, kHeader, size);
  r.ssl2 = true;
  r.opened = true;
  r.plaintext_offset = kHeader;
  r.plaintext_size = size - kHeader;
  describe_ssl2_header(r, d.out.wire(r));
  d.out.records.push_back(std::move(r));
  const std::size_t record = d.out.records.size() - 1;
  const std::size_t message = add_message(d, Side::client, MessageKind::ssl2, "client_hello");
  add_piece(d, message, {record, 0, size - kHeader});
  d.out.messages[message].bytes = to_bytes(d.out.plaintext(d.out.records[record]));
  take_v2_client_hello(d, message);
}

void read(Decoder& d, bool at_end) {
  if (d.framing == Framing::undecided) decide_framing(d, at_end);
  switch (d.framing) {
    case Framing::undecided: return;
    case Framing::tls:
      read_v2_hello(d);
      for (const Side s : {Side::client, Side::server}) read_records(d, s);
      return;
    case Framing::ssl2:
      for (const Side s : {Side::client, Side::server}) read_ssl2_records(d, s);
      return;
  }
}

/// Why the secrets that were given open nothing, and what would.
std::string missing_key(const Decoder& d) {
  const bool ssl2 = d.framing == Framing::ssl2;
  const KeyLog& log = d.key_log;
  const bool rsa = ssl2 || (d.hs.suite != nullptr && d.hs.suite->kx == Kx::rsa);
  std::string_view cure =
      rsa ? "; a key log has them, or the server's RSA key" : "; a key log has them";
  std::string why;
  if (d.has_log && log.masters.empty() && log.premasters.empty() && log.ssl2.empty())
    why = "the key log has no line that says a secret";
  else if (d.has_log && !d.out.client_randoms.empty())
    why = std::string{"the key log has no line for "}
              .append(ssl2 ? "challenge " : "client random ")
              .append(to_hex(d.out.client_randoms.back()));
  else if (d.server_key && !rsa && d.hs.suite != nullptr)
    why = std::string{"the server's key signs in "}
              .append(d.hs.suite->iana_name)
              .append(", and opens nothing");
  else if (d.server_key)
    why = "the server's key that was given does not open this connection";
  else
    why = "there is no secret for this connection";
  return why.append(cure);
}

void tell_sealed(Decoder& d) {
  if (d.out.sealed_records == 0) return;
  const bool wrong = d.directions[0].wrong_keys || d.directions[1].wrong_keys;
  std::string what = std::to_string(d.out.sealed_records);
  what.append(d.out.sealed_records == 1 ? " record stays closed" : " records stay closed");
  find(d, FindingKind::note, std::nullopt, std::move(what),
       wrong ? "the keys do not fit, or records were changed" : missing_key(d));
}

/// A conversation that ends before both Finished, without a word about it.
void tell_end(Decoder& d) {
  if (d.out.messages.empty() || !d.out.stops.empty() || d.framing != Framing::tls) return;
  const Message& last = d.out.messages.back();
  const bool refused =
      last.kind == MessageKind::alert && last.bytes.size() == 2 && last.bytes[0] == 2;
  if (refused || d.hs.done || !d.hs.in_order || !d.hs.hello_seen || last.next.empty()) return;
  find(d, FindingKind::surprise, d.out.messages.size() - 1,
       "the conversation ends inside the handshake", std::string{"expected "}.append(last.next));
}

void finish(Decoder& d) {
  read(d, true);
  for (const Side s : {Side::client, Side::server}) {
    flush_reassembly(d, s);
    const ByteView rest = d.unframed(s);
    if (rest.empty()) continue;
    const std::size_t offset = d.direction(s).framed;
    if (!d.direction(s).lost) stop(d, s, offset, {.code = Errc::truncated, .where = "record"});
    d.out.unframed.push_back({s, offset, rest.size()});
  }
  tell_sealed(d);
  tell_end(d);
}

}  // namespace

Explanation decode(const Flow& flow, const Secrets& secrets) {
  Decoder d{secrets};
  std::size_t room = kMaxFlow;
  for (const Chunk& c : flow) {
    const std::size_t n = std::min(room, c.bytes.size());
    d.now = c.time;
    append(d.out.streams[static_cast<std::size_t>(c.from)], ByteView{c.bytes}.first(n));
    read(d, false);
    room -= n;
    if (n == c.bytes.size()) continue;
    stop(d, c.from, d.out.stream(c.from).size(), {.code = Errc::message_too_long, .where = "flow"});
    break;
  }
  finish(d);
  return std::move(d.out);
}

}  // namespace parley::explain

// Messages out of the plaintext of records, by content type.
#include "explain/decoder.hpp"
#include "explain/fields.hpp"
#include "explain/meaning.hpp"
#include "explain/specification.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

const Sections& sections(const Decoder& d) { return sections_of(d.profile()); }

/// A message that is the whole plaintext of a record.
std::size_t whole_record(Decoder& d, std::size_t record, MessageKind kind, std::string name) {
  const Record& r = d.out.records[record];
  const std::size_t message = add_message(d, r.from, kind, std::move(name));
  add_piece(d, message, {record, 0, r.plaintext_size});
  d.out.messages[message].bytes = to_bytes(d.out.plaintext(d.out.records[record]));
  return message;
}

void take_unknown(Decoder& d, std::size_t record) {
  if (d.out.records[record].plaintext_size == 0) return;
  const std::size_t m = whole_record(d, record, MessageKind::unknown, "not understood");
  close(d.out.messages[m].fields, d.out.messages[m].bytes.size());
}

/// Parses a message of a single record.
template <class M>
Status parse_whole(Decoder& d, std::size_t message, M& m, std::string section) {
  Message& out = d.out.messages[message];
  out.specification = section;
  Collector collector{out.fields, 0, std::move(section), d.field_budget};
  Status s = parse(out.bytes, m, &collector);
  close(out.fields, out.bytes.size());
  if (!s) {
    out.error = s.error();
    stop_in(d, message, s.error());
  }
  return s;
}

void take_alert(Decoder& d, std::size_t record) {
  const std::size_t message = whole_record(d, record, MessageKind::alert, "alert");
  AlertMessage m;
  if (!parse_whole(d, message, m, sections(d).cite(sections(d).alert))) return;
  Message& out = d.out.messages[message];
  out.summary = out.fields[0].meaning;
  out.summary.append(" ").append(out.fields[1].meaning);
  // RFC 6101 section 5.6.6: in place of a Certificate.
  const ProtocolProfile* p = d.hs.profile;
  if (static_cast<Alert>(m.description) == Alert::no_certificate && p != nullptr &&
      p->no_client_certificate == NoCertRule::warning_alert && !d.hs.done &&
      out.from == Side::client && d.hs.in_order) {
    d.hs.facts.client_cert_sent = false;
    advance(d, message, Step::certificate);
  }
  judge_alert(d, message);
}

void take_data(Decoder& d, std::size_t record) {
  const std::size_t message =
      whole_record(d, record, MessageKind::application_data, "application_data");
  Message& m = d.out.messages[message];
  m.specification = sections(d).cite(sections(d).application_data);
  m.summary = std::to_string(m.bytes.size()).append(m.bytes.size() == 1 ? " byte" : " bytes");
  m.fields.push_back({.path = "application_data",
                      .kind = FieldKind::value,
                      .offset = 0,
                      .size = m.bytes.size(),
                      .meaning = m.summary,
                      .specification = m.specification});
  if (!d.hs.done && d.hs.in_order && d.hs.index == 0)
    find(d, FindingKind::surprise, message, "application data before the handshake has ended");
}

/// Takes the first `size` bytes of what waits in the reassembly.
void take_pieces(Decoder& d, Side from, std::size_t message, std::size_t size) {
  auto& waiting = d.direction(from).waiting;
  while (size > 0 && !waiting.empty()) {
    Piece& front = waiting.front();
    const std::size_t n = std::min(size, front.size);
    add_piece(d, message, {front.record, front.offset, n});
    front.offset += n;
    front.size -= n;
    size -= n;
    if (front.size == 0) waiting.pop_front();
  }
}

void take_handshake(Decoder& d, std::size_t record) {
  const Side from = d.out.records[record].from;
  Direction& dir = d.direction(from);
  if (dir.messages_lost) return take_unknown(d, record);
  const ByteView fragment = d.out.plaintext(d.out.records[record]);
  if (fragment.empty()) {
    stop(d, from, d.out.records[record].offset,
         {.code = Errc::empty_record, .where = "record.length"});
    return;
  }
  dir.waiting.push_back({record, 0, fragment.size()});
  dir.reassembly.add(fragment);
  for (;;) {
    auto m = dir.reassembly.front();
    if (m && *m && d.out.messages.size() >= kMaxMessages)
      m = Error{.code = Errc::message_too_long, .where = "more messages than anybody reads"};
    if (!m) {
      const Piece& at = dir.waiting.front();
      const Record& r = d.out.records[at.record];
      stop(d, from, r.offset + r.plaintext_offset + at.offset, m.error());
      flush_reassembly(d, from);
      dir.messages_lost = true;
      return;
    }
    if (!*m) return;
    const HandshakeMessage& h = **m;
    const std::size_t message = add_message(d, from, MessageKind::handshake, {});
    take_pieces(d, from, message, h.raw.size());
    d.out.messages[message].bytes = to_bytes(h.raw);
    const HandshakeType type = h.type;
    dir.reassembly.pop(h);
    take_handshake_message(d, message, type);
  }
}

}  // namespace

void flush_reassembly(Decoder& d, Side from) {
  Direction& dir = d.direction(from);
  if (dir.waiting.empty()) return;
  const Piece first = dir.waiting.front();
  const std::size_t message =
      add_message(d, from, MessageKind::unknown, "part of a handshake message");
  Bytes bytes;
  for (const Piece& p : dir.waiting) {
    add_piece(d, message, p);
    append(bytes, d.out.plaintext(d.out.records[p.record]).subspan(p.offset, p.size));
  }
  d.out.messages[message].bytes = std::move(bytes);
  close(d.out.messages[message].fields, d.out.messages[message].bytes.size());
  const Record& r = d.out.records[first.record];
  const Error why{.code = Errc::truncated, .where = "handshake message"};
  d.out.messages[message].error = why;
  stop(d, from, r.offset + r.plaintext_offset + first.offset, why);
  dir.waiting.clear();
  dir.reassembly = {};
}

void take_plaintext(Decoder& d, std::size_t record) {
  const Record& r = d.out.records[record];
  const Side from = r.from;
  if (r.is_protected && d.direction(from).active.compressed) {
    stop(d, from, r.offset, {.code = Errc::bad_compression, .where = "record"});
    return take_unknown(d, record);
  }
  switch (r.type) {
    case ContentType::handshake: return take_handshake(d, record);
    case ContentType::alert: return take_alert(d, record);
    case ContentType::application_data: return take_data(d, record);
    case ContentType::change_cipher_spec: break;
  }
  if (!d.direction(from).reassembly.aligned()) {
    flush_reassembly(d, from);
    d.out.stops.back().why.code = Errc::unaligned_key_change;
    d.out.stops.back().text = d.out.stops.back().why.text();
  }
  const std::size_t message =
      whole_record(d, record, MessageKind::change_cipher_spec, "change_cipher_spec");
  ChangeCipherSpec m;
  if (parse_whole(d, message, m, sections(d).cite(sections(d).change_cipher_spec)))
    take_change_cipher_spec(d, message);
}

void take_sealed(Decoder& d, std::size_t record) {
  const Record& r = d.out.records[record];
  ++d.out.sealed_records;
  const std::size_t size = r.size - r.header_size;
  const Side from = r.from;
  const ContentType type = r.type;
  std::string name{"sealed "};
  name.append(r.ssl2 ? "record" : content_type_name(type));
  const std::size_t message = add_message(d, from, MessageKind::sealed, std::move(name));
  add_piece(d, message, {record, 0, size});
  Message& m = d.out.messages[message];
  m.bytes = to_bytes(d.out.wire(d.out.records[record]).last(size));
  m.summary = "no key opens it";
  m.fields.push_back({.path = "sealed",
                      .kind = FieldKind::sealed,
                      .offset = 0,
                      .size = size,
                      .meaning = "encrypted",
                      .specification = {}});
  if (type == ContentType::handshake && !d.out.records[record].ssl2) presume_finished(d, message);
}

}  // namespace parley::explain

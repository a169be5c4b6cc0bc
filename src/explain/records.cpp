// Records of SSL 3.0 and later, one after another.
#include "base/limits.hpp"
#include "explain/decoder.hpp"
#include "explain/fields.hpp"
#include "explain/meaning.hpp"
#include "explain/specification.hpp"
#include "record/framer.hpp"

namespace parley::explain {
namespace {

void describe_header(Record& r, std::size_t length, const std::string& section) {
  Layout header{r, 0, section};
  header.add("record.type", FieldKind::value, 1, std::string{content_type_name(r.type)});
  header.add("record.version", FieldKind::value, 2, version_words(r.version));
  header.add("record.length", FieldKind::length, 2,
             std::to_string(length).append(length == 1 ? " byte" : " bytes"));
}

/// The version of a record is that of the handshake, once there is one; the alert of a peer that
/// refuses it may have its own.
void compare_versions(Decoder& d, const Record& r) {
  if (d.hs.profile == nullptr || r.type == ContentType::alert) return;
  if (r.version == static_cast<std::uint16_t>(d.hs.profile->version)) return;
  // A hello of a renegotiation comes before the choice.
  find(d, FindingKind::surprise, std::nullopt,
       std::string{"a record of the "}
           .append(side_name(r.from))
           .append(" says ")
           .append(version_words(r.version)),
       std::string{"the handshake agreed on "}.append(d.hs.profile->name));
}

/// A hello says itself which version's text it is to be read by.
void note_version(Decoder& d, Side from, const RecordHeader& h) {
  if (h.type != ContentType::handshake || d.direction(from).keyed || h.length < 6) return;
  const ByteView body = d.unframed(from).subspan(limits::kRecordHeader);
  const auto type = static_cast<HandshakeType>(body[0]);
  if (type != HandshakeType::client_hello && type != HandshakeType::server_hello) return;
  d.hello = find_profile(static_cast<ProtocolVersion>(body[4] << 8 | body[5]));
}

void take_record(Decoder& d, Side from, const RecordHeader& h) {
  const std::size_t size = limits::kRecordHeader + h.length;
  note_version(d, from, h);
  Record r = make_record(d, from, limits::kRecordHeader, size);
  r.type = h.type;
  r.version = h.version;
  describe_header(r, h.length, sections_of(d.profile()).cite(sections_of(d.profile()).record));
  compare_versions(d, r);
  if (d.direction(from).keyed) {
    open_record(d, r);
  } else {
    r.opened = true;
    r.sequence = d.direction(from).sequence++;
    r.plaintext_offset = r.header_size;
    r.plaintext_size = h.length;
    Layout{r, r.header_size, {}}.add("record.fragment", FieldKind::content, h.length);
  }
  d.out.records.push_back(std::move(r));
  const std::size_t index = d.out.records.size() - 1;
  if (d.out.records[index].opened)
    take_plaintext(d, index);
  else
    take_sealed(d, index);
}

}  // namespace

Record make_record(Decoder& d, Side from, std::size_t header_size, std::size_t size) {
  Direction& dir = d.direction(from);
  Record r;
  r.from = from;
  r.time = d.now;
  r.offset = dir.framed;
  r.size = size;
  r.header_size = header_size;
  dir.framed += size;
  return r;
}

void read_records(Decoder& d, Side from) {
  Direction& dir = d.direction(from);
  while (!dir.lost) {
    const ByteView in = d.unframed(from);
    auto header = read_record_header(in, std::nullopt);
    if (header && d.out.records.size() >= kMaxMessages)
      header = Error{.code = Errc::message_too_long, .where = "more records than anybody reads"};
    if (!header) {
      dir.lost = true;
      return stop(d, from, dir.framed + header.error().offset, header.error());
    }
    if (!*header || in.size() < limits::kRecordHeader + (*header)->length) return;
    take_record(d, from, **header);
  }
}

}  // namespace parley::explain

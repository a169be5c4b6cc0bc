#include "asn1/der_reader.hpp"

namespace parley::asn1 {

#ifdef PARLEY_COUNT_WORK
std::uint64_t headers_read = 0;
#endif

namespace {

struct Header {
  Tag tag;
  std::size_t header_size = 0;
  std::size_t content_size = 0;
};

// X.690 sections 8.1.2 and 8.1.3 with the restrictions of 10.1. Returns nothing when all is well.
std::optional<Errc> read_header(ByteView in, Header& h) {
#ifdef PARLEY_COUNT_WORK
  ++headers_read;
#endif
  std::size_t at = 0;
  if (in.empty()) return Errc::truncated;
  const std::uint8_t first = in[at++];
  h.tag.cls = static_cast<TagClass>(first >> 6);
  h.tag.constructed = (first & 0x20) != 0;
  h.tag.number = first & 0x1f;
  if (h.tag.number == 0x1f) {
    // High tag numbers: base 128, minimal, above 30; four bytes are more than anybody uses.
    h.tag.number = 0;
    for (int i = 0;; ++i) {
      if (at == in.size()) return Errc::truncated;
      const std::uint8_t b = in[at++];
      if ((i == 0 && b == 0x80) || i == 4) return Errc::bad_der;
      h.tag.number = (h.tag.number << 7) | (b & 0x7f);
      if ((b & 0x80) == 0) break;
    }
    if (h.tag.number < 0x1f) return Errc::bad_der;
  } else if (h.tag.cls == TagClass::universal) {
    // 8.1.1.5: 0 is end-of-contents, which definite lengths never need. SEQUENCE and SET are
    // always constructed; DER (10.2) makes every string primitive.
    if (h.tag.number == 0) return Errc::bad_der;
    const bool must_nest = h.tag.number == 16 || h.tag.number == 17;
    const bool may_nest = must_nest || h.tag.number == 8 || h.tag.number == 11;
    if (h.tag.constructed ? !may_nest : must_nest) return Errc::bad_der;
  }
  if (at == in.size()) return Errc::truncated;
  std::size_t length = in[at++];
  if (length >= 0x80) {
    const std::size_t n = length & 0x7f;
    if (n == 0 || n > 4) return Errc::bad_der;  // indefinite, or beyond any sane size
    if (in.size() - at < n) return Errc::truncated;
    if (in[at] == 0) return Errc::bad_der;
    length = 0;
    for (std::size_t i = 0; i < n; ++i) length = (length << 8) | in[at++];
    if (length < 0x80) return Errc::bad_der;
  }
  if (in.size() - at < length) return Errc::truncated;
  h.header_size = at;
  h.content_size = length;
  return {};
}

Status check_bits(ByteView content, bool whole_bytes) {
  const Error bad{.code = Errc::bad_der, .where = "BIT STRING"};
  if (content.empty() || content[0] > 7) return bad;
  const unsigned unused = content[0];
  if (unused == 0) return {};
  // X.690 section 11.2.1: unused bits are zero, and there is a byte to hold them.
  if (whole_bytes || content.size() == 1) return bad;
  if ((content.back() & ((1U << unused) - 1)) != 0) return bad;
  return {};
}

}  // namespace

bool integer_content_ok(ByteView c) {
  if (c.empty()) return false;
  if (c.size() == 1) return true;
  return !(c[0] == 0x00 && c[1] < 0x80) && !(c[0] == 0xff && c[1] >= 0x80);
}

bool oid_content_ok(ByteView c) {
  if (c.empty() || c.size() > kMaxOidSize || (c.back() & 0x80) != 0) return false;
  bool starts = true;
  for (const std::uint8_t b : c) {
    if (starts && b == 0x80) return false;
    starts = (b & 0x80) == 0;
  }
  return true;
}

Status named_bits_content(ByteView c, std::uint16_t& mask) {
  mask = 0;
  PARLEY_CHECK(check_bits(c, false));
  for (std::size_t bit = 0; bit < 16 && bit / 8 + 1 < c.size(); ++bit)
    if ((c[bit / 8 + 1] >> (7 - bit % 8) & 1) != 0)
      mask = static_cast<std::uint16_t>(mask | (1U << bit));
  return {};
}

void DerReader::fail(Error e) {
  if (!error_) error_ = e;
  in_ = in_.first(at_);
  if (parent_ != nullptr) parent_->fail(*error_);
}

void DerReader::fail(Errc code, const char* field) {
  fail(Error{.code = code, .where = field, .offset = static_cast<std::uint32_t>(base_ + at_)});
}

std::optional<Tag> DerReader::peek() const {
  Header h;
  if (error_ || read_header(in_.subspan(at_), h)) return {};
  return h.tag;
}

Element DerReader::any(const char* field) {
  if (error_) return {};
  const ByteView left = in_.subspan(at_);
  Header h;
  if (const auto e = read_header(left, h)) {
    fail(*e, field);
    return {};
  }
  const std::size_t size = h.header_size + h.content_size;
  at_ += size;
  return {h.tag, left.first(size), left.subspan(h.header_size, h.content_size)};
}

Element DerReader::element(const char* field, Tag tag) {
  if (error_) return {};
  Header h;
  if (!read_header(in_.subspan(at_), h) && h.tag != tag) {
    fail(Errc::bad_der, field);
    return {};
  }
  return any(field);
}

std::optional<Element> DerReader::optional(const char* field, Tag tag) {
  if (empty() || !next_is(tag)) return {};
  return any(field);
}

DerReader DerReader::enter(const char* field, Tag tag) {
  const Element e = element(field, tag);
  if (ok() && depth_ >= kMaxDepth) fail(Errc::too_deep, field);
  const std::size_t base = base_ + at_ - e.content.size();
  return DerReader{ok() ? e.content : ByteView{}, base, this};
}

ByteView DerReader::integer(const char* field) {
  const ByteView c = element(field, kInteger).content;
  if (ok() && !integer_content_ok(c)) fail(Errc::bad_der, field);
  return ok() ? c : ByteView{};
}

ByteView DerReader::unsigned_integer(const char* field) {
  const ByteView c = integer(field);
  if (!ok()) return {};
  if (c[0] >= 0x80) {
    fail(Errc::bad_value, field);
    return {};
  }
  return c[0] == 0 ? c.subspan(1) : c;
}

std::uint32_t DerReader::small_integer(const char* field, std::uint32_t max) {
  const ByteView c = unsigned_integer(field);
  std::uint64_t v = 0;
  if (c.size() <= 4)
    for (const std::uint8_t b : c) v = (v << 8) | b;
  if (ok() && (c.size() > 4 || v > max)) fail(Errc::bad_value, field);
  return ok() ? static_cast<std::uint32_t>(v) : 0;
}

bool DerReader::boolean(const char* field) {
  const ByteView c = element(field, kBoolean).content;
  if (ok() && (c.size() != 1 || (c[0] != 0x00 && c[0] != 0xff))) fail(Errc::bad_der, field);
  return ok() && c[0] == 0xff;
}

void DerReader::null(const char* field) {
  if (!element(field, kNull).content.empty()) fail(Errc::bad_der, field);
}

ByteView DerReader::octets(const char* field) { return element(field, kOctetString).content; }

ByteView DerReader::bits(const char* field) {
  const ByteView c = element(field, kBitString).content;
  if (ok() && !check_bits(c, true)) fail(Errc::bad_der, field);
  return ok() ? c.subspan(1) : ByteView{};
}

std::uint16_t DerReader::named_bits(const char* field) {
  const ByteView c = element(field, kBitString).content;
  std::uint16_t mask = 0;
  if (ok() && !named_bits_content(c, mask)) fail(Errc::bad_der, field);
  return mask;
}

ByteView DerReader::oid(const char* field) {
  const ByteView c = element(field, kOid).content;
  if (ok() && !oid_content_ok(c)) fail(Errc::bad_der, field);
  return ok() ? c : ByteView{};
}

void DerReader::end(const char* what) {
  if (ok() && !empty()) fail(Errc::trailing_bytes, what);
}

Status DerReader::finish(const char* what) {
  end(what);
  return ok() ? Status{} : Status{*error_};
}

namespace {

void check_elements(DerReader& r) {
  while (!r.empty()) {
    const auto tag = r.peek();
    if (!tag) {
      (void)r.any("element");  // fails with the reason
    } else if (tag->constructed) {
      DerReader inner = r.enter("element", *tag);
      check_elements(inner);
    } else if (*tag == kBoolean) {
      (void)r.boolean("BOOLEAN");
    } else if (*tag == kInteger) {
      (void)r.integer("INTEGER");
    } else if (*tag == kBitString) {
      (void)r.named_bits("BIT STRING");
    } else if (*tag == kNull) {
      r.null("NULL");
    } else if (*tag == kOid) {
      (void)r.oid("OBJECT IDENTIFIER");
    } else {
      (void)r.any("element");
    }
  }
}

}  // namespace

Status check_der(ByteView der) {
  DerReader r{der};
  if (r.empty()) r.fail(Errc::truncated, "element");
  check_elements(r);
  return r.finish("element");
}

}  // namespace parley::asn1

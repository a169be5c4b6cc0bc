#include "asn1/der_writer.hpp"

#include <algorithm>

#include "asn1/time.hpp"

namespace parley::asn1 {
namespace {

constexpr std::size_t kLengthRoom = 9;

// The length octets of X.690 section 8.1.3, minimal.
std::size_t encode_length(std::size_t n, std::array<std::uint8_t, kLengthRoom>& to) {
  if (n < 0x80) {
    to[0] = static_cast<std::uint8_t>(n);
    return 1;
  }
  std::size_t k = 1;
  while (k < 8 && (n >> (8 * k)) != 0) ++k;
  to[0] = static_cast<std::uint8_t>(0x80 | k);
  for (std::size_t i = 0; i < k; ++i) to[1 + i] = static_cast<std::uint8_t>(n >> (8 * (k - 1 - i)));
  return 1 + k;
}

}  // namespace

void DerWriter::tag(Tag t) {
  const unsigned head = (static_cast<unsigned>(t.cls) << 6) | (t.constructed ? 0x20U : 0U);
  if (t.number < 0x1f) {
    out_.push_back(static_cast<std::uint8_t>(head | t.number));
    return;
  }
  out_.push_back(static_cast<std::uint8_t>(head | 0x1f));
  int shift = 28;
  while ((t.number >> shift) == 0) shift -= 7;
  for (; shift >= 0; shift -= 7)
    out_.push_back(
        static_cast<std::uint8_t>((shift > 0 ? 0x80U : 0U) | ((t.number >> shift) & 0x7f)));
}

// Takes the room that open() has made for the longest length, and gives back what is too much: it
// runs on the way out of whatever has failed, too, and must need no memory.
DerWriter::Scope::~Scope() {
  std::array<std::uint8_t, kLengthRoom> length{};
  const std::size_t n = encode_length(out_.size() - start_ - kLengthRoom, length);
  const auto at = out_.begin() + static_cast<std::ptrdiff_t>(start_);
  const auto content = std::copy_n(length.begin(), n, at);
  const auto end = std::copy(at + std::ptrdiff_t{kLengthRoom}, out_.end(), content);
  std::fill(end, out_.end(), std::uint8_t{0});  // it may be a key that is written
  out_.erase(end, out_.end());
}

DerWriter::Scope DerWriter::open(Tag t) {
  tag(t);
  const std::size_t start = out_.size();
  out_.resize(start + kLengthRoom);
  return Scope{out_, start};
}

DerWriter::Scope DerWriter::open_bits() {
  tag(kBitString);
  const std::size_t start = out_.size();
  out_.resize(start + kLengthRoom + 1);  // no unused bits; part of the content
  return Scope{out_, start};
}

void DerWriter::primitive(Tag t, ByteView content) {
  tag(t);
  std::array<std::uint8_t, kLengthRoom> length{};
  append(out_, ByteView{length}.first(encode_length(content.size(), length)));
  append(out_, content);
}

void DerWriter::boolean(bool v) {
  const std::uint8_t b = v ? 0xff : 0x00;
  primitive(kBoolean, {&b, 1});
}

void DerWriter::unsigned_integer(ByteView b) {
  while (!b.empty() && b[0] == 0) b = b.subspan(1);
  const bool pad = b.empty() || b[0] >= 0x80;
  tag(kInteger);
  std::array<std::uint8_t, kLengthRoom> length{};
  append(out_, ByteView{length}.first(encode_length(b.size() + (pad ? 1 : 0), length)));
  if (pad) out_.push_back(0);
  append(out_, b);
}

void DerWriter::integer(std::uint32_t v) {
  const std::array<std::uint8_t, 4> b{
      static_cast<std::uint8_t>(v >> 24), static_cast<std::uint8_t>(v >> 16),
      static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)};
  unsigned_integer(b);
}

void DerWriter::bits(ByteView whole_bytes) {
  const Scope s = open_bits();
  append(out_, whole_bytes);
}

void DerWriter::named_bits(std::uint16_t mask) {
  const Scope s = open(kBitString);
  if (mask == 0) {
    out_.push_back(0);
    return;
  }
  const unsigned bits = mask;
  unsigned top = 15;
  while ((bits >> top & 1) == 0) --top;
  out_.push_back(static_cast<std::uint8_t>(7 - top % 8));
  for (unsigned byte = 0; byte <= top / 8; ++byte) {
    unsigned v = 0;
    for (unsigned bit = 0; bit < 8; ++bit) v |= (bits >> (8 * byte + bit) & 1U) << (7 - bit);
    out_.push_back(static_cast<std::uint8_t>(v));
  }
}

void DerWriter::time(std::int64_t unix_seconds) {
  const EncodedTime t = encode_time(unix_seconds);
  text(t.tag, t.text);
}

}  // namespace parley::asn1

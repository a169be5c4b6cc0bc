#include "asn1/text.hpp"

#include "asn1/oid.hpp"
#include "asn1/strings.hpp"

namespace parley::asn1 {

std::string colon_hex(ByteView b) {
  std::string s;
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (i > 0) s += ':';
    s += to_hex(b.subspan(i, 1));
  }
  return s;
}

std::string short_hex(ByteView b, std::size_t most) {
  std::string s = to_hex(b.first(std::min(b.size(), most)));
  if (b.size() > most) s.append("... (").append(std::to_string(b.size())).append(" bytes)");
  return s;
}

namespace {

// Of valid UTF-8: U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, which break a line or turn
// it around.
bool turns_the_line(std::string_view v) {
  if (v.size() < 3 || !v.starts_with("\xe2")) return false;
  const auto middle = static_cast<std::uint8_t>(v[1]), last = static_cast<std::uint8_t>(v[2]);
  if (middle == 0x80) return last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae);
  return middle == 0x81 && last >= 0xa6 && last <= 0xa9;
}

}  // namespace

std::string printable(std::string_view v) {
  const bool utf8 = valid_utf8(as_bytes(v));
  std::string s;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const auto b = static_cast<std::uint8_t>(v[i]);
    // U+0080 to U+009F: terminals take them for escape sequences, too.
    const bool c1 = utf8 && b == 0xc2 && static_cast<std::uint8_t>(v[i + 1]) < 0xa0;
    if (utf8 && turns_the_line(v.substr(i))) {
      for (const std::size_t end = i + 3; i < end; ++i)
        s.append("\\x").append(to_hex(as_bytes(v.substr(i, 1))));
      --i;
    } else if (b >= 0x20 && b != 0x7f && (b < 0x80 || (utf8 && !c1))) {
      s += v[i];
    } else {
      s += "\\x";
      s += to_hex(as_bytes(v.substr(c1 ? ++i : i, 1)));
    }
  }
  return s;
}

std::string name_text(const Result<Name>& n) {
  if (!n) return std::string{kBroken};
  const std::string s = printable(n->text());
  return s.empty() ? "<empty>" : s;
}

std::string general_name_text(const RawGeneralName& raw) {
  const auto g = decode_general_name(raw);
  std::string s{general_name_kind(raw.kind)};
  s += ':';
  if (!g) return s.append(kBroken);
  if (g->kind == GeneralName::Kind::directory) return s.append(printable(g->directory.text()));
  return s.append(printable(g->value));
}

std::string number_text(ByteView c) {
  constexpr std::size_t kDecimal = 8;
  if (c.empty()) return "0";
  if (c.size() > kDecimal) return "0x" + short_hex(c);
  std::int64_t v = c[0] >= 0x80 ? -1 : 0;
  for (const std::uint8_t b : c)
    v = static_cast<std::int64_t>(static_cast<std::uint64_t>(v) << 8) | b;
  return std::to_string(v);
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string s;
  for (const std::string_view p : parts) {
    if (!s.empty()) s += ", ";
    s += p;
  }
  return s;
}

void add_line(std::string& to, std::string_view label, std::string_view value) {
  constexpr std::size_t kColumn = 12;
  to.append(label).append(": ");
  to.append(label.size() < kColumn ? kColumn - label.size() : 0, ' ');
  to.append(value) += '\n';
}

void add_extension(std::string& to, const Extension& e, std::string_view indent) {
  to.append(indent).append(oid_name(e.oid)).append(e.critical ? ": critical\n" : ":\n");
  for (const std::string& line : describe(e)) to.append(indent).append("    ").append(line) += '\n';
}

}  // namespace parley::asn1

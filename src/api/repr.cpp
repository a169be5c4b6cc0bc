#include "api/repr.hpp"

#include <algorithm>
#include <stdexcept>

namespace parley {
namespace {

struct Range {
  char32_t first, last;
};
/// What Python 3 does not print as it is, as far as a terminal or a log could be fooled by it:
/// controls, blanks other than the space, marks of direction and joining, private use.
constexpr Range kUnprintable[] = {
    {0x7f, 0xa0},     {0xad, 0xad},     {0x61c, 0x61c},     {0x1680, 0x1680}, {0x180e, 0x180e},
    {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f},   {0x3000, 0x3000}, {0xd800, 0xf8ff},
    {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0x10ffff}};

void append_escape(std::string& out, char32_t c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U";
  for (int shift = c < 0x100 ? 4 : c < 0x10000 ? 12 : 28; shift >= 0; shift -= 4)
    out += kDigits[c >> static_cast<unsigned>(shift) & 15];
}

/// The character at `at` and its length; a byte that is not UTF-8 stands for itself.
char32_t character(std::string_view s, std::size_t at, std::size_t& length, bool& good) {
  const auto lead = static_cast<unsigned char>(s[at]);
  length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  good = lead < 0x80 || (lead >= 0xc2 && lead < 0xf5 && at + length <= s.size());
  char32_t c = lead < 0x80 ? lead : lead & (0x7fu >> length);
  for (std::size_t k = 1; good && k < length; ++k) {
    const auto next = static_cast<unsigned char>(s[at + k]);
    good = (next & 0xc0) == 0x80;
    c = c << 6 | (next & 0x3fu);
  }
  if (good) return c;
  length = 1;
  return lead;
}

}  // namespace

std::string repr(std::string_view s) {
  const char quote =
      s.find('\'') != std::string_view::npos && s.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t i = 0, length = 0; i < s.size(); i += length) {
    bool good = false;
    const char32_t c = character(s, i, length, good);
    const bool hidden = !good || c < 0x20 ||
                        std::any_of(std::begin(kUnprintable), std::end(kUnprintable),
                                    [c](const Range& r) { return c >= r.first && c <= r.last; });
    if (c == static_cast<unsigned char>(quote) || c == U'\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == U'\t' || c == U'\n' || c == U'\r') {
      out += c == U'\t' ? "\\t" : c == U'\n' ? "\\n" : "\\r";
    } else if (hidden) {
      append_escape(out, c);
    } else {
      out.append(s.substr(i, length));
    }
  }
  return out + quote;
}

void refuse_embedded_null(std::string_view name) {
  if (name.find('\0') != std::string_view::npos)
    throw std::invalid_argument("embedded null character in " + repr(name));
}

}  // namespace parley

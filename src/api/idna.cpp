#include "api/idna.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace parley {
namespace {

constexpr std::size_t kLongestLabel = 63;  // RFC 1035 section 2.3.4

// --- nameprep -------------------------------------------------------------------------------

/// first, first + step, ... last have their small letter at this distance (RFC 3454 table B.2,
/// for the scripts that idna.hpp names), or their ASCII form for full-width characters.
struct Fold {
  char16_t first, last;
  std::uint8_t step;
  std::int32_t distance;
};
constexpr Fold kFolds[] = {
    {0x00C0, 0x00D6, 1, 32},     {0x00D8, 0x00DE, 1, 32},     {0x0100, 0x012E, 2, 1},
    {0x0134, 0x0136, 2, 1},      {0x0139, 0x013D, 2, 1},      {0x0141, 0x0147, 2, 1},
    {0x014A, 0x0176, 2, 1},      {0x0178, 0x0178, 1, -121},   {0x0179, 0x017D, 2, 1},
    {0x0181, 0x0181, 1, 210},    {0x0182, 0x0184, 2, 1},      {0x0186, 0x0186, 1, 206},
    {0x0187, 0x0187, 1, 1},      {0x0189, 0x018A, 1, 205},    {0x018B, 0x018B, 1, 1},
    {0x018E, 0x018E, 1, 79},     {0x018F, 0x018F, 1, 202},    {0x0190, 0x0190, 1, 203},
    {0x0191, 0x0191, 1, 1},      {0x0193, 0x0193, 1, 205},    {0x0194, 0x0194, 1, 207},
    {0x0196, 0x0196, 1, 211},    {0x0197, 0x0197, 1, 209},    {0x0198, 0x0198, 1, 1},
    {0x019C, 0x019C, 1, 211},    {0x019D, 0x019D, 1, 213},    {0x019F, 0x019F, 1, 214},
    {0x01A0, 0x01A4, 2, 1},      {0x01A6, 0x01A6, 1, 218},    {0x01A7, 0x01A7, 1, 1},
    {0x01A9, 0x01A9, 1, 218},    {0x01AC, 0x01AC, 1, 1},      {0x01AE, 0x01AE, 1, 218},
    {0x01AF, 0x01AF, 1, 1},      {0x01B1, 0x01B2, 1, 217},    {0x01B3, 0x01B5, 2, 1},
    {0x01B7, 0x01B7, 1, 219},    {0x01B8, 0x01B8, 1, 1},      {0x01BC, 0x01BC, 1, 1},
    {0x01CD, 0x01DB, 2, 1},      {0x01DE, 0x01EE, 2, 1},      {0x01F4, 0x01F4, 1, 1},
    {0x01F6, 0x01F6, 1, -97},    {0x01F7, 0x01F7, 1, -56},    {0x01F8, 0x021E, 2, 1},
    {0x0220, 0x0220, 1, -130},   {0x0222, 0x0232, 2, 1},      {0x0386, 0x0386, 1, 38},
    {0x0388, 0x038A, 1, 37},     {0x038C, 0x038C, 1, 64},     {0x038E, 0x038F, 1, 63},
    {0x0391, 0x03A1, 1, 32},     {0x03A3, 0x03AB, 1, 32},     {0x03C2, 0x03C2, 1, 1},
    {0x03D8, 0x03EE, 2, 1},      {0x0400, 0x040F, 1, 80},     {0x0410, 0x042F, 1, 32},
    {0x0460, 0x0480, 2, 1},      {0x048A, 0x04BE, 2, 1},      {0x04C0, 0x04C0, 1, 15},
    {0x04C1, 0x04CD, 2, 1},      {0x04D0, 0x04F4, 2, 1},      {0x04F8, 0x04F8, 1, 1},
    {0x0500, 0x050E, 2, 1},      {0x0531, 0x0556, 1, 48},     {0x1E00, 0x1E94, 2, 1},
    {0x1EA0, 0x1EF8, 2, 1},      {0xFF01, 0xFF0D, 1, -65248}, {0xFF0F, 0xFF20, 1, -65248},
    {0xFF21, 0xFF3A, 1, -65216}, {0xFF3B, 0xFF5E, 1, -65248}};

struct Range {
  char32_t first, last;
  constexpr bool operator<(char32_t c) const { return last < c; }
};

/// RFC 3454 table B.1.
constexpr Range kMapsToNothing[] = {{0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x1806, 0x1806},
                                    {0x180B, 0x180D}, {0x200B, 0x200D}, {0x2060, 0x2060},
                                    {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

/// What nameprep forbids (RFC 3491 section 5) or changes in ways that are not done here. In
/// order; kFolds and kMapsToNothing go first.
constexpr Range kRefused[] = {
    {0x0080, 0x00AA},   {0x00AF, 0x00BE}, {0x0130, 0x0130}, {0x0132, 0x0133}, {0x013F, 0x0140},
    {0x0149, 0x0149},   {0x017F, 0x017F}, {0x01C4, 0x01CC}, {0x01F1, 0x01F3}, {0x023A, 0x024E},
    {0x02B0, 0x02B8},   {0x02D8, 0x02E4}, {0x0300, 0x034E}, {0x0350, 0x0385}, {0x0387, 0x0387},
    {0x03CF, 0x03D6},   {0x03F0, 0x03F2}, {0x03F4, 0x03FF}, {0x04F6, 0x04F6}, {0x04FA, 0x04FE},
    {0x0510, 0x052E},   {0x0587, 0x05C2}, {0x0653, 0x0655}, {0x0675, 0x0678}, {0x06DD, 0x06DD},
    {0x070F, 0x070F},   {0x093C, 0x093C}, {0x0958, 0x095F}, {0x09BC, 0x09DF}, {0x0A33, 0x0A33},
    {0x0A36, 0x0A36},   {0x0A3C, 0x0A5B}, {0x0A5E, 0x0A5E}, {0x0B3C, 0x0B3C}, {0x0B3E, 0x0B5D},
    {0x0BBE, 0x0BD7},   {0x0C56, 0x0C56}, {0x0CC2, 0x0CD6}, {0x0D3E, 0x0D57}, {0x0DCA, 0x0DDF},
    {0x0E33, 0x0E33},   {0x0EB3, 0x0EB3}, {0x0EDC, 0x0EDD}, {0x0F0C, 0x0F0C}, {0x0F43, 0x0F43},
    {0x0F4D, 0x0F4D},   {0x0F52, 0x0F52}, {0x0F57, 0x0F57}, {0x0F5C, 0x0F5C}, {0x0F69, 0x0F69},
    {0x0F72, 0x0F81},   {0x0F93, 0x0FB9}, {0x102E, 0x102E}, {0x10A0, 0x10CD}, {0x1161, 0x1175},
    {0x11A8, 0x11C2},   {0x13A0, 0x13F5}, {0x1680, 0x1680}, {0x180E, 0x180E}, {0x1C90, 0x1CFF},
    {0x1E9A, 0x1E9E},   {0x1EFA, 0x200A}, {0x200E, 0x205F}, {0x2061, 0x3000}, {0x3036, 0x303A},
    {0x3099, 0x309C},   {0x309F, 0x309F}, {0x30FF, 0x30FF}, {0x3131, 0x319F}, {0x3200, 0x33FE},
    {0xA640, 0xA7FF},   {0xD800, 0xFDFF}, {0xFE10, 0xFEFE}, {0xFF5F, 0xFF60}, {0xFF62, 0x1FFFF},
    {0x2A6D7, 0x10FFFF}};

/// RFC 3454 table D.1, of what is not refused anyway.
constexpr Range kRightToLeft[] = {
    {0x05BE, 0x05BE}, {0x05C0, 0x05C0}, {0x05C3, 0x05C3}, {0x05D0, 0x05EA}, {0x05F0, 0x05F4},
    {0x061B, 0x061B}, {0x061F, 0x061F}, {0x0621, 0x063A}, {0x0640, 0x064A}, {0x066D, 0x066F},
    {0x0671, 0x06D5}, {0x06E5, 0x06E6}, {0x06FA, 0x06FE}, {0x0700, 0x070D}, {0x0710, 0x0710},
    {0x0712, 0x072C}, {0x0780, 0x07A5}, {0x07B1, 0x07B1}};

template <std::size_t N>
bool within(const Range (&table)[N], char32_t c) {
  const Range* const row = std::lower_bound(std::begin(table), std::end(table), c);
  return row != std::end(table) && row->first <= c;
}

[[noreturn]] void refuse(char32_t c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string number;
  for (int shift = c > 0xffff ? 20 : 12; shift >= 0; shift -= 4)
    number += kDigits[c >> static_cast<unsigned>(shift) & 15];
  throw std::invalid_argument("host name holds U+" + number +
                              ", which cannot be converted: give the xn-- form of the name");
}

char32_t fold(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  for (const Fold& f : kFolds)
    if (c >= f.first && c <= f.last && (c - f.first) % f.step == 0)
      return static_cast<char32_t>(static_cast<std::int32_t>(c) + f.distance);
  return c;
}

/// RFC 3454 section 6: a label with letters that run from right to left begins and ends with one
/// and has none that run the other way. Beside them only digits, hyphens and signs of the same
/// blocks (Hebrew to Thaana) are let through here.
void check_directions(std::u32string_view label) {
  const auto right_to_left = [](char32_t c) { return within(kRightToLeft, c); };
  const auto neutral = [](char32_t c) {
    return (c >= U'0' && c <= U'9') || c == U'-' || (c >= 0x590 && c <= 0x7ff);
  };
  if (std::none_of(label.begin(), label.end(), right_to_left)) return;
  if (!right_to_left(label.front()) || !right_to_left(label.back()) ||
      !std::all_of(label.begin(), label.end(), neutral))
    throw std::invalid_argument("host name mixes directions of writing in one label");
}

std::u32string nameprep(std::u32string_view label) {
  constexpr char32_t kSharpS = 0xDF;
  std::u32string out;
  for (const char32_t c : label) {
    if (within(kMapsToNothing, c)) continue;
    if (c == kSharpS) {
      out += U"ss";
      continue;
    }
    char32_t folded = fold(c);
    if (folded == c && within(kRefused, c)) refuse(c);
    if (folded >= U'A' && folded <= U'Z') folded += 32;  // full-width capitals
    out += folded;
  }
  check_directions(out);
  return out;
}

// --- labels ---------------------------------------------------------------------------------

std::u32string from_utf8(std::string_view s) {
  std::u32string out;
  for (std::size_t i = 0; i < s.size();) {
    const auto lead = static_cast<unsigned char>(s[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    char32_t c = more == 0 ? lead : lead & (0x3fu >> more);
    bool good = (lead < 0x80 || lead >= 0xc2) && lead < 0xf5 && i + more < s.size();
    for (std::size_t k = 1; good && k <= more; ++k) {
      const auto next = static_cast<unsigned char>(s[i + k]);
      good = (next & 0xc0) == 0x80;
      c = c << 6 | (next & 0x3fu);
    }
    // RFC 3629 section 3: no overlong forms (two-byte ones went above), surrogates, or more.
    if (!good || (more == 2 && c < 0x800) || (more == 3 && c < 0x10000) || c > 0x10ffff ||
        (c >= 0xd800 && c <= 0xdfff))
      throw std::invalid_argument("host name is not UTF-8");
    out += c;
    i += more + 1;
  }
  return out;
}

bool all_ascii(std::u32string_view s) {
  return std::all_of(s.begin(), s.end(), [](char32_t c) { return c < 0x80; });
}

std::string narrow(std::u32string_view ascii) {
  std::string s;
  for (const char32_t c : ascii) s += static_cast<char>(c);
  return s;
}

std::string label_to_ascii(std::u32string_view label) {
  std::string out;
  if (all_ascii(label)) {
    out = narrow(label);
  } else {
    const std::u32string prepared = nameprep(label);
    if (all_ascii(prepared)) {
      out = narrow(prepared);
    } else {
      // RFC 3490 section 4.1 step 5.
      if (prepared.starts_with(U"xn--"))
        throw std::invalid_argument("Label starts with ACE prefix");
      out = "xn--" + punycode(prepared);
    }
  }
  if (out.empty() || out.size() > kLongestLabel)
    throw std::invalid_argument("label empty or too long");
  return out;
}

// --- punycode, RFC 3492 section 5 -------------------------------------------------------------

constexpr std::uint32_t kBase = 36, kTMin = 1, kTMax = 26, kSkew = 38, kDamp = 700;
constexpr std::uint32_t kInitialBias = 72;
constexpr char32_t kInitialN = 0x80;

std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > (kBase - kTMin) * kTMax / 2; k += kBase) delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

char digit(std::uint32_t d) { return "abcdefghijklmnopqrstuvwxyz0123456789"[d]; }

void append_number(std::string& out, std::uint32_t q, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t t = k <= bias ? kTMin : std::min(k - bias, kTMax);
    if (q < t) break;
    out += digit(t + (q - t) % (kBase - t));
    q = (q - t) / (kBase - t);
  }
  out += digit(q);
}

}  // namespace

std::string punycode(std::u32string_view label) {
  // Far beyond any label of 63 bytes; below it 32 bits cannot overflow (0x10ffff * 1000 < 2^31).
  if (label.size() > 1000) throw std::invalid_argument("label empty or too long");
  std::string out;
  for (const char32_t c : label)
    if (c < 0x80) out += static_cast<char>(c);
  const std::size_t basic = out.size();
  if (basic != 0) out += '-';
  char32_t n = kInitialN;
  std::uint32_t delta = 0, bias = kInitialBias;
  for (std::size_t done = basic; done < label.size();) {
    char32_t next = 0x7fffffff;
    for (const char32_t c : label)
      if (c >= n) next = std::min(next, c);
    delta += (next - n) * static_cast<std::uint32_t>(done + 1);
    n = next;
    for (const char32_t c : label) {
      if (c < n) ++delta;
      if (c != n) continue;
      append_number(out, delta, bias);
      bias = adapt(delta, static_cast<std::uint32_t>(done + 1), done == basic);
      delta = 0;
      ++done;
    }
    ++delta;
    ++n;
  }
  return out;
}

bool is_international(std::string_view host) {
  return std::any_of(host.begin(), host.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string to_ascii(std::string_view host) {
  const std::u32string name = from_utf8(host);
  std::string out;
  for (std::size_t start = 0;;) {
    // RFC 3490 section 3.1: these all are dots.
    const std::size_t dot = name.find_first_of(U"\u002E\u3002\uFF0E\uFF61", start);
    const std::size_t end = std::min(dot, name.size());
    if (start == name.size() && start != 0) return out;
    out += label_to_ascii(std::u32string_view(name).substr(start, end - start));
    if (dot == std::u32string::npos) return out;
    out += '.';
    start = end + 1;
  }
}

}  // namespace parley

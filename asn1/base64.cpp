#include "asn1/base64.hpp"

#include <array>

namespace parley::asn1 {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t kOther = 0xff;
constexpr std::array<std::uint8_t, 256> kValue = [] {
  std::array<std::uint8_t, 256> t{};
  t.fill(kOther);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i)
    t[static_cast<std::uint8_t>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  return t;
}();

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

Result<Bytes> base64_decode(std::string_view s) {
  Bytes out;
  out.reserve(s.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  unsigned digits = 0;  // of the current group
  unsigned padding = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (blank(s[i])) continue;
    const Error bad{
        .code = Errc::bad_base64, .where = "base64", .offset = static_cast<std::uint32_t>(i)};
    if (s[i] == '=') {
      if (digits + padding < 2 || digits + padding == 4) return bad;
      ++padding;
      continue;
    }
    const std::uint8_t v = kValue[static_cast<std::uint8_t>(s[i])];
    if (v == kOther || padding > 0) return bad;
    bits = (bits << 6) | v;
    if (++digits == 4) {
      for (const int shift : {16, 8, 0}) out.push_back(static_cast<std::uint8_t>(bits >> shift));
      bits = 0;
      digits = 0;
    }
  }
  const Error bad{
      .code = Errc::bad_base64, .where = "base64", .offset = static_cast<std::uint32_t>(s.size())};
  if (digits == 0) return padding == 0 ? Result<Bytes>{std::move(out)} : Result<Bytes>{bad};
  if (digits + padding != 4 || digits < 2) return bad;
  if (digits == 2) {
    if (!kBase64MayHaveSpareBits && (bits & 0x0f) != 0) return bad;
    out.push_back(static_cast<std::uint8_t>(bits >> 4));
  } else {
    if (!kBase64MayHaveSpareBits && (bits & 0x03) != 0) return bad;
    out.push_back(static_cast<std::uint8_t>(bits >> 10));
    out.push_back(static_cast<std::uint8_t>(bits >> 2));
  }
  return out;
}

std::string base64_encode(ByteView in, std::size_t columns) {
  std::string out;
  const std::size_t chars = (in.size() + 2) / 3 * 4;
  out.reserve(chars + (columns > 0 ? chars / columns + 1 : 0));
  std::size_t column = 0;
  const auto put = [&](char c) {
    out += c;
    if (columns > 0 && ++column == columns) {
      out += '\n';
      column = 0;
    }
  };
  for (std::size_t i = 0; i < in.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, in.size() - i);
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 3; ++k) v = (v << 8) | (k < n ? in[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) put(k <= n ? kAlphabet[(v >> (18 - 6 * k)) & 0x3f] : '=');
  }
  if (column > 0) out += '\n';
  return out;
}

}  // namespace parley::asn1

// Flows and bytes as people keep them: text.
#include "parley/explain.hpp"

namespace parley::explain {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error bad(const char* where, std::size_t offset) {
  return {.code = Errc::bad_value, .where = where, .offset = static_cast<std::uint32_t>(offset)};
}

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace

Result<Bytes> parse_hex(std::string_view text) {
  Bytes out;
  out.reserve(text.size() / 2);
  int high = -1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (high < 0 && (is_blank(c) || c == ':')) continue;
    if (high < 0 && c == '0' && i + 1 < text.size() && (text[i + 1] | 0x20) == 'x') {
      ++i;
      continue;
    }
    const int d = digit(c);
    if (d < 0) return bad("hex", i);
    if (high < 0) {
      high = d;
    } else {
      out.push_back(static_cast<std::uint8_t>(high << 4 | d));
      high = -1;
    }
  }
  if (high >= 0) return bad("hex: half a byte", text.size());
  return out;
}

Result<Flow> parse_flow(std::string_view text) {
  Flow flow;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(text.substr(at, end - at));
    if (line == "client" || line == "server") {
      flow.push_back({line == "client" ? Side::client : Side::server, {}, {}});
    } else if (!line.empty() && line.front() != '#') {
      if (flow.empty()) return bad("flow: bytes before a side", at);
      auto bytes = parse_hex(line);
      if (!bytes) return bad("flow", at + bytes.error().offset);
      append(flow.back().bytes, *bytes);
    }
    at = end + 1;
  }
  return flow;
}

std::string write_flow(const Flow& flow) {
  std::string text;
  for (const Chunk& c : flow) {
    if (!text.empty()) text.push_back('\n');
    text.append(side_name(c.from)).append("\n");
    constexpr std::size_t kLine = 64;
    for (ByteView rest = c.bytes; !rest.empty();) {
      const std::size_t n = std::min(kLine, rest.size());
      text.append(to_hex(rest.first(n))).append("\n");
      rest = rest.subspan(n);
    }
  }
  return text;
}

}  // namespace parley::explain

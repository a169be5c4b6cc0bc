#include "tool/terminal_text.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

namespace parley::tool {
namespace {

constexpr std::size_t kLeast = 80, kMost = 160;  // columns

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The bytes that the first `n` code points take.
std::size_t size_of(std::string_view text, std::size_t n) {
  std::size_t i = 0;
  for (; i < text.size(); ++i)
    if (!continues(text[i]) && n-- == 0) break;
  return i;
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text)
    if (!continues(c)) ++n;
  return n;
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, columns(text)), ' ');
  return text;
}

std::string elided(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  constexpr std::size_t kDots = 3;
  return std::string(text.substr(0, size_of(text, width - std::min(width, kDots)))) +
         std::string(std::min(width, kDots), '.');
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 8);
  std::vector<std::string> lines;
  do {
    std::size_t take = size_of(text, width);
    if (take < text.size()) {
      const std::size_t blank = text.substr(0, take + 1).rfind(' ');
      if (blank != std::string_view::npos && blank > 0) take = blank;
    }
    lines.emplace_back(text.substr(0, take));
    text.remove_prefix(take);
    while (text.starts_with(' ')) text.remove_prefix(1);
  } while (!text.empty());
  return lines;
}

std::string painted(const View& v, std::string_view code, std::string_view text) {
  if (!v.color || code.empty() || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string_view side_color(Side s) { return s == Side::client ? "36" : "35"; }

View view_of(const Output& out, int fd) {
  View v;
  const char* no = std::getenv("NO_COLOR");
  const bool terminal = isatty(fd) == 1;
  v.color =
      out.color == "always" || (out.color == "auto" && terminal && (no == nullptr || *no == '\0'));
  winsize size{};
  if (terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0) v.width = size.ws_col;
  if (const char* text = std::getenv("COLUMNS"); text != nullptr && !terminal)
    std::from_chars(text, text + std::strlen(text), v.width);
  v.width = std::clamp(v.width, kLeast, kMost);
  return v;
}

}  // namespace parley::tool

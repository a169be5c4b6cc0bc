#include "tool/explain_words.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>

#include "tool/explain_json.hpp"
#include "tool/explain_terminal.hpp"
#include "tool/suite_words.hpp"
#include "tool/terminal_text.hpp"

namespace parley::tool {
namespace {

/// "40", "0x28", "handshake_failure".
std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t n = 0;
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  const char* end = text.data() + text.size();
  const auto got = std::from_chars(text.data(), end, n, hex ? 16 : 10);
  if (got.ec != std::errc() || got.ptr != end) return std::nullopt;
  return n;
}

explain::Words words_of_alert(const std::string& text) {
  constexpr std::uint32_t kMostAlert = 255;
  if (const auto n = number_of(text); n && *n <= kMostAlert)
    return explain::describe_alert(static_cast<std::uint8_t>(*n));
  for (std::uint32_t n = 0; n <= kMostAlert; ++n) {
    explain::Words w = explain::describe_alert(static_cast<std::uint8_t>(n));
    if (!text.empty() && w.title.ends_with(": " + text)) return w;
  }
  throw usage_error(fmt::format(
      "explain alert {}: give 0 to 255, or a name such as handshake_failure", printable(text)));
}

}  // namespace

Exit tell_alert(Output& out, const std::string& text) {
  const explain::Words w = words_of_alert(text);
  if (out.json) {
    const Json j = words_json(w);
    for (const auto& [name, value] : j.items()) out.document[name] = value;
  } else {
    out.data(words_text(w, view_of(out, STDOUT_FILENO)));
  }
  return Exit::ok;
}

Exit tell_suite_of(Output& out, const std::string& text) {
  constexpr std::uint32_t kMostSuite = 0xffffff;
  const auto n = number_of(text);
  const CipherSuite* s = n ? find_cipher_suite(*n) : find_cipher_suite(std::string_view(text));
  if (s != nullptr) {
    tell_suite(out, *s);
  } else if (n && *n <= kMostSuite) {
    const std::string name = explain::suite_words(*n);
    out.document["suite"] = {{"code", code_text(*n)}, {"iana", name}};
    if (!out.json) out.data(name + "\n");
  } else {
    throw usage_error(
        fmt::format("explain suite {}: give a number such as 0x002f, or a name", printable(text)));
  }
  return Exit::ok;
}

}  // namespace parley::tool

// Which messages a Finished and a CertificateVerify cover.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tool/explain_page_parts.hpp"
#include "tool/explain_page_sections.hpp"

namespace parley::tool {

using explain::Explanation;
using explain::Message;

namespace {

/// What a message of SSL 2.0 gives back to the one who chose it, under the keys
/// (draft-hickman-netscape-ssl-00 section 2.6). No message goes into it as a whole.
struct Echo {
  std::string_view by, of;       ///< names of messages
  std::string_view title, what;  ///< of the value
};
constexpr std::array kEchoes{
    Echo{"client_finished", "server_hello", "client finished", "the connection-id of SERVER-HELLO"},
    Echo{"server_verify", "client_hello", "server verify", "the challenge of CLIENT-HELLO"},
    Echo{"server_finished", "", "server finished",
         "the session id, which the server chooses: nobody can compute it"},
};

bool is_ssl2(const Message& m) { return m.kind == explain::MessageKind::ssl2; }

const Echo* echo_of(const Message& m) {
  const auto* it = std::ranges::find(kEchoes, m.name, &Echo::by);
  return is_ssl2(m) && it != kEchoes.end() ? it : nullptr;
}

std::string chip(const Explanation& e, std::size_t i, bool in) {
  const Message& m = e.messages[i];
  return fmt::format("<a href=\"#m{}\" class=\"{} {}\">{}<small>{}</small></a>", i + 1,
                     in ? "in" : "out", side_class(m.from), escaped(title(m)),
                     with_commas(m.bytes.size()));
}

const char* badge(const explain::TranscriptUse& c) {
  if (c.equal) return *c.equal ? "<em class=yes>equal</em>" : "<em class=nope>not equal</em>";
  // A hash that nobody sends has nothing to be equal to.
  return c.computed.empty() ? "<em class=maybe>not computed</em>" : "";
}

void echo(std::string& out, const Explanation& e, std::size_t message, const Echo& echo) {
  for (std::size_t i = 0; i < message && !echo.of.empty(); ++i)
    if (is_ssl2(e.messages[i]) && e.messages[i].name == echo.of) out += chip(e, i, true);
  out += fmt::format("{}</p><p>It is {}.</p>", chip(e, message, false), echo.what);
}

}  // namespace

void add_finished(std::string& out, const Explanation& e, const View& v) {
  if (e.checks.empty()) return;
  const bool ssl2 = std::ranges::any_of(
      e.checks, [&e](const auto& c) { return echo_of(e.messages[c.message]) != nullptr; });
  out += fmt::format("<section id=finished><h2>{}</h2>\n<p class=lead>{}</p>\n",
                     ssl2 ? "What Finished says" : "What Finished covers",
                     ssl2 ? "SSL 2.0 has no value that covers messages: who holds the keys sends "
                            "back what the other one chose. Filled: where it stood in clear."
                          : "Filled: its bytes went into the value, in this order.");
  for (const explain::TranscriptUse& c : e.checks) {
    if (out.size() > kMostCards + (kMostKeys - kMostCards) / 4) {
      out += "<p class=cut>Cut here.</p>\n";
      break;
    }
    const unsigned hs = e.messages[c.message].handshake;
    out += fmt::format("<article class=check><h3>{} {}</h3><p class=strip>", escaped(c.what),
                       badge(c));
    const Echo* const ssl2_echo = echo_of(e.messages[c.message]);
    if (ssl2_echo != nullptr) echo(out, e, c.message, *ssl2_echo);
    std::size_t shown = 0;
    constexpr std::size_t kMostShown = 40;
    for (std::size_t i = 0; i <= c.message && ssl2_echo == nullptr && shown < kMostShown; ++i) {
      const Message& m = e.messages[i];
      if (m.handshake != hs || is_private(m)) continue;
      ++shown;
      out += chip(e, i, std::ranges::find(c.covers, i) != c.covers.end());
    }
    if (ssl2_echo == nullptr)
      out += fmt::format("</p><p>{} byte{} of {} message{}.</p>", with_commas(c.bytes),
                         plural(c.bytes), c.covers.size(), plural(c.covers.size()));
    out += "<dl class=values>";
    if (!c.computed.empty())
      out += "<dt>computed</dt><dd>" + value_html(c.computed, false, v) + "</dd>";
    if (!c.received.empty())
      out += "<dt>received</dt><dd>" + value_html(c.received, false, v) + "</dd>";
    out += "</dl></article>\n";
  }
  // What has nothing to compare is no check, and belongs beside them all the same.
  for (std::size_t i = 0; ssl2 && i < e.messages.size(); ++i)
    if (const Echo* const own = echo_of(e.messages[i]); own != nullptr && own->of.empty()) {
      out += fmt::format("<article class=check><h3>{}</h3><p class=strip>", own->title);
      echo(out, e, i, *own);
      out += "</article>\n";
    }
  out += "</section>\n";
}

}  // namespace parley::tool

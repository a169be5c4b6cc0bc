// Which messages a Finished and a CertificateVerify cover.
#include <fmt/format.h>

#include <algorithm>

#include "tool/explain_page_parts.hpp"
#include "tool/explain_page_sections.hpp"

namespace parley::tool {

using explain::Explanation;
using explain::Message;

void add_finished(std::string& out, const Explanation& e, const View& v) {
  if (e.checks.empty()) return;
  out +=
      "<section id=finished><h2>What Finished covers</h2>\n<p class=lead>Filled: its bytes "
      "went into the value, in this order.</p>\n";
  for (const explain::TranscriptUse& c : e.checks) {
    if (out.size() > kMostCards + (kMostKeys - kMostCards) / 4) {
      out += "<p class=cut>Cut here.</p>\n";
      break;
    }
    const unsigned hs = e.messages[c.message].handshake;
    out += fmt::format("<article class=check><h3>{} {}</h3><p class=strip>", escaped(c.what),
                       !c.equal   ? "<em class=maybe>not computed</em>"
                       : *c.equal ? "<em class=yes>equal</em>"
                                  : "<em class=nope>not equal</em>");
    std::size_t shown = 0;
    constexpr std::size_t kMostShown = 40;
    for (std::size_t i = 0; i < e.messages.size() && shown < kMostShown; ++i) {
      const Message& m = e.messages[i];
      if (m.handshake != hs || is_private(m) || i > c.message) continue;
      ++shown;
      const bool in = std::ranges::find(c.covers, i) != c.covers.end();
      out += fmt::format("<a href=\"#m{}\" class=\"{} {}\">{}<small>{}</small></a>", i + 1,
                         in ? "in" : "out", side_class(m.from), escaped(title(m)),
                         with_commas(m.bytes.size()));
    }
    out +=
        fmt::format("</p><p>{} byte{} of {} message{}.</p><dl class=values>", with_commas(c.bytes),
                    plural(c.bytes), c.covers.size(), plural(c.covers.size()));
    if (!c.computed.empty())
      out += "<dt>computed</dt><dd>" + value_html(c.computed, false, v) + "</dd>";
    if (!c.received.empty())
      out += "<dt>received</dt><dd>" + value_html(c.received, false, v) + "</dd>";
    out += "</dl></article>\n";
  }
  out += "</section>\n";
}

}  // namespace parley::tool

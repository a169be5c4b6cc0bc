// What the keys are made of: the chain, the key block as a bar, and a ladder for each value.
#include <fmt/format.h>

#include <algorithm>

#include "tool/explain_page_ladder.hpp"
#include "tool/explain_page_parts.hpp"
#include "tool/explain_page_sections.hpp"

namespace parley::tool {
namespace {

using explain::Derivation;
using explain::Explanation;

/// A value of the overview: the names of those that go into it, and how many steps lead to it.
struct Link {
  std::string_view name;
  std::size_t size = 0, step = 0;
  std::vector<std::string_view> from{};
};

Link link_to(const Rungs& rungs, const std::vector<Link>& known) {
  Link link{.name = rungs.back().name, .size = rungs.back().output.size()};
  for (const Derivation& d : rungs)
    for (const explain::Input& in : d.inputs) {
      const auto it = std::ranges::find(known, in.name, &Link::name);
      if (it == known.end() || std::ranges::find(link.from, it->name) != link.from.end()) continue;
      link.from.push_back(it->name);
      link.step = std::max(link.step, it->step + 1);
    }
  return link;
}

/// Values that equally many steps lead to stand below one another; each says what it comes from.
std::string chain_html(const std::vector<Link>& links) {
  std::string s;
  std::size_t last = 0;
  for (const Link& l : links) last = std::max(last, l.step);
  for (std::size_t step = 0; step <= last; ++step) {
    s += "<li><div>";
    for (const Link& l : links) {
      if (l.step != step) continue;
      s += fmt::format("<span><b>{}</b><small>{} bytes</small>", escaped(l.name), l.size);
      std::string from;
      for (const std::string_view name : l.from)
        from += (from.empty() ? "from " : " and ") + escaped(name);
      if (!from.empty()) s += "<small>" + from + "</small>";
      s += "</span>";
    }
    s += "</div></li>";
  }
  return "<ol class=chain>" + s + "</ol>\n";
}

/// What leads to what, and the key block as a bar of its parts, of the first handshake.
void key_chain(std::string& out, const Explanation& e) {
  std::string bar, legend;
  std::vector<Link> links;
  std::size_t parts = 0;
  for (const Rungs& rungs : ladders(e)) {
    const Derivation& d = rungs.back();
    if (d.handshake != 0) continue;
    const bool part = d.operation == explain::Operation::slice && rungs.size() == 1 &&
                      d.inputs.size() == 1 && d.inputs[0].name == "key_block";
    if (part) {
      bar += fmt::format("<span style=flex-grow:{} class=p{}></span>", d.output.size(), parts % 6);
      legend += fmt::format("<li class=p{}>{} <small>{} bytes</small></li>", parts % 6,
                            escaped(d.name), d.output.size());
      ++parts;
    } else if (parts == 0) {
      links.push_back(link_to(rungs, links));
    }
  }
  out += chain_html(links);
  if (parts > 0)
    out +=
        "<div class=bar aria-hidden=true>" + bar + "</div><ul class=legend>" + legend + "</ul>\n";
}

void derivation(std::string& out, const Explanation& e, const View& v, Rungs rungs,
                std::size_t first) {
  const Derivation& d = rungs.back();
  out += fmt::format(
      "<details class=key><summary><b>{}</b> <code>{}</code> <small>{} "
      "bytes{}{}</small></summary>\n",
      escaped(d.name, kMostWords),
      escaped(
          d.function.empty() ? explain::operation_name(d.operation) : std::string_view(d.function),
          kMostWords),
      d.output.size(), d.specification.empty() ? "" : " · ", escaped(d.specification));
  if (d.message < e.messages.size())
    out += fmt::format("<p class=state>Known after <a href=\"#m{}\">{}</a>, message {}.</p>\n",
                       d.message + 1, escaped(title(e.messages[d.message])), d.message + 1);
  out += ladder_svg(rungs, first);
  out += "<dl class=values>\n";
  std::vector<std::string> told;
  for (const Derivation& step : rungs) {
    for (const explain::Input& in : step.inputs) {
      if (std::ranges::find(told, in.name) != told.end() ||
          std::ranges::find(rungs, in.name, &Derivation::name) != rungs.end())
        continue;
      told.push_back(in.name);
      out += fmt::format("<dt class=src>{} <small>input</small></dt><dd>{}</dd>\n",
                         escaped(in.name, kMostWords), value_html(in.value, in.secret, v));
    }
    out += fmt::format("<dt id=v{}>{} <small>{}</small></dt><dd>{}</dd>\n",
                       first + static_cast<std::size_t>(&step - rungs.data()),
                       escaped(step.name, kMostWords),
                       escaped(step.function.empty() ? explain::operation_name(step.operation)
                                                     : std::string_view(step.function),
                               kMostWords),
                       value_html(step.output, step.secret, v));
  }
  out += "</dl></details>\n";
}

}  // namespace

void add_keys(std::string& out, const Explanation& e, const View& v) {
  if (e.derivations.empty()) return;
  out += "<section id=keys><h2>From secrets to keys</h2>\n";
  key_chain(out, e);
  std::size_t first = 0;
  for (const Rungs& rungs : ladders(e)) {
    if (out.size() > kMostKeys) {
      out += "<p class=cut>Cut here: the page would grow too large.</p>\n";
      break;
    }
    derivation(out, e, v, rungs, first);
    first += rungs.size();
  }
  out += "</section>\n";
}

}  // namespace parley::tool

// Two explanations as a page: what each says stands beside what the other says.
#include <fmt/format.h>

#include "tool/explain_diff.hpp"
#include "tool/explain_page_parts.hpp"
#include "tool/explain_page_sections.hpp"

namespace parley::tool {
namespace {

std::string cell(const std::string& text) {
  if (text.empty()) return "<td class=none>not there</td>";
  return "<td>" + escaped(text, kMostWords) + "</td>";
}

std::string cell(const std::optional<std::size_t>& index) {
  return index ? fmt::format("<td>message {}</td>", *index + 1) : cell(std::string());
}

std::string rows_of(const Change& c) {
  std::string s = fmt::format(
      "<tbody class={}>\n<tr class=head><th scope=row><span class=dir>{}</span> {}</th>{}{}</tr>\n",
      side_class(c.from), c.from == Side::client ? "client →" : "← server",
      escaped(c.title, kMostWords), cell(c.index.a), cell(c.index.b));
  for (const FieldChange& f : c.fields)
    s += fmt::format("<tr><th scope=row>{}</th>{}{}</tr>\n", escaped(f.name, kMostWords), cell(f.a),
                     cell(f.b));
  std::string others;
  for (const std::string& name : c.other_bytes) others += (others.empty() ? "" : ", ") + name;
  if (!others.empty())
    s += fmt::format("<tr class=quiet><th scope=row>other bytes</th><td colspan=2>{}</td></tr>\n",
                     escaped(others, kMostWords));
  if (c.same()) s += "<tr class=quiet><th scope=row></th><td colspan=2>the same</td></tr>\n";
  return s + "</tbody>\n";
}

std::string findings_of(const std::vector<std::string>& list, const std::string& who) {
  if (list.empty()) return {};
  std::string s = fmt::format("<h3>Only of {}</h3>\n<ul class=only>\n", escaped(who, kMostWords));
  for (const std::string& f : list) s += "<li>" + escaped(f, kMostWords) + "</li>\n";
  return s + "</ul>\n";
}

}  // namespace

std::string difference_page(const Difference& d, const Named& a, const Named& b) {
  std::string s = page_head("Two conversations", a.name + ", " + b.name);
  s += fmt::format(
      "<p class=eyebrow>parley explain --diff</p><h1>Two conversations</h1>\n"
      "<p class=about>{}</p><nav>{}</nav></header>\n<main>\n",
      d.same() ? "They say the same." : "Fields that say the same are left out.", kPageButtons);
  s += fmt::format(
      "<table class=diff>\n<thead><tr><th></th><th scope=col>{}<small>{}</small></th>"
      "<th scope=col>{}<small>{}</small></th></tr></thead>\n",
      escaped(a.name, kMostWords), escaped(subject(a.explanation), kMostWords),
      escaped(b.name, kMostWords), escaped(subject(b.explanation), kMostWords));
  for (std::size_t i = 0; i < d.changes.size(); ++i) {
    if (s.size() > kMostKeys) {
      s += fmt::format(
          "<tbody><tr class=quiet><td colspan=3>Cut here: {} more messages.</td></tr>"
          "</tbody>\n",
          with_commas(d.changes.size() - i));
      break;
    }
    s += rows_of(d.changes[i]);
  }
  s += "</table>\n";
  if (!d.only_a.empty() || !d.only_b.empty())
    s += "<section><h2>What stands out</h2>\n" + findings_of(d.only_a, a.name) +
         findings_of(d.only_b, b.name) + "</section>\n";
  return s + page_foot();
}

}  // namespace parley::tool

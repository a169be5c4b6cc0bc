#include "tool/explain_diff.hpp"

#include <fmt/format.h>

#include "tool/files.hpp"
#include "tool/terminal_text.hpp"

namespace parley::tool {
namespace {

Json index_json(const std::optional<std::size_t>& i) { return i ? Json(*i) : Json(nullptr); }

void put_json(Json& j, const Difference& d) {
  j["same"] = d.same();
  j["messages"] = Json::array();
  for (const Change& c : d.changes) {
    Json fields = Json::array();
    for (const FieldChange& f : c.fields)
      fields.push_back({{"name", f.name},
                        {"a", f.a.empty() ? Json(nullptr) : Json(f.a)},
                        {"b", f.b.empty() ? Json(nullptr) : Json(f.b)}});
    j["messages"].push_back({{"from", side_name(c.from)},
                             {"title", c.title},
                             {"a", index_json(c.index.a)},
                             {"b", index_json(c.index.b)},
                             {"fields", std::move(fields)},
                             {"other_bytes", c.other_bytes}});
  }
  j["only_a"] = d.only_a;
  j["only_b"] = d.only_b;
}

std::string text_of(const Difference& d, const Named& a, const Named& b, const View& v) {
  constexpr std::string_view kA = "31", kB = "32", kDim = "2";
  std::string s;
  const auto line = [&](std::string_view color, const std::string& text) {
    s += painted(v, color, elided(text, v.width)) + "\n";
  };
  line(kA, "- " + a.name + ": " + printable(subject(a.explanation)));
  line(kB, "+ " + b.name + ": " + printable(subject(b.explanation)));
  for (const Change& c : d.changes) {
    const std::string head = fmt::format("{} {}", c.from == Side::client ? "->" : "<-", c.title);
    if (!c.index.b)
      line(kA, "- " + head);
    else if (!c.index.a)
      line(kB, "+ " + head);
    else
      line(side_color(c.from), "  " + head + (c.same() ? ": the same" : ""));
    for (const FieldChange& f : c.fields) {
      if (!f.a.empty()) line(kA, fmt::format("     - {}: {}", f.name, f.a));
      if (!f.b.empty()) line(kB, fmt::format("     + {}: {}", f.name, f.b));
    }
    std::string others;
    for (const std::string& name : c.other_bytes) others += (others.empty() ? "" : ", ") + name;
    if (!others.empty()) line(kDim, "       other bytes: " + others);
  }
  const auto only = [&](std::string_view color, const char* mark, const std::string& text) {
    std::string before = mark;
    for (const std::string& part : wrapped(text, v.width - 2)) {
      s += painted(v, color, before + part) + "\n";
      before = "  ";
    }
  };
  for (const std::string& f : d.only_a) only(kA, "- ", f);
  for (const std::string& f : d.only_b) only(kB, "+ ", f);
  return s;
}

}  // namespace

Exit tell_difference(Output& out, const Named& a, const Named& b, const View& view,
                     const std::string& html) {
  const Difference d(a.explanation, b.explanation, view);
  if (!html.empty()) {
    const std::string page = difference_page(d, a, b);
    write_files({{html, page, view.secrets}});
  }
  if (out.json) {
    out.document["a"] = a.name;
    out.document["b"] = b.name;
    put_json(out.document, d);
  } else if (html.empty()) {
    out.data(text_of(d, a, b, view));
  }
  return d.same() ? Exit::ok : Exit::no;
}

}  // namespace parley::tool

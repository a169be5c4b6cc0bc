#include "tool/explain_page_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parley/x509_fields.hpp"
#include "tool/explain_assets.hpp"
#include "tool/terminal_text.hpp"

namespace parley::tool {
namespace {

constexpr std::size_t kInARow = 16;
constexpr std::size_t kMostBytes = 4096, kMostMapFields = 800;  // of one map
constexpr std::size_t kLongestWords = 400;                      // columns
constexpr std::size_t kShownValue = 256;                        // bytes

char letter(explain::FieldKind k) {
  using explain::FieldKind;
  switch (k) {
    case FieldKind::value: return 'v';
    case FieldKind::length: return 'l';
    case FieldKind::iv: return 'i';
    case FieldKind::content: return 'c';
    case FieldKind::mac: return 'm';
    case FieldKind::padding: return 'p';
    case FieldKind::sealed: return 's';
    case FieldKind::unknown: break;
  }
  return 'u';
}

std::string hex_text(ByteView b) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string s;
  s.reserve(3 * b.size());
  for (const std::uint8_t byte : b) {
    s += kDigits[byte >> 4];
    s += kDigits[byte & 15];
    s += ' ';
  }
  return s;
}

/// "RFC 2246 §7.4.1.2": the column is narrow.
std::string short_section(std::string s) {
  constexpr std::string_view kWord = "section ";
  const std::size_t at = s.find(kWord);
  if (at != std::string::npos) s.replace(at, kWord.size(), "§");
  return s;
}

/// A name in a narrow column breaks between its words.
std::string breakable(const std::string& name) {
  std::string s;
  for (const char c : escaped(name, kLongestWords)) {
    s += c;
    if (c == '_') s += "<wbr>";
  }
  return s;
}

/// `again`: an element of the list that the row above is of, too.
std::string row_html(const MapField& f, std::size_t i, bool again) {
  std::string s =
      fmt::format("<li data-i={} tabindex=0 class=\"{}{}\" style=--d:{}><b>{}</b>", i, f.kind,
                  again ? " again" : "", std::min(f.depth, 6U), breakable(f.name));
  s += fmt::format("<i>{}</i>", f.meaning.empty() ? "" : escaped(f.meaning, kLongestWords));
  s += fmt::format("<small>{}{}{}</small></li>\n", count(f.size, "byte"),
                   f.specification.empty() ? "" : " · ",
                   escaped(short_section(f.specification), kLongestWords));
  return s;
}

std::string word_of(explain::FindingKind k) {
  std::string s(explain::kind_name(k));
  if (!s.empty() && s[0] >= 'a') s[0] = static_cast<char>(s[0] - 'a' + 'A');
  return s;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string s;
  for (const char c : printable(text)) switch (c) {
      case '&': s += "&amp;"; break;
      case '<': s += "&lt;"; break;
      case '>': s += "&gt;"; break;
      case '"': s += "&quot;"; break;
      case '\'': s += "&#39;"; break;
      default: s += c;
    }
  return s;
}

std::string escaped(std::string_view text, std::size_t width) {
  return escaped(elided(text, width));
}

std::string with_commas(std::size_t n) {
  std::string s = std::to_string(n);
  for (std::size_t at = s.size(); at > 3; at -= 3) s.insert(at - 3, 1, ',');
  return s;
}

std::vector<MapField> map_fields(const std::vector<explain::Field>& fields, const View& view,
                                 bool hide) {
  std::vector<MapField> all;
  for (const explain::Field& f : fields) {
    if (all.size() > kMostMapFields) break;
    const bool secret = f.secret && !view.secrets;
    all.push_back({.offset = f.offset,
                   .size = f.size,
                   .depth = static_cast<unsigned>(std::ranges::count(f.path, '.')),
                   .name = field_name(f),
                   .meaning = secret ? redacted(f.size) : f.meaning,
                   .specification = f.specification,
                   .kind = letter(f.kind),
                   .hidden = (secret || (hide && !view.secrets)) && f.size > 0});
    if (all.back().kind == 'l' && all.size() > 1 && field_name(f) == "length") {
      const std::string_view path(f.path);
      const std::string_view owner = path.substr(0, path.rfind('.'));
      all.back().name = printable(owner.substr(owner.rfind('.') + 1)) + " length";
    }
    if (all.back().hidden && !secret) all.back().meaning = redacted(f.size);
  }
  return all;
}

std::vector<MapField> certificate_fields(ByteView der) {
  std::vector<MapField> all;
  visit_certificate(der, [&all](const DerField& f) {
    if (all.size() > kMostMapFields) return;
    all.push_back({.offset = f.offset,
                   .size = f.bytes.size(),
                   .depth = f.depth,
                   .name = std::string(f.name),
                   .meaning = f.meaning,
                   .specification = {},
                   .kind = f.depth % 2 == 0 ? 'v' : 'l'});
  });
  return all;
}

std::string byte_map(ByteView bytes, const std::vector<MapField>& fields, std::string_view label) {
  const ByteView shown = bytes.first(std::min(bytes.size(), kMostBytes));
  const std::size_t most = std::min(fields.size(), kMostMapFields);
  std::string hex, rows;
  std::size_t cells = 0;
  for (std::size_t i = 0; i < most; ++i) {
    const MapField& f = fields[i];
    rows += row_html(f, i, i > 0 && fields[i - 1].name == f.name);
    if (f.size == 0 || f.offset >= shown.size()) continue;
    const ByteView part = shown.subspan(f.offset, std::min(f.size, shown.size() - f.offset));
    hex += fmt::format("<b data-i={} class={}>", i, f.kind);
    if (f.hidden || f.kind == 'c') {
      hex += f.hidden ? "(" + with_commas(f.size) + " secret) "
                      : "(" + with_commas(f.size) + " below) ";
    } else {
      hex += hex_text(part);
      cells += part.size();
    }
    hex += "</b>";
  }
  // Offsets fit beside rows of bytes only while every byte is there.
  const bool whole = std::ranges::none_of(
      fields, [](const MapField& f) { return f.hidden || (f.kind == 'c' && f.size > 0); });
  std::string offsets;
  for (std::size_t at = 0; whole && at < cells; at += kInARow)
    offsets += fmt::format("{:04x}\n", at);
  std::string note;
  if (bytes.size() > shown.size() || fields.size() > most)
    note = fmt::format("<p class=cut>Cut: {} bytes in {} fields in all.</p>",
                       with_commas(bytes.size()), with_commas(fields.size()));
  return fmt::format(
      "<div class=map role=group aria-label=\"{}\"><div class=grid>{}<p "
      "class=hex>{}</p></div><ol class=fields>\n{}</ol>{}</div>\n",
      escaped(label), whole ? "<pre aria-hidden=true>" + offsets + "</pre>" : std::string(), hex,
      rows, note);
}

std::string value_html(ByteView bytes, bool secret, const View& view) {
  if (secret && !view.secrets) return "<code class=no>" + redacted(bytes.size()) + "</code>";
  if (bytes.empty()) return "<code class=no>nothing</code>";
  std::string s = "<code>" + to_hex(bytes.first(std::min(bytes.size(), kShownValue)));
  if (bytes.size() > kShownValue)
    s += fmt::format("</code> <small>and so on: {} bytes</small>", with_commas(bytes.size()));
  else
    s += "</code>";
  return s;
}

const char* side_class(Side s) { return s == Side::client ? "client" : "server"; }

const char* plural(std::size_t n) { return n == 1 ? "" : "s"; }

std::string finding_html(const explain::Finding& f) {
  const char* kind =
      f.kind == explain::FindingKind::weakness                                            ? "warn"
      : f.kind == explain::FindingKind::surprise || f.kind == explain::FindingKind::alert ? "bad"
                                                                                          : "quiet";
  return fmt::format("<p class=\"call {}\"><b>{}.</b> {}{}{} <small>{}{}{}</small></p>\n", kind,
                     word_of(f.kind), escaped(f.what, kMostWords), f.why.empty() ? "" : ": ",
                     escaped(f.why, kMostWords), escaped(f.specification, kMostWords),
                     f.specification.empty() || f.setting.empty() ? "" : " · ",
                     escaped(setting_words(f), kMostWords));
}

std::string page_head(std::string_view title, const std::string& name) {
  std::string s(kExplainHead);
  s += fmt::format("<title>{} — {}</title>\n<style>\n", escaped(title), escaped(name, kMostWords));
  s += kExplainStyle;
  s += "</style></head>\n<body>\n<header>";
  return s;
}

std::string page_foot() {
  std::string s(
      "</main>\n<footer>Made by <b>parley explain</b>; nothing in here comes from a "
      "network.</footer>\n<script>\n");
  s += kExplainScript;
  s += "</script></body></html>\n";
  return s;
}

}  // namespace parley::tool

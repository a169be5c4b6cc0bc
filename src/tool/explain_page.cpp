#include "tool/explain_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tool/explain_page_parts.hpp"
#include "tool/explain_page_sections.hpp"

namespace parley::tool {
namespace {

using explain::Explanation;
using explain::FindingKind;
using explain::Message;

class Page {
 public:
  Page(const Explanation& e, const View& v, const std::string& name)
      : e_(e), view_(v), name_(name) {}

  std::string html() {
    head();
    summary();
    add_wire(out_, e_, view_);
    add_finished(out_, e_, view_);
    add_keys(out_, e_, view_);
    findings();
    out_ += page_foot();
    return std::move(out_);
  }

 private:
  void head() {
    out_ += page_head(e_.version ? version_name(*e_.version) : "No version agreed", name_);
    out_ += fmt::format("<p class=eyebrow>parley explain</p><h1>{}</h1>\n",
                        e_.version ? escaped(plain_version()) : "No version agreed");
    out_ += fmt::format("<p class=suite>{}{}</p>\n",
                        e_.suite != nullptr ? escaped(e_.suite->iana_name) : "no suite agreed",
                        e_.resumed ? " · resumed session" : "");
    out_ += fmt::format(
        "<p class=about>{} · {} message{} in {} record{} · {} byte{} from the client, {} from the "
        "server</p>\n",
        escaped(name_, kMostWords), with_commas(e_.messages.size()), plural(e_.messages.size()),
        with_commas(e_.records.size()), plural(e_.records.size()),
        with_commas(e_.stream(Side::client).size()), plural(e_.stream(Side::client).size()),
        with_commas(e_.stream(Side::server).size()));
    out_ += "<nav><a href=\"#wire\">On the wire</a>";
    if (!e_.checks.empty()) out_ += "<a href=\"#finished\">Finished</a>";
    if (!e_.derivations.empty()) out_ += "<a href=\"#keys\">Keys</a>";
    if (!e_.findings.empty()) out_ += "<a href=\"#findings\">Findings</a>";
    out_ += kPageButtons;
    out_ += "</nav></header>\n<main>\n";
  }

  /// "TLSv1.2" as people write it.
  std::string plain_version() const {
    std::string s(version_name(*e_.version));
    const std::size_t v = s.find('v');
    if (v != std::string::npos) s[v] = ' ';
    if (s == "TLS 1" || s == "SSL 2" || s == "SSL 3") s += ".0";
    return s;
  }

  void callout(const char* kind, std::string_view word, const std::string& html) {
    out_ += fmt::format("<p class=\"call {}\"><b>{}</b> {}</p>\n", kind, word, html);
  }

  void summary() {
    constexpr std::size_t kMostCalls = 20;
    std::size_t told = 0;
    out_ += "<section class=calls aria-label=\"What stands out\">\n";
    for (const explain::Stop& s : e_.stops)
      if (++told <= kMostCalls) callout("bad", "Stopped.", escaped(stop_text(s), kMostWords));
    for (const explain::Unframed& u : e_.unframed)
      callout("warn", "No record.",
              fmt::format("{} byte{} of the {}, from byte {} on.", with_commas(u.size),
                          plural(u.size), side_name(u.from), with_commas(u.offset)));
    if (e_.sealed_records > 0)
      callout(
          "warn", "Sealed.",
          fmt::format("{} record{} stay{} closed for want of a key: a key log, or the server's "
                      "RSA key, opens {}.",
                      e_.sealed_records, plural(e_.sealed_records),
                      e_.sealed_records == 1 ? "s" : "", e_.sealed_records == 1 ? "it" : "them"));
    std::string weak;
    std::size_t weaknesses = 0;
    for (const explain::Finding& f : e_.findings)
      if (f.kind == FindingKind::weakness && ++weaknesses <= kMostCalls)
        weak += (weak.empty() ? "" : "; ") + escaped(f.what, kMostWords);
    if (!weak.empty()) callout("warn", "Weak.", weak + ".");
    if (!view_.secrets && (!e_.derivations.empty() || has_data()))
      callout("quiet", "Redacted.",
              "Keys and application data are left out; --with-secrets shows them.");
    if (view_.secrets && !e_.derivations.empty())
      callout("bad", "Secret.", "This page holds the keys of the connection.");
    out_ += "</section>\n";
  }

  bool has_data() const {
    return std::ranges::any_of(e_.messages, [](const Message& m) { return is_private(m); });
  }

  void findings() {
    if (e_.findings.empty()) return;
    out_ += "<section id=findings><h2>Findings</h2>\n";
    for (const explain::Finding& f : e_.findings) {
      if (out_.size() > kMostList) {
        out_ += "<p class=cut>Cut here.</p>\n";
        break;
      }
      out_ += finding_html(f);
    }
    out_ += "</section>\n";
  }

  const Explanation& e_;
  const View& view_;
  const std::string& name_;
  std::string out_{};
};

}  // namespace

std::string explanation_page(const Explanation& e, const View& v, const std::string& name) {
  return Page(e, v, name).html();
}

std::string certificate_page(std::span<const Certificate> list, const View&,
                             const std::string& name) {
  std::string s = page_head("Certificate", name);
  s += fmt::format(
      "<p class=eyebrow>parley explain</p><h1>{}</h1><p class=about>{}</p><nav>{}</nav>"
      "</header>\n<main>\n",
      list.size() == 1 ? "A certificate" : "Certificates", escaped(name, kMostWords), kPageButtons);
  for (const Certificate& c : list) {
    if (s.size() > kMostMaps) {
      s += "<p class=cut>Cut here: the page would grow too large.</p>\n";
      break;
    }
    s += fmt::format("<section class=single><h2>{}</h2>\n",
                     escaped(certificate_line(c), kMostWords));
    s +=
        byte_map(c.der(), certificate_fields(c.der()), "bytes of the certificate") + "</section>\n";
  }
  return s + page_foot();
}

}  // namespace parley::tool

// The timeline: records that open into their bytes, and the messages they hold.
#include <fmt/format.h>

#include <algorithm>

#include "parley/x509.hpp"
#include "tool/explain_page_parts.hpp"
#include "tool/explain_page_sections.hpp"

namespace parley::tool {
namespace {

using explain::Explanation;
using explain::Field;
using explain::Message;
using explain::MessageKind;
using explain::Record;

constexpr std::size_t kShownWire = 256;  // bytes of what stays closed
constexpr std::size_t kOpenMap = 600;    // bytes of a message that is unfolded with its record

class Wire {
 public:
  Wire(std::string& out, const Explanation& e, const View& v) : out_(out), e_(e), view_(v) {}

  void section() {
    out_ +=
        "<section id=wire><h2>On the wire</h2>\n<p class=lead>Every record, in the order in "
        "which it was complete. Open one to see its bytes<span id=hint hidden>; point at a byte, "
        "or move to a field, and its other half lights up</span>.</p>\n<div class=lanes "
        "aria-hidden=true>"
        "<span class=client>Client</span><span class=server>Server</span></div>\n"
        "<ol class=timeline>\n";
    for (std::size_t i = 0; i < e_.records.size(); ++i) {
      if (out_.size() > kMostCards) {
        out_ += fmt::format("<li class=more>Cut here: {} more records.</li>\n",
                            with_commas(e_.records.size() - i));
        break;
      }
      record(i);
    }
    out_ += "</ol></section>\n";
  }

 private:
  void record(std::size_t index) {
    const Record& r = e_.records[index];
    const std::string_view lock = !r.is_protected ? "" : r.opened ? " · decrypted" : " · sealed";
    const std::string time = moment(e_, r.time);
    out_ += fmt::format(
        "<li class={0}><details id=r{1}><summary><span class=dir>{2}</span><span class=what>"
        "<b>{3}</b>",
        side_class(r.from), index + 1, r.from == Side::client ? "client →" : "← server",
        escaped(titles(e_, r), kMostWords));
    for (const std::size_t m : messages_ending_in(e_, index))
      if (const Message& one = e_.messages[m]; !one.summary.empty() || one.error)
        out_ += fmt::format(
            "<span class=sum>{}{}</span>",
            r.messages.size() > 1 ? escaped(title(one)) + ": " : std::string(),
            escaped(one.error ? "cannot be read: " + one.error->text() : one.summary, kMostWords));
    out_ +=
        fmt::format("</span><span class=meta>record {} · {} bytes{}{}</span></summary>\n",
                    index + 1, with_commas(r.size), lock, time.empty() ? "" : " · " + time + " s");
    if (out_.size() > kMostMaps)
      out_ += "<p class=cut>The page would grow too large: its bytes are left out.</p>\n";
    else
      layers(r, index);
    out_ += "</details></li>\n";
  }

  void layers(const Record& r, std::size_t index) {
    const ByteView wire = e_.wire(r);
    if (r.is_protected && r.opened && !r.decrypted.empty()) {
      out_ += fmt::format("<h3>On the wire <small>{} bytes, encrypted</small></h3>",
                          with_commas(wire.size()));
      const std::size_t header = std::min(r.header_size, wire.size());
      std::vector<MapField> fields{
          {.size = header, .name = "header", .meaning = "in clear", .kind = 'v'},
          {.offset = header,
           .size = std::min(wire.size() - header, kShownWire),
           .name = "fragment",
           .meaning = wire.size() - header > kShownWire
                          ? fmt::format("encrypted; the first {} of {} bytes", kShownWire,
                                        wire.size() - header)
                          : "encrypted",
           .kind = 's',
           .hidden = is_bare(e_, r) && !view_.secrets}};
      out_ += byte_map(wire.first(std::min(wire.size(), header + kShownWire)), fields,
                       "bytes of the record as sent");
      out_ += fmt::format(
          "<h3>Decrypted <small>sequence number {}; IV, MAC and padding stand "
          "where they stood</small></h3>",
          r.sequence);
    } else {
      out_ += "<h3>Record</h3>";
    }
    const ByteView open = r.decrypted.empty() ? wire : ByteView{r.decrypted};
    std::vector<MapField> fields = map_fields(r.fields, view_, false);
    for (MapField& f : fields)
      if (f.kind == 's' && f.size > kShownWire) {
        f.meaning += fmt::format("; the first {} of {} bytes", kShownWire, f.size);
        f.size = kShownWire;
      }
    out_ += byte_map(open, fields, "bytes of the record");
    mac(r);
    for (const std::size_t m : messages_ending_in(e_, index)) message(m);
    const auto& here = messages_ending_in(e_, index);
    for (const std::size_t m : r.messages)
      if (std::ranges::find(here, m) == here.end() && !e_.messages[m].pieces.empty())
        out_ += fmt::format(
            "<p class=cut>A part of {}, which ends in <a href=\"#r{}\">record "
            "{}</a>.</p>\n",
            escaped(title(e_.messages[m])), e_.messages[m].pieces.back().record + 1,
            e_.messages[m].pieces.back().record + 1);
  }

  /// What the MAC was computed from, or the nonce and additional data of an AEAD.
  void mac(const Record& r) {
    if (r.mac.empty()) return;
    out_ += "<details class=key><summary><b>What protects it</b> <code>" +
            escaped(r.mac.back().function, kMostWords) + "</code> <small>" +
            escaped(r.mac.back().specification, kMostWords) + "</small></summary>\n" +
            "<dl class=values>\n";
    for (const explain::Derivation& step : r.mac) {
      for (const explain::Input& in : step.inputs)
        out_ += fmt::format("<dt class=src>{} <small>input</small></dt><dd>{}</dd>\n",
                            escaped(in.name, kMostWords), value_html(in.value, in.secret, view_));
      out_ += fmt::format("<dt>{} <small>{}</small></dt><dd>{}</dd>\n",
                          escaped(step.name, kMostWords), escaped(step.function, kMostWords),
                          value_html(step.output, step.secret, view_));
    }
    out_ += "</dl></details>\n";
  }

  void message(std::size_t index) {
    const Message& m = e_.messages[index];
    if (m.kind == MessageKind::sealed) return;
    out_ += fmt::format(
        "<details class=msg id=m{} {}><summary><b>{}</b> <small>message {} · {} "
        "bytes{}{}</small></summary>\n",
        index + 1, m.bytes.size() <= kOpenMap ? "open" : "", escaped(title(m)), index + 1,
        with_commas(m.bytes.size()), m.specification.empty() ? "" : " · ",
        escaped(m.specification));
    if (!m.state.empty() || !m.next.empty())
      out_ += fmt::format("<p class=state>{}{}{}</p>\n", escaped(m.state, kMostWords),
                          m.next.empty() ? "" : " — next: ", escaped(m.next, kMostWords));
    if (m.error)
      out_ += fmt::format("<p class=\"call bad\"><b>Cannot be read.</b> {}</p>\n",
                          escaped(m.error->text(), kMostWords));
    std::size_t told = 0;
    constexpr std::size_t kMostTold = 12;
    for (const explain::Finding& f : e_.findings)
      if (f.message == index && ++told <= kMostTold) out_ += finding_html(f);
    out_ += byte_map(m.bytes, map_fields(m.fields, view_, is_private(m)), "bytes of " + title(m));
    certificates(m);
    out_ += "</details>\n";
  }

  /// Whatever field of a Certificate is one, as a map of its own.
  void certificates(const Message& m) {
    if (m.name.find("certificate") == std::string::npos && m.kind != MessageKind::ssl2) return;
    std::size_t n = 0;
    constexpr std::size_t kSmallest = 64, kMost = 6;
    for (const Field& f : m.fields) {
      const ByteView der = Explanation::value(m, f);
      if (der.size() < kSmallest || der[0] != 0x30) continue;
      const Result<Certificate> c = Certificate::parse(to_bytes(der));
      if (!c || n == kMost) continue;
      out_ += fmt::format(
          "<details class=cert><summary><b>Certificate {}</b> <small>{}</small>"
          "</summary>\n",
          ++n, escaped(certificate_line(*c), kMostWords));
      out_ += byte_map(der, certificate_fields(der), "bytes of the certificate") + "</details>\n";
    }
  }

  std::string& out_;
  const Explanation& e_;
  const View& view_;
};

}  // namespace

void add_wire(std::string& out, const Explanation& e, const View& v) { Wire(out, e, v).section(); }

}  // namespace parley::tool

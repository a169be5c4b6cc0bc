#include "tool/explain_terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "parley/x509_fields.hpp"
#include "tool/terminal_text.hpp"

namespace parley::tool {
namespace {

using explain::Derivation;
using explain::Explanation;
using explain::Field;
using explain::FieldKind;
using explain::Message;
using explain::Record;

constexpr std::string_view kDim = "2", kBold = "1", kRed = "31", kYellow = "33", kGreen = "32";

std::string spaced_hex(ByteView b) {
  std::string s;
  for (const std::uint8_t byte : b) s += fmt::format("{:02x} ", byte);
  return s;
}

/// "RFC 2246 7.4.1.2": the word is long, and the column narrow.
std::string short_section(std::string s) {
  const std::size_t at = s.find("section ");
  if (at != std::string::npos) s.erase(at, std::strlen("section "));
  return s;
}

class Screen {
 public:
  Screen(const Explanation& e, const View& v) : e_(e), view_(v) {}

  std::string text() {
    line(painted(view_, kBold, elided(printable(subject(e_)), view_.width)));
    for (std::size_t i = 0; i < e_.messages.size(); ++i) message(i);
    end();
    return std::move(out_);
  }

  std::string certificate(ByteView der) {
    visit_certificate(der, [this](const DerField& f) {
      row({.path = std::string(2 * std::min<std::size_t>(f.depth, 6), ' ') + std::string(f.name),
           .offset = f.offset,
           .size = f.bytes.size(),
           .meaning = f.meaning,
           .specification = {}},
          f.bytes, false);
    });
    return std::move(out_);
  }

 private:
  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }

  /// Text behind a margin and, in its first line, a word.
  void paragraph(std::size_t margin, std::string_view word, std::string_view color,
                 std::string_view text) {
    const std::size_t width = view_.width - margin - columns(word);
    const std::vector<std::string> lines = wrapped(text, width);
    for (std::size_t i = 0; i < lines.size(); ++i)
      line(std::string(margin, ' ') +
           (i == 0 ? painted(view_, color, word) : std::string(columns(word), ' ')) + lines[i]);
  }

  void message(std::size_t index) {
    const Message& m = e_.messages[index];
    if (view_.verbosity > 0 && index > 0) line({});
    const bool client = m.from == Side::client;
    const std::string head = fmt::format("{:>3} {} {:>7} {:>6}  ", index + 1, client ? "->" : "<-",
                                         moment(e_, m.time), m.bytes.size());
    std::string words = title(m);
    if (!m.summary.empty()) words += ": " + printable(m.summary);
    if (m.error) words += "; cannot be read: " + printable(m.error->text());
    if (m.out_of_order) words += "; out of order";
    // All of it: half a sentence may say the opposite.
    std::string before = head;
    for (const std::string& text : wrapped(words, view_.width - columns(head))) {
      line(painted(view_, side_color(m.from), before + text));
      before.assign(columns(head), ' ');
    }
    constexpr std::size_t kMargin = 4;
    if (view_.verbosity > 0) {
      if (!m.state.empty()) paragraph(kMargin, "", "", printable(m.state));
      for (const explain::Finding& f : e_.findings)
        if (f.message == index) finding(f, kMargin);
    }
    if (view_.verbosity > 1) records(index);
    if (view_.verbosity > 0) fields(m);
    if (view_.verbosity > 2) derivations(index);
  }

  /// The header, IV, MAC and padding of the records whose first message this is.
  void records(std::size_t message) {
    for (const explain::Piece& p : e_.messages[message].pieces) {
      const Record& r = e_.records[p.record];
      if (r.messages.empty() || r.messages.front() != message) continue;
      line(painted(view_, kDim,
                   fmt::format("    record {} of {}{}", p.record + 1, count(r.size, "byte"),
                               !r.is_protected ? ""
                               : r.opened      ? ", decrypted"
                                               : ", closed")));
      for (const Field& f : r.fields)
        if (f.kind != FieldKind::content && f.kind != FieldKind::sealed)
          row(f, e_.value(r, f), false);
      if (view_.verbosity > 2)
        told(
            r.mac, [](const Derivation&) { return true; }, true);
    }
    if (!e_.messages[message].pieces.empty()) line(painted(view_, kDim, "    message"));
  }

  void fields(const Message& m) {
    for (const Field& f : m.fields) {
      if (view_.verbosity > 1)
        row(f, Explanation::value(m, f), is_private(m));
      else if (f.kind != FieldKind::length)
        field_line(m, f);
    }
  }

  void field_line(const Message& m, const Field& f) {
    const auto depth = static_cast<std::size_t>(std::ranges::count(f.path, '.'));
    const std::size_t margin = 4 + 2 * std::min<std::size_t>(depth, 5);
    std::string value = printable(f.meaning);
    const std::string name = field_name(f) + "  ";
    if ((f.secret || (value.empty() && is_private(m))) && !view_.secrets)
      value = redacted(f.size);
    else if (value.empty())  // -vv has all of the bytes
      value = elided(to_hex(Explanation::value(m, f)),
                     view_.width - std::min(view_.width, margin + columns(name)));
    paragraph(margin, name, kDim, value);
  }

  /// Bytes left, meaning in the middle, section right.
  void row(const Field& f, ByteView bytes, bool hidden) {
    const std::size_t in_a_row = view_.width >= 110 ? 16 : 8;
    const std::size_t hex_width = 3 * in_a_row;
    const std::string section = printable(short_section(f.specification));
    constexpr std::size_t kOffset = 8;
    const std::size_t middle = view_.width - kOffset - hex_width - 1;
    const std::size_t room = middle - std::min(middle - 20, columns(section) + 1);
    const bool redact = (f.secret || hidden) && !view_.secrets;
    std::string words = field_name(f);
    if (!(f.secret && redact) && !f.meaning.empty()) words += ": " + printable(f.meaning);
    if (redact) words += " " + redacted(f.size);
    if (redact) bytes = {};
    std::vector<std::string> lines = wrapped(words, room);
    // Only the first line has the section beside it.
    if (lines.size() > 1) {
      std::string_view rest = std::string_view(words).substr(lines[0].size());
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      lines.resize(1);
      for (std::string& more : wrapped(rest, middle)) lines.push_back(std::move(more));
    }
    const std::size_t rows = std::max(lines.size(), (bytes.size() + in_a_row - 1) / in_a_row);
    for (std::size_t i = 0; i < rows; ++i) {
      const std::size_t at = std::min(bytes.size(), i * in_a_row);
      const ByteView part = bytes.subspan(at, std::min(in_a_row, bytes.size() - at));
      std::string s = i == 0 || !part.empty() ? fmt::format("  {:>5} ", f.offset + at)
                                              : std::string(kOffset, ' ');
      s += padded(spaced_hex(part), hex_width) + " ";
      const std::string text = i < lines.size() ? lines[i] : std::string();
      if (i == 0 && !section.empty())
        s += padded(text, room) + " " +
             painted(view_, kDim, elided(section, middle - std::min(middle, room + 1)));
      else
        s += text;
      s.erase(s.find_last_not_of(' ') + 1);
      line(s);
    }
  }

  void derivations(std::size_t message) {
    told(e_.derivations, [message](const Derivation& d) { return d.message == message; });
  }

  /// Each goal with the steps that lead to it; those of a record also say what goes into the goal.
  void told(const std::vector<Derivation>& all,
            const std::function<bool(const Derivation&)>& is_meant, bool of_record = false) {
    std::vector<const Derivation*> steps;
    for (const Derivation& d : all) {
      if (!is_meant(d)) continue;
      if (d.depth > 0) {
        steps.push_back(&d);
        continue;
      }
      const std::string function =
          d.function.empty() ? std::string(explain::operation_name(d.operation)) : d.function;
      paragraph(4, printable(d.name) + " = ", kGreen, printable(function));
      if (!d.specification.empty()) paragraph(6, "", "", printable(d.specification));
      for (const Derivation* step : steps) {
        value(6, printable(step->name) + " = " + printable(step->function), step->output,
              step->secret);
        inputs(*step, 8);
      }
      if (of_record) inputs(d, 8);
      value(6, printable(d.name), d.output, d.secret);
      steps.clear();
    }
  }

  void inputs(const Derivation& d, std::size_t margin) {
    for (const explain::Input& i : d.inputs)
      if (!i.value.empty()) value(margin, printable(i.name), i.value, i.secret);
  }

  void value(std::size_t margin, const std::string& name, ByteView bytes, bool secret) {
    constexpr std::size_t kShown = 512;  // bytes: the transcript stands above in its messages
    std::string s = secret && !view_.secrets ? redacted(bytes.size())
                                             : to_hex(bytes.first(std::min(kShown, bytes.size())));
    if (bytes.size() > kShown && (!secret || view_.secrets))
      s += fmt::format(" ... ({} bytes)", bytes.size());
    if (margin + columns(name) + 2 + columns(s) <= view_.width) {
      line(std::string(margin, ' ') + name + ": " + s);
      return;
    }
    paragraph(margin, "", "", name);
    paragraph(margin + 2, "", "", s);
  }

  void finding(const explain::Finding& f, std::size_t margin) {
    using explain::FindingKind;
    const std::string_view color = f.kind == FindingKind::weakness   ? kYellow
                                   : f.kind == FindingKind::surprise ? kRed
                                   : f.kind == FindingKind::alert    ? kRed
                                                                     : kDim;
    std::string text = printable(f.what);
    if (!f.why.empty()) text += ": " + printable(f.why);
    if (!f.specification.empty()) text += " (" + printable(f.specification) + ")";
    if (!f.setting.empty() && (f.kind == FindingKind::weakness || view_.verbosity > 0))
      text += "; " + setting_words(f);
    paragraph(margin, fmt::format("{}: ", explain::kind_name(f.kind)), color, text);
  }

  void end() {
    if (!e_.findings.empty() || !e_.checks.empty() || !e_.stops.empty()) line({});
    for (const explain::Finding& f : e_.findings)
      if (view_.verbosity == 0 || !f.message) finding(f, 0);
    for (const explain::TranscriptUse& c : e_.checks) {
      paragraph(0, "check: ", c.equal && !*c.equal ? kRed : kGreen, check_text(e_, c));
      if (view_.verbosity > 1 && !c.computed.empty()) value(2, "computed", c.computed, false);
      if (view_.verbosity > 1 && !c.received.empty()) value(2, "received", c.received, false);
    }
    for (const explain::Unframed& u : e_.unframed)
      paragraph(0, "no record: ", kYellow,
                fmt::format("{} of the {} from byte {} on", count(u.size, "byte"),
                            side_name(u.from), u.offset));
    if (e_.sealed_records > 0)
      paragraph(
          0, "sealed: ", kYellow,
          fmt::format("{} for want of a key; --keylog FILE or --key FILE opens {}",
                      count(e_.sealed_records, "record"), e_.sealed_records == 1 ? "it" : "them"));
    for (const explain::Stop& s : e_.stops) paragraph(0, "stopped: ", kRed, stop_text(s));
  }

  const Explanation& e_;
  const View& view_;
  std::string out_{};
};

}  // namespace

std::string explanation_text(const Explanation& e, const View& v) { return Screen(e, v).text(); }

std::string certificate_text(const Certificate& c, const View& v) {
  return Screen({}, v).certificate(c.der());
}

std::string words_text(const explain::Words& w, const View& v) {
  std::string s = painted(v, kBold, printable(w.title)) + "\n";
  std::size_t widest = 0;
  for (const auto& [name, text] : w.lines) widest = std::max(widest, columns(name));
  for (const auto& [name, text] : w.lines) {
    const std::size_t margin = widest + 4;
    const std::vector<std::string> lines =
        wrapped(printable(text), v.width - std::min(v.width, margin));
    for (std::size_t i = 0; i < lines.size(); ++i)
      s += "  " + padded(i == 0 ? printable(name) : std::string(), widest + 2) + lines[i] + "\n";
  }
  return s;
}

}  // namespace parley::tool

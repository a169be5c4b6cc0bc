#include "tool/explain_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace parley::tool {

using explain::Explanation;
using explain::Message;
using explain::MessageKind;
using explain::Record;

namespace {

std::string camel_case(std::string_view snake) {
  std::string s;
  bool up = true;
  for (const char c : snake) {
    const bool lower = c >= 'a' && c <= 'z';
    if (c != '_') s += up && lower ? static_cast<char>(c - 'a' + 'A') : c;
    up = c == '_';
  }
  return s;
}

std::string upper_with_dashes(std::string_view snake) {
  std::string s;
  for (const char c : snake)
    s += c == '_' ? '-' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return s;
}

}  // namespace

std::string title(const Message& m) {
  switch (m.kind) {
    case MessageKind::handshake:
    case MessageKind::change_cipher_spec: return printable(camel_case(m.name));
    case MessageKind::ssl2: return printable(upper_with_dashes(m.name));
    case MessageKind::alert: return "Alert";
    case MessageKind::application_data: return "Application data";
    case MessageKind::sealed:
    case MessageKind::unknown: break;
  }
  return printable(m.name);
}

std::string titles(const Explanation& e, const Record& r) {
  std::string s;
  for (const std::size_t m : r.messages) {
    if (!s.empty()) s += ", ";
    s += title(e.messages[m]);
  }
  return s.empty() ? "nothing" : s;
}

std::string field_name(const explain::Field& f) {
  return printable(std::string_view(f.path).substr(f.path.rfind('.') + 1));
}

std::string redacted(std::size_t size) {
  return fmt::format("({} secret {}; --with-secrets)", size, size == 1 ? "byte" : "bytes");
}

bool is_private(const Message& m) { return m.kind == MessageKind::application_data; }

bool is_private(const Explanation& e, const Record& r) {
  return r.opened &&
         std::ranges::any_of(r.messages, [&e](std::size_t m) { return is_private(e.messages[m]); });
}

bool is_bare(const explain::Explanation& e, const explain::Record& r) {
  if (!is_private(e, r) || r.plaintext_size == 0) return false;
  const ByteView wire = e.wire(r);
  return r.plaintext_offset + r.plaintext_size <= wire.size() &&
         equal(wire.subspan(r.plaintext_offset, r.plaintext_size), e.plaintext(r));
}

std::vector<std::size_t> messages_ending_in(const Explanation& e, std::size_t record) {
  std::vector<std::size_t> all;
  for (const std::size_t m : e.records[record].messages)
    if (!e.messages[m].pieces.empty() && e.messages[m].pieces.back().record == record)
      all.push_back(m);
  return all;
}

std::string moment(const Explanation& e, const std::optional<std::int64_t>& time) {
  if (!time) return {};
  std::int64_t first = *time;
  for (const Record& r : e.records)
    if (r.time) {
      first = *r.time;
      break;
    }
  constexpr double kMicroseconds = 1e6;
  return fmt::format("{:.3f}", static_cast<double>(*time - first) / kMicroseconds);
}

std::string count(std::size_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string subject(const Explanation& e) {
  std::string s = e.version ? std::string(version_name(*e.version)) : "no version agreed";
  if (e.suite != nullptr) s += fmt::format(", {}", e.suite->iana_name);
  if (e.resumed) s += ", resumed";
  return s;
}

std::string ranges(const std::vector<std::size_t>& indexes) {
  std::string s;
  for (std::size_t i = 0; i < indexes.size();) {
    std::size_t end = i + 1;
    while (end < indexes.size() && indexes[end] == indexes[end - 1] + 1) ++end;
    if (!s.empty()) s += ", ";
    s += fmt::format("{}", indexes[i] + 1);
    if (end - i > 1) s += fmt::format(" to {}", indexes[end - 1] + 1);
    i = end;
  }
  return s;
}

std::string setting_words(const explain::Finding& f) {
  if (f.setting.empty()) return {};
  return (f.kind == explain::FindingKind::weakness ? "allowed by " : "narrowed by ") + f.setting;
}

std::string check_text(const Explanation&, const explain::TranscriptUse& c) {
  // SSL 2.0 compares values that cover no messages.
  std::string s = printable(c.what);
  if (!c.covers.empty())
    s += fmt::format(" covers message{} {} ({})", c.covers.size() == 1 ? "" : "s", ranges(c.covers),
                     count(c.bytes, "byte"));
  if (c.equal) s += *c.equal ? ": equal" : ": NOT equal";
  return s;
}

std::string stop_text(const explain::Stop& s) {
  return fmt::format("{}, byte {}: {}", side_name(s.from), s.offset, printable(s.text));
}

}  // namespace parley::tool

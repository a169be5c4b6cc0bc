#include "tool/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

#include "parley/pem.hpp"
#include "tool/suite_words.hpp"

namespace parley::tool {
namespace {

constexpr std::string_view kRed = "31", kYellow = "33";

bool is_digits(std::string_view s) {
  return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos;
}

int number(std::string_view digits) {
  int n = 0;
  for (const char c : digits) n = n * 10 + (c - '0');
  return n;
}

Json name_json(const cert_dict::Name& name) {
  Json rdns = Json::array();
  for (const cert_dict::RDN& rdn : name) {
    Json attributes = Json::array();
    for (const auto& [type, value] : rdn) attributes.push_back(Json::array({type, value}));
    rdns.push_back(std::move(attributes));
  }
  return rdns;
}

std::string name_text(const Result<Name>& n) {
  return n ? printable(n->text()) : std::string("<cannot be decoded>");
}

std::string day(const Result<std::int64_t>& moment) {
  return moment ? rfc3339(*moment).substr(0, 10) : std::string("<bad time>");
}

// Bytes of the character in UTF-8 that the text begins with; 0 when it is none.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xc2 && lead < 0xe0 ? 2
                           : lead >= 0xe0 && lead < 0xf0 ? 3
                           : lead >= 0xf0 && lead < 0xf5 ? 4
                                                         : 0;
  if (size == 0 || text.size() < size) return 0;
  for (const char c : text.substr(1, size - 1))
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) return 0;
  return size;
}

// The size of what the text begins with, in UTF-8, if a terminal obeys it or turns the line around
// by it: U+0000 to U+001F, U+007F to U+009F, the marks and embeddings of writing from right to left
// (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), line and paragraph separators; or 0.
std::size_t control_size(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return 2;
  if (byte(0) != 0xe2) return 0;
  const unsigned last = byte(2);
  const bool turns = byte(1) == 0x80
                         ? last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae)
                     : byte(1) == 0x81 ? last >= 0xa6 && last <= 0xa9
                                       : false;
  return turns ? 3 : 0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string s;
  while (!text.empty()) {
    const std::size_t character = character_size(text), control = control_size(text);
    const std::size_t size = character == 0 ? 1 : character;
    // Bytes that are no character may be controls to a terminal that reads no UTF-8.
    if (character != 0 && control == 0)
      s += text.substr(0, size);
    else  // as ever: of the controls of two bytes the second one, which is their number
      for (const char c : text.substr(control == 2 ? 1 : 0, control == 2 ? 1 : size))
        s += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    text.remove_prefix(size);
  }
  return s;
}

std::string rfc3339(std::int64_t unix_seconds) {
  const std::time_t t = unix_seconds;
  std::tm tm{};
  if (gmtime_r(&t, &tm) == nullptr || tm.tm_year < -1900 || tm.tm_year > 8099)
    return std::to_string(unix_seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", tm.tm_year + 1900, tm.tm_mon + 1,
                     tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

std::optional<std::int64_t> parse_moment(std::string_view s) {
  constexpr std::size_t kMostDigits = 15;
  const bool negative = s.starts_with('-');
  const std::string_view digits = negative ? s.substr(1) : s;
  if (is_digits(digits)) {
    if (digits.size() > kMostDigits) return {};
    const std::int64_t n = std::strtoll(std::string(digits).c_str(), nullptr, 10);
    return negative ? -n : n;
  }
  // "2026-11-22T09:30:00[.5](Z|+01:00)" (RFC 3339 section 5.6)
  if (s.size() < 20 || s[4] != '-' || s[7] != '-' || (s[10] | 0x20) != 't' || s[13] != ':' ||
      s[16] != ':')
    return {};
  for (const std::size_t at : {0U, 2U, 5U, 8U, 11U, 14U, 17U})
    if (!is_digits(s.substr(at, 2))) return {};
  std::tm tm{};
  tm.tm_year = number(s.substr(0, 4)) - 1900;
  tm.tm_mon = number(s.substr(5, 2)) - 1;
  tm.tm_mday = number(s.substr(8, 2));
  tm.tm_hour = number(s.substr(11, 2));
  tm.tm_min = number(s.substr(14, 2));
  tm.tm_sec = number(s.substr(17, 2));
  std::tm normal = tm;
  std::int64_t moment = timegm(&normal);
  // timegm moves 30 February into March and second 60 into the next minute; here they are mistakes,
  // as the clocks that count here know no leap seconds.
  if (normal.tm_mday != tm.tm_mday || normal.tm_mon != tm.tm_mon || normal.tm_hour != tm.tm_hour ||
      normal.tm_min != tm.tm_min || normal.tm_sec != tm.tm_sec)
    return {};
  std::string_view rest = s.substr(19);
  if (rest.starts_with('.')) {
    const std::size_t end = rest.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return {};
    rest = rest.substr(end);
  }
  if (rest == "Z" || rest == "z") return moment;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':' ||
      !is_digits(rest.substr(1, 2)) || !is_digits(rest.substr(4, 2)))
    return {};
  const int hours = number(rest.substr(1, 2)), minutes = number(rest.substr(4, 2));
  if (hours > 23 || minutes > 59) return {};
  const int offset = 3600 * hours + 60 * minutes;
  return rest[0] == '+' ? moment - offset : moment + offset;
}

Json suite_json(const CipherSuite& s) {
  return {{"code", code_text(s.id)},
          {"openssl", s.openssl_name},
          {"iana", s.iana_name},
          {"bits", s.secret_bits},
          {"algorithm_bits", s.algorithm_bits}};
}

Json certificate_json(const Certificate& c) {
  const auto name = [](const Result<Name>& n) { return n ? Json(n->text()) : Json(nullptr); };
  const auto time = [](const Result<std::int64_t>& t) {
    return t ? Json(rfc3339(*t)) : Json(nullptr);
  };
  Json j{{"subject", name(c.subject())},
         {"issuer", name(c.issuer())},
         {"version", c.version()},
         {"serial", c.serial_hex()},
         {"not_before", time(c.not_before())},
         {"not_after", time(c.not_after())},
         {"self_issued", c.self_issued()}};
  const PublicKeyFacts key = public_key_facts(c);
  j["public_key"] = {{"kind", key.kind}};
  if (key.bits > 0) j["public_key"]["bits"] = key.bits;
  if (!key.curve.empty()) j["public_key"]["curve"] = key.curve;
  if (const auto basic = c.basic_constraints(); basic && *basic) {
    j["ca"] = (*basic)->ca;
    if ((*basic)->path_length) j["path_length"] = *(*basic)->path_length;
  }
  if (const auto names = c.subject_alt_names(); names && *names) {
    Json list = Json::array();
    for (const GeneralName& g : **names)
      list.push_back(
          Json::array({general_name_kind(g.kind),
                       g.kind == GeneralName::Kind::directory ? g.directory.text() : g.value}));
    j["subject_alt_names"] = std::move(list);
  }
  j["pem"] = encode_pem("CERTIFICATE", c.der());
  return j;
}

std::string dates_line(const Certificate& c) {
  return fmt::format("valid {} to {}", day(c.not_before()), day(c.not_after()));
}

std::string certificate_line(const Certificate& c) {
  return fmt::format("{}, issued by {}, {}", name_text(c.subject()), name_text(c.issuer()),
                     dates_line(c));
}

Json dict_json(const cert_dict& d) {
  Json j = Json::object();
  for (const std::string_view key : d.keys()) {
    Json& slot = j[std::string(key)];
    if (key == "subject") slot = name_json(d.subject);
    if (key == "issuer") slot = name_json(d.issuer);
    if (key == "version") slot = d.version;
    if (key == "serialNumber") slot = d.serialNumber;
    if (key == "notBefore") slot = d.notBefore;
    if (key == "notAfter") slot = d.notAfter;
    if (key == "subjectAltName") {
      slot = Json::array();
      for (const auto& [kind, value] : *d.subjectAltName) {
        const std::string* text = std::get_if<std::string>(&value);
        slot.push_back(Json::array(
            {kind, text != nullptr ? Json(*text) : name_json(std::get<cert_dict::Name>(value))}));
      }
    }
  }
  return j;
}

bool Output::colored() const {
  if (color != "auto") return color == "always";
  const char* no = std::getenv("NO_COLOR");
  return (no == nullptr || *no == '\0') && isatty(STDERR_FILENO) == 1;
}

void Output::line(std::string_view code, std::string_view word, std::string_view text) {
  const std::string s = colored() && !code.empty()
                            ? fmt::format("\x1b[{}mparley:{}\x1b[0m {}\n", code, word, text)
                            : fmt::format("parley:{} {}\n", word, text);
  const std::lock_guard lock(mutex_);
  std::fwrite(s.data(), 1, s.size(), stderr);
}

void Output::answer(std::string_view text) {
  const std::string s = fmt::format("{}\n", text);
  const std::lock_guard lock(mutex_);
  std::fwrite(s.data(), 1, s.size(), stderr);
}

void Output::note(std::string_view text) {
  if (!quiet) line({}, {}, text);
}

void Output::detail(std::string_view text) {
  if (verbose) line({}, {}, text);
}

void Output::warn(std::string_view text) {
  if (!quiet) line(kYellow, " warning:", text);
}

void Output::error(const Failure& f) {
  if (*f.what() == '\0') return;
  line(kRed, {}, f.hint().empty() ? f.what() : fmt::format("{}; {}", f.what(), f.hint()));
}

void Output::data(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    // Who reads no further ("| head") knows that.
    if (n < 0 && errno == EPIPE) throw Failure(Exit::local, {});
    if (n < 0) throw Failure(Exit::local, "standard output: " + IOError(errno).strerror());
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

Exit Output::finish(Exit exit, const Failure* failure) {
  if (failure != nullptr) error(*failure);
  if (!json) return exit;
  document["exit"] = {{"class", static_cast<int>(exit)}, {"name", exit_name(exit)}};
  if (failure != nullptr) {
    Json& e = document["error"] = {{"message", failure->what()}};
    if (!failure->hint().empty()) e["hint"] = failure->hint();
    if (const std::optional<Error>& cause = failure->cause()) {
      e["reason"] = errc_name(cause->code);
      if (*cause->where != '\0') e["where"] = cause->where;
      e["offset"] = cause->offset;
      if (cause->code == Errc::peer_alert)
        e["alert"] = {{"number", static_cast<int>(cause->received)},
                      {"name", alert_name(cause->received)}};
    }
  }
  data(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  return exit;
}

}  // namespace parley::tool

#include "asn1/time.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace parley::asn1 {
namespace {

struct Civil {
  std::int64_t year = 0;
  unsigned month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar: years begin in March here, so that
// the leap day comes last.
constexpr std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t m = (static_cast<std::int64_t>(month) + 9) % 12;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t in_era = y - era * 400;
  const std::int64_t in_year = (153 * m + 2) / 5 + static_cast<std::int64_t>(day) - 1;
  return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}
static_assert(days_of(1970, 1, 1) == 0 && days_of(2000, 3, 1) == 11017);

constexpr Civil civil_of(std::int64_t unix_seconds) {
  std::int64_t days = unix_seconds / 86400;
  std::int64_t rest = unix_seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t in_era = days - era * 146097;
  const std::int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  const std::int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
  const std::int64_t m = (5 * in_year + 2) / 153;
  Civil c;
  c.day = static_cast<unsigned>(in_year - (153 * m + 2) / 5 + 1);
  c.month = static_cast<unsigned>(m < 10 ? m + 3 : m - 9);
  c.year = y + era * 400 + (c.month <= 2 ? 1 : 0);
  c.hour = static_cast<unsigned>(rest / 3600);
  c.minute = static_cast<unsigned>(rest / 60 % 60);
  c.second = static_cast<unsigned>(rest % 60);
  return c;
}

constexpr std::int64_t seconds_of(const Civil& c) {
  return days_of(c.year, c.month, c.day) * 86400 + static_cast<std::int64_t>(c.hour) * 3600 +
         static_cast<std::int64_t>(c.minute) * 60 + static_cast<std::int64_t>(c.second);
}

constexpr unsigned days_in_month(std::int64_t year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

enum class Zone : std::uint8_t { none, zulu, offset };

struct Parsed {
  std::int64_t unix_seconds = 0;  // as if UTC when there is no zone
  std::string_view fraction;      // with its dot
  Zone zone = Zone::none;
};

class Digits {
 public:
  explicit Digits(std::string_view s) : s_(s) {}
  bool has_digit() const { return !s_.empty() && s_[0] >= '0' && s_[0] <= '9'; }
  bool empty() const { return s_.empty(); }
  bool bad() const { return bad_; }
  char next() {
    if (s_.empty()) return 0;
    const char c = s_[0];
    s_.remove_prefix(1);
    return c;
  }
  char peek() const { return s_.empty() ? '\0' : s_[0]; }
  unsigned pair(unsigned lo, unsigned hi) {
    unsigned v = 0;
    for (int i = 0; i < 2; ++i) {
      if (!has_digit()) {
        bad_ = true;
        return lo;
      }
      v = v * 10 + static_cast<unsigned>(next() - '0');
    }
    if (v < lo || v > hi) {
      bad_ = true;
      return lo;
    }
    return v;
  }
  std::string_view fraction() {
    std::size_t n = 1;
    while (n < s_.size() && s_[n] >= '0' && s_[n] <= '9') ++n;
    if (n == 1) bad_ = true;
    const std::string_view f = s_.substr(0, n);
    s_.remove_prefix(n);
    return f;
  }

 private:
  std::string_view s_;
  bool bad_ = false;
};

std::optional<Parsed> parse(Tag tag, ByteView content) {
  Digits in{as_text(content)};
  Parsed p;
  Civil c;
  if (tag == kUtcTime) {
    // RFC 5280 section 4.1.2.5.1: 50 to 99 are of the twentieth century.
    const unsigned yy = in.pair(0, 99);
    c.year = yy < 50 ? 2000 + yy : 1900 + yy;
  } else if (tag == kGeneralizedTime) {
    c.year = in.pair(0, 99) * 100;
    c.year += in.pair(0, 99);
  } else {
    return {};
  }
  c.month = in.pair(1, 12);
  c.day = in.pair(1, days_in_month(c.year, c.month));
  c.hour = in.pair(0, 23);
  c.minute = in.pair(0, 59);
  if (in.has_digit() || !kTimeMayOmitSeconds) {
    c.second = in.pair(0, 59);
    // Of a second; a fraction of a minute is more than can be ignored.
    if (in.peek() == '.' && tag == kGeneralizedTime && kTimeMayHaveFraction)
      p.fraction = in.fraction();
  }
  p.unix_seconds = seconds_of(c);
  if (in.peek() == 'Z') {
    (void)in.next();
    p.zone = Zone::zulu;
  } else if ((in.peek() == '+' || in.peek() == '-') && kTimeMayHaveOffset) {
    const bool east = in.next() == '+';
    const unsigned hours = in.pair(0, 12);
    const std::int64_t offset =
        static_cast<std::int64_t>(hours) * 3600 + static_cast<std::int64_t>(in.pair(0, 59)) * 60;
    p.unix_seconds += east ? -offset : offset;
    p.zone = Zone::offset;
  }
  if (in.bad() || !in.empty()) return {};
  return p;
}

std::string print(std::int64_t unix_seconds, std::string_view fraction, std::string_view zone) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Civil c = civil_of(unix_seconds);
  std::array<char, 32> head{};
  (void)std::snprintf(head.data(), head.size(), " %2u %02u:%02u:%02u", c.day, c.hour, c.minute,
                      c.second);
  std::string s{kMonths[c.month - 1]};
  s += head.data();
  s += fraction;
  s += ' ';
  s += std::to_string(c.year);
  s += zone;
  return s;
}

}  // namespace

Result<std::int64_t> unix_time(Tag tag, ByteView content) {
  const auto p = parse(tag, content);
  if (!p || p->zone == Zone::none) return Error{.code = Errc::bad_time, .where = "time"};
  return p->unix_seconds;
}

std::string time_text(Tag tag, ByteView content) {
  const auto p = parse(tag, content);
  if (!p) return "Bad time value";
  return print(p->unix_seconds, p->fraction, p->zone == Zone::none ? "" : " GMT");
}

std::string time_text(std::int64_t unix_seconds) { return print(unix_seconds, "", " GMT"); }

EncodedTime encode_time(std::int64_t t) {
  constexpr Civil kFirst{.year = 1950};
  constexpr Civil kLast{
      .year = 9999, .month = 12, .day = 31, .hour = 23, .minute = 59, .second = 59};
  const Civil c = civil_of(std::clamp(t, seconds_of(kFirst), seconds_of(kLast)));
  const bool utc = c.year < 2050;
  std::array<char, 32> s{};
  const auto year = static_cast<unsigned>(utc ? c.year % 100 : c.year);
  (void)std::snprintf(s.data(), s.size(),
                      utc ? "%02u%02u%02u%02u%02u%02uZ" : "%04u%02u%02u%02u%02u%02uZ", year,
                      c.month, c.day, c.hour, c.minute, c.second);
  return {utc ? kUtcTime : kGeneralizedTime, s.data()};
}

}  // namespace parley::asn1

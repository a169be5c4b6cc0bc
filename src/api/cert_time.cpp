// cert_time_to_seconds: the times of getpeercert dictionaries as numbers.
#include <array>
#include <chrono>
#include <stdexcept>

#include "api/repr.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

/// Reads as strptime() does, without its locale: blanks stand for one or more blanks.
class Scanner {
 public:
  explicit Scanner(std::string_view s) : rest_(s) {}

  bool blanks() {
    const std::size_t n = rest_.find_first_not_of(' ');
    if (n == 0 || n == std::string_view::npos) return false;
    rest_.remove_prefix(n);
    return true;
  }
  /// From `least` to `most` digits, from lo to hi.
  bool number(std::size_t least, std::size_t most, int lo, int hi, int& out) {
    std::size_t n = 0;
    out = 0;
    for (; n < most && n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9'; ++n)
      out = 10 * out + (rest_[n] - '0');
    rest_.remove_prefix(n);
    return n >= least && out >= lo && out <= hi;
  }
  bool word(std::string_view w) {
    if (!rest_.starts_with(w)) return false;
    rest_.remove_prefix(w.size());
    return true;
  }
  bool month(int& out) {
    for (std::size_t m = 0; m < kMonths.size(); ++m) {
      const auto same = [](char name, char c) {
        return name == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
      };
      if (rest_.size() < 3 ||
          !std::equal(kMonths[m].begin(), kMonths[m].end(), rest_.begin(), same))
        continue;
      out = static_cast<int>(m) + 1;
      rest_.remove_prefix(3);
      return true;
    }
    return false;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace

double cert_time_to_seconds(std::string_view time) {
  Scanner s{time};
  int month = 0, day = 0, hour = 0, minute = 0, second = 0, year = 0;
  // strptime() lets seconds go to 61, for the leap seconds of a bygone standard.
  const bool read = s.month(month) && s.blanks() && s.number(1, 2, 1, 31, day) && s.blanks() &&
                    s.number(1, 2, 0, 23, hour) && s.word(":") && s.number(1, 2, 0, 59, minute) &&
                    s.word(":") && s.number(1, 2, 0, 61, second) && s.blanks() &&
                    s.number(4, 4, 1, 9999, year) && s.blanks() && s.word("GMT") && s.at_end();
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!read || !date.ok()) {
    std::string text = "time data ";
    text.append(repr(time)).append(" does not match format '%b %d %H:%M:%S %Y GMT'");
    throw std::invalid_argument(text);
  }
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return static_cast<double>(days) * 86400 + hour * 3600 + minute * 60 + second;
}

}  // namespace parley

#include "contest.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string_view>

namespace parley::bench {
namespace {

constexpr std::string_view kPeer = "OpenSSL 3.0";

double median(std::vector<double> v) {
  std::ranges::sort(v);
  return v.size() % 2 != 0 ? v[v.size() / 2] : (v[v.size() / 2 - 1] + v[v.size() / 2]) / 2;
}
/// Half the distance between the quartiles, relative to the median.
double spread(std::vector<double> v) {
  std::ranges::sort(v);
  return (v[v.size() * 3 / 4] - v[v.size() / 4]) / 2 / median(v);
}

const char* unit(Kind k) {
  switch (k) {
    case Kind::per_second: return "/s";
    case Kind::megabytes: return "MB/s";
    case Kind::count: return "";
  }
  return "";
}
double shown(Kind k, double cost) {
  switch (k) {
    case Kind::per_second: return 1 / cost;
    case Kind::megabytes: return 1e-6 / cost;
    case Kind::count: return cost;
  }
  return cost;
}

std::string number(double v) {
  char text[32];
  std::snprintf(text, sizeof text, v < 10 ? "%.2f" : v < 100 ? "%.1f" : "%.0f", v);
  return text;
}
std::string cycles(Kind k, double cost, double hz) {
  if (k == Kind::count || hz == 0) return "-";
  const double c = cost * hz;
  return k == Kind::per_second && c >= 1e4 ? number(c / 1e3) + "k" : number(c);
}
std::string quoted(std::string_view s) {
  std::string q = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') q += '\\';
    q += c;
  }
  return q + '"';
}
std::string ratio_text(double r) { return r == 0 ? "null" : std::to_string(r); }

}  // namespace

double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double clock_cost() {
  static const double cost = [] {
    std::vector<double> v;
    for (int i = 0; i < 1001; ++i) {
      const double start = now();
      v.push_back(now() - start);
    }
    return median(v);
  }();
  return cost;
}

double core_frequency() {
#if defined(__x86_64__)
  // A 64-bit imul takes three cycles on every x86 core of the last fifteen years.
  constexpr unsigned kSteps = 1'000'000;
  double best = 1e9;
  for (int turn = 0; turn < 5; ++turn) {
    unsigned long x = 3;
    const double start = now();
    for (unsigned i = 0; i < kSteps / 8; ++i)
      asm volatile(
          "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\t"
          "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0"
          : "+r"(x));
    best = std::min(best, now() - start);
  }
  return 3.0 * kSteps / best;
#else
  return 0;
#endif
}

Options parse_options(int argc, char** argv) {
  Options o;
  bool good = true, filtered = false;
  for (int i = 1; i < argc && good; ++i) {
    const std::string_view arg = argv[i];
    const auto value = [&]() -> std::string_view {
      good = i + 1 < argc;
      return good ? argv[++i] : "";
    };
    if (arg == "--json") {
      o.json = value();
    } else if (arg == "--rounds") {
      const std::string_view v = value();
      const auto [end, error] = std::from_chars(v.data(), v.data() + v.size(), o.rounds);
      good = good && error == std::errc{} && end == v.data() + v.size() && o.rounds > 0;
    } else if (arg.starts_with("-") || filtered) {
      good = false;
    } else {
      o.filter = arg;
      filtered = true;
    }
  }
  if (good) return o;
  std::cerr << "usage: " << argv[0] << " [TEXT] [--json FILE] [--rounds N]\n"
            << "  TEXT: only rows whose name holds it\n";
  std::exit(2);
}

Report::Report(Options o) : options_(std::move(o)) {
  std::printf("%-47s %14s %14s %7s %6s %11s %11s\n", "what", "parley", kPeer.data(), "ratio", "+-",
              "cyc parley", "cyc peer");
}

bool Report::wants(std::span<const Metric> metrics) const {
  return std::ranges::any_of(metrics, [this](const Metric& m) {
    return m.name.find(options_.filter) != std::string::npos;
  });
}

void Report::run(const std::vector<Metric>& metrics, const std::vector<Contender>& contenders) {
  if (!wants(metrics)) return;
  // costs[contender][metric][round]
  std::vector<std::vector<std::vector<double>>> costs(
      contenders.size(), std::vector<std::vector<double>>(metrics.size()));
  std::vector<double> one(metrics.size());
  for (const Contender& c : contenders) c.measure(one);
  const double hz = core_frequency();
  for (unsigned round = 0; round < options_.rounds; ++round)
    for (std::size_t c = 0; c < contenders.size(); ++c) {
      contenders[c].measure(one);
      for (std::size_t m = 0; m < metrics.size(); ++m) costs[c][m].push_back(one[m]);
    }

  for (std::size_t m = 0; m < metrics.size(); ++m) {
    if (metrics[m].name.find(options_.filter) == std::string::npos) continue;
    const Kind kind = metrics[m].kind;
    Row row{.name = metrics[m].name, .unit = unit(kind)};
    std::string peer_value = "-", peer_cycles = "-", ratio = "-", deviation = "-";
    for (std::size_t c = 0; c < contenders.size(); ++c) {
      const double cost = median(costs[c][m]);
      row.values.emplace_back(contenders[c].name, shown(kind, cost));
      if (c == 0) continue;
      std::vector<double> ratios;
      for (unsigned r = 0; r < options_.rounds; ++r)
        ratios.push_back(costs[c][m][r] / costs[0][m][r]);
      const double mid = median(ratios);
      row.ratio_best = row.ratio_best == 0 ? mid : std::min(row.ratio_best, mid);
      if (contenders[c].name != kPeer) continue;
      row.ratio_openssl = mid;
      peer_value = number(shown(kind, cost)) + unit(kind);
      peer_cycles = cycles(kind, cost, hz);
      ratio = number(mid);
      deviation = number(100 * spread(ratios)) + "%";
    }
    const double own = median(costs[0][m]);
    std::printf("%-47s %14s %14s %7s %6s %11s %11s\n", row.name.c_str(),
                (number(shown(kind, own)) + unit(kind)).c_str(), peer_value.c_str(), ratio.c_str(),
                deviation.c_str(), cycles(kind, own, hz).c_str(), peer_cycles.c_str());
    std::fflush(stdout);
    rows_.push_back(std::move(row));
  }
}

int Report::finish() {
  if (rows_.empty()) {
    std::cerr << "no row has '" << options_.filter << "' in its name\n";
    return 1;
  }
  if (options_.json.empty()) return 0;
  std::ofstream f(options_.json);
  f << "[";
  const char* separator = "\n";
  for (const Row& r : rows_) {
    f << separator << "  {\"name\": " << quoted(r.name) << ", \"unit\": " << quoted(r.unit)
      << ", \"parley\": " << r.values.front().second << ", \"peers\": {";
    for (std::size_t i = 1; i < r.values.size(); ++i)
      f << (i > 1 ? ", " : "") << quoted(r.values[i].first) << ": " << r.values[i].second;
    f << "}, \"ratio_openssl\": " << ratio_text(r.ratio_openssl)
      << ", \"ratio_best\": " << ratio_text(r.ratio_best) << "}";
    separator = ",\n";
  }
  f << "\n]\n";
  f.close();
  if (f) return 0;
  std::cerr << "cannot write " << options_.json << "\n";
  return 1;
}

}  // namespace parley::bench

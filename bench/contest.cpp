#include "contest.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <limits>
#include <string_view>

namespace parley::bench {
namespace {

/// No such peer; null in JSON.
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Half the distance between the quartiles, relative to the median.
double spread(const std::vector<double>& values) {
  std::vector<double> v = values;
  std::ranges::sort(v);
  const double middle = v[v.size() / 2];
  return middle == 0 ? 0 : (v[v.size() * 3 / 4] - v[v.size() / 4]) / 2 / middle;
}

std::string shown(double v, const std::string& unit = "") {
  if (std::isnan(v)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, v < 10 ? "%.2f" : v < 100 ? "%.1f" : "%.0f", v);
  return text + unit;
}

void usage() {
  std::cerr << "usage: [TEXT] [--json FILE] [--benchmark_...]\n"
               "  TEXT: only rows whose name matches this regular expression\n"
               "Flags of Google Benchmark, of which --benchmark_out and --benchmark_format have\n"
               "no use here:\n";
  benchmark::PrintDefaultHelp();
}
[[noreturn]] void refuse() {
  usage();
  std::exit(2);
}

}  // namespace

double now() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double clock_cost() {
  static const double cost = [] {
    std::vector<double> v(1001);
    for (double& interval : v) {
      const double start = now();
      interval = now() - start;
    }
    std::ranges::sort(v);
    return v[v.size() / 2];
  }();
  return cost;
}

Table::Table(int argc, char** argv) {
  // Our defaults come first, so that the command line may say otherwise.
  static char interleave[] = "--benchmark_enable_random_interleaving=true";
  static char repetitions[] = "--benchmark_repetitions=9";
  static char min_time[] = "--benchmark_min_time=0.05";
  std::vector<char*> args{argv[0], interleave, repetitions, min_time};
  args.insert(args.end(), argv + 1, argv + argc);
  int count = static_cast<int>(args.size());
  benchmark::Initialize(&count, args.data(), usage);
  args.resize(static_cast<std::size_t>(count));

  std::string filter = benchmark::GetBenchmarkFilter();
  for (auto arg = args.begin() + 1; arg != args.end(); ++arg) {
    const std::string_view text = *arg;
    if (text == "--json" && arg + 1 != args.end())
      json_file_ = *++arg;
    else if (text.starts_with("-"))
      refuse();
    else
      filter = text;
  }
  try {
    filter_ = filter;
  } catch (const std::regex_error&) {
    refuse();
  }
}

void Table::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs)
    for (const auto& [name, counter] : run.counters) {
      const bool bytes = name == "bytes_per_second";
      Result& result = results_[run.run_name.function_name];
      result.unit = bytes ? "MB/s" : name == "items_per_second" ? "/s" : "";
      if (run.aggregate_name == "spread") result.spread = counter.value;
      // The median comes after the repetitions; of a single one there is no median.
      if (run.run_type == Run::RT_Iteration || run.aggregate_name == "median")
        result.median = (bytes ? 1e-6 : 1) * counter.value;
    }
}

void Table::row(const std::string& name, const std::vector<Contender>& contenders, Timing timing) {
  if (!wants(name)) return;
  matched_ = true;
  results_.clear();
  for (const Contender& c : contenders) {
    auto* const b = benchmark::RegisterBenchmark((name + "/" + c.name).c_str(), c.run);
    b->ComputeStatistics("spread", spread, benchmark::kPercentage);
    if (timing == Timing::share) b->UseManualTime();
  }
  // One row at a time: turns are then taken within seconds, and a machine that slows down for a
  // while slows all contenders of the row.
  benchmark::RunSpecifiedBenchmarks(this, ".");
  benchmark::ClearRegisteredBenchmarks();

  const auto own = results_.find(name + "/parley");
  if (own == results_.end()) return;  // only listed
  const auto& [unit, own_median, own_spread] = own->second;
  double openssl = kNone, ratio_openssl = kNone, deviation = kNone, ratio_best = kNone;
  auto peers = nlohmann::ordered_json::object();
  for (const Contender& c : contenders) {
    const auto peer = results_.find(name + "/" + c.name);
    if (peer == own || peer == results_.end()) continue;
    const double median = peer->second.median;
    const double ratio = unit.empty() ? median / own_median : own_median / median;
    peers[c.name] = median;
    ratio_best = std::fmin(ratio_best, ratio);
    if (c.name != "openssl") continue;
    openssl = median;
    ratio_openssl = ratio;
    deviation = 100 * (own_spread + peer->second.spread);
  }
  constexpr const char* kLine = "%-47s %12s %12s %13s %6s %10s\n";
  if (rows_.empty())
    std::printf(kLine, "what", "parley", "OpenSSL 3.0", "ratio_openssl", "+-", "ratio_best");
  std::printf(kLine, name.c_str(), shown(own_median, unit).c_str(), shown(openssl, unit).c_str(),
              shown(ratio_openssl).c_str(), shown(deviation, "%").c_str(),
              shown(ratio_best).c_str());
  std::fflush(stdout);
  rows_.push_back({{"name", name},
                   {"unit", unit},
                   {"parley", own_median},
                   {"peers", std::move(peers)},
                   {"ratio_openssl", ratio_openssl},
                   {"ratio_best", ratio_best}});
}

int Table::finish() {
  if (!matched_) {
    std::cerr << "no row matches\n";
    return 3;
  }
  if (json_file_.empty()) return 0;
  std::ofstream f(json_file_);
  f << rows_.dump(2) << std::endl;
  if (f) return 0;
  std::cerr << "cannot write " << json_file_ << "\n";
  return 1;
}

}  // namespace parley::bench

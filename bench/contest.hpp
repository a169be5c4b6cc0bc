// Contests: the same work done by several stacks in turn, and the table of what came out. Google
// Benchmark times, repeats and interleaves; only the table is ours.
#pragma once
#include <benchmark/benchmark.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

namespace parley::bench {

/// What `run` sets where neither items nor bytes per second are measured: less is better.
inline constexpr char kCount[] = "count";

/// Somebody who does the work. `run` sets one result: SetItemsProcessed(), SetBytesProcessed() or
/// counters[kCount]; or it calls SkipWithError() when this stack cannot do the work.
struct Contender {
  std::string name;  ///< "parley" or the peer's
  std::function<void(benchmark::State&)> run;
};

enum class Timing : std::uint8_t {
  whole,  ///< processor time of the whole loop
  share,  ///< what `run` hands to SetIterationTime()
};

/// Measures row after row and prints the medians side by side.
class Table final : public benchmark::BenchmarkReporter {
 public:
  /// Understands [TEXT] [--json FILE] and the flags of Google Benchmark; otherwise prints usage
  /// and exits with 2.
  Table(int argc, char** argv);

  /// The row's name matches TEXT.
  bool wants(const std::string& name) const { return std::regex_search(name, filter_); }
  /// Runs the contenders, parley first in the list, in random order until each had all its
  /// repetitions, and prints the row. Nothing happens unless wanted.
  void row(const std::string& name, const std::vector<Contender>&, Timing = Timing::whole);
  /// Writes the JSON file. Returns the exit code of the program: 3 if no row was wanted.
  int finish();

  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override;

 private:
  struct Result {
    std::string unit;
    double median = 0, spread = 0;
  };
  std::regex filter_;
  bool matched_ = false;
  std::string json_file_;
  nlohmann::ordered_json rows_ = nlohmann::ordered_json::array();
  std::map<std::string, Result> results_;  // of the row being measured, by "row/contender"
};

/// Seconds of processor time of this thread: what others run on the machine does not count.
double now();
/// What one interval between two now() measures too much; to be subtracted where intervals are
/// short.
double clock_cost();

}  // namespace parley::bench

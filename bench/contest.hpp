// Contests: the same work done by several stacks in turn, and the table of what came out.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace parley::bench {

/// How a cost is shown. A cost is always "less is better": seconds per unit of work, or a count.
enum class Kind : std::uint8_t {
  per_second,  ///< seconds per operation, shown as operations per second
  megabytes,   ///< seconds per byte, shown as 10^6 bytes per second
  count,       ///< shown as it is
};

/// One row of the table.
struct Metric {
  std::string name;
  Kind kind = Kind::per_second;
};

/// Somebody who does the work. `measure` does a batch of it and writes one cost per metric.
struct Contender {
  std::string name;
  std::function<void(std::span<double> costs)> measure;
};

/// What the command line asks for.
struct Options {
  std::string filter;  ///< only rows whose name holds this text
  std::string json;    ///< file to write, or empty
  unsigned rounds = 15;
};
/// Understands [TEXT] [--json FILE] [--rounds N]; otherwise prints usage and exits with 2.
Options parse_options(int argc, char** argv);

/// Collects rows, prints them as they come and writes the JSON file at the end.
class Report {
 public:
  explicit Report(Options);

  /// Some row of this contest is wanted.
  bool wants(std::span<const Metric>) const;
  /// Lets the contenders, parley first, take turns: one batch each to warm up, then `rounds`
  /// rounds. The medians are shown; ratios are medians of the ratios within each round, so that
  /// a machine that slows down for a while slows both. Nothing happens unless wanted.
  void run(const std::vector<Metric>&, const std::vector<Contender>&);
  /// Writes the JSON file. Returns the exit code of the program.
  int finish();

 private:
  struct Row {
    std::string name, unit;
    std::vector<std::pair<std::string, double>> values;  // parley first
    double ratio_openssl = 0, ratio_best = 0;            // 0: no peer
  };
  Options options_;
  std::vector<Row> rows_;
};

/// Seconds of processor time of this thread: what others run on the machine does not count.
double now();
/// What one interval between two now() measures too much; to be subtracted where intervals are
/// short.
double clock_cost();
/// Clock frequency of this core as it is now, in Hz: a chain of multiplications of known latency
/// is timed. 0 where that is not known.
double core_frequency();

}  // namespace parley::bench

// Bulk data over memory: what a byte costs the sender and the receiver.
#include "contest.hpp"
#include "stack.hpp"

namespace {

using namespace parley;
using namespace parley::bench;

/// Bytes that are sent before they are received, whatever the size of a write: the clock is read
/// so seldom that reading it costs nothing.
constexpr std::size_t kGroup = 16384;

/// An open connection that has been measured for a while.
class Stream {
 public:
  Stream(Stack& stack, std::size_t write_size)
      : pair_(stack.pair(false)), write_size_(write_size), data_(kGroup), received_(kGroup) {
    for (std::size_t i = 0; i < kGroup; ++i) data_[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    bool open[2] = {false, false};
    for (Side s = Side::client; !open[0] || !open[1]; s = other(s))
      open[static_cast<std::size_t>(s)] = pair_->step(s);
  }

  /// Seconds per byte of sender and receiver, over `batch` seconds.
  void measure(double batch, double& sender, double& receiver) {
    double sending = 0, receiving = 0, bytes = 0;
    for (const double stop = now() + batch; now() < stop; bytes += kGroup) {
      const double start = now();
      for (std::size_t at = 0; at < kGroup; at += write_size_)
        pair_->send(ByteView{data_}.subspan(at, write_size_));
      const double sent = now();
      pair_->receive(received_);
      receiving += now() - sent - clock_cost();
      sending += sent - start - clock_cost();
    }
    if (received_ != data_) give_up("other bytes arrived than were sent");
    sender = sending / bytes;
    receiver = receiving / bytes;
  }

 private:
  std::unique_ptr<Pair> pair_;
  std::size_t write_size_;
  Bytes data_, received_;
};

void contest(Report& report, const std::string& suite, std::size_t write_size,
             Splitting splitting = Splitting::as_usual) {
  const std::string what = suite + (splitting == Splitting::off ? " unsplit" : "") +
                           ", writes of " + std::to_string(write_size / 1024) + " KiB";
  const std::vector<Metric> metrics{{what + ", sender", Kind::megabytes},
                                    {what + ", receiver", Kind::megabytes}};
  if (!report.wants(metrics)) return;
  const std::unique_ptr<Stack> stacks[] = {make_parley(suite, splitting),
                                           make_openssl(suite, splitting)};
  std::vector<Contender> contenders;
  for (const auto& stack : stacks) {
    if (!stack) continue;
    contenders.push_back({stack->name(), [stream = std::make_shared<Stream>(*stack, write_size)](
                                             std::span<double> costs) {
                            stream->measure(0.02, costs[0], costs[1]);
                          }});
  }
  report.run(metrics, contenders);
}

}  // namespace

int main(int argc, char** argv) {
  Report report(parse_options(argc, argv));
  for (const char* suite :
       {"AES128-SHA", "AES256-SHA", "DES-CBC3-SHA", "RC4-SHA", "RC4-MD5", "NULL-SHA"})
    for (const std::size_t size : {std::size_t{16384}, std::size_t{1024}})
      contest(report, suite, size);
  for (const std::size_t size : {std::size_t{16384}, std::size_t{1024}})
    contest(report, "AES128-SHA", size, Splitting::off);
  return report.finish();
}

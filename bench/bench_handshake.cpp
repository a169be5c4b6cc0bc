// Handshakes per second over memory, each end's share of the time, and heap use.
#include <array>

#include "contest.hpp"
#include "stack.hpp"

namespace {

using namespace parley;
using namespace parley::bench;

/// What one end spent.
struct Share {
  double seconds = 0;
  std::size_t allocations = 0;
  std::ptrdiff_t live_bytes = 0;  ///< while open and idle
};
using Shares = std::array<Share, 2>;

template <class Work>
auto charge(Share& share, Work work) {
  const Heap before = heap();
  const double start = now();
  const auto result = work();
  share.seconds += now() - start - clock_cost();
  const Heap after = heap();
  share.allocations += after.allocations - before.allocations;
  share.live_bytes += after.live_bytes - before.live_bytes;
  return result;
}

/// Handshakes of one kind until `batch` seconds have gone by; means per handshake.
Shares handshakes(Stack& stack, bool resume, double batch) {
  Shares sum;
  double count = 0;
  for (const double stop = now() + batch; now() < stop; ++count) {
    const auto pair = stack.pair(resume);
    bool open[2] = {false, false};
    for (Side s = Side::client; !open[0] || !open[1]; s = other(s)) {
      const auto i = static_cast<std::size_t>(s);
      open[i] = charge(sum[i], [&] { return pair->step(s); });
    }
    if (pair->resumed() != resume) give_up(resume ? "not resumed" : "resumed");
    pair->remember_session();
    const Shares while_open = sum;
    for (const Side s : {Side::client, Side::server}) {
      const auto i = static_cast<std::size_t>(s);
      charge(sum[i], [&] {
        pair->end(s);
        return 0;
      });
      sum[i].live_bytes = while_open[i].live_bytes;
    }
  }
  for (Share& s : sum) {
    s.seconds /= count;
    s.allocations = static_cast<std::size_t>(static_cast<double>(s.allocations) / count + 0.5);
    s.live_bytes = static_cast<std::ptrdiff_t>(static_cast<double>(s.live_bytes) / count);
  }
  return sum;
}

void contest(Report& report, const std::string& what, bool resume) {
  const std::vector<Metric> metrics{
      {what + ", both ends", Kind::per_second},
      {what + ", client", Kind::per_second},
      {what + ", server", Kind::per_second},
      {what + ", allocations of both ends", Kind::count},
      {what + ", heap bytes of an idle server", Kind::count},
  };
  if (!report.wants(metrics)) return;
  const std::unique_ptr<Stack> stacks[] = {make_parley("AES128-SHA"), make_openssl("AES128-SHA")};
  std::vector<Contender> contenders;
  for (const auto& stack : stacks) {
    if (!stack) continue;
    if (resume) handshakes(*stack, false, 0.001);  // the session to resume
    contenders.push_back({stack->name(), [&stack, resume](std::span<double> costs) {
                            const auto [client, server] = handshakes(*stack, resume, 0.1);
                            costs[0] = client.seconds + server.seconds;
                            costs[1] = client.seconds;
                            costs[2] = server.seconds;
                            costs[3] = static_cast<double>(client.allocations + server.allocations);
                            costs[4] = static_cast<double>(server.live_bytes);
                          }});
  }
  report.run(metrics, contenders);
}

}  // namespace

int main(int argc, char** argv) {
  Report report(parse_options(argc, argv));
  contest(report, "full RSA-2048", false);
  contest(report, "resumed by id", true);
  return report.finish();
}

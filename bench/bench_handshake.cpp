// Handshakes per second over memory, each end's share of the time, and heap use.
#include <array>

#include "contest.hpp"
#include "stack.hpp"

namespace {

using namespace parley;
using namespace parley::bench;

enum class What : std::uint8_t { both_ends, client, server, allocations, idle_server_bytes };

/// What one end spent.
struct Share {
  double seconds = 0;
  std::size_t allocations = 0;
  std::ptrdiff_t live_bytes = 0;
};

/// One connection from its making to its end. The clock is read only if `clocked`.
class Handshake {
 public:
  Handshake(Stack& stack, bool resume, bool clocked) : clocked_(clocked) {
    const auto pair = stack.pair(resume);
    bool open[2] = {false, false};
    for (Side s = Side::client; !open[0] || !open[1]; s = other(s))
      charge(s, [&] { open[static_cast<std::size_t>(s)] = pair->step(s); });
    if (pair->resumed() != resume) give_up(resume ? "not resumed" : "resumed");
    idle_server_bytes = share(Side::server).live_bytes;
    pair->remember_session();
    for (const Side s : {Side::client, Side::server}) charge(s, [&] { pair->end(s); });
  }
  const Share& share(Side s) const { return shares_[static_cast<std::size_t>(s)]; }

  std::ptrdiff_t idle_server_bytes = 0;

 private:
  template <class Work>
  void charge(Side side, Work work) {
    Share& share = shares_[static_cast<std::size_t>(side)];
    const Heap before = heap();
    const double start = clocked_ ? now() : 0;
    work();
    if (clocked_) share.seconds += now() - start - clock_cost();
    const Heap after = heap();
    share.allocations += after.allocations - before.allocations;
    share.live_bytes += after.live_bytes - before.live_bytes;
  }

  bool clocked_;
  std::array<Share, 2> shares_{};
};

void handshakes(benchmark::State& state, const std::unique_ptr<Stack>& stack, bool resume,
                What what) {
  if (!stack) return state.SkipWithError("this stack does not have the suite");
  if (resume) Handshake(*stack, false, false);  // the session to resume
  const bool clocked = what == What::client || what == What::server;
  double sum = 0;
  for (auto _ : state) {
    const Handshake h(*stack, resume, clocked);
    const Share &client = h.share(Side::client), &server = h.share(Side::server);
    if (clocked) state.SetIterationTime((what == What::client ? client : server).seconds);
    sum += what == What::allocations ? static_cast<double>(client.allocations + server.allocations)
                                     : static_cast<double>(h.idle_server_bytes);
  }
  if (what == What::allocations || what == What::idle_server_bytes)
    state.counters[kCount] = {sum, benchmark::Counter::kAvgIterations};
  else
    state.SetItemsProcessed(state.iterations());
}

void contest(Table& table, const std::string& kind, const Settings& settings, bool resume) {
  const auto row = [&](const char* name, What what, Timing timing = Timing::whole) {
    const auto contender = [=](const char* stack, auto make) {
      return Contender{
          stack, [=](benchmark::State& state) { handshakes(state, make(settings), resume, what); }};
    };
    table.row(kind + "/" + name,
              {contender("parley", make_parley), contender("openssl", make_openssl)}, timing);
  };
  row("both ends", What::both_ends);
  row("client", What::client, Timing::share);
  row("server", What::server, Timing::share);
  row("allocations of both ends", What::allocations);
  row("heap bytes of an idle server", What::idle_server_bytes);
}

/// Nobody listens, beside an observer at each end: ratio_best is how many times faster that is.
void silence(Table& table, const std::string& kind, const Settings& settings, bool resume) {
  const auto contender = [=](const char* name, bool watched) {
    return Contender{name, [=](benchmark::State& state) {
                       Settings s = settings;
                       s.watched = watched;
                       handshakes(state, make_parley(s), resume, What::both_ends);
                     }};
  };
  table.row(kind + "/silent, beside watched",
            {contender("parley", false), contender("watched", true)});
}

}  // namespace

int main(int argc, char** argv) {
  Table table(argc, argv);
  const Settings tls10{.suite = "AES128-SHA"};
  contest(table, "full RSA-2048", tls10, false);
  contest(table, "full ECDHE-RSA P-256", {.suite = "ECDHE-RSA-AES128-SHA"}, false);
  contest(table, "full DHE-RSA 2048", {.suite = "DHE-RSA-AES128-SHA"}, false);
  contest(table, "resumed by id", tls10, true);
  Settings tls12{.suite = "ECDHE-RSA-AES128-GCM-SHA256", .version = ProtocolVersion::tls12};
  contest(table, "TLS 1.2 full ECDHE-RSA P-256", tls12, false);
  contest(table, "TLS 1.2 resumed by id", tls12, true);
  tls12.group = NamedGroup::x25519;
  contest(table, "TLS 1.2 full ECDHE-RSA X25519", tls12, false);
  silence(table, "TLS 1.2 full ECDHE-RSA X25519", tls12, false);
  silence(table, "TLS 1.2 resumed by id", tls12, true);
  return table.finish();
}

// Bulk data over memory: what a byte costs the sender and the receiver.
#include "contest.hpp"
#include "stack.hpp"

namespace {

using namespace parley;
using namespace parley::bench;

/// Bytes that are sent before they are received, whatever the size of a write: the clock is read
/// so seldom that reading it costs next to nothing.
constexpr std::size_t kGroup = 16384;

/// Times the client, who sends, or the server, who receives.
void stream(benchmark::State& state, const std::unique_ptr<Stack>& stack, std::size_t write_size,
            Side timed) {
  if (!stack) return state.SkipWithError("this stack does not have the suite");
  const auto pair = stack->pair(false);
  bool open[2] = {false, false};
  for (Side s = Side::client; !open[0] || !open[1]; s = other(s))
    open[static_cast<std::size_t>(s)] = pair->step(s);

  Bytes data(kGroup), received(kGroup);
  for (std::size_t i = 0; i < kGroup; ++i) data[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  for (auto _ : state) {
    const double start = now();
    for (std::size_t at = 0; at < kGroup; at += write_size)
      pair->send(ByteView{data}.subspan(at, write_size));
    const double sent = now();
    pair->receive(received);
    const double end = now();
    state.SetIterationTime((timed == Side::client ? sent - start : end - sent) - clock_cost());
  }
  if (received != data) give_up("other bytes arrived than were sent");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kGroup));
}

void contest(Table& table, const Settings& settings, std::size_t write_size) {
  const std::string what =
      std::string{settings.version == ProtocolVersion::tls12 ? "TLS 1.2 " : ""} + settings.suite +
      (settings.splitting == Splitting::off ? " unsplit" : "") + ", writes of " +
      std::to_string(write_size / 1024) + " KiB/";
  for (const Side side : {Side::client, Side::server}) {
    const auto contender = [=](const char* name, auto make) {
      return Contender{
          name, [=](benchmark::State& state) { stream(state, make(settings), write_size, side); }};
    };
    table.row(what + (side == Side::client ? "sender" : "receiver"),
              {contender("parley", make_parley), contender("openssl", make_openssl)},
              Timing::share);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Table table(argc, argv);
  std::vector<Settings> all;
  for (const char* suite :
       {"AES128-SHA", "AES256-SHA", "DES-CBC3-SHA", "RC4-SHA", "RC4-MD5", "NULL-SHA"})
    all.push_back({.suite = suite});
  all.push_back({.suite = "AES128-SHA", .splitting = Splitting::off});
  for (const char* suite :
       {"AES128-SHA", "AES128-SHA256", "AES128-GCM-SHA256", "AES256-GCM-SHA384"})
    all.push_back({.suite = suite, .version = ProtocolVersion::tls12});
  all.push_back({.suite = "ECDHE-RSA-CHACHA20-POLY1305",
                 .iana = "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                 .version = ProtocolVersion::tls12});
  for (const Settings& settings : all)
    for (const std::size_t size : {std::size_t{16384}, std::size_t{1024}})
      contest(table, settings, size);
  return table.finish();
}

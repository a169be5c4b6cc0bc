// SSL 2.0 in both roles against any bytes: the first byte says which. Seeds: what each side hears
// in a connection with itself (record_flows).
#include "fuzz/fuzz_engine.hpp"
#include "support/ssl2_pair.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// drive() of fuzz_engine.hpp for an engine without its Connection.
Bytes drive_engine(Engine& e, ByteView input, std::size_t piece) {
  Bytes said;
  std::array<std::uint8_t, 4096> buffer{};
  const auto listen = [&] {
    append(said, e.outgoing());
    e.sent(e.outgoing().size());
    while (const std::size_t n = e.read(buffer)) append(said, ByteView{buffer}.first(n));
  };
  e.start();
  listen();
  while (!input.empty()) {
    const std::size_t n = e.feed(input.first(std::min(piece, input.size())));
    listen();
    if (n == 0) break;
    input = input.subspan(n);
  }
  e.end_of_stream();
  listen();
  return said;
}

Bytes run(Side side, ByteView input, std::size_t piece) {
  SeededRng rng{ssl2_fuzz_seed(side)};
  const FixedClock clock{kNow};
  const auto e = ssl2::make_engine(side, ssl2_fuzz_config(side), {rng, clock});
  return drive_engine(*e, input, piece);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Side side = (data[0] & 1) == 0 ? Side::client : Side::server;
  const ByteView input{data + 1, size - 1};
  if (run(side, input, input.size()) != run(side, input, 1)) std::abort();
  return 0;
}

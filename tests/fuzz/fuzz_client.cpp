// The engine as client against any bytes. Seeds: what a client hears in the golden flows.
#include "fuzz/fuzz_engine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::test;
  static const auto config = [] {
    const auto c = client_config({}, "ALL:COMPLEMENTOFALL");
    c->verify_mode = VerifyMode::none;  // so that anonymous suites are reached too
    c->min_dh_bits = 512;
    return std::shared_ptr<const Config>{c};
  }();
  check_chunking(
      [] {
        thread_local std::vector<std::unique_ptr<SeededWorld>> worlds;
        if (worlds.size() > 4) worlds.clear();
        SeededWorld& w = *worlds.emplace_back(std::make_unique<SeededWorld>());
        return Connection::client(config, "localhost", {w.rng, w.clock});
      },
      {data, size});
  return 0;
}

// The engine as client against any bytes. Seeds: what a client hears in the golden flows.
#include "fuzz/fuzz_engine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::test;
  static const auto config = fuzz_config(Side::client);
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

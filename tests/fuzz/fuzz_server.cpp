// The engine as server against any bytes. Seeds: what a server hears in the golden flows.
#include "fuzz/fuzz_engine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  using namespace parley::test;
  static const auto config = [] {
    const auto c = server_config({}, "ALL:COMPLEMENTOFALL");
    c->identities = {server_identity(), era_identity(KeyType::dsa, KeyType::dsa),
                     era_identity(KeyType::ec, KeyType::ec)};
    c->verify_mode = VerifyMode::optional;
    c->sessions = nullptr;  // one input must not depend on the last
    return std::shared_ptr<const Config>{c};
  }();
  check_chunking(
      [] {
        thread_local std::vector<std::unique_ptr<SeededWorld>> worlds;
        if (worlds.size() > 4) worlds.clear();
        SeededWorld& w = *worlds.emplace_back(std::make_unique<SeededWorld>());
        return Connection::server(config, {w.rng, w.clock});
      },
      {data, size});
  return 0;
}

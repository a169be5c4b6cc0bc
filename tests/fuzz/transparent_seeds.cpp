// transparent_seeds DIRECTORY: what either side hears in connections whose cryptography is
// transparent: a handshake, data, a renegotiation, and the end. They seed fuzz_transparent_*.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "fuzz/fuzz_engine.hpp"

namespace {

using namespace parley;
using namespace parley::test;

/// Empty when the two have no such suite in common.
Bytes heard_by(Side victim, const CipherSuite& suite, ProtocolVersion version) {
  const Pair::Options o = suite_options(suite, version);
  auto trusting = std::make_shared<Config>(*o.client);
  trusting->verify_mode = VerifyMode::none;
  SeededWorld victims;
  SeededRng rng{43};
  const bool is_client = victim == Side::client;
  Connection client =
      Connection::client(is_client ? fuzz_config(Side::client) : trusting, "localhost",
                         {is_client ? victims.rng : rng, victims.clock});
  Connection server = Connection::server(is_client ? o.server : fuzz_config(Side::server),
                                         {is_client ? rng : victims.rng, victims.clock});
  Connection& peer = is_client ? server : client;
  Wire from_client, from_server;
  settle(client, server, from_client, from_server);
  if (peer.phase() != Connection::Phase::open) return {};
  if (!peer.write(as_bytes("a little data"))) return {};
  settle(client, server, from_client, from_server);
  if (peer.renegotiate()) settle(client, server, from_client, from_server);
  if (peer.close()) settle(client, server, from_client, from_server);
  return (is_client ? from_server : from_client).log;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: transparent_seeds DIRECTORY\n";
    return 2;
  }
  for (const Side victim : {Side::client, Side::server})
    for (const ProtocolVersion v : all_versions())
      for (const char* name : {"AES128-SHA", "DHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA",
                               "ADH-AES128-SHA", "ECDHE-RSA-AES128-GCM-SHA256"}) {
        const CipherSuite* s = find_cipher_suite(std::string_view{name});
        const Bytes heard = heard_by(victim, *s, v);
        if (heard.empty()) continue;
        const auto folder =
            std::filesystem::path{argv[1]} / ("fuzz_transparent_" + std::string{side_name(victim)});
        std::filesystem::create_directories(folder);
        std::ofstream{folder / (test_name(v) + "-" + name), std::ios::binary}.write(
            as_text(heard).data(), static_cast<std::streamsize>(heard.size()));
      }
}

// Two engines of SSL 2.0 joined by a pipe, without the door in front of them.
#pragma once
#include "ssl2/engine.hpp"
#include "support/pair.hpp"

namespace parley::test {

class Ssl2Pair {
 public:
  explicit Ssl2Pair(Pair::Options o)
      : client_rng_(2 * o.seed),
        server_rng_(2 * o.seed + 1),
        client(ssl2::make_engine(Side::client, std::move(o.client),
                                 {client_rng_, clock, &client_seen}, std::move(o.resume))),
        server(ssl2::make_engine(Side::server, std::move(o.server),
                                 {server_rng_, clock, &server_seen})) {
    client->start();
    server->start();
  }

  bool deliver(Side from) {
    return test::deliver(at(from), at(other(from)),
                         from == Side::client ? from_client : from_server);
  }
  /// Moves bytes until nothing moves any more; returns whether both are open.
  bool run() {
    settle(*client, *server, from_client, from_server);
    return client->phase() == Engine::Phase::open && server->phase() == Engine::Phase::open;
  }
  /// Writes at one end and reads everything at the other.
  Bytes transfer(Side from, ByteView data) {
    return test::transfer(at(from), at(other(from)),
                          from == Side::client ? from_client : from_server, data);
  }
  Engine& at(Side s) { return s == Side::client ? *client : *server; }

  FixedClock clock{kNow};

 private:
  SeededRng client_rng_, server_rng_;

 public:
  Recorder client_seen, server_seen;
  std::unique_ptr<Engine> client, server;
  Wire from_client, from_server;
};

/// Every kind, or those named.
inline std::shared_ptr<Config> ssl2_config(Side side, std::string_view kinds = "ALL") {
  const std::vector versions{ProtocolVersion::ssl20};
  auto c = side == Side::client ? client_config(versions) : server_config(versions);
  c->suites = *parse_cipher_list(kinds, CipherContext::sslv2);
  return c;
}

/// What fuzz_ssl2 runs, and record_flows to make its seeds: one input must not depend on the last.
inline std::shared_ptr<const Config> ssl2_fuzz_config(Side side) {
  const auto make = [](Side s) {
    auto c = ssl2_config(s);
    c->verify_mode = s == Side::client ? VerifyMode::none : VerifyMode::optional;
    c->sessions = nullptr;
    if (s == Side::client) c->identities = {client_identity()};
    return std::shared_ptr<const Config>{c};
  };
  static const auto client = make(Side::client), server = make(Side::server);
  return side == Side::client ? client : server;
}
/// Of the SeededRng; those of an Ssl2Pair whose seed is 1.
inline std::uint64_t ssl2_fuzz_seed(Side side) { return side == Side::client ? 2 : 3; }

}  // namespace parley::test

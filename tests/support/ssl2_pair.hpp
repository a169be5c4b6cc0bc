// Two engines of SSL 2.0 joined by the pipe of pair.hpp, without the door in front of them.
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
    Engine& source = at(from);
    Engine& target = at(other(from));
    Wire& wire = from == Side::client ? from_client : from_server;
    append(wire.in_flight, source.outgoing());
    source.sent(source.outgoing().size());
    bool moved = false;
    while (!wire.in_flight.empty()) {
      const std::size_t n = std::min(wire.piece, wire.in_flight.size());
      const auto end = wire.in_flight.begin() + static_cast<std::ptrdiff_t>(n);
      Bytes piece{wire.in_flight.begin(), end};
      if (wire.tamper) wire.tamper(piece);
      const std::size_t taken = target.feed(piece);
      append(wire.log, ByteView{piece}.first(taken));
      const std::size_t gone = wire.tamper ? n : taken;
      wire.in_flight.erase(wire.in_flight.begin(),
                           wire.in_flight.begin() + static_cast<std::ptrdiff_t>(gone));
      moved = moved || gone != 0;
      if (gone == 0) break;
    }
    return moved;
  }
  /// Moves bytes until nothing moves any more; returns whether both are open.
  bool run() {
    for (int quiet = 0; quiet < 2;) {
      const bool asked = deliver(Side::client);
      const bool answered = deliver(Side::server);
      quiet = asked || answered ? 0 : quiet + 1;
    }
    return client->phase() == Engine::Phase::open && server->phase() == Engine::Phase::open;
  }
  /// Writes at one end and reads everything at the other.
  Bytes transfer(Side from, ByteView data) {
    Bytes got;
    std::array<std::uint8_t, 5000> buffer{};
    for (bool again = true; again;) {
      again = false;
      if (!data.empty()) {
        const Result<std::size_t> n = at(from).write(data);
        if (!n) return got;
        data = data.subspan(*n);
        again = !data.empty() && *n != 0;
      }
      deliver(from);
      while (const std::size_t n = at(other(from)).read(buffer)) {
        append(got, ByteView{buffer}.first(n));
        again = true;
      }
    }
    return got;
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

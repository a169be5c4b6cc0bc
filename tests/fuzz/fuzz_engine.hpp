// What the fuzzers of both sides share: one engine, seeded, fed whole and byte by byte.
#pragma once
#include <cstdlib>

#include "support/pair.hpp"

namespace parley::test {

/// What an engine made of its input. How the two streams interleave is up to the one who feeds it.
struct Effect {
  Bytes sent, data;
  bool operator==(const Effect&) const = default;
};

/// Feeds `input` in pieces of at most `piece` bytes, reading along, until it is taken or refused.
inline Effect drive(Connection c, ByteView input, std::size_t piece) {
  Effect effect;
  std::array<std::uint8_t, 4096> buffer{};
  const auto listen = [&] {
    append(effect.sent, c.outgoing());
    c.sent(c.outgoing().size());
    while (const std::size_t n = c.read(buffer)) append(effect.data, ByteView{buffer}.first(n));
  };
  listen();
  while (!input.empty()) {
    const std::size_t n = c.feed(input.first(std::min(piece, input.size())));
    listen();
    if (n == 0) break;
    input = input.subspan(n);
  }
  c.end_of_stream();
  listen();
  return effect;
}

/// The same bytes must have the same effect however they are cut.
template <class MakeConnection>
void check_chunking(MakeConnection make, ByteView input) {
  if (drive(make(), input, input.size()) != drive(make(), input, 1)) std::abort();
}

/// What the engine under test is set to. Whatever it knows, and nothing that outlives an input.
inline std::shared_ptr<const Config> fuzz_config(Side side) {
  auto c = side == Side::client ? client_config({}, "ALL:COMPLEMENTOFALL")
                                : server_config({}, "ALL:COMPLEMENTOFALL");
  if (side == Side::client) {
    c->verify_mode = VerifyMode::none;  // so that anonymous suites are reached too
    c->min_dh_bits = 512;
  } else {
    c->identities = {server_identity(), era_identity(KeyType::dsa, KeyType::dsa),
                     era_identity(KeyType::ec, KeyType::ec)};
    c->verify_mode = VerifyMode::optional;
    c->sessions = nullptr;  // one input must not depend on the last
  }
  return c;
}

/// A stream that no generator ever interrupts.
struct SeededWorld {
  SeededRng rng{42};
  FixedClock clock{kNow};
};

}  // namespace parley::test

// What the fuzzers of both sides share: one engine, seeded, fed whole and byte by byte.
#pragma once
#include <cstdlib>

#include "support/pair.hpp"

namespace parley::test {

/// Feeds `input` in pieces of at most `piece` bytes, reading along, until it is taken or refused.
inline Bytes drive(Connection c, ByteView input, std::size_t piece) {
  Bytes said;
  std::array<std::uint8_t, 4096> buffer{};
  const auto listen = [&] {
    append(said, c.outgoing());
    c.sent(c.outgoing().size());
    while (const std::size_t n = c.read(buffer)) append(said, ByteView{buffer}.first(n));
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
  return said;
}

/// The same bytes must have the same effect however they are cut.
template <class MakeConnection>
void check_chunking(MakeConnection make, ByteView input) {
  if (drive(make(), input, input.size()) != drive(make(), input, 1)) std::abort();
}

/// A stream that no generator ever interrupts.
struct SeededWorld {
  SeededRng rng{42};
  FixedClock clock{kNow};
};

}  // namespace parley::test

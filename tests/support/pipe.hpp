// The pipe between two ends that are fed bytes: it can cut, join, flip, delay and look.
#pragma once
#include <algorithm>
#include <array>
#include <functional>

#include "parley/bytes.hpp"
#include "parley/result.hpp"

namespace parley::test {

/// One direction of the pipe.
struct Wire {
  /// At most so many bytes arrive at a time; 1 feeds byte by byte.
  std::size_t piece = static_cast<std::size_t>(-1);
  /// Sees and may change each piece before it is delivered; may make it empty (drop) or longer.
  std::function<void(Bytes&)> tamper;
  /// All bytes delivered so far, as they were delivered.
  Bytes log;
  Bytes in_flight;
};

/// Moves what `source` has to say, once; returns whether anything moved.
template <class End>
bool deliver(End& source, End& target, Wire& wire) {
  append(wire.in_flight, source.outgoing());
  source.sent(source.outgoing().size());
  bool moved = false;
  while (!wire.in_flight.empty()) {
    const std::size_t n = std::min(wire.piece, wire.in_flight.size());
    Bytes piece{wire.in_flight.begin(), wire.in_flight.begin() + static_cast<std::ptrdiff_t>(n)};
    if (wire.tamper) wire.tamper(piece);
    const std::size_t taken = target.feed(piece);
    append(wire.log, ByteView{piece}.first(taken));
    // What the target did not take stays; a changed piece counts as taken whole.
    const std::size_t gone = wire.tamper ? n : taken;
    wire.in_flight.erase(wire.in_flight.begin(),
                         wire.in_flight.begin() + static_cast<std::ptrdiff_t>(gone));
    moved = moved || gone != 0;
    if (gone == 0) break;
  }
  return moved;
}

/// Moves bytes both ways until nothing moves any more.
template <class End>
void settle(End& client, End& server, Wire& from_client, Wire& from_server) {
  for (int quiet = 0; quiet < 2;) {
    const bool asked = deliver(client, server, from_client);
    const bool answered = deliver(server, client, from_server);
    quiet = asked || answered ? 0 : quiet + 1;
  }
}

/// Writes at one end and reads everything at the other.
template <class End>
Bytes transfer(End& source, End& target, Wire& wire, ByteView data) {
  Bytes got;
  std::array<std::uint8_t, 5000> buffer{};
  for (bool again = true; again;) {
    again = false;
    if (!data.empty()) {
      const Result<std::size_t> n = source.write(data);
      if (!n) return got;
      data = data.subspan(*n);
      again = !data.empty() && *n != 0;
    }
    deliver(source, target, wire);
    while (const std::size_t n = target.read(buffer)) {
      append(got, ByteView{buffer}.first(n));
      again = true;
    }
  }
  return got;
}

}  // namespace parley::test

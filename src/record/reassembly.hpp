// Handshake messages out of records: they may be split and joined at any byte.
#pragma once
#include <optional>

#include "base/byte_queue.hpp"
#include "parley/protocol.hpp"
#include "parley/result.hpp"

namespace parley {

struct HandshakeMessage {
  HandshakeType type;
  ByteView raw;   ///< with its header of four bytes, as the transcript wants it
  ByteView body;  ///< without
};

class Reassembly {
 public:
  /// Adds the fragment of a handshake record.
  void add(ByteView fragment) { queue_.append(fragment); }
  /// The message at the front, once all of it is there. A length beyond the limit of its kind
  /// is refused as soon as the header is read. Views last until the next add() or pop().
  Result<std::optional<HandshakeMessage>> front() const;
  void pop(const HandshakeMessage& m) { queue_.drop_front(m.raw.size()); }
  /// Nothing is half received: keys may change here.
  bool aligned() const { return queue_.empty(); }

 private:
  ByteQueue queue_;
};

}  // namespace parley

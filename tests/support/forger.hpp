// A peer that misbehaves under the right keys: seals any record at any moment after Finished.
#pragma once
#include "record/half.hpp"
#include "support/pair.hpp"

namespace parley::test {

/// Takes over one side of an open Pair whose suite is NULL-SHA or NULL-MD5, which keep no cipher
/// state, and seals what the real engine of that side never would.
class Forger {
 public:
  /// `records_sent`: how many protected records that side has sent already (Finished is one).
  /// `handshake`: under whose keys; 0 is the first, and the client has to have them.
  Forger(const Pair&, Side from, std::size_t records_sent = 1, std::size_t handshake = 0);
  /// One record, ready for Pair::inject().
  Bytes seal(ContentType, ByteView plaintext);

 private:
  Half half_;
  ProtocolVersion version_;
};

}  // namespace parley::test

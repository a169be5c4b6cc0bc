// One direction of a connection: the protection in force, the one that waits, the count.
#pragma once
#include "base/limits.hpp"
#include "record/protection.hpp"

namespace parley {

class Half {
 public:
  Half() : active_(make_null_protection()) {}

  /// Keys that the next ChangeCipherSpec of this direction will put into force, and the most bytes
  /// of plaintext that a record under them may hold (RFC 6066 section 4).
  void set_pending(std::unique_ptr<Protection> p, std::size_t most = limits::kPlaintext) {
    pending_ = std::move(p);
    pending_most_ = most;
  }
  /// ChangeCipherSpec: the pending protection takes over and counting starts again
  /// (RFC 2246 section 6.1).
  Status change_keys();
  /// Application data is encrypted or at least authenticated from here on.
  bool has_keys() const { return keyed_; }

  /// The same for the records of a first handshake, from the hellos on.
  void limit_plaintext(std::size_t bytes) { most_ = bytes; }
  std::size_t plaintext_limit() const { return most_; }

  /// Bytes of fragments that the protection in force has sealed and opened.
  std::uint64_t carried() const { return carried_; }

  std::size_t overhead() const { return active_->overhead(); }
  bool chains_records() const { return active_->chains_records(); }
  bool bares_a_block(std::size_t plaintext) const { return active_->bares_a_block(plaintext); }

  /// Header and fragment of one record, appended to what `out` has room for: at least
  /// kRecordHeader + plaintext + overhead(). Returns the bytes written.
  Result<std::size_t> seal(ContentType, ProtocolVersion, ByteView plaintext, ByteSpan out);
  /// Opens a run of records in place; `opened` says how many were good.
  Status open(std::span<OpenRecord> run, std::size_t& opened);

 private:
  std::unique_ptr<Protection> active_;
  std::unique_ptr<Protection> pending_;
  std::uint64_t seq_ = 0, carried_ = 0;
  std::size_t most_ = limits::kPlaintext, pending_most_ = limits::kPlaintext;
  bool keyed_ = false;
};

}  // namespace parley

// One direction of a connection: the protection in force, the one that waits, the count.
#pragma once
#include "record/protection.hpp"

namespace parley {

class Half {
 public:
  Half() : active_(make_null_protection()) {}

  /// Keys that the next ChangeCipherSpec of this direction will put into force.
  void set_pending(std::unique_ptr<Protection> p) { pending_ = std::move(p); }
  /// ChangeCipherSpec: the pending protection takes over and counting starts again
  /// (RFC 2246 section 6.1).
  Status change_keys();
  /// Application data is encrypted or at least authenticated from here on.
  bool has_keys() const { return keyed_; }

  std::size_t overhead() const { return active_->overhead(); }
  bool chains_records() const { return active_->chains_records(); }

  /// Header and fragment of one record, appended to what `out` has room for: at least
  /// kRecordHeader + plaintext + overhead(). Returns the bytes written.
  Result<std::size_t> seal(ContentType, ProtocolVersion, ByteView plaintext, ByteSpan out);
  /// Opens a run of records in place; `opened` says how many were good.
  Status open(std::span<OpenRecord> run, std::size_t& opened);

 private:
  std::unique_ptr<Protection> active_;
  std::unique_ptr<Protection> pending_;
  std::uint64_t seq_ = 0;
  bool keyed_ = false;
};

}  // namespace parley

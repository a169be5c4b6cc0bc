// What came from the peer: bytes not yet looked at, and plaintext not yet read.
#pragma once
#include <array>

#include "base/limits.hpp"
#include "parley/bytes.hpp"

namespace parley {

/// One buffer holds both: records are opened in place and read out of where they were opened.
class Inbox {
 public:
  /// Room for the views that the next records need to be queued as plaintext.
  static constexpr std::size_t kSegments = 64;

  /// Takes as many bytes as fit and returns how many.
  std::size_t append(ByteView from_peer);
  /// Gives back the last n bytes that append() took.
  void untake(std::size_t n) { end_ -= n; }

  /// Bytes that no record has been made of. The span lasts until the next append().
  ByteSpan unparsed() { return {buffer_.data() + parsed_, end_ - parsed_}; }
  /// The first n of them are dealt with.
  void parsed(std::size_t n);
  /// Queues a part of unparsed() as plaintext, before parsed() passes over it.
  void queue_plaintext(ByteSpan part);
  std::size_t free_segments() const { return kSegments - count_; }

  std::size_t readable() const { return readable_; }
  std::size_t read(ByteSpan into);

 private:
  struct Segment {
    std::size_t at, size;
  };
  std::size_t first_needed() const { return count_ != 0 ? segments_[head_].at : parsed_; }
  void slide_to_front();

  Bytes buffer_;
  std::size_t parsed_ = 0;
  std::size_t end_ = 0;
  std::array<Segment, kSegments> segments_{};  // a ring
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  std::size_t readable_ = 0;
};

}  // namespace parley

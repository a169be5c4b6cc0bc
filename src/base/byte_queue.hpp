// A contiguous queue of bytes: append at the back, take from the front.
#pragma once
#include <cstring>

#include "parley/bytes.hpp"

namespace parley {

/// Grows as needed and slides its content back to the front instead of growing when it can.
/// Its owner bounds it; spans into it last until the next append.
class ByteQueue {
 public:
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  ByteView view() const { return {bytes_.data() + begin_, size()}; }
  ByteSpan span() { return {bytes_.data() + begin_, size()}; }

  void append(ByteView b) {
    if (b.empty()) return;
    const ByteSpan room = prepare(b.size());
    std::memcpy(room.data(), b.data(), b.size());
    commit(b.size());
  }
  /// Room for n more bytes at the back, to be filled and then commit()ted.
  ByteSpan prepare(std::size_t n) {
    if (bytes_.size() - end_ < n) {
      if (begin_ != 0) {
        std::memmove(bytes_.data(), bytes_.data() + begin_, size());
        end_ -= begin_;
        begin_ = 0;
      }
      if (bytes_.size() - end_ < n) bytes_.resize(end_ + n);
    }
    return {bytes_.data() + end_, n};
  }
  void commit(std::size_t n) { end_ += n; }
  void drop_front(std::size_t n) {
    begin_ += n;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

 private:
  Bytes bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace parley

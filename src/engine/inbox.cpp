#include "engine/inbox.hpp"

#include <cstring>

namespace parley {

std::size_t Inbox::append(ByteView from_peer) {
  const std::size_t used = end_ - first_needed();
  const std::size_t n = std::min(from_peer.size(), limits::kInput - used);
  if (n == 0) return 0;
  if (buffer_.size() - end_ < n) {
    slide_to_front();
    if (buffer_.size() - end_ < n)
      buffer_.resize(std::min(limits::kInput, std::max(end_ + n, 2 * buffer_.size())));
  }
  std::memcpy(buffer_.data() + end_, from_peer.data(), n);
  end_ += n;
  return n;
}

void Inbox::slide_to_front() {
  const std::size_t by = first_needed();
  if (by == 0) return;
  std::memmove(buffer_.data(), buffer_.data() + by, end_ - by);
  parsed_ -= by;
  end_ -= by;
  for (std::size_t i = 0; i < count_; ++i) segments_[(head_ + i) % kSegments].at -= by;
}

void Inbox::parsed(std::size_t n) {
  parsed_ += n;
  if (parsed_ == end_ && count_ == 0) parsed_ = end_ = 0;
}

void Inbox::queue_plaintext(ByteSpan part) {
  if (part.empty()) return;
  segments_[(head_ + count_++) % kSegments] = {
      .at = static_cast<std::size_t>(part.data() - buffer_.data()), .size = part.size()};
  readable_ += part.size();
}

std::size_t Inbox::read(ByteSpan into) {
  std::size_t done = 0;
  while (done < into.size() && count_ != 0) {
    Segment& s = segments_[head_];
    const std::size_t n = std::min(s.size, into.size() - done);
    std::memcpy(into.data() + done, buffer_.data() + s.at, n);
    done += n;
    s.at += n;
    s.size -= n;
    if (s.size == 0) {
      head_ = (head_ + 1) % kSegments;
      --count_;
    }
  }
  readable_ -= done;
  if (parsed_ == end_ && count_ == 0) parsed_ = end_ = 0;
  return done;
}

}  // namespace parley

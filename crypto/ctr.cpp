#include "crypto/ctr.hpp"

#include <algorithm>
#include <cassert>

#include "crypto/words.hpp"

namespace parley::crypto {

void KeyStream::refill() {
  assert(size_ != 0);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size_, kRun));
  size_ -= wanted;
  const ByteSpan run = run_.span().first((wanted + kAesBlock - 1) / kAesBlock * kAesBlock);
  std::uint32_t count = load_be32(next_.data() + 12);
  for (std::size_t at = 0; at < run.size(); at += kAesBlock) {
    std::copy_n(next_.data(), 12, run.data() + at);
    store_be32(run.data() + at + 12, count++);
  }
  store_be32(next_.data() + 12, count);
  aes_.ecb_encrypt(run, run);
  used_ = 0;
  filled_ = run.size();
}

void KeyStream::apply(ByteView in, ByteSpan out) {
  assert(in.size() == out.size());
  while (!in.empty()) {
    if (used_ == filled_) refill();
    const std::size_t n = std::min(in.size(), filled_ - used_);
    const std::uint8_t* const key = run_.span().data() + used_;
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(in[i] ^ key[i]);
    used_ += n;
    in = in.subspan(n);
    out = out.subspan(n);
  }
}

}  // namespace parley::crypto

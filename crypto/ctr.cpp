#include "crypto/ctr.hpp"

#include <algorithm>
#include <cassert>

namespace parley::crypto {

void KeyStream::apply(ByteView in, ByteSpan out) {
  assert(in.size() == out.size());
  const std::size_t rest = in.size() % kAesBlock, whole = in.size() - rest;
  aes_.ctr(next_, in.first(whole), out.first(whole));
  if (rest == 0) return;
  Secret<kAesBlock> last;
  std::ranges::copy(in.last(rest), last.span().begin());
  aes_.ctr(next_, last, last);
  std::ranges::copy(last.view().first(rest), out.last(rest).begin());
}

}  // namespace parley::crypto

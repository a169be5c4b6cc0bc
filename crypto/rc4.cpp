// RC4, as published; see RFC 6229 for its key stream.
#include <cassert>

#include "crypto/cipher.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {

Rc4::Rc4(ByteView key) {
  assert(!key.empty() && key.size() <= s_.size());
  for (std::size_t i = 0; i < s_.size(); ++i) s_[i] = static_cast<std::uint8_t>(i);
  std::uint8_t j = 0;
  for (std::size_t i = 0; i < s_.size(); ++i) {
    j = static_cast<std::uint8_t>(j + s_[i] + key[i % key.size()]);
    std::swap(s_[i], s_[j]);
  }
}

Rc4::~Rc4() {
  wipe(s_);
  wipe(&i_, 1);
  wipe(&j_, 1);
}

void Rc4::apply(ByteView in, ByteSpan out) {
  assert(in.size() == out.size());
  std::uint8_t* const s = s_.data();
  // Whole registers: arithmetic on bytes would make every step wait for partial ones.
  std::uint32_t i = i_;
  std::uint32_t j = j_;
  for (std::size_t n = 0; n < in.size(); ++n) {
    i = (i + 1) & 0xff;
    const std::uint32_t x = s[i];
    j = (j + x) & 0xff;
    const std::uint32_t y = s[j];
    s[i] = static_cast<std::uint8_t>(y);
    s[j] = static_cast<std::uint8_t>(x);
    out[n] = static_cast<std::uint8_t>(in[n] ^ s[(x + y) & 0xff]);
  }
  i_ = static_cast<std::uint8_t>(i);
  j_ = static_cast<std::uint8_t>(j);
}

}  // namespace parley::crypto

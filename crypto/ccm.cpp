// AES in counter mode with CBC-MAC: NIST SP 800-38C, RFC 3610.
#include <algorithm>
#include <cassert>
#include <limits>

#include "crypto/aead_ciphers.hpp"
#include "crypto/block_ciphers.hpp"
#include "crypto/ct.hpp"
#include "crypto/ctr.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

/// CBC-MAC over parts that each begin with a new block, the last of a part filled up with zeros.
class CbcMac {
 public:
  explicit CbcMac(const BlockCipher& aes) : aes_(aes) {}

  void whole_blocks(ByteView data) {
    while (!data.empty()) {
      const std::size_t n = std::min(data.size(), Scratch::size());
      aes_.cbc_encrypt(state_, data.first(n), scratch_.span().first(n));
      data = data.subspan(n);
    }
  }
  void filled_up(ByteView data) {
    const std::size_t rest = data.size() % kAesBlock;
    whole_blocks(data.first(data.size() - rest));
    if (rest == 0) return;
    Secret<kAesBlock> last;
    std::ranges::copy(data.last(rest), last.span().begin());
    whole_blocks(last);
  }
  ByteView value() const { return state_; }

 private:
  using Scratch = Secret<32 * kAesBlock>;  // the ciphertext nobody wants
  const BlockCipher& aes_;
  Secret<kAesBlock> state_;
  Scratch scratch_;
};

class Ccm final : public Aead {
 public:
  Ccm(ByteView key, std::size_t nonce_size, std::size_t tag_size)
      : aes_(make_aes(key)), nonce_size_(nonce_size), tag_size_(tag_size) {}

  std::size_t tag_size() const override { return tag_size_; }
  std::size_t nonce_size() const override { return nonce_size_; }
  // The length has so many bytes, and KeyStream counts to 2^32.
  std::uint64_t max_plaintext() const override {
    constexpr std::uint64_t kOne = 1;
    return std::min((kOne << 8 * std::min<std::size_t>(length_size(), 7)) - 1, (kOne << 36) - 16);
  }

  void seal(ByteView nonce, ByteView aad, ByteView plaintext, ByteSpan out) const override {
    assert(nonce.size() == nonce_size_ && plaintext.size() <= max_plaintext());
    assert(out.size() == plaintext.size() + tag_size_);
    KeyStream stream(*aes_, counter(nonce));
    Secret<kAesBlock> tag;
    stream.apply(tag, tag);
    add_mac(nonce, aad, plaintext, tag);
    stream.apply(plaintext, out.first(plaintext.size()));
    std::ranges::copy(tag.view().first(tag_size_), out.last(tag_size_).begin());
  }

  bool open(ByteView nonce, ByteView aad, ByteView in, ByteSpan out) const override {
    assert(nonce.size() == nonce_size_);
    if (in.size() < tag_size_ || in.size() - tag_size_ > max_plaintext()) return false;
    assert(out.size() == in.size() - tag_size_);
    KeyStream stream(*aes_, counter(nonce));
    Secret<kAesBlock> tag;
    stream.apply(tag, tag);
    stream.apply(in.first(out.size()), out);
    add_mac(nonce, aad, out, tag);
    std::uint8_t good = ct_equal_mask(tag.view().first(tag_size_), in.last(tag_size_));
    ct_unpoison(&good, sizeof good);  // the caller's peer will know
    if (good == 0) wipe(out);
    return good != 0;
  }

 private:
  std::size_t length_size() const { return kAesBlock - 1 - nonce_size_; }

  /// Ctr_0 of SP 800-38C appendix A.3.
  AesBlock counter(ByteView nonce) const {
    AesBlock b{};
    b[0] = static_cast<std::uint8_t>(length_size() - 1);
    std::ranges::copy(nonce, b.begin() + 1);
    return b;
  }

  /// tag ^= the MAC of the formatted input (SP 800-38C appendix A.2).
  void add_mac(ByteView nonce, ByteView aad, ByteView plaintext, ByteSpan tag) const {
    AesBlock first = counter(nonce);
    const std::size_t flags = (tag_size_ - 2) / 2 << 3 | (aad.empty() ? 0U : 1U) << 6;
    first[0] = static_cast<std::uint8_t>(first[0] | flags);
    std::uint64_t length = plaintext.size();
    for (std::size_t i = 0; i < length_size(); ++i, length >>= 8)
      first[kAesBlock - 1 - i] = static_cast<std::uint8_t>(length);
    CbcMac mac(*aes_);
    mac.whole_blocks(first);
    if (!aad.empty()) add_aad(mac, aad);
    mac.filled_up(plaintext);
    for (std::size_t i = 0; i < kAesBlock; ++i)
      tag[i] = static_cast<std::uint8_t>(tag[i] ^ mac.value()[i]);
  }

  static void add_aad(CbcMac& mac, ByteView aad) {
    AesBlock b{};
    std::size_t at = 2;
    const std::uint64_t size = aad.size();
    if (size < 0xff00) {
      store_be16(b.data(), static_cast<std::uint16_t>(size));
    } else if (size <= std::numeric_limits<std::uint32_t>::max()) {
      store_be16(b.data(), 0xfffe);
      store_be32(b.data() + 2, static_cast<std::uint32_t>(size));
      at = 6;
    } else {
      store_be16(b.data(), 0xffff);
      store_be64(b.data() + 2, size);
      at = 10;
    }
    const std::size_t fit = std::min(aad.size(), kAesBlock - at);
    std::ranges::copy(aad.first(fit), b.begin() + static_cast<std::ptrdiff_t>(at));
    mac.whole_blocks(b);
    mac.filled_up(aad.subspan(fit));
  }

  std::unique_ptr<Aes> aes_;
  std::size_t nonce_size_, tag_size_;
};

}  // namespace

std::unique_ptr<Aead> make_ccm(ByteView key, std::size_t nonce_size, std::size_t tag_size) {
  const bool good = (key.size() == 16 || key.size() == 24 || key.size() == 32) && nonce_size >= 7 &&
                    nonce_size <= 13 && tag_size >= 4 && tag_size <= 16 && tag_size % 2 == 0;
  return good ? std::make_unique<Ccm>(key, nonce_size, tag_size) : nullptr;
}

}  // namespace parley::crypto

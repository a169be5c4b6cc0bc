// AES in Galois/counter mode: NIST SP 800-38D section 7.
#include <algorithm>
#include <cassert>

#include "crypto/aead_ciphers.hpp"
#include "crypto/block_ciphers.hpp"
#include "crypto/ct.hpp"
#include "crypto/ghash.hpp"

namespace parley::crypto {
namespace {

AesBlock hash_key(const BlockCipher& aes) {
  AesBlock h{};
  aes.ecb_encrypt(h, h);
  return h;
}

class Gcm final : public Aead {
 public:
  explicit Gcm(ByteView key) : aes_(make_aes(key)), ghash_(hash_key(*aes_)) {}

  std::size_t tag_size() const override { return kAesBlock; }
  std::size_t nonce_size() const override { return kAeadNonce; }
  // The counter has 32 bits, and two of its values are spoken for (section 5.2.1.1).
  std::uint64_t max_plaintext() const override { return (std::uint64_t{1} << 36) - 32; }

  void seal(ByteView nonce, ByteView aad, ByteView plaintext, ByteSpan out) const override {
    assert(plaintext.size() <= max_plaintext());
    assert(out.size() == plaintext.size() + kAesBlock);
    const ByteSpan ciphertext = out.first(plaintext.size());
    KeyStream stream(*aes_, first_block(nonce));
    Secret<kAesBlock> mask;
    stream.apply(mask, mask);
    stream.apply(plaintext, ciphertext);
    tag(aad, ciphertext, mask, out.subspan(plaintext.size()));
  }

  bool open(ByteView nonce, ByteView aad, ByteView in, ByteSpan out) const override {
    if (in.size() < kAesBlock || in.size() - kAesBlock > max_plaintext()) return false;
    assert(out.size() == in.size() - kAesBlock);
    const ByteView ciphertext = in.first(in.size() - kAesBlock);
    KeyStream stream(*aes_, first_block(nonce));
    Secret<kAesBlock> mask, expected;
    stream.apply(mask, mask);
    tag(aad, ciphertext, mask, expected);
    std::uint8_t good = ct_equal_mask(expected, in.last(kAesBlock));
    ct_unpoison(&good, sizeof good);  // the caller's peer will know
    if (good == 0) {
      std::ranges::fill(out, std::uint8_t{0});
      return false;
    }
    stream.apply(ciphertext, out);
    return true;
  }

 private:
  /// J_0 of section 7.1.
  AesBlock first_block(ByteView nonce) const {
    assert(!nonce.empty());
    AesBlock j{};
    if (nonce.size() == 12) {
      std::ranges::copy(nonce, j.begin());
      j.back() = 1;
    } else {
      ghash_.hash({}, nonce, j);
    }
    return j;
  }

  void tag(ByteView aad, ByteView ciphertext, ByteView mask, ByteSpan out) const {
    ghash_.hash(aad, ciphertext, out);
    for (std::size_t i = 0; i < kAesBlock; ++i)
      out[i] = static_cast<std::uint8_t>(out[i] ^ mask[i]);
  }

  std::unique_ptr<Aes> aes_;
  Ghash ghash_;
};

}  // namespace

std::unique_ptr<Aead> make_gcm(ByteView key) {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32) return nullptr;
  return std::make_unique<Gcm>(key);
}

}  // namespace parley::crypto

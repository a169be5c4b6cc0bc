// ChaCha20-Poly1305 (RFC 8439 section 2.8), by libsodium.
#include <sodium.h>

#include <algorithm>
#include <cassert>

#include "crypto/aead_ciphers.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {
namespace {

constexpr std::size_t kKey = crypto_aead_chacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kTag = crypto_aead_chacha20poly1305_ietf_ABYTES;
static_assert(kKey == 32 && kTag == 16);
static_assert(kAeadNonce == crypto_aead_chacha20poly1305_ietf_NPUBBYTES);

class ChaCha20Poly1305 final : public Aead {
 public:
  explicit ChaCha20Poly1305(ByteView key) { std::ranges::copy(key, key_.span().begin()); }

  std::size_t tag_size() const override { return kTag; }
  std::size_t nonce_size() const override { return kAeadNonce; }
  std::uint64_t max_plaintext() const override {
    return crypto_aead_chacha20poly1305_ietf_MESSAGEBYTES_MAX;
  }

  void seal(ByteView nonce, ByteView aad, ByteView plaintext, ByteSpan out) const override {
    assert(nonce.size() == kAeadNonce && plaintext.size() <= max_plaintext());
    assert(out.size() == plaintext.size() + kTag);
    crypto_aead_chacha20poly1305_ietf_encrypt_detached(
        out.data(), out.data() + plaintext.size(), nullptr, plaintext.data(), plaintext.size(),
        aad.data(), aad.size(), nullptr, nonce.data(), key_.view().data());
  }

  bool open(ByteView nonce, ByteView aad, ByteView in, ByteSpan out) const override {
    assert(nonce.size() == kAeadNonce);
    if (in.size() < kTag || in.size() - kTag > max_plaintext()) return false;
    assert(out.size() == in.size() - kTag);
    // A message of no bytes may have no memory, which would mean "only check".
    std::uint8_t nothing = 0;
    std::uint8_t* const to = out.empty() ? &nothing : out.data();
    const bool good = crypto_aead_chacha20poly1305_ietf_decrypt_detached(
                          to, nullptr, in.data(), out.size(), in.data() + out.size(), aad.data(),
                          aad.size(), nonce.data(), key_.view().data()) == 0;
    if (!good) std::ranges::fill(out, std::uint8_t{0});
    return good;
  }

 private:
  Secret<kKey> key_;
};

}  // namespace

std::unique_ptr<Aead> make_chacha20_poly1305(ByteView key) {
  if (key.size() != kKey) return nullptr;
  return std::make_unique<ChaCha20Poly1305>(key);
}

}  // namespace parley::crypto

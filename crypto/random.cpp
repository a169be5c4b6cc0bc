#include <sodium.h>

#include <algorithm>
#include <atomic>

#include "crypto/entropy.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"
#include "parley/rng.hpp"

namespace parley {
namespace {

// sodium_init() is what makes libsodium's generator safe for several threads; a local static is
// initialised once, whoever comes first.
bool sodium_ready() {
  static const bool kReady = sodium_init() >= 0;
  return kReady;
}

/// What add_entropy() was given. No lock, which a fork could leave locked in the child: words that
/// are read while others change them are a key as good as any.
class Pool {
 public:
  void add(ByteView bytes) {
    // Under a fresh key, so that no input cancels an earlier one.
    crypto::Secret<crypto_generichash_KEYBYTES> fresh;
    randombytes_buf(fresh.span().data(), fresh.size());
    crypto::Secret<kSize> digest;
    crypto_generichash(digest.span().data(), digest.size(), bytes.data(), bytes.size(),
                       fresh.view().data(), fresh.size());
    for (std::size_t i = 0; i < words_.size(); ++i)
      words_[i].fetch_xor(crypto::load_le64(digest.view().data() + 8 * i));
    used_ = true;
  }

  /// XORs a stream over `out` that depends on the pool, on the system's generator and on how often
  /// it was asked: two calls never share one, nor do parent and child.
  void cover(ByteSpan out) {
    constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> kNonce{};
    if (!used_) return;
    crypto::Secret<kSize> pool, key;
    for (std::size_t i = 0; i < words_.size(); ++i)
      crypto::store_le64(pool.span().data() + 8 * i, words_[i]);
    crypto::Secret<40> once;
    randombytes_buf(once.span().data(), 32);
    crypto::store_le64(once.span().data() + 32, calls_++);
    crypto_generichash(key.span().data(), key.size(), once.view().data(), once.size(),
                       pool.view().data(), pool.size());
    crypto_stream_chacha20_xor(out.data(), out.data(), out.size(), kNonce.data(),
                               key.view().data());
  }

 private:
  static constexpr std::size_t kSize = crypto_stream_chacha20_KEYBYTES;
  std::array<std::atomic<std::uint64_t>, kSize / 8> words_{};
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<bool> used_{false};
};
constinit Pool pool;

}  // namespace

bool SystemRng::fill(ByteSpan out) {
  if (!sodium_ready()) return false;
  if (out.empty()) return true;
  randombytes_buf(out.data(), out.size());
  pool.cover(out);
  return true;
}

void crypto::add_entropy(ByteView bytes) {
  if (sodium_ready()) pool.add(bytes);
}

Rng& system_rng() {
  static SystemRng rng;
  return rng;
}

SeededRng::SeededRng(std::uint64_t seed) { crypto::store_le64(key_.data(), seed); }

bool SeededRng::fill(ByteSpan out) {
  constexpr std::size_t kBlock = 64;
  constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> kNonce{};
  if (!sodium_ready()) return false;
  if (out.empty()) return true;
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  // What the last call left of its block comes first.
  if (const std::size_t used = position_ % kBlock; used != 0) {
    std::array<std::uint8_t, kBlock> block{};
    crypto_stream_chacha20_xor_ic(block.data(), block.data(), kBlock, kNonce.data(),
                                  position_ / kBlock, key_.data());
    const std::size_t n = std::min(out.size(), kBlock - used);
    std::copy_n(block.begin() + static_cast<std::ptrdiff_t>(used), n, out.begin());
    crypto::wipe(block);
    position_ += n;
    out = out.subspan(n);
  }
  if (!out.empty()) {
    crypto_stream_chacha20_xor_ic(out.data(), out.data(), out.size(), kNonce.data(),
                                  position_ / kBlock, key_.data());
    position_ += out.size();
  }
  return true;
}

}  // namespace parley

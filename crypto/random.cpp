#include <sodium.h>

#include <algorithm>

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

}  // namespace

bool SystemRng::fill(ByteSpan out) {
  if (!sodium_ready()) return false;
  if (!out.empty()) randombytes_buf(out.data(), out.size());
  return true;
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

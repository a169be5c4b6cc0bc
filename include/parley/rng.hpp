// Randomness comes from outside: the engine asks an Rng and knows no other source.
#pragma once
#include <array>

#include "parley/bytes.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// A source of random bytes. fill() either fills all of `out` or returns false; it never throws.
class Rng {
 public:
  virtual ~Rng() = default;
  [[nodiscard]] virtual bool fill(ByteSpan out) = 0;
};

/// The operating system's generator through libsodium. Safe to use from several threads and
/// after fork. One instance is enough: system_rng().
class SystemRng final : public Rng {
 public:
  [[nodiscard]] bool fill(ByteSpan out) override;
};
Rng& system_rng();

/// ChaCha20 key stream of a seed: the same seed gives the same bytes, for tests and replay only.
/// Two calls for n and m bytes give what one call for n + m bytes gives.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed);
  [[nodiscard]] bool fill(ByteSpan out) override;

 private:
  std::array<std::uint8_t, 32> key_{};
  std::uint64_t position_ = 0;  // bytes given out so far
};

}  // namespace parley

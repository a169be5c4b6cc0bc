// Sources of "randomness" that tests control.
#pragma once
#include <limits>

#include "crypto/ct.hpp"
#include "parley/rng.hpp"

namespace parley::test {

/// The seeded generator until it has been asked `works` times; then it fails. Counts what was
/// asked of it.
class FailingRng final : public Rng {
 public:
  explicit FailingRng(std::uint64_t seed,
                      std::size_t works = std::numeric_limits<std::size_t>::max())
      : inner_(seed), works_(works) {}
  bool fill(ByteSpan out) override {
    if (draws_ == works_) return false;
    ++draws_;
    bytes_ += out.size();
    return inner_.fill(out);
  }
  std::size_t draws() const { return draws_; }
  std::size_t bytes() const { return bytes_; }

 private:
  SeededRng inner_;
  std::size_t works_;
  std::size_t draws_ = 0;
  std::size_t bytes_ = 0;
};

/// Gives out the bytes it is made with, once.
class FixedRng final : public Rng {
 public:
  explicit FixedRng(ByteView bytes) : bytes_(to_bytes(bytes)) {}
  bool fill(ByteSpan out) override {
    if (out.size() > bytes_.size() - at_) return false;
    std::copy_n(bytes_.data() + at_, out.size(), out.data());
    at_ += out.size();
    return true;
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

/// Works, and always gives the same byte.
class StuckRng final : public Rng {
 public:
  explicit StuckRng(std::uint8_t byte) : byte_(byte) {}
  bool fill(ByteSpan out) override {
    std::fill(out.begin(), out.end(), byte_);
    return true;
  }

 private:
  std::uint8_t byte_;
};

/// Random bytes that count as secret in the `ct` build.
class SecretRng final : public Rng {
 public:
  explicit SecretRng(std::uint64_t seed) : inner_(seed) {}
  bool fill(ByteSpan out) override {
    if (!inner_.fill(out)) return false;
    crypto::ct_poison(out.data(), out.size());
    return true;
  }

 private:
  SeededRng inner_;
};

}  // namespace parley::test

// GHASH (NIST SP 800-38D section 6.4): the universal hash of GCM.
#pragma once
#include "crypto/ctr.hpp"

namespace parley::crypto {

/// Multiplication by H in GF(2^128) by integer multiplications alone: no table, no branch, as
/// constant in time as the processor's multiplier.
class Ghash {
 public:
  /// `h` is E(K, 0).
  explicit Ghash(const AesBlock& h);
  Ghash(const Ghash&) = delete;
  Ghash& operator=(const Ghash&) = delete;
  ~Ghash() { wipe(this, sizeof *this); }

  /// The hash of `aad` and `data`, each filled up with zeros to whole blocks, and of their lengths.
  void hash(ByteView aad, ByteView data, ByteSpan out) const;

  /// A half of H, or the sum of both, made ready to be a factor.
  struct Factor {
    std::array<std::uint64_t, 4> strands;  ///< every fourth bit, below bit 60
    std::array<std::uint64_t, 4> top;      ///< bits 60 to 63, each as a mask
  };

 private:
  struct State {
    std::uint64_t low = 0, high = 0;
  };
  void absorb(State&, ByteView) const;
  void multiply(State&) const;

  Factor low_, high_, sum_;
};

}  // namespace parley::crypto

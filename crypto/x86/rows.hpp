// The rows of x86-64. Files of this folder are compiled for processors that not everybody has, so
// they may define nothing that the linker could take for everybody else: no inline function or
// template of the library or of std is called in them (tests/architecture/kernels.sh).
#pragma once
#include "crypto/portable.hpp"

namespace parley::crypto::x86 {

extern const Kernels kAesNi;       ///< aesni.cpp
extern const Kernels kVaes512;     ///< vaes512.cpp
extern const Kernels kClmul;       ///< clmul.cpp
extern const Kernels kVpclmul512;  ///< vpclmul512.cpp
extern const Kernels kShaNi;       ///< sha_ni.cpp

/// FIPS 197's round keys in order, and those of the equivalent inverse cipher (section 5.3.5) in
/// the order they are used.
struct AesSchedule {
  alignas(16) std::uint8_t encrypt[15][16];
  alignas(16) std::uint8_t decrypt[15][16];
  std::size_t rounds;
};
static_assert(sizeof(AesSchedule) <= kMaxAesSchedule);

/// H^16, H^15, ..., H: each as ghash.hpp says, in the byte order of the processor.
struct GhashPowers {
  static constexpr std::size_t kCount = 16;
  alignas(16) std::uint8_t powers[kCount][16];
};
static_assert(sizeof(GhashPowers) <= kMaxGhashKey);

}  // namespace parley::crypto::x86

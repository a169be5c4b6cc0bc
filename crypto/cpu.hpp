// What this processor can do, and what the system lets it do.
#pragma once
#include <cstdint>

namespace parley::crypto {

/// Bits of a set of features, named by what they give.
enum CpuFeature : std::uint32_t {
  kCpuSsse3 = 1 << 0,
  kCpuSse41 = 1 << 1,
  kCpuAes = 1 << 2,
  kCpuClmul = 1 << 3,
  kCpuSha = 1 << 4,
  kCpuAvx512 = 1 << 5,  ///< F, BW and VL, and a system that saves their registers
  kCpuVaes = 1 << 6,
  kCpuVpclmul = 1 << 7,
};

/// What CPUID says (Intel's manual, volume 2, CPUID), and XGETBV.
struct CpuidWords {
  std::uint32_t leaf1_ecx = 0, leaf7_ebx = 0, leaf7_ecx = 0;
  std::uint64_t xcr0 = 0;  ///< 0 when the system does not switch extended state
};
std::uint32_t cpu_features(const CpuidWords&);
/// Of this processor; none on any other than an x86.
std::uint32_t cpu_features();

}  // namespace parley::crypto

#include "crypto/cpu.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace parley::crypto {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kOsxsave = 1U << 27;  // of leaf 1's ECX: XGETBV may be asked

CpuidWords cpuid_words() {
  CpuidWords w;
  std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return w;
  w.leaf1_ecx = ecx;
  if ((ecx & kOsxsave) != 0) {
    std::uint32_t low = 0, high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    w.xcr0 = std::uint64_t{high} << 32 | low;
  }
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0) {
    w.leaf7_ebx = ebx;
    w.leaf7_ecx = ecx;
  }
  return w;
}
#else
CpuidWords cpuid_words() { return {}; }
#endif

}  // namespace

std::uint32_t cpu_features(const CpuidWords& w) {
  std::uint32_t features = 0;
  const auto add = [&](std::uint32_t word, unsigned bit, CpuFeature feature) {
    if ((word >> bit & 1) != 0) features |= feature;
  };
  add(w.leaf1_ecx, 9, kCpuSsse3);
  add(w.leaf1_ecx, 19, kCpuSse41);
  add(w.leaf1_ecx, 25, kCpuAes);
  add(w.leaf1_ecx, 1, kCpuClmul);
  add(w.leaf7_ebx, 29, kCpuSha);
  // XMM, YMM, the mask registers, the upper halves of ZMM0 to 15, and ZMM16 to 31: without the
  // system's word for all of them another thread would find them changed.
  constexpr std::uint64_t kZmmState = 0xe6;
  constexpr std::uint32_t kAvx512 = 1U << 16 | 1U << 30 | 1U << 31;  // F, BW, VL
  if ((w.xcr0 & kZmmState) != kZmmState || (w.leaf7_ebx & kAvx512) != kAvx512) return features;
  features |= kCpuAvx512;
  add(w.leaf7_ecx, 9, kCpuVaes);
  add(w.leaf7_ecx, 10, kCpuVpclmul);
  return features;
}

std::uint32_t cpu_features() { return cpu_features(cpuid_words()); }

}  // namespace parley::crypto

// The primitives that processors have instructions for: one row of functions for each set of
// instructions. What works on blocks works on a run of them, so that choosing costs one indirect
// call a run. All of it is constant-time in keys and data.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace parley::crypto {

/// Sizes enough for the keys of every row. They are kept at addresses that 16 divides.
inline constexpr std::size_t kMaxAesSchedule = 976;
inline constexpr std::size_t kMaxGhashKey = 256;

/// A row. `in` and `out` are the same memory or do not overlap, and need no alignment.
struct Kernels {
  const char* name;
  std::uint32_t needs;  ///< CpuFeature bits, those of `base` among them
  /// Where what this row leaves out (null, or a size of 0) comes from; null for the portable row
  /// alone, which leaves nothing out.
  const Kernels* base;

  // AES. The schedule belongs to the row that expands keys: one that does not works on that of
  // its base. Keys have 16, 24 or 32 bytes.
  std::size_t aes_schedule_size;  ///< bytes, at most kMaxAesSchedule
  void (*aes_expand)(const std::uint8_t* key, std::size_t key_size, void* schedule);
  void (*aes_ecb_encrypt)(const void* schedule, const std::uint8_t* in, std::uint8_t* out,
                          std::size_t blocks);
  void (*aes_ecb_decrypt)(const void* schedule, const std::uint8_t* in, std::uint8_t* out,
                          std::size_t blocks);
  /// `iv` becomes the last ciphertext block.
  void (*aes_cbc_encrypt)(const void* schedule, std::uint8_t* iv, const std::uint8_t* in,
                          std::uint8_t* out, std::size_t blocks);
  void (*aes_cbc_decrypt)(const void* schedule, std::uint8_t* iv, const std::uint8_t* in,
                          std::uint8_t* out, std::size_t blocks);
  /// out = in ^ E(counter), E(counter + 1), ...: its last four bytes count, big-endian and modulo
  /// 2^32 (SP 800-38D's inc_32), and stand at the next number afterwards.
  void (*aes_ctr)(const void* schedule, std::uint8_t* counter, const std::uint8_t* in,
                  std::uint8_t* out, std::size_t blocks);

  // GHASH (SP 800-38D section 6.4), its key as AES's.
  void (*ghash_expand)(const std::uint8_t* h, void* key);
  /// `state` has 16 bytes: state = (state ^ block) * H for each block.
  void (*ghash_blocks)(const void* key, std::uint8_t* state, const std::uint8_t* data,
                       std::size_t blocks);

  // As in compress.hpp.
  void (*sha1_blocks)(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks);
  void (*sha256_blocks)(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks);
};

/// The rows this processor can run, the portable one first, each after its base and whole.
std::span<const Kernels* const> available_kernels();
/// Null when there is none of that name, or this processor cannot run it.
const Kernels* find_kernels(std::string_view name);

/// The row in use: of every field the last in available_kernels() that has one of its own. What
/// holds a key in a row's form must keep to that row.
const Kernels& kernels();

/// Lets a test choose, as long as it lives: what is keyed meanwhile uses `row`, one of
/// available_kernels(). Nothing but tests and measurements may do this, and nothing from outside
/// the program can.
class ForcedKernels {
 public:
  explicit ForcedKernels(const Kernels& row);
  ForcedKernels(const ForcedKernels&) = delete;
  ForcedKernels& operator=(const ForcedKernels&) = delete;
  ~ForcedKernels();

 private:
  const Kernels* before_;
};

}  // namespace parley::crypto

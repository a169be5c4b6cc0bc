// The row of kernels that every processor can run.
#pragma once
#include "crypto/kernels.hpp"

namespace parley::crypto {

// AES without tables (aes.cpp).
inline constexpr std::size_t kPortableAesSchedule = 968;
void aes_expand(const std::uint8_t* key, std::size_t key_size, void* schedule);
void aes_ecb_encrypt(const void* schedule, const std::uint8_t* in, std::uint8_t* out,
                     std::size_t blocks);
void aes_ecb_decrypt(const void* schedule, const std::uint8_t* in, std::uint8_t* out,
                     std::size_t blocks);
void aes_cbc_encrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in,
                     std::uint8_t* out, std::size_t blocks);
void aes_cbc_decrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in,
                     std::uint8_t* out, std::size_t blocks);
void aes_ctr(const void* schedule, std::uint8_t* counter, const std::uint8_t* in, std::uint8_t* out,
             std::size_t blocks);

// GHASH by integer multiplications alone: no table, no branch, as constant in time as the
// processor's multiplier (ghash.cpp).
void ghash_expand(const std::uint8_t* h, void* key);
void ghash_blocks(const void* key, std::uint8_t* state, const std::uint8_t* data,
                  std::size_t blocks);

extern const Kernels kPortable;

}  // namespace parley::crypto

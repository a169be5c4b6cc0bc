// The compression functions behind crypto/hash.hpp: each absorbs whole blocks into a state.
// Their time depends on the number of blocks alone, that of MD2 excepted.
#pragma once
#include <cstddef>
#include <cstdint>

namespace parley::crypto {

/// `state` has the 16 bytes of the state, then 16 of the checksum; `p` 16 * blocks bytes.
void md2_blocks(std::uint8_t* state, const std::uint8_t* p, std::size_t blocks);
/// `state` has 4 words, `p` 64 * blocks bytes.
void md4_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks);
/// `state` has 4 words, `p` 64 * blocks bytes.
void md5_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks);
/// `state` has 5 words, `p` 64 * blocks bytes.
void sha1_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks);
/// `state` has 8 words, `p` 64 * blocks bytes. SHA-224 too.
void sha256_blocks(std::uint32_t* state, const std::uint8_t* p, std::size_t blocks);
/// `state` has 8 words, `p` 128 * blocks bytes. SHA-384 too.
void sha512_blocks(std::uint64_t* state, const std::uint8_t* p, std::size_t blocks);

}  // namespace parley::crypto

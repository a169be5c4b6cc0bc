// Which parley this is, and which OpenSSL its documented interface stands in for.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

inline constexpr int kVersionMajor = 0, kVersionMinor = 1, kVersionPatch = 0;
inline constexpr std::string_view kVersion = "0.1.0";

/// The level whose behaviour the documented interface keeps, as 0xMNNFFPPS: 1.0.1q. Programs
/// compare it to find out what they may expect; parley contains no OpenSSL.
inline constexpr std::uint32_t OPENSSL_VERSION_NUMBER = 0x1000111F;

/// major, minor, fix, patch, status of such a number.
constexpr std::array<int, 5> decode_openssl_version(std::uint32_t n) {
  return {static_cast<int>(n >> 28 & 0xf), static_cast<int>(n >> 20 & 0xff),
          static_cast<int>(n >> 12 & 0xff), static_cast<int>(n >> 4 & 0xff),
          static_cast<int>(n & 0xf)};
}
inline constexpr std::array<int, 5> OPENSSL_VERSION_INFO =
    decode_openssl_version(OPENSSL_VERSION_NUMBER);
inline constexpr std::string_view OPENSSL_VERSION =
    "OpenSSL 1.0.1q compatible (parley 0.1.0 22 Nov 2026)";

}  // namespace parley

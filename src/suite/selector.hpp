// A set of suites as the cipher list language describes one, and the words it knows.
#pragma once
#include <array>

#include "parley/cipher.hpp"

namespace parley {

/// The properties that words speak about.
enum class Dimension : std::uint8_t { kx, auth, enc, mac, exported, strength, protocol };
inline constexpr std::size_t kDimensions = 7;

/// For every dimension the values that are allowed, one bit each; 0 when nothing was said of it,
/// which allows them all.
class Selector {
 public:
  constexpr std::uint32_t& operator[](Dimension d) { return bits_[static_cast<std::size_t>(d)]; }
  constexpr std::uint32_t operator[](Dimension d) const {
    return bits_[static_cast<std::size_t>(d)];
  }

  /// Allows only what `other` allows as well. False when a dimension has nothing left.
  constexpr bool narrow(const Selector& other) {
    for (std::size_t i = 0; i < kDimensions; ++i) {
      if (other.bits_[i] == 0) continue;
      bits_[i] = bits_[i] == 0 ? other.bits_[i] : bits_[i] & other.bits_[i];
      if (bits_[i] == 0) return false;
    }
    return true;
  }

  /// Whether it selects a suite with these properties().
  constexpr bool selects(const Selector& properties) const {
    for (std::size_t i = 0; i < kDimensions; ++i)
      if (bits_[i] != 0 && (bits_[i] & properties.bits_[i]) == 0) return false;
    return true;
  }

 private:
  std::array<std::uint32_t, kDimensions> bits_{};
};

template <class Enum>
constexpr std::uint32_t bit(Enum e) {
  return std::uint32_t{1} << static_cast<unsigned>(e);
}

/// Export or not: both bits are what COMPLEMENTOFDEFAULT says explicitly.
inline constexpr std::uint32_t kNotExported = 1;
inline constexpr std::uint32_t kExported = 2;
/// FIPS shares the dimension of the strength classes.
inline constexpr std::uint32_t kFipsBit = bit(Strength::high) << 1;
/// The protocol classes.
inline constexpr std::uint32_t kSsl2Bit = 1;
inline constexpr std::uint32_t kSsl3Bit = 2;
inline constexpr std::uint32_t kTls12Bit = 4;

/// Exactly this suite's value in every dimension.
constexpr Selector properties(const CipherSuite& s) {
  Selector p;
  p[Dimension::kx] = bit(s.kx);
  p[Dimension::auth] = bit(s.auth);
  p[Dimension::enc] = bit(s.enc);
  p[Dimension::mac] = bit(s.mac);
  p[Dimension::exported] = s.is_export ? kExported : kNotExported;
  p[Dimension::strength] = bit(s.strength) | (s.fips ? kFipsBit : 0);
  p[Dimension::protocol] = s.first == ProtocolVersion::ssl20   ? kSsl2Bit
                           : s.first == ProtocolVersion::tls12 ? kTls12Bit
                                                               : kSsl3Bit;
  return p;
}

/// What a keyword selects; null when there is no such keyword.
const Selector* find_keyword(std::string_view word);
/// All of them, ascending.
std::vector<std::string_view> cipher_keywords();

}  // namespace parley

// IDEA: Lai, "On the Design and Security of Block Ciphers" (1992), chapter 3. Arithmetic only: no
// address and no branch depends on key or data.
#include <array>
#include <bit>

#include "crypto/block_ciphers.hpp"
#include "crypto/block_modes.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

constexpr std::size_t kRounds = 8;
// Six subkeys a round, four for the output transformation.
using Subkeys = std::array<std::uint16_t, 6 * kRounds + 4>;

std::uint16_t add(std::uint32_t a, std::uint32_t b) { return static_cast<std::uint16_t>(a + b); }
std::uint16_t negative(std::uint32_t a) { return static_cast<std::uint16_t>(0U - a); }

// Multiplication modulo 2^16 + 1, in which 0 stands for 2^16.
std::uint16_t multiply(std::uint32_t a, std::uint32_t b) {
  const auto whole = [](std::uint32_t x) -> std::uint64_t { return x | ((x - 1) >> 31) << 16; };
  const std::uint64_t product = whole(a) * whole(b);
  // 2^16 is -1, so the high half counts backwards; a borrow gives 2^16 + 1 back.
  const auto low = static_cast<std::uint32_t>(product & 0xffff);
  const std::uint32_t difference = low - static_cast<std::uint32_t>(product >> 16);
  return static_cast<std::uint16_t>(difference + (difference >> 31));
}

// a^(2^16 - 1), the inverse by Fermat: the same steps for every a.
std::uint16_t inverse(std::uint16_t a) {
  std::uint16_t power = a;
  for (int i = 0; i < 15; ++i) power = multiply(multiply(power, power), a);
  return power;
}

class Idea {
 public:
  static constexpr std::size_t kBlock = 8;

  explicit Idea(ByteView key) {
    // The key is cut into eight words, turned left by 25 bits, cut again, and so on; 25 bits are
    // one word and nine bits of the next.
    for (std::size_t i = 0; i < 8; ++i) encrypt_[i] = load_be16(key.data() + 2 * i);
    for (std::size_t i = 8; i < encrypt_.size(); ++i) {
      const std::uint16_t* const last = encrypt_.data() + (i / 8 - 1) * 8;
      encrypt_[i] = static_cast<std::uint16_t>(last[(i + 1) % 8] << 9 | last[(i + 2) % 8] >> 7);
    }

    // Lai, table 3.1: the subkeys backwards, inverted; inside, the rounds swap the middle words.
    for (std::size_t round = 0; round <= kRounds; ++round) {
      const std::uint16_t* const from = encrypt_.data() + 6 * (kRounds - round);
      std::uint16_t* const to = decrypt_.data() + 6 * round;
      const bool outer = round == 0 || round == kRounds;
      to[0] = inverse(from[0]);
      to[1] = negative(from[outer ? 1 : 2]);
      to[2] = negative(from[outer ? 2 : 1]);
      to[3] = inverse(from[3]);
      if (round == kRounds) break;
      to[4] = from[-2];
      to[5] = from[-1];
    }
  }
  Idea(const Idea&) = delete;
  Idea& operator=(const Idea&) = delete;
  ~Idea() {
    wipe(encrypt_.data(), sizeof encrypt_);
    wipe(decrypt_.data(), sizeof decrypt_);
  }

  void encrypt(const std::uint8_t* in, std::uint8_t* out) const { crypt(encrypt_, in, out); }
  void decrypt(const std::uint8_t* in, std::uint8_t* out) const { crypt(decrypt_, in, out); }

 private:
  static void crypt(const Subkeys& z, const std::uint8_t* in, std::uint8_t* out) {
    std::uint16_t a = load_be16(in);
    std::uint16_t b = load_be16(in + 2);
    std::uint16_t c = load_be16(in + 4);
    std::uint16_t d = load_be16(in + 6);
    for (std::size_t i = 0; i < 6 * kRounds; i += 6) {
      a = multiply(a, z[i]);
      b = add(b, z[i + 1]);
      c = add(c, z[i + 2]);
      d = multiply(d, z[i + 3]);
      std::uint16_t left = multiply(a ^ c, z[i + 4]);
      const std::uint16_t right = multiply(add(left, b ^ d), z[i + 5]);
      left = add(left, right);
      a ^= right;
      d ^= left;
      const std::uint16_t swapped = b ^ left;
      b = c ^ right;
      c = swapped;
    }
    store_be16(out, multiply(a, z[48]));
    store_be16(out + 2, add(c, z[49]));
    store_be16(out + 4, add(b, z[50]));
    store_be16(out + 6, multiply(d, z[51]));
  }

  Subkeys encrypt_;
  Subkeys decrypt_;
};

}  // namespace

std::unique_ptr<BlockCipher> make_idea(ByteView key) {
  return std::make_unique<BlockModes<Idea>>(key);
}

}  // namespace parley::crypto

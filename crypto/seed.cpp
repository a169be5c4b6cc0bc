// SEED (RFC 4269). Looks tables up at secret places: not constant-time (crypto/README.md).
#include <algorithm>
#include <array>
#include <bit>

#include "crypto/block_ciphers.hpp"
#include "crypto/block_modes.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

using SBox = std::array<std::uint8_t, 256>;

// The S-boxes of RFC 4269 appendix A are affine images of a power in the field of 256 elements
// modulo x^8 + x^6 + x^5 + x + 1, of which x generates the multiplicative group. `columns` are
// what the bits 0 to 7 of the power contribute.
constexpr SBox make_s_box(unsigned power, const std::array<std::uint8_t, 8>& columns,
                          std::uint8_t offset) {
  std::array<std::uint8_t, 255> exp{};
  unsigned x = 1;
  for (std::uint8_t& e : exp) {
    e = static_cast<std::uint8_t>(x);
    x = (x << 1) ^ (x >> 7) * 0x163;
  }
  SBox s{};
  s[0] = offset;
  for (std::size_t k = 0; k < 255; ++k) {
    const unsigned powered = exp[power * k % 255];
    unsigned image = offset;
    for (unsigned bit = 0; bit < 8; ++bit) image ^= (powered >> bit & 1) * columns[bit];
    s[exp[k]] = static_cast<std::uint8_t>(image);
  }
  return s;
}
constexpr SBox kS1 = make_s_box(247, {0x2c, 0xd0, 0x69, 0xc2, 0x41, 0x44, 0x58, 0xe2}, 0xa9);
constexpr SBox kS2 = make_s_box(251, {0xd0, 0x2a, 0xe1, 0x2c, 0x21, 0x30, 0xa2, 0x6c}, 0x38);

// The S-box of each byte of a word, from the lowest, with the masks that spread it over all four
// already applied (RFC 4269 section 2.3, "SS-boxes").
using SsTable = std::array<std::array<std::uint32_t, 256>, 4>;
constexpr SsTable make_ss() {
  constexpr std::uint32_t kMasks = 0x3fcff3fc;  // m3 m2 m1 m0
  SsTable ss{};
  for (std::size_t box = 0; box < 4; ++box) {
    const std::uint32_t mask = std::rotr(kMasks, static_cast<int>(8 * box));
    for (std::size_t x = 0; x < 256; ++x) {
      ss[box][x] = (box % 2 == 0 ? kS1 : kS2)[x] * 0x01010101U & mask;
    }
  }
  return ss;
}
constexpr SsTable kSs = make_ss();

// RFC 4269 section 2.3.
inline std::uint32_t g(std::uint32_t x) {
  return kSs[0][x & 0xff] ^ kSs[1][x >> 8 & 0xff] ^ kSs[2][x >> 16 & 0xff] ^ kSs[3][x >> 24];
}

constexpr std::size_t kRounds = 16;
using RoundKeys = std::array<std::array<std::uint32_t, 2>, kRounds>;

class Seed {
 public:
  static constexpr std::size_t kBlock = 16;

  // RFC 4269 section 2.4.
  explicit Seed(ByteView key) {
    std::uint64_t ab = load_be64(key.data());
    std::uint64_t cd = load_be64(key.data() + 8);
    for (std::size_t i = 0; i < kRounds; ++i) {
      const std::uint32_t kc = std::rotl(0x9e3779b9U, static_cast<int>(i));
      encrypt_[i] = {g(high(ab) + high(cd) - kc), g(low(ab) - low(cd) + kc)};
      if (i % 2 == 0) {
        ab = std::rotr(ab, 8);
      } else {
        cd = std::rotl(cd, 8);
      }
    }
    std::reverse_copy(encrypt_.begin(), encrypt_.end(), decrypt_.begin());
  }
  Seed(const Seed&) = delete;
  Seed& operator=(const Seed&) = delete;
  ~Seed() {
    wipe(encrypt_.data(), sizeof encrypt_);
    wipe(decrypt_.data(), sizeof decrypt_);
  }

  void encrypt(const std::uint8_t* in, std::uint8_t* out) const { crypt(encrypt_, in, out); }
  void decrypt(const std::uint8_t* in, std::uint8_t* out) const { crypt(decrypt_, in, out); }

 private:
  struct Half {
    std::uint32_t left, right;
  };

  static std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }
  static std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }

  // RFC 4269 section 2.2: the round function of `from`, put upon `to`.
  static void round(Half& to, const Half& from, const std::array<std::uint32_t, 2>& key) {
    std::uint32_t c = from.left ^ key[0];
    std::uint32_t d = g(c ^ from.right ^ key[1]);
    c = g(c + d);
    d = g(d + c);
    to.left ^= c + d;
    to.right ^= d;
  }

  static void crypt(const RoundKeys& keys, const std::uint8_t* in, std::uint8_t* out) {
    Half l{load_be32(in), load_be32(in + 4)};
    Half r{load_be32(in + 8), load_be32(in + 12)};
    for (std::size_t i = 0; i < kRounds; i += 2) {
      round(l, r, keys[i]);
      round(r, l, keys[i + 1]);
    }
    // The last round does not swap.
    store_be32(out, r.left);
    store_be32(out + 4, r.right);
    store_be32(out + 8, l.left);
    store_be32(out + 12, l.right);
  }

  RoundKeys encrypt_;
  RoundKeys decrypt_;
};

}  // namespace

std::unique_ptr<BlockCipher> make_seed(ByteView key) {
  return std::make_unique<BlockModes<Seed>>(key);
}

}  // namespace parley::crypto

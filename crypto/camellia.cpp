// Camellia (RFC 3713). Looks tables up at secret places: not constant-time (crypto/README.md).
#include <algorithm>
#include <array>
#include <bit>

#include "crypto/block_ciphers.hpp"
#include "crypto/block_modes.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

// RFC 3713 section 2.4.1, SBOX1.
constexpr std::array<std::uint8_t, 256> kSbox1 = {
    112, 130, 44,  236, 179, 39,  192, 229, 228, 133, 87,  53,  234, 12,  174, 65,  35,  239, 107,
    147, 69,  25,  165, 33,  237, 14,  79,  78,  29,  101, 146, 189, 134, 184, 175, 143, 124, 235,
    31,  206, 62,  48,  220, 95,  94,  197, 11,  26,  166, 225, 57,  202, 213, 71,  93,  61,  217,
    1,   90,  214, 81,  86,  108, 77,  139, 13,  154, 102, 251, 204, 176, 45,  116, 18,  43,  32,
    240, 177, 132, 153, 223, 76,  203, 194, 52,  126, 118, 5,   109, 183, 169, 49,  209, 23,  4,
    215, 20,  88,  58,  97,  222, 27,  17,  28,  50,  15,  156, 22,  83,  24,  242, 34,  254, 68,
    207, 178, 195, 181, 122, 145, 36,  8,   232, 168, 96,  252, 105, 80,  170, 208, 160, 125, 161,
    137, 98,  151, 84,  91,  30,  149, 224, 255, 100, 210, 16,  196, 0,   72,  163, 247, 117, 219,
    138, 3,   230, 218, 9,   63,  221, 148, 135, 92,  131, 2,   205, 74,  144, 51,  115, 103, 246,
    243, 157, 127, 191, 226, 82,  155, 216, 38,  200, 55,  198, 59,  129, 150, 111, 75,  19,  190,
    99,  46,  233, 121, 167, 140, 159, 110, 188, 142, 41,  245, 249, 182, 47,  253, 180, 89,  120,
    152, 6,   106, 231, 70,  113, 186, 212, 37,  171, 66,  136, 162, 141, 250, 114, 7,   185, 85,
    248, 238, 172, 10,  54,  73,  42,  104, 60,  56,  241, 164, 64,  40,  211, 123, 187, 201, 67,
    193, 21,  227, 173, 244, 119, 199, 128, 158,
};

// For each byte of the input of F, from the highest: its S-box, copied into those bytes of the
// output that the P-function adds it to (RFC 3713 section 2.4.1).
using SpTable = std::array<std::array<std::uint64_t, 256>, 8>;
constexpr SpTable make_sp() {
  // Ones in the bytes y1 to y8 in which t1 to t8 occur.
  constexpr std::array<std::uint64_t, 8> kSpread = {
      0x0101010001000001, 0x0001010101010000, 0x0100010100010100, 0x0101000100000101,
      0x0001010100010101, 0x0100010101000101, 0x0101000101010001, 0x0101010001010100};
  constexpr std::array<int, 8> kBox = {1, 2, 3, 4, 2, 3, 4, 1};
  SpTable sp{};
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t x = 0; x < 256; ++x) {
      std::uint8_t s = kSbox1[x];
      if (kBox[i] == 2) s = std::rotl(s, 1);
      if (kBox[i] == 3) s = std::rotl(s, 7);
      if (kBox[i] == 4) s = kSbox1[std::rotl(static_cast<std::uint8_t>(x), 1)];
      sp[i][x] = kSpread[i] * s;
    }
  }
  return sp;
}
constexpr SpTable kSp = make_sp();

inline std::uint64_t f(std::uint64_t in, std::uint64_t key) {
  const std::uint64_t x = in ^ key;
  return kSp[0][x >> 56] ^ kSp[1][x >> 48 & 0xff] ^ kSp[2][x >> 40 & 0xff] ^
         kSp[3][x >> 32 & 0xff] ^ kSp[4][x >> 24 & 0xff] ^ kSp[5][x >> 16 & 0xff] ^
         kSp[6][x >> 8 & 0xff] ^ kSp[7][x & 0xff];
}

std::uint64_t join(std::uint32_t high, std::uint32_t low) {
  return static_cast<std::uint64_t>(high) << 32 | low;
}
// RFC 3713 section 2.4.2.
std::uint64_t fl(std::uint64_t in, std::uint64_t key) {
  auto x1 = static_cast<std::uint32_t>(in >> 32), x2 = static_cast<std::uint32_t>(in);
  const auto k1 = static_cast<std::uint32_t>(key >> 32), k2 = static_cast<std::uint32_t>(key);
  x2 ^= std::rotl(x1 & k1, 1);
  x1 ^= x2 | k2;
  return join(x1, x2);
}
// RFC 3713 section 2.4.3.
std::uint64_t fl_inverse(std::uint64_t in, std::uint64_t key) {
  auto y1 = static_cast<std::uint32_t>(in >> 32), y2 = static_cast<std::uint32_t>(in);
  const auto k1 = static_cast<std::uint32_t>(key >> 32), k2 = static_cast<std::uint32_t>(key);
  y1 ^= y2 | k2;
  y2 ^= std::rotl(y1 & k1, 1);
  return join(y1, y2);
}

// RFC 3713 section 2.2, Sigma1 to Sigma6.
constexpr std::array<std::uint64_t, 6> kSigma = {0xa09e667f3bcc908b, 0xb67ae8584caa73b2,
                                                 0xc6ef372fe94f82be, 0x54ff53a5f1d36f1c,
                                                 0x10e527fade682d1d, 0xb05688c2b3e6c1fd};

// The four 128-bit values that subkeys are cut from.
enum Source : std::uint8_t { kL, kR, kA, kB };
// A subkey: the high or the low half of a source turned left.
struct Cut {
  Source source;
  std::uint8_t turn;
  bool low;
};

// RFC 3713 section 2.2, the subkeys in the order of their use in encryption: kw1 kw2, six k, two
// ke, six k, .., kw3 kw4.
constexpr std::array<Cut, 26> kCuts128 = {{
    {kL, 0, false},   {kL, 0, true},                                     // kw1 kw2
    {kA, 0, false},   {kA, 0, true},   {kL, 15, false}, {kL, 15, true},  // k1
    {kA, 15, false},  {kA, 15, true},                                    //
    {kA, 30, false},  {kA, 30, true},                                    // ke1 ke2
    {kL, 45, false},  {kL, 45, true},  {kA, 45, false}, {kL, 60, true},  // k7
    {kA, 60, false},  {kA, 60, true},                                    //
    {kL, 77, false},  {kL, 77, true},                                    // ke3 ke4
    {kL, 94, false},  {kL, 94, true},  {kA, 94, false}, {kA, 94, true},  // k13
    {kL, 111, false}, {kL, 111, true},                                   //
    {kA, 111, false}, {kA, 111, true},                                   // kw3 kw4
}};
constexpr std::array<Cut, 34> kCuts256 = {{
    {kL, 0, false},   {kL, 0, true},                                     // kw1 kw2
    {kB, 0, false},   {kB, 0, true},   {kR, 15, false}, {kR, 15, true},  // k1
    {kA, 15, false},  {kA, 15, true},                                    //
    {kR, 30, false},  {kR, 30, true},                                    // ke1 ke2
    {kB, 30, false},  {kB, 30, true},  {kL, 45, false}, {kL, 45, true},  // k7
    {kA, 45, false},  {kA, 45, true},                                    //
    {kL, 60, false},  {kL, 60, true},                                    // ke3 ke4
    {kR, 60, false},  {kR, 60, true},  {kB, 60, false}, {kB, 60, true},  // k13
    {kL, 77, false},  {kL, 77, true},                                    //
    {kA, 77, false},  {kA, 77, true},                                    // ke5 ke6
    {kR, 94, false},  {kR, 94, true},  {kA, 94, false}, {kA, 94, true},  // k19
    {kL, 111, false}, {kL, 111, true},                                   //
    {kB, 111, false}, {kB, 111, true},                                   // kw3 kw4
}};

class Camellia {
 public:
  static constexpr std::size_t kBlock = 16;

  explicit Camellia(ByteView key) {
    std::array<Wide, 4> sources{};
    Wide& l = sources[kL];
    Wide& r = sources[kR];
    l = {load_be64(key.data()), load_be64(key.data() + 8)};
    if (key.size() == 24) {
      const std::uint64_t third = load_be64(key.data() + 16);
      r = {third, ~third};
    } else if (key.size() == 32) {
      r = {load_be64(key.data() + 16), load_be64(key.data() + 24)};
    }
    Wide d{l.high ^ r.high, l.low ^ r.low};
    two_rounds(d, 0);
    d.high ^= l.high;
    d.low ^= l.low;
    two_rounds(d, 2);
    sources[kA] = d;
    d.high ^= r.high;
    d.low ^= r.low;
    two_rounds(d, 4);
    sources[kB] = d;

    const auto cut_all = [&](const auto& cuts) {
      count_ = cuts.size();
      for (std::size_t i = 0; i < count_; ++i) {
        const Wide& from = sources[cuts[i].source];
        const unsigned turn = cuts[i].turn + (cuts[i].low ? 64U : 0U);
        const bool crossed = turn / 64 % 2 != 0;
        const std::uint64_t front = crossed ? from.low : from.high;
        const std::uint64_t back = crossed ? from.high : from.low;
        // Of a turn by nothing the second shift would be one by 64.
        encrypt_[i] = front << turn % 64 | back >> 1 >> (63 - turn % 64);
      }
    };
    if (key.size() == 16) {
      cut_all(kCuts128);
    } else {
      cut_all(kCuts256);
    }
    // RFC 3713 section 2.3.3: the same subkeys backwards, save that kw stay in pairs.
    std::reverse_copy(encrypt_.begin(), encrypt_.begin() + count_, decrypt_.begin());
    std::swap(decrypt_[0], decrypt_[1]);
    std::swap(decrypt_[count_ - 2], decrypt_[count_ - 1]);
    wipe(sources.data(), sizeof sources);
    wipe(&d, sizeof d);
  }
  Camellia(const Camellia&) = delete;
  Camellia& operator=(const Camellia&) = delete;
  ~Camellia() {
    wipe(encrypt_.data(), sizeof encrypt_);
    wipe(decrypt_.data(), sizeof decrypt_);
  }

  void encrypt(const std::uint8_t* in, std::uint8_t* out) const { crypt(encrypt_, in, out); }
  void decrypt(const std::uint8_t* in, std::uint8_t* out) const { crypt(decrypt_, in, out); }

 private:
  using Subkeys = std::array<std::uint64_t, kCuts256.size()>;
  struct Wide {
    std::uint64_t high, low;
  };

  static void two_rounds(Wide& d, std::size_t sigma) {
    d.low ^= f(d.high, kSigma[sigma]);
    d.high ^= f(d.low, kSigma[sigma + 1]);
  }

  // RFC 3713 section 2.3: six rounds, the FL layer, six rounds, and so on.
  void crypt(const Subkeys& keys, const std::uint8_t* in, std::uint8_t* out) const {
    const std::uint64_t* k = keys.data();
    std::uint64_t d1 = load_be64(in) ^ k[0];
    std::uint64_t d2 = load_be64(in + 8) ^ k[1];
    k += 2;
    for (std::size_t left = count_ - 4;; left -= 8, k += 8) {
      for (std::size_t i = 0; i < 6; i += 2) {
        d2 ^= f(d1, k[i]);
        d1 ^= f(d2, k[i + 1]);
      }
      if (left == 6) break;
      d1 = fl(d1, k[6]);
      d2 = fl_inverse(d2, k[7]);
    }
    store_be64(out, d2 ^ k[6]);
    store_be64(out + 8, d1 ^ k[7]);
  }

  std::size_t count_ = 0;  // subkeys in use
  Subkeys encrypt_{};
  Subkeys decrypt_{};
};

}  // namespace

std::unique_ptr<BlockCipher> make_camellia(ByteView key) {
  return std::make_unique<BlockModes<Camellia>>(key);
}

}  // namespace parley::crypto

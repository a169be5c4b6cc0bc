// DES and 3DES-EDE (FIPS 46-3, NIST SP 800-67). Looks tables up at secret places: not
// constant-time (crypto/README.md).
#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "crypto/block_ciphers.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

// FIPS 46-3 appendix 1, the S-boxes row by row.
using SBox = std::array<std::uint8_t, 64>;
constexpr std::array<SBox, 8> kS = {{
    {14, 4,  13, 1, 2,  15, 11, 8,  3,  10, 6,  12, 5,  9,  0, 7,  //
     0,  15, 7,  4, 14, 2,  13, 1,  10, 6,  12, 11, 9,  5,  3, 8,  //
     4,  1,  14, 8, 13, 6,  2,  11, 15, 12, 9,  7,  3,  10, 5, 0,  //
     15, 12, 8,  2, 4,  9,  1,  7,  5,  11, 3,  14, 10, 0,  6, 13},
    {15, 1,  8,  14, 6,  11, 3,  4,  9,  7, 2,  13, 12, 0, 5,  10,  //
     3,  13, 4,  7,  15, 2,  8,  14, 12, 0, 1,  10, 6,  9, 11, 5,   //
     0,  14, 7,  11, 10, 4,  13, 1,  5,  8, 12, 6,  9,  3, 2,  15,  //
     13, 8,  10, 1,  3,  15, 4,  2,  11, 6, 7,  12, 0,  5, 14, 9},
    {10, 0,  9,  14, 6, 3,  15, 5,  1,  13, 12, 7,  11, 4,  2,  8,  //
     13, 7,  0,  9,  3, 4,  6,  10, 2,  8,  5,  14, 12, 11, 15, 1,  //
     13, 6,  4,  9,  8, 15, 3,  0,  11, 1,  2,  12, 5,  10, 14, 7,  //
     1,  10, 13, 0,  6, 9,  8,  7,  4,  15, 14, 3,  11, 5,  2,  12},
    {7,  13, 14, 3, 0,  6,  9,  10, 1,  2, 8, 5,  11, 12, 4,  15,  //
     13, 8,  11, 5, 6,  15, 0,  3,  4,  7, 2, 12, 1,  10, 14, 9,   //
     10, 6,  9,  0, 12, 11, 7,  13, 15, 1, 3, 14, 5,  2,  8,  4,   //
     3,  15, 0,  6, 10, 1,  13, 8,  9,  4, 5, 11, 12, 7,  2,  14},
    {2,  12, 4,  1,  7,  10, 11, 6,  8,  5,  3,  15, 13, 0, 14, 9,   //
     14, 11, 2,  12, 4,  7,  13, 1,  5,  0,  15, 10, 3,  9, 8,  6,   //
     4,  2,  1,  11, 10, 13, 7,  8,  15, 9,  12, 5,  6,  3, 0,  14,  //
     11, 8,  12, 7,  1,  14, 2,  13, 6,  15, 0,  9,  10, 4, 5,  3},
    {12, 1,  10, 15, 9, 2,  6,  8,  0,  13, 3,  4,  14, 7,  5,  11,  //
     10, 15, 4,  2,  7, 12, 9,  5,  6,  1,  13, 14, 0,  11, 3,  8,   //
     9,  14, 15, 5,  2, 8,  12, 3,  7,  0,  4,  10, 1,  13, 11, 6,   //
     4,  3,  2,  12, 9, 5,  15, 10, 11, 14, 1,  7,  6,  0,  8,  13},
    {4,  11, 2,  14, 15, 0, 8,  13, 3,  12, 9, 7,  5,  10, 6, 1,  //
     13, 0,  11, 7,  4,  9, 1,  10, 14, 3,  5, 12, 2,  15, 8, 6,  //
     1,  4,  11, 13, 12, 3, 7,  14, 10, 15, 6, 8,  0,  5,  9, 2,  //
     6,  11, 13, 8,  1,  4, 10, 7,  9,  5,  0, 15, 14, 2,  3, 12},
    {13, 2,  8,  4, 6,  15, 11, 1,  10, 9,  3,  14, 5,  0,  12, 7,  //
     1,  15, 13, 8, 10, 3,  7,  4,  12, 5,  6,  11, 0,  14, 9,  2,  //
     7,  11, 4,  1, 9,  12, 14, 2,  0,  6,  10, 13, 15, 3,  5,  8,  //
     2,  1,  14, 7, 4,  10, 8,  13, 15, 12, 9,  0,  3,  5,  6,  11},
}};
// Bit numbers count from 1 at the left, as in FIPS 46-3.
constexpr std::array<std::uint8_t, 32> kP = {16, 7, 20, 21, 29, 12, 28, 17, 1,  15, 23,
                                             26, 5, 18, 31, 10, 2,  8,  24, 14, 32, 27,
                                             3,  9, 19, 13, 30, 6,  22, 11, 4,  25};
constexpr std::array<std::uint8_t, 56> kPc1 = {
    57, 49, 41, 33, 25, 17, 9,  1,  58, 50, 42, 34, 26, 18, 10, 2,  59, 51, 43,
    35, 27, 19, 11, 3,  60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7,  62, 54,
    46, 38, 30, 22, 14, 6,  61, 53, 45, 37, 29, 21, 13, 5,  28, 20, 12, 4};
constexpr std::array<std::uint8_t, 48> kPc2 = {
    14, 17, 11, 24, 1,  5,  3,  28, 15, 6,  21, 10, 23, 19, 12, 4,  26, 8,  16, 7,  27, 20, 13, 2,
    41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32};
constexpr std::array<unsigned, 16> kKeyShift = {1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1};

// Each S-box with the permutation P already applied to its four bits.
using SpTable = std::array<std::array<std::uint32_t, 64>, 8>;
constexpr SpTable make_sp() {
  SpTable sp{};
  for (std::size_t box = 0; box < 8; ++box) {
    for (std::size_t x = 0; x < 64; ++x) {
      const std::size_t line = (x >> 4 & 2) | (x & 1);
      const std::uint32_t s = kS[box][16 * line + (x >> 1 & 15)];
      const std::uint32_t placed = s << (28 - 4 * box);
      for (std::size_t bit = 0; bit < 32; ++bit) {
        sp[box][x] |= (placed >> (32 - kP[bit]) & 1) << (31 - bit);
      }
    }
  }
  return sp;
}
constexpr SpTable kSp = make_sp();

// The 48 bits of a round key, six for each S-box at bits 26, 18, 10 and 2: boxes 1, 3, 5, 7 in
// `odd`, and 2, 4, 6, 8 in `even`. So placed they fit the right half rotated by one to the right
// and by three to the left, and the expansion E needs no work of its own.
struct RoundKey {
  std::uint32_t odd;
  std::uint32_t even;
};

inline std::uint32_t round_function(std::uint32_t r, const RoundKey& k) {
  const std::uint32_t a = std::rotr(r, 1) ^ k.odd;
  const std::uint32_t b = std::rotl(r, 3) ^ k.even;
  return kSp[0][a >> 26] ^ kSp[2][a >> 18 & 63] ^ kSp[4][a >> 10 & 63] ^ kSp[6][a >> 2 & 63] ^
         kSp[1][b >> 26] ^ kSp[3][b >> 18 & 63] ^ kSp[5][b >> 10 & 63] ^ kSp[7][b >> 2 & 63];
}

void expand_key(const std::uint8_t* key, RoundKey* keys) {
  const std::uint64_t k = load_be64(key);
  std::uint64_t cd = 0;
  for (const std::uint8_t bit : kPc1) cd = cd << 1 | (k >> (64 - bit) & 1);
  constexpr std::uint64_t kHalf = (1U << 28) - 1;
  std::uint64_t c = cd >> 28;
  std::uint64_t d = cd & kHalf;
  for (std::size_t round = 0; round < 16; ++round) {
    const unsigned n = kKeyShift[round];
    c = (c << n | c >> (28 - n)) & kHalf;
    d = (d << n | d >> (28 - n)) & kHalf;
    cd = c << 28 | d;
    std::array<std::uint32_t, 8> six{};
    for (std::size_t i = 0; i < 48; ++i) {
      six[i / 6] = six[i / 6] << 1 | static_cast<std::uint32_t>(cd >> (56 - kPc2[i]) & 1);
    }
    keys[round].odd = six[0] << 26 | six[2] << 18 | six[4] << 10 | six[6] << 2;
    keys[round].even = six[1] << 26 | six[3] << 18 | six[5] << 10 | six[7] << 2;
    wipe(six.data(), sizeof six);
  }
}

// Swaps the bits of b under `mask` with those of a `n` places further left.
inline void swap_bits(std::uint32_t& a, std::uint32_t& b, unsigned n, std::uint32_t mask) {
  const std::uint32_t t = ((a >> n) ^ b) & mask;
  b ^= t;
  a ^= t << n;
}

// The permutation IP as five exchanges between the halves, and its inverse.
inline void initial_permutation(std::uint32_t& l, std::uint32_t& r) {
  swap_bits(l, r, 4, 0x0f0f0f0f);
  swap_bits(l, r, 16, 0x0000ffff);
  swap_bits(r, l, 2, 0x33333333);
  swap_bits(r, l, 8, 0x00ff00ff);
  swap_bits(l, r, 1, 0x55555555);
}
inline void final_permutation(std::uint32_t& l, std::uint32_t& r) {
  swap_bits(l, r, 1, 0x55555555);
  swap_bits(r, l, 8, 0x00ff00ff);
  swap_bits(r, l, 2, 0x33333333);
  swap_bits(l, r, 16, 0x0000ffff);
  swap_bits(l, r, 4, 0x0f0f0f0f);
}

// kStages is 1 for DES and 3 for EDE, where the inner permutations cancel out.
template <std::size_t kStages>
class Des final : public BlockCipher {
 public:
  explicit Des(ByteView key) {
    for (std::size_t i = 0; i < kStages; ++i) {
      RoundKey* const stage = encrypt_.data() + 16 * i;
      expand_key(key.data() + 8 * i, stage);
      if (i == 1) std::reverse(stage, stage + 16);  // the middle stage decrypts
    }
    std::reverse_copy(encrypt_.begin(), encrypt_.end(), decrypt_.begin());
  }
  Des(const Des&) = delete;
  Des& operator=(const Des&) = delete;
  ~Des() override {
    wipe(encrypt_.data(), sizeof encrypt_);
    wipe(decrypt_.data(), sizeof decrypt_);
  }

  std::size_t block_size() const override { return 8; }

  void cbc_encrypt(ByteSpan iv, ByteView in, ByteSpan out) const override {
    assert(iv.size() == 8 && in.size() % 8 == 0 && in.size() == out.size());
    Blocks<1> chain;
    chain.load(iv.data());
    for (std::size_t at = 0; at < in.size(); at += 8) {
      chain.l[0] ^= load_be32(in.data() + at);
      chain.r[0] ^= load_be32(in.data() + at + 4);
      crypt(encrypt_, chain);
      chain.store(out.data() + at);
    }
    chain.store(iv.data());
  }

  void cbc_decrypt(ByteSpan iv, ByteView in, ByteSpan out) const override {
    assert(iv.size() == 8 && in.size() % 8 == 0 && in.size() == out.size());
    Blocks<1> previous;
    previous.load(iv.data());
    std::size_t at = 0;
    for (; in.size() - at >= 8 * kWide; at += 8 * kWide) {
      cbc_decrypt_some<kWide>(previous, in.data() + at, out.data() + at);
    }
    for (; at < in.size(); at += 8) {
      cbc_decrypt_some<1>(previous, in.data() + at, out.data() + at);
    }
    previous.store(iv.data());
  }

  void ecb_encrypt(ByteView in, ByteSpan out) const override { ecb(encrypt_, in, out); }
  void ecb_decrypt(ByteView in, ByteSpan out) const override { ecb(decrypt_, in, out); }

 private:
  using Keys = std::array<RoundKey, 16 * kStages>;
  // Blocks decrypted side by side: a round is a chain of dependent look-ups, and a second chain
  // fills the gaps of the first.
  static constexpr std::size_t kWide = 2;

  template <std::size_t N>
  struct Blocks {
    std::array<std::uint32_t, N> l;
    std::array<std::uint32_t, N> r;
    void load(const std::uint8_t* p) {
      for (std::size_t i = 0; i < N; ++i) {
        l[i] = load_be32(p + 8 * i);
        r[i] = load_be32(p + 8 * i + 4);
      }
    }
    void store(std::uint8_t* p) const {
      for (std::size_t i = 0; i < N; ++i) {
        store_be32(p + 8 * i, l[i]);
        store_be32(p + 8 * i + 4, r[i]);
      }
    }
  };

  template <std::size_t N>
  static void crypt(const Keys& keys, Blocks<N>& b) {
    for (std::size_t i = 0; i < N; ++i) initial_permutation(b.l[i], b.r[i]);
    for (std::size_t stage = 0; stage < kStages; ++stage) {
      for (std::size_t round = 16 * stage; round < 16 * stage + 16; round += 2) {
        for (std::size_t i = 0; i < N; ++i) b.l[i] ^= round_function(b.r[i], keys[round]);
        for (std::size_t i = 0; i < N; ++i) b.r[i] ^= round_function(b.l[i], keys[round + 1]);
      }
      std::swap(b.l, b.r);
    }
    for (std::size_t i = 0; i < N; ++i) final_permutation(b.l[i], b.r[i]);
  }

  template <std::size_t N>
  void cbc_decrypt_some(Blocks<1>& previous, const std::uint8_t* in, std::uint8_t* out) const {
    Blocks<N> cipher;
    cipher.load(in);
    Blocks<N> plain = cipher;
    crypt(decrypt_, plain);
    for (std::size_t i = 0; i < N; ++i) {
      plain.l[i] ^= i == 0 ? previous.l[0] : cipher.l[i - 1];
      plain.r[i] ^= i == 0 ? previous.r[0] : cipher.r[i - 1];
    }
    plain.store(out);
    previous.l[0] = cipher.l[N - 1];
    previous.r[0] = cipher.r[N - 1];
  }

  static void ecb(const Keys& keys, ByteView in, ByteSpan out) {
    assert(in.size() % 8 == 0 && in.size() == out.size());
    for (std::size_t at = 0; at < in.size(); at += 8) {
      Blocks<1> b;
      b.load(in.data() + at);
      crypt(keys, b);
      b.store(out.data() + at);
    }
  }

  Keys encrypt_;
  Keys decrypt_;
};

}  // namespace

std::unique_ptr<BlockCipher> make_des(ByteView key) {
  if (key.size() == 8) return std::make_unique<Des<1>>(key);
  return std::make_unique<Des<3>>(key);
}

}  // namespace parley::crypto

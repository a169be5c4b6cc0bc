// AES (FIPS 197) without tables: every byte of several blocks at once, one bit of each byte in
// each of eight words ("bitslicing"). No address and no branch depends on key or data.
//
// Bit `16 * row + 4 * column + block` of plane b is bit b of that byte of the state, so that
// MixColumns turns words by 16 and ShiftRows turns their quarters. A plane is a 64-bit word for
// four blocks, or two such words side by side for eight, which compilers map to SSE2 or NEON.
#include <algorithm>
#include <array>

#include "crypto/portable.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kMaxRounds = 14;

// Two 64-bit words that are computed with as one.
struct Twin {
  using Vector = std::uint64_t __attribute__((vector_size(16)));
  Vector v;
  Twin() = default;
  explicit Twin(Vector x) : v(x) {}
  explicit Twin(std::uint64_t both) : v{both, both} {}
  Twin(std::uint64_t low, std::uint64_t high) : v{low, high} {}
  friend Twin operator^(Twin a, Twin b) { return Twin(a.v ^ b.v); }
  friend Twin operator&(Twin a, Twin b) { return Twin(a.v & b.v); }
  friend Twin operator|(Twin a, Twin b) { return Twin(a.v | b.v); }
  friend Twin operator<<(Twin a, int n) { return Twin(a.v << n); }
  friend Twin operator>>(Twin a, int n) { return Twin(a.v >> n); }
};

template <class W>
using Planes = std::array<W, 8>;

// f(0) to f(7), laid out one after another so that planes stay in registers.
template <class F>
[[gnu::always_inline]] inline void for_planes(F f) {
  f(0);
  f(1);
  f(2);
  f(3);
  f(4);
  f(5);
  f(6);
  f(7);
}
// GCC takes attributes of lambdas only in this spelling.
#define PARLEY_INLINE_LAMBDA __attribute__((always_inline))

template <class W>
[[gnu::always_inline]] inline W turn(W x, int n) {
  return (x >> n) | (x << (64 - n));
}

// The S-box without its last step, the addition of 0x63, which is part of the round keys here.
// The circuit of Boyar and Peralta, "A small depth-16 circuit for the AES S-box" (2012), with
// 113 gates; names of variables are theirs, x0 and s0 the most significant bits.
template <class W>
[[gnu::always_inline]] inline void sub_bytes(Planes<W>& q) {
  const W x0 = q[7], x1 = q[6], x2 = q[5], x3 = q[4], x4 = q[3], x5 = q[2], x6 = q[1], x7 = q[0];

  // Into the tower field.
  const W y14 = x3 ^ x5, y13 = x0 ^ x6, y9 = x0 ^ x3, y8 = x0 ^ x5, t0 = x1 ^ x2;
  const W y1 = t0 ^ x7, y4 = y1 ^ x3, y12 = y13 ^ y14, y2 = y1 ^ x0, y5 = y1 ^ x6;
  const W y3 = y5 ^ y8, t1 = x4 ^ y12, y15 = t1 ^ x5, y20 = t1 ^ x1, y6 = y15 ^ x7;
  const W y10 = y15 ^ t0, y11 = y20 ^ y9, y7 = x7 ^ y11, y17 = y10 ^ y11, y19 = y10 ^ y8;
  const W y16 = t0 ^ y11, y21 = y13 ^ y16, y18 = x0 ^ y16;

  // The inversion in GF(2^8).
  const W t2 = y12 & y15, t3 = y3 & y6, t4 = t3 ^ t2, t5 = y4 & x7, t6 = t5 ^ t2;
  const W t7 = y13 & y16, t8 = y5 & y1, t9 = t8 ^ t7, t10 = y2 & y7, t11 = t10 ^ t7;
  const W t12 = y9 & y11, t13 = y14 & y17, t14 = t13 ^ t12, t15 = y8 & y10, t16 = t15 ^ t12;
  const W t17 = t4 ^ t14, t18 = t6 ^ t16, t19 = t9 ^ t14, t20 = t11 ^ t16;
  const W t21 = t17 ^ y20, t22 = t18 ^ y19, t23 = t19 ^ y21, t24 = t20 ^ y18;
  const W t25 = t21 ^ t22, t26 = t21 & t23, t27 = t24 ^ t26, t28 = t25 & t27, t29 = t28 ^ t22;
  const W t30 = t23 ^ t24, t31 = t22 ^ t26, t32 = t31 & t30, t33 = t32 ^ t24, t34 = t23 ^ t33;
  const W t35 = t27 ^ t33, t36 = t24 & t35, t37 = t36 ^ t34, t38 = t27 ^ t36, t39 = t29 & t38;
  const W t40 = t25 ^ t39, t41 = t40 ^ t37, t42 = t29 ^ t33, t43 = t29 ^ t40, t44 = t33 ^ t37;
  const W t45 = t42 ^ t41;
  const W z0 = t44 & y15, z1 = t37 & y6, z2 = t33 & x7, z3 = t43 & y16, z4 = t40 & y1;
  const W z5 = t29 & y7, z6 = t42 & y11, z7 = t45 & y17, z8 = t41 & y10, z9 = t44 & y12;
  const W z10 = t37 & y3, z11 = t33 & y4, z12 = t43 & y13, z13 = t40 & y5, z14 = t29 & y2;
  const W z15 = t42 & y9, z16 = t45 & y14, z17 = t41 & y8;

  // Back, and the affine map.
  const W t46 = z15 ^ z16, t47 = z10 ^ z11, t48 = z5 ^ z13, t49 = z9 ^ z10, t50 = z2 ^ z12;
  const W t51 = z2 ^ z5, t52 = z7 ^ z8, t53 = z0 ^ z3, t54 = z6 ^ z7, t55 = z16 ^ z17;
  const W t56 = z12 ^ t48, t57 = t50 ^ t53, t58 = z4 ^ t46, t59 = z3 ^ t54, t60 = t46 ^ t57;
  const W t61 = z14 ^ t57, t62 = t52 ^ t58, t63 = t49 ^ t58, t64 = z4 ^ t59, t65 = t61 ^ t62;
  const W t66 = z1 ^ t63, t67 = t64 ^ t65, s3 = t53 ^ t66;
  q[7] = t59 ^ t63;
  q[6] = t64 ^ s3;
  q[5] = t55 ^ t67;
  q[4] = s3;
  q[3] = t51 ^ t66;
  q[2] = t47 ^ t65;
  q[1] = t56 ^ t62;
  q[0] = t48 ^ t60;
}

// The inverse of the linear part of the S-box's affine map (FIPS 197 section 5.3.2).
template <class W>
[[gnu::always_inline]] inline void inverse_affine(Planes<W>& q) {
  const Planes<W> x = q;
  for_planes([&](std::size_t i)
                 PARLEY_INLINE_LAMBDA { q[i] = x[(i + 2) % 8] ^ x[(i + 5) % 8] ^ x[(i + 7) % 8]; });
}

// With S(x) = A(1/x) + 0x63, the inverse of A(1/x) is A'(S(A'(x)) + 0x63), A' the inverse of A.
// The 0x63 comes in with the round key before this, and is left out of sub_bytes().
template <class W>
[[gnu::always_inline]] inline void inv_sub_bytes(Planes<W>& q) {
  inverse_affine(q);
  sub_bytes(q);
  inverse_affine(q);
}

// Row r turns by r columns: rows 2 and 3 by two, then rows 1 and 3 by one.
template <class W>
[[gnu::always_inline]] inline void shift_rows(Planes<W>& q) {
  for_planes([&](std::size_t i) PARLEY_INLINE_LAMBDA {
    W& x = q[i];
    const W t = (x ^ (x >> 8)) & W(0x00ff00ff00000000);
    x = x ^ t ^ (t << 8);
    x = (x & W(0x0000ffff0000ffff)) | ((x >> 4) & W(0x0fff00000fff0000)) |
        ((x << 12) & W(0xf0000000f0000000));
  });
}
template <class W>
[[gnu::always_inline]] inline void inv_shift_rows(Planes<W>& q) {
  for_planes([&](std::size_t i) PARLEY_INLINE_LAMBDA {
    W& x = q[i];
    const W t = (x ^ (x >> 8)) & W(0x00ff00ff00000000);
    x = x ^ t ^ (t << 8);
    x = (x & W(0x0000ffff0000ffff)) | ((x << 4) & W(0xfff00000fff00000)) |
        ((x >> 12) & W(0x000f0000000f0000));
  });
}

// 2 a[r] + 3 a[r+1] + a[r+2] + a[r+3], written as 2 t[r] + a[r+1] + t[r+2] with
// t[r] = a[r] + a[r+1].
template <class W>
[[gnu::always_inline]] inline void mix_columns(Planes<W>& q) {
  Planes<W> next;
  Planes<W> t;
  for_planes([&](std::size_t i) PARLEY_INLINE_LAMBDA {
    next[i] = turn(q[i], 16);
    t[i] = q[i] ^ next[i];
  });
  for_planes([&](std::size_t i)
                 PARLEY_INLINE_LAMBDA { q[i] = t[(i + 7) % 8] ^ next[i] ^ turn(t[i], 32); });
  // What leaves at the top comes back as 0x1b; plane 0 has it already.
  q[1] = q[1] ^ t[7];
  q[3] = q[3] ^ t[7];
  q[4] = q[4] ^ t[7];
}

// The inverse matrix is that of MixColumns times (5, 0, 4, 0), so a[r] + 4 (a[r] + a[r+2]) first.
template <class W>
[[gnu::always_inline]] inline void inv_mix_columns(Planes<W>& q) {
  Planes<W> t;
  for_planes([&](std::size_t i) PARLEY_INLINE_LAMBDA { t[i] = q[i] ^ turn(q[i], 32); });
  const W top = t[6] ^ t[7];
  q[0] = q[0] ^ t[6];
  q[1] = q[1] ^ top;
  q[2] = q[2] ^ t[0] ^ t[7];
  q[3] = q[3] ^ t[1] ^ t[6];
  q[4] = q[4] ^ t[2] ^ top;
  q[5] = q[5] ^ t[3] ^ t[7];
  q[6] = q[6] ^ t[4];
  q[7] = q[7] ^ t[5];
  mix_columns(q);
}

template <class W>
[[gnu::always_inline]] inline void swap_bits(W& a, W& b, int n, std::uint64_t mask) {
  const W t = ((a >> n) ^ b) & W(mask);
  b = b ^ t;
  a = a ^ (t << n);
}

// Bit b of byte j of word k changes places with bit k of byte j of word b. Its own inverse.
template <class W>
[[gnu::always_inline]] inline void transpose(Planes<W>& q) {
  constexpr std::uint64_t kOdd = 0x5555555555555555, kPairs = 0x3333333333333333;
  constexpr std::uint64_t kNibbles = 0x0f0f0f0f0f0f0f0f;
  swap_bits(q[0], q[1], 1, kOdd);
  swap_bits(q[2], q[3], 1, kOdd);
  swap_bits(q[4], q[5], 1, kOdd);
  swap_bits(q[6], q[7], 1, kOdd);
  swap_bits(q[0], q[2], 2, kPairs);
  swap_bits(q[1], q[3], 2, kPairs);
  swap_bits(q[4], q[6], 2, kPairs);
  swap_bits(q[5], q[7], 2, kPairs);
  swap_bits(q[0], q[4], 4, kNibbles);
  swap_bits(q[1], q[5], 4, kNibbles);
  swap_bits(q[2], q[6], 4, kNibbles);
  swap_bits(q[3], q[7], 4, kNibbles);
}

// The bytes of a column move apart, to every second byte of the result.
inline std::uint64_t spread(std::uint32_t column) {
  std::uint64_t x = column;
  x = (x | x << 16) & 0x0000ffff0000ffff;
  return (x | x << 8) & 0x00ff00ff00ff00ff;
}
inline std::uint32_t gather(std::uint64_t x) {
  x &= 0x00ff00ff00ff00ff;
  x = (x | x >> 8) & 0x0000ffff0000ffff;
  return static_cast<std::uint32_t>(x | x >> 16);
}

inline void set_lane(std::uint64_t& w, std::size_t, std::uint64_t x) { w = x; }
inline void set_lane(Twin& w, std::size_t lane, std::uint64_t x) { w.v[lane] = x; }
inline std::uint64_t get_lane(std::uint64_t w, std::size_t) { return w; }
inline std::uint64_t get_lane(Twin w, std::size_t lane) { return w.v[lane]; }

// kCount blocks, the others zero.
template <class W, std::size_t kCount>
[[gnu::always_inline]] inline void load(Planes<W>& q, const std::uint8_t* p) {
  q.fill(W(std::uint64_t{0}));
  for (std::size_t n = 0; n < kCount; ++n, p += kBlock) {
    set_lane(q[n % 4], n / 4, spread(load_le32(p)) | spread(load_le32(p + 8)) << 8);
    set_lane(q[n % 4 + 4], n / 4, spread(load_le32(p + 4)) | spread(load_le32(p + 12)) << 8);
  }
  transpose(q);
}
template <class W, std::size_t kCount>
[[gnu::always_inline]] inline void store(std::uint8_t* p, Planes<W>& q) {
  transpose(q);
  for (std::size_t n = 0; n < kCount; ++n, p += kBlock) {
    const std::uint64_t even = get_lane(q[n % 4], n / 4);
    const std::uint64_t odd = get_lane(q[n % 4 + 4], n / 4);
    store_le32(p, gather(even));
    store_le32(p + 4, gather(odd));
    store_le32(p + 8, gather(even >> 8));
    store_le32(p + 12, gather(odd >> 8));
  }
}

// Round keys as planes, the same for all four blocks; 0x63 is added to all but the first.
struct Schedule {
  std::array<Planes<std::uint64_t>, kMaxRounds + 1> keys;
  std::size_t rounds;
};

template <class W>
[[gnu::always_inline]] inline void add_key(Planes<W>& q, const Planes<std::uint64_t>& k) {
  for_planes([&](std::size_t i) PARLEY_INLINE_LAMBDA { q[i] = q[i] ^ W(k[i]); });
}

template <class W>
void encrypt(const Schedule& s, Planes<W>& q) {
  add_key(q, s.keys[0]);
  for (std::size_t round = 1; round < s.rounds; ++round) {
    sub_bytes(q);
    shift_rows(q);
    mix_columns(q);
    add_key(q, s.keys[round]);
  }
  sub_bytes(q);
  shift_rows(q);
  add_key(q, s.keys[s.rounds]);
}

template <class W>
void decrypt(const Schedule& s, Planes<W>& q) {
  add_key(q, s.keys[s.rounds]);
  for (std::size_t round = s.rounds - 1; round > 0; --round) {
    inv_shift_rows(q);
    inv_sub_bytes(q);
    add_key(q, s.keys[round]);
    inv_mix_columns(q);
  }
  inv_shift_rows(q);
  inv_sub_bytes(q);
  add_key(q, s.keys[0]);
}

// FIPS 197 section 5.2, SubWord: the S-box on each byte, through the same circuit.
std::uint32_t sub_word(std::uint32_t w) {
  Planes<std::uint64_t> q{};
  for (unsigned i = 0; i < 32; ++i) q[i % 8] |= static_cast<std::uint64_t>(w >> i & 1) << (i / 8);
  sub_bytes(q);
  std::uint32_t r = 0;
  for (unsigned i = 0; i < 32; ++i) r |= static_cast<std::uint32_t>(q[i % 8] >> (i / 8) & 1) << i;
  return r ^ 0x63636363;
}

// Calls f<W, kCount>(offset) over whole blocks: eight at a time, then four, then the rest.
template <class F>
void for_chunks(std::size_t blocks, F f) {
  std::size_t at = 0;
  for (; blocks >= 8; blocks -= 8, at += 8 * kBlock) f.template operator()<Twin, 8>(at);
  for (; blocks >= 4; blocks -= 4, at += 4 * kBlock) f.template operator()<std::uint64_t, 4>(at);
  switch (blocks) {
    case 3: f.template operator()<std::uint64_t, 3>(at); break;
    case 2: f.template operator()<std::uint64_t, 2>(at); break;
    case 1: f.template operator()<std::uint64_t, 1>(at); break;
    default: break;
  }
}

void xor_to(std::uint8_t* to, const std::uint8_t* from, std::size_t n) {
  for (std::size_t i = 0; i < n; i += 8) {
    store_le64(to + i, load_le64(to + i) ^ load_le64(from + i));
  }
}

const Schedule& keyed(const void* schedule) { return *static_cast<const Schedule*>(schedule); }

}  // namespace

static_assert(sizeof(Schedule) == kPortableAesSchedule && kPortableAesSchedule <= kMaxAesSchedule);

void aes_expand(const std::uint8_t* key, std::size_t key_size, void* schedule) {
  Schedule& s = *static_cast<Schedule*>(schedule);
  const std::size_t words = key_size / 4;
  s.rounds = words + 6;
  std::array<std::uint32_t, 4 * (kMaxRounds + 1)> w;
  std::uint32_t rcon = 1;
  for (std::size_t i = 0; i < 4 * (s.rounds + 1); ++i) {
    if (i < words) {
      w[i] = load_le32(key + 4 * i);
      continue;
    }
    std::uint32_t t = w[i - 1];
    if (i % words == 0) {
      t = sub_word(t >> 8 | t << 24) ^ rcon;
      rcon = (rcon << 1) ^ (rcon >> 7) * 0x11b;
    } else if (words == 8 && i % words == 4) {
      t = sub_word(t);
    }
    w[i] = w[i - words] ^ t;
  }
  std::array<std::uint8_t, 4 * kBlock> four;
  for (std::size_t round = 0; round <= s.rounds; ++round) {
    for (std::size_t i = 0; i < 16; ++i) store_le32(four.data() + 4 * i, w[4 * round + i % 4]);
    load<std::uint64_t, 4>(s.keys[round], four.data());
    if (round == 0) continue;
    for (const std::size_t bit : {0U, 1U, 5U, 6U}) s.keys[round][bit] = ~s.keys[round][bit];
  }
  wipe(w.data(), sizeof w);
  wipe(four);
}

void aes_ecb_encrypt(const void* schedule, const std::uint8_t* in, std::uint8_t* out,
                     std::size_t blocks) {
  for_chunks(blocks, [&]<class W, std::size_t kCount>(std::size_t at) {
    Planes<W> q;
    load<W, kCount>(q, in + at);
    encrypt(keyed(schedule), q);
    store<W, kCount>(out + at, q);
  });
}

void aes_ecb_decrypt(const void* schedule, const std::uint8_t* in, std::uint8_t* out,
                     std::size_t blocks) {
  for_chunks(blocks, [&]<class W, std::size_t kCount>(std::size_t at) {
    Planes<W> q;
    load<W, kCount>(q, in + at);
    decrypt(keyed(schedule), q);
    store<W, kCount>(out + at, q);
  });
}

void aes_cbc_encrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in,
                     std::uint8_t* out, std::size_t blocks) {
  for (; blocks != 0; --blocks, in += kBlock, out += kBlock) {
    xor_to(iv, in, kBlock);
    Planes<std::uint64_t> q;
    load<std::uint64_t, 1>(q, iv);
    encrypt(keyed(schedule), q);
    store<std::uint64_t, 1>(iv, q);
    std::copy_n(iv, kBlock, out);
  }
}

void aes_cbc_decrypt(const void* schedule, std::uint8_t* iv, const std::uint8_t* in,
                     std::uint8_t* out, std::size_t blocks) {
  for_chunks(blocks, [&]<class W, std::size_t kCount>(std::size_t at) {
    // The ciphertext of the chunk, and before it the block that chains into it: `out` may
    // overwrite `in`.
    std::array<std::uint8_t, (kCount + 1) * kBlock> cipher;
    std::copy_n(iv, kBlock, cipher.data());
    std::copy_n(in + at, kCount * kBlock, cipher.data() + kBlock);
    Planes<W> q;
    load<W, kCount>(q, cipher.data() + kBlock);
    decrypt(keyed(schedule), q);
    store<W, kCount>(out + at, q);
    xor_to(out + at, cipher.data(), kCount * kBlock);
    std::copy_n(cipher.data() + kCount * kBlock, kBlock, iv);
  });
}

void aes_ctr(const void* schedule, std::uint8_t* counter, const std::uint8_t* in, std::uint8_t* out,
             std::size_t blocks) {
  Secret<8 * kBlock> stream;
  std::uint8_t* const run = stream.span().data();
  std::uint32_t count = load_be32(counter + 12);
  for_chunks(blocks, [&]<class W, std::size_t kCount>(std::size_t at) {
    for (std::size_t i = 0; i < kCount; ++i) {
      std::copy_n(counter, 12, run + i * kBlock);
      store_be32(run + i * kBlock + 12, count++);
    }
    Planes<W> q;
    load<W, kCount>(q, run);
    encrypt(keyed(schedule), q);
    store<W, kCount>(run, q);
    xor_to(run, in + at, kCount * kBlock);
    std::copy_n(run, kCount * kBlock, out + at);
  });
  store_be32(counter + 12, count);
}

}  // namespace parley::crypto

#include "crypto/hash.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "crypto/compress.hpp"
#include "crypto/ct.hpp"
#include "crypto/kernels.hpp"
#include "crypto/secret.hpp"
#include "crypto/words.hpp"

namespace parley::crypto {
namespace {

// What tells the hashes apart besides their compression functions: all but MD2 follow
// Merkle-Damgard with a 0x80 byte, zeros and the length in bits at the end (RFC 1321 section 3.1,
// FIPS 180-4 section 5.1).
struct Row {
  std::string_view name;
  std::size_t digest;
  std::size_t block;
  std::size_t length_field;
  unsigned block_log2;
  std::array<std::uint32_t, 8> initial;
};

// In the order of HashId. SHA-384 and SHA-512 take their states from kInitial64.
constexpr std::array<Row, 8> kRows = {{
    {"md2", 16, 16, 0, 4, {}},
    {"md4", 16, 64, 8, 6, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
    {"md5", 16, 64, 8, 6, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
    {"sha1", 20, 64, 8, 6, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}},
    {"sha224",
     28,
     64,
     8,
     6,
     {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7,
      0xbefa4fa4}},
    {"sha256",
     32,
     64,
     8,
     6,
     {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
      0x5be0cd19}},
    {"sha384", 48, 128, 16, 7, {}},
    {"sha512", 64, 128, 16, 7, {}},
}};
// FIPS 180-4 sections 5.3.4 and 5.3.5.
constexpr std::array<std::uint64_t, 8> kInitial384 = {
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
constexpr std::array<std::uint64_t, 8> kInitial512 = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

constexpr const Row& row(HashId id) { return kRows[static_cast<std::size_t>(id)]; }
constexpr bool has_wide_words(HashId id) { return id >= HashId::sha384; }
constexpr bool is_little_endian(HashId id) { return id == HashId::md4 || id == HashId::md5; }

template <class State>
void compress(HashId id, State& state, const std::uint8_t* p, std::size_t blocks) {
  switch (id) {
    case HashId::md2: md2_blocks(state.bytes.data(), p, blocks); return;
    case HashId::md4: md4_blocks(state.w32.data(), p, blocks); return;
    case HashId::md5: md5_blocks(state.w32.data(), p, blocks); return;
    case HashId::sha1: kernels().sha1_blocks(state.w32.data(), p, blocks); return;
    case HashId::sha224:
    case HashId::sha256: kernels().sha256_blocks(state.w32.data(), p, blocks); return;
    case HashId::sha384:
    case HashId::sha512: sha512_blocks(state.w64.data(), p, blocks); return;
  }
}

// The last bytes of the last block. `bytes` may be secret.
void put_length(HashId id, std::uint8_t* field, std::uint64_t bytes) {
  if (is_little_endian(id)) {
    store_le64(field, bytes << 3);
  } else if (has_wide_words(id)) {
    store_be64(field, bytes >> 61);
    store_be64(field + 8, bytes << 3);
  } else {
    store_be64(field, bytes << 3);
  }
}

template <class State>
void put_digest(HashId id, const State& state, std::uint8_t* out) {
  const std::size_t n = row(id).digest;
  if (is_little_endian(id)) {
    for (std::size_t i = 0; 4 * i < n; ++i) store_le32(out + 4 * i, state.w32[i]);
  } else if (has_wide_words(id)) {
    for (std::size_t i = 0; 8 * i < n; ++i) store_be64(out + 8 * i, state.w64[i]);
  } else {
    for (std::size_t i = 0; 4 * i < n; ++i) store_be32(out + 4 * i, state.w32[i]);
  }
}

// Makes padding of the bytes of one block from `end` on: 0x80, then zeros. `end` is counted from
// the start of the block, is secret, and may lie before it (wrapped around) or behind it.
void pad_from(std::uint8_t* block, std::size_t size, std::uint64_t end) {
  for (std::size_t at = 0; at < size; at += 8) {
    const std::uint64_t left = end - at;  // bytes of this word and all further ones to keep
    const std::uint64_t past = ct_mask_bit(left >> 63);
    const std::uint64_t here = ct_is_zero(left >> 3);
    const unsigned shift = static_cast<unsigned>(left & 7) * 8;
    const std::uint64_t keep = ct_select(here, (std::uint64_t{1} << shift) - 1, ~past);
    const std::uint64_t mark = here & (std::uint64_t{0x80} << shift);
    store_le64(block + at, (load_le64(block + at) & keep) | mark);
  }
}

}  // namespace

std::size_t digest_size(HashId id) { return row(id).digest; }
std::size_t block_size(HashId id) { return row(id).block; }
std::string_view hash_name(HashId id) { return row(id).name; }

Hasher::Hasher(HashId id) : id_(id) {
  if (has_wide_words(id)) {
    state_.w64 = id == HashId::sha384 ? kInitial384 : kInitial512;
  } else if (id == HashId::md2) {
    state_.bytes = {};
  } else {
    state_.w32 = row(id).initial;
  }
}

Hasher::~Hasher() {
  wipe(&state_, sizeof state_);
  wipe(buffer_);
}

void Hasher::update(ByteView in) {
  if (in.empty()) return;
  const std::size_t block = row(id_).block;
  const std::size_t held = total_ & (block - 1);
  total_ += in.size();
  if (held != 0) {
    const std::size_t n = std::min(block - held, in.size());
    std::memcpy(buffer_.data() + held, in.data(), n);
    if (held + n < block) return;
    compress(id_, state_, buffer_.data(), 1);
    in = in.subspan(n);
  }
  const std::size_t blocks = in.size() >> row(id_).block_log2;
  if (blocks != 0) {
    compress(id_, state_, in.data(), blocks);
    in = in.subspan(blocks * block);
  }
  if (!in.empty()) std::memcpy(buffer_.data(), in.data(), in.size());
}

void Hasher::finish(ByteSpan out) {
  const Row& r = row(id_);
  assert(out.size() >= r.digest);
  if (id_ == HashId::md2) {
    finish_md2(out);
    return;
  }
  std::size_t held = total_ & (r.block - 1);
  buffer_[held++] = 0x80;
  if (held > r.block - r.length_field) {
    std::memset(buffer_.data() + held, 0, r.block - held);
    compress(id_, state_, buffer_.data(), 1);
    held = 0;
  }
  std::memset(buffer_.data() + held, 0, r.block - r.length_field - held);
  put_length(id_, buffer_.data() + r.block - r.length_field, total_);
  compress(id_, state_, buffer_.data(), 1);
  put_digest(id_, state_, out.data());
}

// RFC 1319 sections 3.1 and 3.2: n bytes of value n, then the checksum of all that as one block
// more.
void Hasher::finish_md2(ByteSpan out) {
  const std::size_t held = total_ & 15;
  const std::size_t pad = 16 - held;
  std::memset(buffer_.data() + held, static_cast<int>(pad), pad);
  md2_blocks(state_.bytes.data(), buffer_.data(), 1);
  std::copy_n(state_.bytes.data() + 16, 16, buffer_.data());
  md2_blocks(state_.bytes.data(), buffer_.data(), 1);
  std::copy_n(state_.bytes.data(), 16, out.data());
}

// Al Fardan and Paterson, "Lucky Thirteen" (2013), section 8: hash as many blocks as the longest
// possible message has, and keep the state behind the one that really was the last.
void Hasher::finish_secret_length(ByteView data, std::size_t secret_len, std::size_t min_len,
                                  ByteSpan out) {
  const Row& r = row(id_);
  assert(id_ != HashId::md2 && min_len <= data.size() && out.size() >= r.digest);
  update(data.first(min_len));
  const ByteView rest = data.subspan(min_len);
  const std::size_t held = total_ & (r.block - 1);

  // Offsets from the start of the block that buffer_ holds the beginning of.
  const std::uint64_t end = value_barrier(static_cast<std::uint64_t>(secret_len)) - min_len + held;
  const std::uint64_t last_block = (end + r.length_field) >> r.block_log2;
  const std::size_t blocks = ((held + rest.size() + r.length_field) >> r.block_log2) + 1;
  std::array<std::uint8_t, 16> length;
  put_length(id_, length.data(), total_ - held + end);

  State found;
  if (has_wide_words(id_)) {
    found.w64 = {};
  } else {
    found.w32 = {};
  }
  for (std::size_t k = 0; k < blocks; ++k) {
    const std::size_t start = k * r.block;
    const std::size_t from = k == 0 ? held : 0;
    const std::size_t taken = start + from - held;  // bytes of rest in earlier blocks
    const std::size_t n = taken < rest.size() ? std::min(r.block - from, rest.size() - taken) : 0;
    if (n != 0) std::memcpy(buffer_.data() + from, rest.data() + taken, n);
    std::memset(buffer_.data() + from + n, 0, r.block - from - n);
    pad_from(buffer_.data(), r.block, end - start);

    // Behind the end there are only zeros, so the length can be or'ed in.
    const std::uint64_t is_last = ct_eq<std::uint64_t>(k, last_block);
    for (std::size_t i = 0; i < r.length_field; ++i) {
      std::uint8_t& b = buffer_[r.block - r.length_field + i];
      b = static_cast<std::uint8_t>(b | (length[i] & is_last));
    }
    compress(id_, state_, buffer_.data(), 1);
    // Only one of the two is in use; which, is public.
    if (has_wide_words(id_)) {
      for (std::size_t i = 0; i < 8; ++i) found.w64[i] |= state_.w64[i] & is_last;
    } else {
      const auto mask = static_cast<std::uint32_t>(is_last);
      for (std::size_t i = 0; i < 8; ++i) found.w32[i] |= state_.w32[i] & mask;
    }
  }
  put_digest(id_, found, out.data());
  wipe(&found, sizeof found);
}

Digest hash(HashId id, std::initializer_list<ByteView> parts) {
  Hasher h(id);
  for (const ByteView part : parts) h.update(part);
  Digest d;
  d.size = digest_size(id);
  h.finish(d.bytes);
  return d;
}

}  // namespace parley::crypto

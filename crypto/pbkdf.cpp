#include "crypto/pbkdf.hpp"

#include "crypto/hmac.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {
namespace {

struct WipedDigest : Digest {
  explicit WipedDigest(const Digest& d) : Digest(d) {}
  WipedDigest(const WipedDigest&) = default;
  WipedDigest& operator=(const WipedDigest&) = default;
  ~WipedDigest() { wipe(bytes); }
  ByteSpan span() { return ByteSpan{bytes}.first(size); }
};

/// Copies as much of the digest as `out` has room for; what is left of `out`.
ByteSpan put(ByteView digest, ByteSpan out) {
  const std::size_t n = std::min(digest.size(), out.size());
  std::copy_n(digest.begin(), n, out.begin());
  return out.subspan(n);
}

/// `pattern` again and again, up to the next multiple of `block` bytes (RFC 7292 appendix B.2,
/// steps 2 and 3).
void repeat(SecretBytes& to, ByteView pattern, std::size_t block) {
  if (pattern.empty()) return;
  to = SecretBytes((pattern.size() + block - 1) / block * block);
  for (std::size_t i = 0; i < to.size(); ++i) to.span()[i] = pattern[i % pattern.size()];
}

/// Each block of `blocks` += b + 1, as big-endian numbers of their size (step 6 C).
void add_to_blocks(ByteSpan blocks, ByteView b) {
  for (; !blocks.empty(); blocks = blocks.subspan(b.size())) {
    unsigned carry = 1;
    for (std::size_t i = b.size(); i-- > 0;) {
      carry += unsigned{blocks[i]} + b[i];
      blocks[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
  }
}

}  // namespace

void pbkdf1(HashId id, ByteView password, ByteView salt, std::uint32_t iterations, ByteSpan out) {
  WipedDigest t{hash(id, {password, salt})};
  for (std::uint32_t i = 1; i < iterations; ++i) t = WipedDigest{hash(id, {t})};
  put(t, out);
}

void pbkdf2(HashId id, ByteView password, ByteView salt, std::uint32_t iterations, ByteSpan out) {
  const Hmac keyed{id, password};
  WipedDigest u{Digest{.bytes = {}, .size = digest_size(id)}};
  WipedDigest t = u;
  for (std::uint32_t block = 1; !out.empty(); ++block) {
    const std::array<std::uint8_t, 4> number{
        static_cast<std::uint8_t>(block >> 24), static_cast<std::uint8_t>(block >> 16),
        static_cast<std::uint8_t>(block >> 8), static_cast<std::uint8_t>(block)};
    Hmac first = keyed;
    first.update(salt);
    first.update(number);
    first.finish(u.span());
    t = u;
    for (std::uint32_t i = 1; i < iterations; ++i) {
      Hmac next = keyed;
      next.update(u);
      next.finish(u.span());
      for (std::size_t k = 0; k < t.size; ++k) t.bytes[k] ^= u.bytes[k];
    }
    out = put(t, out);
  }
}

void pkcs12_kdf(HashId id, ByteView password, ByteView salt, std::uint32_t iterations,
                Pkcs12Use use, ByteSpan out) {
  const std::size_t block = block_size(id);
  const Bytes diversifier(block, static_cast<std::uint8_t>(use));
  SecretBytes s, p;
  repeat(s, salt, block);
  repeat(p, password, block);
  Secret<kMaxHashBlock> b;
  while (!out.empty()) {
    WipedDigest a{hash(id, {diversifier, s, p})};
    for (std::uint32_t i = 1; i < iterations; ++i) a = WipedDigest{hash(id, {a})};
    out = put(a, out);
    for (std::size_t i = 0; i < block; ++i) b.span()[i] = a.bytes[i % a.size];
    add_to_blocks(s, b.view().first(block));
    add_to_blocks(p, b.view().first(block));
  }
}

void pem_kdf(ByteView password, ByteView salt, ByteSpan out) {
  WipedDigest d{Digest{}};
  while (!out.empty()) {
    d = WipedDigest{hash(HashId::md5, {d, password, salt})};
    out = put(d, out);
  }
}

}  // namespace parley::crypto

#include "crypto/rsa_impl.hpp"

namespace parley::crypto {
namespace {

constexpr std::uint8_t kTrailer = 0xbc;

// data ^= MGF1(seed) (RFC 8017 appendix B.2.1).
void unmask(HashId id, ByteView seed, ByteSpan data) {
  for (std::uint32_t counter = 0; !data.empty(); ++counter) {
    const std::array<std::uint8_t, 4> c{
        static_cast<std::uint8_t>(counter >> 24), static_cast<std::uint8_t>(counter >> 16),
        static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter)};
    const Digest mask = hash(id, {seed, c});
    const std::size_t n = std::min(mask.size, data.size());
    for (std::size_t i = 0; i < n; ++i) data[i] ^= mask.bytes[i];
    data = data.subspan(n);
  }
}

// EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) of the `bits` lowest bits of `block`, which it unmasks
// in place; the bits above must be zero.
bool pss_consistent(HashId id, ByteView digest, ByteSpan block, std::size_t bits,
                    std::size_t salt_length) {
  const std::size_t size = (bits + 7) / 8;
  // A modulus of 8 k + 1 bits has a whole byte more than the encoded message.
  for (; block.size() > size; block = block.subspan(1)) {
    if (block[0] != 0) return false;
  }
  const std::size_t hash_size = digest_size(id);
  if (digest.size() != hash_size || size < hash_size + 2 || salt_length > size - hash_size - 2 ||
      block.back() != kTrailer) {
    return false;
  }
  const ByteSpan data = block.first(size - hash_size - 1);
  const ByteView expected = block.subspan(data.size(), hash_size);
  const auto unused = static_cast<std::uint8_t>(~(0xff >> (8 * size - bits)));
  if ((data[0] & unused) != 0) return false;
  unmask(id, expected, data);
  data[0] = static_cast<std::uint8_t>(data[0] & ~unused);
  const ByteView padding = data.first(data.size() - salt_length);
  for (const std::uint8_t b : padding.first(padding.size() - 1)) {
    if (b != 0) return false;
  }
  if (padding.back() != 0x01) return false;
  constexpr std::array<std::uint8_t, 8> kZeros{};
  return equal(hash(id, {kZeros, digest, data.last(salt_length)}), expected);
}

// EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) into the `bits` lowest bits of `block`, which is zero.
Status pss_encode(HashId id, ByteView digest, ByteView salt, ByteSpan block, std::size_t bits) {
  const std::size_t hash_size = digest_size(id);
  if (digest.size() != hash_size) return Error{Errc::bad_argument, "rsa.digest"};
  const std::size_t size = (bits + 7) / 8;
  if (size < hash_size + salt.size() + 2) return Error{Errc::key_too_small, "rsa.digest"};
  const ByteSpan encoded = block.last(size);
  const ByteSpan data = encoded.first(size - hash_size - 1);
  constexpr std::array<std::uint8_t, 8> kZeros{};
  const Digest h = hash(id, {kZeros, digest, salt});
  data[data.size() - salt.size() - 1] = 0x01;
  std::ranges::copy(salt, data.last(salt.size()).begin());
  unmask(id, h.view(), data);
  data[0] = static_cast<std::uint8_t>(data[0] & (0xff >> (8 * size - bits)));
  std::ranges::copy(h.view(), encoded.subspan(data.size()).begin());
  encoded.back() = kTrailer;
  return {};
}

}  // namespace

Result<Bytes> RsaPrivateKey::sign_pss(Rng& rng, HashId id, ByteView digest) const {
  std::array<std::uint8_t, kMaxDigest> random;
  const ByteSpan salt = ByteSpan{random}.first(digest_size(id));
  if (!rng.fill(salt)) return Error{Errc::no_random, "rsa.salt"};
  std::array<std::uint8_t, kMaxRsaBytes> buffer{};
  const ByteSpan block{buffer.data(), size()};
  PARLEY_CHECK(pss_encode(id, digest, salt, block, impl_->public_key.bits() - 1));
  return rsa_sign_block(*impl_, rng, block);
}

bool RsaPublicKey::verify_pss(HashId id, ByteView digest, ByteView signature,
                              std::size_t salt_length) const {
  std::array<std::uint8_t, kMaxRsaBytes> buffer;
  const ByteSpan block{buffer.data(), size()};
  return rsa_open_signature(*impl_, signature, block) &&
         pss_consistent(id, digest, block, bits() - 1, salt_length);
}

}  // namespace parley::crypto

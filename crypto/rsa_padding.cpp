#include "crypto/rsa_padding.hpp"

#include "crypto/ct.hpp"

namespace parley::crypto {
namespace {

// DER of DigestInfo up to the hash value (RFC 8017 section 9.2, note 1). The NULL parameters are
// part of the encoding; the form without them is not accepted.
// MD2, MD4 and MD5 differ in the last byte of the OID.
constexpr std::array<std::uint8_t, 18> md(std::uint8_t oid) {
  return {0x30, 0x20, 0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48,
          0x86, 0xf7, 0x0d, 0x02, oid,  0x05, 0x00, 0x04, 0x10};
}
constexpr auto kMd2 = md(2);
constexpr auto kMd4 = md(4);
constexpr auto kMd5 = md(5);
constexpr std::array<std::uint8_t, 15> kSha1{0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                             0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
// The four of SHA-2 differ in the last byte of the OID and in three lengths.
constexpr std::array<std::uint8_t, 19> sha2(std::uint8_t oid, std::uint8_t length) {
  return {0x30,  static_cast<std::uint8_t>(0x11 + length),
          0x30,  0x0d,
          0x06,  0x09,
          0x60,  0x86,
          0x48,  0x01,
          0x65,  0x03,
          0x04,  0x02,
          oid,   0x05,
          0x00,  0x04,
          length};
}
constexpr auto kSha224 = sha2(4, 28);
constexpr auto kSha256 = sha2(1, 32);
constexpr auto kSha384 = sha2(2, 48);
constexpr auto kSha512 = sha2(3, 64);

struct DigestRow {
  ByteView prefix;
  std::size_t size;
};

DigestRow row(RsaDigest d) {
  switch (d) {
    case RsaDigest::md2: return {kMd2, 16};
    case RsaDigest::md4: return {kMd4, 16};
    case RsaDigest::md5: return {kMd5, 16};
    case RsaDigest::sha1: return {kSha1, 20};
    case RsaDigest::sha224: return {kSha224, 28};
    case RsaDigest::sha256: return {kSha256, 32};
    case RsaDigest::sha384: return {kSha384, 48};
    case RsaDigest::sha512: return {kSha512, 64};
    case RsaDigest::bare_md5_sha1: break;
  }
  return {{}, 36};
}

// RFC 2246 appendix E.2.
constexpr std::size_t kMarkSize = 8;
constexpr std::uint8_t kMark = 0x03;

/// Zero when the block is 00 02 PS 00 M with M of this size and no zero in PS.
std::uint8_t wrong_block(ByteView block, std::size_t message_size) {
  const std::size_t separator = block.size() - message_size - 1;
  std::uint8_t wrong = static_cast<std::uint8_t>(block[0] | (block[1] ^ 2) | block[separator]);
  for (std::size_t i = 2; i < separator; ++i) {
    wrong = static_cast<std::uint8_t>(wrong | ct_is_zero(block[i]));
  }
  return wrong;
}

void select(std::uint8_t good, ByteView message, ByteView fallback, ByteSpan out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = ct_select(good, message[i], fallback[i]);
}

}  // namespace

std::size_t rsa_digest_size(RsaDigest d) { return row(d).size; }

Status build_signature_block(RsaDigest kind, ByteView digest, ByteSpan block) {
  const auto [prefix, size] = row(kind);
  if (digest.size() != size) return Error{Errc::bad_argument, "rsa.digest"};
  const std::size_t tail = prefix.size() + size;
  if (block.size() < tail + kPkcs1Overhead) return Error{Errc::key_too_small, "rsa.sign"};
  const std::size_t separator = block.size() - tail - 1;
  block[0] = 0x00;
  block[1] = 0x01;
  std::fill_n(block.data() + 2, separator - 2, std::uint8_t{0xff});
  block[separator] = 0x00;
  std::copy(prefix.begin(), prefix.end(), block.data() + separator + 1);
  std::copy(digest.begin(), digest.end(), block.data() + separator + 1 + prefix.size());
  return {};
}

Status build_encryption_block(Rng& rng, ByteView message, ByteSpan block, bool marked) {
  if (block.size() < kPkcs1Overhead || message.size() > block.size() - kPkcs1Overhead) {
    return Error{Errc::bad_argument, "rsa.encrypt"};
  }
  const std::size_t separator = block.size() - message.size() - 1;
  const ByteSpan padding = block.subspan(2, separator - 2);
  block[0] = 0x00;
  block[1] = 0x02;
  if (!rng.fill(padding)) return Error{Errc::no_random, "rsa.encrypt"};
  // Zeros are drawn again. Where they were tells nothing about what replaces them.
  constexpr int kTries = 64;
  for (std::uint8_t& b : padding) {
    for (int i = 0; b == 0 && i < kTries; ++i) {
      if (!rng.fill({&b, 1})) return Error{Errc::no_random, "rsa.encrypt"};
    }
    if (b == 0) return Error{Errc::no_random, "rsa.encrypt"};
  }
  if (marked) std::ranges::fill(padding.last(kMarkSize), kMark);
  block[separator] = 0x00;
  std::copy(message.begin(), message.end(), block.data() + separator + 1);
  return {};
}

Unpadded unpad_encryption_block(ByteView block) {
  if (block.size() < kPkcs1Overhead) return {0, block.size()};
  std::size_t good =
      ct_is_zero(std::size_t{block[0]}) & ct_eq(std::size_t{block[1]}, std::size_t{2});
  std::size_t found = 0;
  std::size_t separator = 0;
  for (std::size_t i = 2; i < block.size(); ++i) {
    const std::size_t here = ct_is_zero(std::size_t{block[i]}) & ~found;
    separator = ct_select(here, i, separator);
    found |= here;
  }
  // At least eight bytes of PS: positions 2 to 9.
  good &= found & ct_ge(separator, std::size_t{10});
  return {good, ct_select(good, separator + 1, block.size())};
}

void select_premaster(ByteView block, std::uint8_t also, std::uint16_t expected_version,
                      ByteView fallback, ByteSpan out) {
  const ByteView message = block.last(out.size());
  std::uint8_t wrong = wrong_block(block, out.size());
  wrong = static_cast<std::uint8_t>(wrong | (message[0] ^ (expected_version >> 8)));
  wrong = static_cast<std::uint8_t>(wrong | (message[1] ^ (expected_version & 0xff)));
  select(static_cast<std::uint8_t>(ct_is_zero(wrong) & also), message, fallback, out);
}

void select_secret(ByteView block, std::uint8_t also, bool refuse_marked, ByteView fallback,
                   ByteSpan out) {
  const std::size_t separator = block.size() - out.size() - 1;
  std::uint8_t unmarked = 0;
  for (const std::uint8_t b : block.subspan(separator - kMarkSize, kMarkSize)) {
    unmarked = static_cast<std::uint8_t>(unmarked | (b ^ kMark));
  }
  const std::uint8_t passes = refuse_marked ? ct_is_nonzero(unmarked) : std::uint8_t{0xff};
  const std::uint8_t good = ct_is_zero(wrong_block(block, out.size()));
  select(static_cast<std::uint8_t>(good & passes & also), block.last(out.size()), fallback, out);
}

}  // namespace parley::crypto

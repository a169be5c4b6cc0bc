// PKCS #1 v1.5 blocks (RFC 8017 sections 7.2 and 9.2), without any RSA: what goes into the public
// operation and what comes out of the private one.
#pragma once
#include "crypto/rsa.hpp"

namespace parley::crypto {

/// Bytes of padding a block holds at least: 00 BT, eight of PS, 00.
inline constexpr std::size_t kPkcs1Overhead = 11;

/// Length in bytes of what `digest` stands for: the hash value, or the 36 of bare_md5_sha1.
std::size_t rsa_digest_size(RsaDigest);

/// EMSA-PKCS1-v1_5: 00 01 FF .. FF 00 T into all of `block`, where T is the DigestInfo, or the
/// bare 36 bytes. There is exactly one such block for a digest; verifying means building it and
/// comparing. Errc::bad_argument for a digest of the wrong length, Errc::key_too_small when fewer
/// than eight FF would remain.
Status build_signature_block(RsaDigest, ByteView digest, ByteSpan block);

/// EME-PKCS1-v1_5: 00 02 PS 00 M into all of `block`, PS random and without zeros.
/// Errc::bad_argument when M is longer than block.size() - 11. `marked`: the last eight bytes of PS
/// are 0x03 (RFC 2246 appendix E.2).
Status build_encryption_block(Rng&, ByteView message, ByteSpan block, bool marked = false);

/// Where the message of an EME-PKCS1-v1_5 block begins. Constant-time; `good` is all ones or
/// zero, and `start` is block.size() when it is zero.
struct Unpadded {
  std::size_t good;
  std::size_t start;
};
Unpadded unpad_encryption_block(ByteView block);

/// The premaster secret of a decrypted block, or the fallback, chosen byte by byte with a mask:
/// `out` becomes the last out.size() bytes of the block if the block is 00 02 PS 00 M with M of
/// exactly that length and beginning with expected_version, and if `also` (all ones or zero) is
/// set; it becomes `fallback` otherwise (RFC 5246 section 7.4.7.1). out.size() is at least 2 and
/// at most block.size() - 11; fallback has the same length.
void select_premaster(ByteView block, std::uint8_t also, std::uint16_t expected_version,
                      ByteView fallback, ByteSpan out);
/// The same without a version, and with `refuse_marked` only if PS does not end in eight 0x03.
/// out.size() is at least 1.
void select_secret(ByteView block, std::uint8_t also, bool refuse_marked, ByteView fallback,
                   ByteSpan out);

}  // namespace parley::crypto

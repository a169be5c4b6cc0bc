// The pair of numbers that DSA and ECDSA sign with, and what both compute on the way.
#pragma once
#include "crypto/bignum.hpp"
#include "crypto/hash.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley::crypto {

/// Unsigned big-endian; leading zeros are fine. The DER form (RFC 3279 section 2.2.2) is asn1's.
struct RsSignature {
  Bytes r, s;
};

/// The largest group order: 521 bits.
inline constexpr std::size_t kMaxOrderLimbs = limbs_for_bits(521);

/// The number that is signed: the leftmost bits of the digest, as many as the order `q` has, modulo
/// q (FIPS 186-4 sections 4.6 and 6.4; RFC 6979 section 2.3.4). z has q.size() limbs.
void digest_number(LimbSpan z, LimbView q, ByteView digest);

/// The nonce k of RFC 6979 section 3.2 for private number `x` and group order `q` (both of
/// q.size() limbs, at most kMaxOrderLimbs) and a digest made with `hash`, with `extra` as
/// additional input k' (section 3.6); empty gives the deterministic nonce of the RFC's vectors. In
/// [1, q - 1], q.size() limbs written to `k`. Constant-time but for the number of candidates
/// rejected, which says nothing about the one taken.
void rfc6979_nonce(LimbSpan k, LimbView x, LimbView q, HashId hash, ByteView digest,
                   ByteView extra);

}  // namespace parley::crypto

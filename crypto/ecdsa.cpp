// ECDSA: FIPS 186-4 section 6.4, SEC 1 sections 4.1.3 and 4.1.4.
#include "crypto/ct.hpp"
#include "crypto/ec_impl.hpp"

namespace parley::crypto {
namespace {

// Fresh randomness in each nonce, bytes.
constexpr std::size_t kExtraBytes = 32;

// a mod n for a below p, which is below 2 n.
void reduce_once(CurveNum& a, const CurveNum& n) {
  limbs_sub_masked(a.data(), n.data(), ~limbs_less(a.data(), n.data(), n.size()), n.size());
}

// A public number in [1, n - 1]; anything else gives zero.
CurveNum signature_number(const PrimeCurve& group, ByteView big_endian) {
  const CurveNum& n = group.order();
  const ByteView bytes = strip_zeros(big_endian);
  CurveNum a(n.size());
  if (bytes.size() > n.size() * kLimbBytes) return a;
  decode_big_endian(a.span(), bytes);
  if (limbs_less(a.data(), n.data(), n.size()) == 0) return CurveNum(n.size());
  return a;
}

bool is_zero(const CurveNum& a) {
  Limb zero = limbs_is_zero(a.data(), a.size());
  ct_unpoison(&zero, sizeof zero);
  return zero != 0;
}

Bytes publish(const CurveNum& a, std::size_t size) {
  Bytes b(size);
  encode_big_endian(b, a);
  ct_unpoison(b.data(), b.size());
  return b;
}

}  // namespace

Result<RsSignature> EcPrivateKey::sign(Rng& rng, HashId hash, ByteView digest) const {
  if (curve() == Curve::x25519) return Error{Errc::unsupported_algorithm, "ecdsa.curve"};
  const PrimeCurve& group = *impl_->public_key.impl().group;
  const CurveNum& n = group.order();
  const StackScrubber scrubber;  // the nonce's inverse gives the key away as much as the nonce

  Secret<kExtraBytes> extra;
  if (!rng.fill(extra)) return Error{Errc::no_random, "ecdsa.nonce"};
  CurveNum d(n.size());
  decode_big_endian(d.span(), impl_->scalar);
  CurveNum k(n.size());
  rfc6979_nonce(k.span(), d, n, hash, digest, extra);

  AffinePoint point;
  group.multiply_generator(point, k);
  CurveNum& r = point.x;
  reduce_once(r, n);
  group.order_invert(k, k);
  CurveNum z(n.size());
  digest_number(z.span(), n, digest);
  CurveNum s(n.size());
  group.order_mul_add(s, d, r, z);
  group.order_mul_add(s, s, k, CurveNum(n.size()));
  // Once in 2^190 signatures; another nonce would do, but nobody will ever wait for it.
  if (is_zero(r) || is_zero(s)) return Error{Errc::internal, "ecdsa.nonce"};
  const std::size_t size = curve_scalar_size(curve());
  return RsSignature{publish(r, size), publish(s, size)};
}

Status EcPublicKey::verify(ByteView digest, const RsSignature& signature) const {
  if (curve() == Curve::x25519) return Error{Errc::unsupported_algorithm, "ecdsa.curve"};
  const PrimeCurve& group = *impl_->group;
  const CurveNum& n = group.order();
  const CurveNum r = signature_number(group, signature.r);
  if (is_zero(r)) return Error{Errc::signature_out_of_range, "ecdsa.r"};
  const CurveNum s = signature_number(group, signature.s);
  if (is_zero(s)) return Error{Errc::signature_out_of_range, "ecdsa.s"};

  CurveNum u(n.size());
  CurveNum v(n.size());
  CurveNum w(n.size());
  const CurveNum zero(n.size());
  group.order_invert(w, s);
  digest_number(u.span(), n, digest);
  group.order_mul_add(u, u, w, zero);
  group.order_mul_add(v, r, w, zero);
  AffinePoint point;
  const Limb finite = group.multiply_both(point, u, v, impl_->point);
  reduce_once(point.x, n);
  if ((finite & limbs_equal(point.x.data(), r.data(), n.size())) == 0) {
    return Error{Errc::bad_signature, "ecdsa.signature"};
  }
  return {};
}

}  // namespace parley::crypto

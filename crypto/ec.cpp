#include "crypto/ec.hpp"

#include "crypto/ct.hpp"
#include "crypto/ec_impl.hpp"

namespace parley::crypto {
namespace {

// SEC 1 section 2.3.3.
constexpr std::uint8_t kInfinity = 0;
constexpr std::uint8_t kCompressedEven = 2;
constexpr std::uint8_t kCompressedOdd = 3;
constexpr std::uint8_t kUncompressed = 4;

// A generator of random bytes that gives 64 numbers outside the range in a row is broken: every
// order here is just below a power of two.
constexpr int kScalarTries = 64;

CurveNum decode(const PrimeCurve& group, ByteView b) {
  CurveNum r(group.limbs());
  decode_big_endian(r.span(), b);
  return r;
}

// 0 < k < n; a verdict that the world may know.
bool in_range(const PrimeCurve& group, const CurveNum& k) {
  Limb good =
      ~limbs_is_zero(k.data(), k.size()) & limbs_less(k.data(), group.order().data(), k.size());
  ct_unpoison(&good, sizeof good);
  return good != 0;
}

void publish(CurveNum& a) { ct_unpoison(a.data(), a.size() * sizeof(Limb)); }

}  // namespace

Result<EcPublicKey> EcPublicKey::from_point(Curve curve, ByteView encoded) {
  auto impl = std::make_shared<Impl>();
  impl->curve = curve;
  impl->group = prime_curve(curve);
  if (curve == Curve::x25519) {
    if (encoded.size() != impl->u.size()) return Error{Errc::bad_point, "ec.point"};
    std::copy(encoded.begin(), encoded.end(), impl->u.begin());
    return EcPublicKey(std::move(impl));
  }

  const PrimeCurve& group = *impl->group;
  const std::size_t size = curve_field_size(curve);
  if (encoded.size() == 1 && encoded[0] == kInfinity) {
    return Error{Errc::point_at_infinity, "ec.point"};
  }
  const std::uint8_t form = encoded.empty() ? kInfinity : encoded[0];
  const bool whole = form == kUncompressed && encoded.size() == 1 + 2 * size;
  const bool compressed =
      (form == kCompressedEven || form == kCompressedOdd) && encoded.size() == 1 + size;
  if (!whole && !compressed) return Error{Errc::bad_point, "ec.point.form"};

  const auto below_p = [&](const CurveNum& a) {
    return limbs_less(a.data(), group.p().data(), a.size()) != 0;
  };
  AffinePoint& point = impl->point;
  point.x = decode(group, encoded.subspan(1, size));
  if (!below_p(point.x)) return Error{Errc::bad_point, "ec.point.x"};
  if (compressed) {
    if (!group.solve_y(point.y, point.x, form == kCompressedOdd)) {
      return Error{Errc::bad_point, "ec.point.x"};
    }
    return EcPublicKey(std::move(impl));
  }
  point.y = decode(group, encoded.subspan(1 + size));
  if (!below_p(point.y)) return Error{Errc::bad_point, "ec.point.y"};
  if (!group.contains(point)) return Error{Errc::bad_point, "ec.point"};
  return EcPublicKey(std::move(impl));
}

Curve EcPublicKey::curve() const { return impl_->curve; }

Bytes EcPublicKey::point() const {
  if (impl_->group == nullptr) return {impl_->u.begin(), impl_->u.end()};
  const std::size_t size = curve_field_size(curve());
  Bytes b(1 + 2 * size);
  b[0] = kUncompressed;
  encode_big_endian(ByteSpan{b}.subspan(1, size), impl_->point.x);
  encode_big_endian(ByteSpan{b}.subspan(1 + size), impl_->point.y);
  return b;
}

bool EcPublicKey::operator==(const EcPublicKey& o) const {
  return curve() == o.curve() && point() == o.point();
}

Result<EcPrivateKey> EcPrivateKey::from_scalar(Curve curve, ByteView scalar) {
  auto impl = std::make_shared<EcPublicKey::Impl>();
  impl->curve = curve;
  impl->group = prime_curve(curve);
  const std::size_t size = curve_scalar_size(curve);
  SecretBytes bytes(size);
  if (curve == Curve::x25519) {
    if (scalar.size() != size) return Error{Errc::bad_scalar, "ec.scalar"};
    std::copy(scalar.begin(), scalar.end(), bytes.span().begin());
    crypto_scalarmult_curve25519_base(impl->u.data(), scalar.data());
    ct_unpoison(impl->u.data(), impl->u.size());
    return EcPrivateKey(std::make_shared<Impl>(EcPublicKey(std::move(impl)), std::move(bytes)));
  }

  if (scalar.size() > size) {
    std::uint8_t excess = 0;
    for (const std::uint8_t b : scalar.first(scalar.size() - size)) excess |= b;
    ct_unpoison(&excess, sizeof excess);
    if (excess != 0) return Error{Errc::bad_scalar, "ec.scalar"};
    scalar = scalar.last(size);
  }
  const CurveNum k = decode(*impl->group, scalar);
  if (!in_range(*impl->group, k)) return Error{Errc::bad_scalar, "ec.scalar"};
  encode_big_endian(bytes, k);
  impl->group->multiply_generator(impl->point, k);
  publish(impl->point.x);
  publish(impl->point.y);
  return EcPrivateKey(std::make_shared<Impl>(EcPublicKey(std::move(impl)), std::move(bytes)));
}

Result<EcPrivateKey> EcPrivateKey::generate(Rng& rng, Curve curve) {
  const StackScrubber scrubber;
  const std::size_t size = curve_scalar_size(curve);
  SecretBytes scalar(size);
  for (int i = 0; i < kScalarTries; ++i) {
    if (!rng.fill(scalar)) return Error{Errc::no_random, "ec.scalar"};
    // FIPS 186-4 section B.4.2: as many random bits as the order has, until they are in range.
    scalar.span()[0] &= static_cast<std::uint8_t>(0xff >> (8 * size - curve_bits(curve)));
    auto key = from_scalar(curve, scalar);
    if (key) return key;
  }
  return Error{Errc::no_random, "ec.scalar"};
}

EcPublicKey EcPrivateKey::public_key() const { return impl_->public_key; }
SecretBytes EcPrivateKey::scalar() const { return impl_->scalar.clone(); }

Result<SecretBytes> EcPrivateKey::agree(const EcPublicKey& peer) const {
  if (peer.curve() != curve()) return Error{Errc::wrong_curve, "ecdh.peer"};
  const StackScrubber scrubber;
  SecretBytes secret(curve_field_size(curve()));
  const EcPublicKey::Impl& point = peer.impl();
  if (point.group == nullptr) {
    int status = crypto_scalarmult_curve25519(secret.span().data(), impl_->scalar.view().data(),
                                              point.u.data());
    ct_unpoison(&status, sizeof status);
    // libsodium says so for the points of small order, which give zero whatever the number.
    if (status != 0) return Error{Errc::bad_point, "ecdh.peer"};
    return secret;
  }
  // A cofactor of 1, a point on the curve and 0 < k < n: never at infinity.
  AffinePoint shared;
  point.group->multiply(shared, decode(*point.group, impl_->scalar), point.point);
  encode_big_endian(secret, shared.x);
  return secret;
}

}  // namespace parley::crypto

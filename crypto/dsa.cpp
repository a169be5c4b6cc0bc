#include "crypto/dsa.hpp"

#include "crypto/ct.hpp"
#include "crypto/dsa_impl.hpp"
#include "crypto/prime.hpp"

namespace parley::crypto {
namespace {

constexpr std::size_t kMinSubgroupBits = 160;
constexpr std::size_t kMaxSubgroupBits = 256;
/// Bytes of fresh randomness in every nonce (RFC 6979 section 3.6).
constexpr std::size_t kHedgeBytes = 32;

// 2 <= v <= p - 2: what is left out are 0 and the elements of order 1 and 2.
bool inside(LimbView v, const Num& p) {
  Num end = p;
  limbs_sub_word(end.data(), end.data(), 1, end.size());
  return bit_length(v) > 1 && limbs_less(v.data(), end.data(), p.size()) != 0;
}

// The number in the limbs of p, or nothing when it does not fit.
bool decode_fitting(Num& r, ByteView bytes, std::size_t limbs) {
  bytes = strip_zeros(bytes);
  if (bytes.size() > limbs * kLimbBytes) return false;
  r.resize(limbs);
  decode_big_endian(r.span(), bytes);
  return true;
}

// g^x mod p, plain; the time depends on x.size() only.
Num power_of_g(const DsaPublicKey::Impl& key, LimbView x) {
  Num r(key.p.limbs());
  key.p.exp(r.data(), key.g_form.data(), x);
  key.p.from_montgomery(r.data(), r.data());
  return r;
}

// g^a y^b mod p in time that depends on both: one chain of squarings for the two (Shamir's trick).
Num joint_power(const DsaPublicKey::Impl& key, LimbView a, LimbView b) {
  const Montgomery& p = key.p;
  Num both(p.limbs());
  p.mul(both.data(), key.g_form.data(), key.y_form.data());
  Num r = p.one();
  Num next(p.limbs());
  for (std::size_t i = std::max(bit_length(a), bit_length(b)); i > 0; --i) {
    p.square(next.data(), r.data());
    const auto bit = [i](LimbView v) {
      return (v[(i - 1) / kLimbBits] >> ((i - 1) % kLimbBits)) & 1;
    };
    const Limb of_a = bit(a);
    const Limb of_b = bit(b);
    if (of_a == 0 && of_b == 0) {
      r = next;
    } else {
      const Num& factor = of_a == 0 ? key.y_form : of_b == 0 ? key.g_form : both;
      p.mul(r.data(), next.data(), factor.data());
    }
  }
  p.from_montgomery(r.data(), r.data());
  return r;
}

// a b mod q of plain numbers.
Num multiply(const Montgomery& q, const Num& a, const Num& b) {
  Num form(q.limbs());
  q.to_montgomery(form.data(), a.data());
  Num r(q.limbs());
  q.mul(r.data(), form.data(), b.data());
  return r;
}

Num invert(const Montgomery& q, const Num& a) {
  Num r(q.limbs());
  q.to_montgomery(r.data(), a.data());
  q.inverse_mod_prime(r.data(), r.data());
  q.from_montgomery(r.data(), r.data());
  return r;
}

// Everything but y.
Result<DsaPublicKey::Impl> make_domain(const DsaPublicNumbers& numbers) {
  const ByteView p = strip_zeros(numbers.p);
  const ByteView q = strip_zeros(numbers.q);
  if (p.size() > kMaxDsaBits / 8) return Error{Errc::key_too_large, "dsa.p"};
  if (q.size() > kMaxSubgroupBits / 8) return Error{Errc::key_too_large, "dsa.q"};
  const Num modulus = number_from(p);
  const Num order = number_from(q);
  DsaPublicKey::Impl impl;
  impl.bits = bit_length(modulus);
  impl.q_bits = bit_length(order);
  if (impl.bits < kMinDsaBits) return Error{Errc::key_too_small, "dsa.p"};
  if (impl.q_bits < kMinSubgroupBits) return Error{Errc::key_too_small, "dsa.q"};
  if ((modulus[0] & 1) == 0) return Error{Errc::bad_group, "dsa.p"};
  if ((order[0] & 1) == 0) return Error{Errc::bad_group, "dsa.q"};
  Num p_less_1 = modulus;
  limbs_sub_word(p_less_1.data(), p_less_1.data(), 1, p_less_1.size());
  Num rest(order.size());
  divide({}, rest.span(), p_less_1, order);
  if (limbs_is_zero(rest.data(), rest.size()) == 0) return Error{Errc::bad_group, "dsa.q"};
  if (!decode_fitting(impl.g, numbers.g, modulus.size()) || !inside(impl.g, modulus)) {
    return Error{Errc::bad_group, "dsa.g"};
  }
  impl.p = Montgomery(modulus);
  impl.q = Montgomery(order);
  impl.g_form.resize(modulus.size());
  impl.p.to_montgomery(impl.g_form.data(), impl.g.data());
  return impl;
}

Result<std::shared_ptr<const DsaPublicKey::Impl>> with_y(DsaPublicKey::Impl impl, const Num& y) {
  const Num& p = impl.p.modulus();
  if (!inside(y, p)) return Error{Errc::bad_value, "dsa.y"};
  impl.y = y;
  impl.y_form.resize(p.size());
  impl.p.to_montgomery(impl.y_form.data(), y.data());
  return std::shared_ptr<const DsaPublicKey::Impl>(
      std::make_shared<DsaPublicKey::Impl>(std::move(impl)));
}

// The number of a part of a signature, if it is in [1, q - 1].
bool decode_part(Num& r, ByteView bytes, const Num& q) {
  return decode_fitting(r, bytes, q.size()) && limbs_is_zero(r.data(), q.size()) == 0 &&
         limbs_less(r.data(), q.data(), q.size()) != 0;
}

}  // namespace

Result<DsaPublicKey> DsaPublicKey::from_numbers(const DsaPublicNumbers& numbers) {
  PARLEY_TRY(Impl domain, make_domain(numbers));
  Num y;
  if (!decode_fitting(y, numbers.y, domain.p.limbs())) return Error{Errc::bad_value, "dsa.y"};
  PARLEY_TRY(auto impl, with_y(std::move(domain), y));
  return DsaPublicKey(std::move(impl));
}

std::size_t DsaPublicKey::bits() const { return impl_->bits; }
std::size_t DsaPublicKey::q_bits() const { return impl_->q_bits; }
Bytes DsaPublicKey::p() const { return minimal_bytes(impl_->p.modulus()); }
Bytes DsaPublicKey::q() const { return minimal_bytes(impl_->q.modulus()); }
Bytes DsaPublicKey::g() const { return minimal_bytes(impl_->g); }
Bytes DsaPublicKey::y() const { return minimal_bytes(impl_->y); }

bool DsaPublicKey::operator==(const DsaPublicKey& o) const {
  if (impl_ == o.impl_) return true;
  const Impl& a = *impl_;
  const Impl& b = *o.impl_;
  return (numbers_equal(a.p.modulus(), b.p.modulus()) &
          numbers_equal(a.q.modulus(), b.q.modulus()) & numbers_equal(a.g, b.g) &
          numbers_equal(a.y, b.y)) != 0;
}

// FIPS 186-4 section 4.7.
Status DsaPublicKey::verify(ByteView digest, const RsSignature& signature) const {
  const Num& q = impl_->q.modulus();
  Num r, s;
  if (!decode_part(r, signature.r, q) || !decode_part(s, signature.s, q)) {
    return Error{Errc::signature_out_of_range, "dsa.signature"};
  }
  Num z(q.size());
  digest_number(z.span(), q, digest);
  const Num w = invert(impl_->q, s);
  const Num v = joint_power(*impl_, multiply(impl_->q, z, w), multiply(impl_->q, r, w));
  Num reduced(q.size());
  divide({}, reduced.span(), v, q);
  if (numbers_equal(reduced, r) == 0) return Error{Errc::bad_signature, "dsa.signature"};
  return {};
}

Result<DsaPrivateKey> DsaPrivateKey::from_numbers(const DsaPublicNumbers& numbers, ByteView x) {
  PARLEY_TRY(DsaPublicKey::Impl domain, make_domain(numbers));
  const Num& q = domain.q.modulus();
  // A g of another order would give the private number away with the signatures.
  const Num one = power_of_g(domain, q);
  Limb unit = 1;
  if (numbers_equal(one, LimbView{&unit, 1}) == 0) return Error{Errc::bad_group, "dsa.g"};

  Num number(q.size());
  decode_big_endian(number.span(), x);
  std::uint8_t above = 0;  // what does not fit into the limbs of q must be zero
  const std::size_t fits = q.size() * kLimbBytes;
  for (std::size_t i = fits; i < x.size(); ++i) {
    above = static_cast<std::uint8_t>(above | x[i - fits]);
  }
  Limb good = limbs_less(number.data(), q.data(), q.size()) &
              ~limbs_is_zero(number.data(), q.size()) & ct_is_zero(Limb{above});
  ct_unpoison(&good, sizeof good);
  if (good == 0) return Error{Errc::bad_scalar, "dsa.x"};

  Num y = power_of_g(domain, number);
  ct_unpoison(y.data(), y.size() * sizeof(Limb));
  Num given;
  if (!strip_zeros(numbers.y).empty() &&
      (!decode_fitting(given, numbers.y, y.size()) || numbers_equal(given, y) == 0)) {
    return Error{Errc::bad_value, "dsa.y"};
  }
  PARLEY_TRY(auto impl, with_y(std::move(domain), y));
  return DsaPrivateKey(
      std::make_shared<Impl>(Impl{.public_key = DsaPublicKey(std::move(impl)), .x = number}));
}

Result<DsaPrivateKey> DsaPrivateKey::generate(Rng& rng, std::size_t bits) {
  if (bits != 512 && bits != 768 && bits != 1024 && bits != 2048 && bits != 3072) {
    return Error{Errc::bad_argument, "dsa.bits"};
  }
  PARLEY_TRY(const DsaDomain domain, generate_dsa_domain(rng, bits, bits <= 1024 ? 160 : 256));
  Num x(domain.q.size());
  PARLEY_CHECK(random_below(rng, x.span(), domain.q));
  SecretBytes x_bytes(domain.q.size() * kLimbBytes);
  encode_big_endian(x_bytes, x);
  return from_numbers(
      {minimal_bytes(domain.p), minimal_bytes(domain.q), minimal_bytes(domain.g), {}}, x_bytes);
}

DsaPublicKey DsaPrivateKey::public_key() const { return impl_->public_key; }

SecretBytes DsaPrivateKey::x() const {
  SecretBytes b(impl_->public_key.impl().q_size());
  encode_big_endian(b, impl_->x);
  return b;
}

// FIPS 186-4 section 4.6.
Result<RsSignature> DsaPrivateKey::sign(Rng& rng, HashId hash, ByteView digest) const {
  const DsaPublicKey::Impl& key = impl_->public_key.impl();
  const Num& q = key.q.modulus();
  Secret<kHedgeBytes> fresh;
  if (!rng.fill(fresh)) return Error{Errc::no_random, "dsa.sign"};
  Num k(q.size());
  rfc6979_nonce(k.span(), impl_->x, q, hash, digest, fresh);

  const Num v = power_of_g(key, k);
  Num r(q.size());
  divide({}, r.span(), v, q);
  Num z(q.size());
  digest_number(z.span(), q, digest);
  // s = (z + x r) / k = (x r - (-z)) / k
  Num sum = multiply(key.q, impl_->x, r);
  Num negated(q.size());
  key.q.sub(negated.data(), negated.data(), z.data());
  key.q.sub(sum.data(), sum.data(), negated.data());
  const Num s = multiply(key.q, invert(key.q, k), sum);

  Limb bad = limbs_is_zero(r.data(), r.size()) | limbs_is_zero(s.data(), s.size());
  ct_unpoison(&bad, sizeof bad);
  if (bad != 0) return Error{Errc::internal, "dsa.sign"};  // no signature in 2^159 gets here
  RsSignature signature{Bytes(key.q_size()), Bytes(key.q_size())};
  encode_big_endian(signature.r, r);
  encode_big_endian(signature.s, s);
  ct_unpoison(signature.r.data(), signature.r.size());
  ct_unpoison(signature.s.data(), signature.s.size());
  return signature;
}

}  // namespace parley::crypto

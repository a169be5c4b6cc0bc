#include "crypto/rsa.hpp"

#include "crypto/ct.hpp"
#include "crypto/prime.hpp"
#include "crypto/rsa_impl.hpp"
#include "crypto/rsa_padding.hpp"

namespace parley::crypto {
namespace {

constexpr Limb kGeneratedExponent = 65537;

// A secret whose length is public.
SecretBytes minimal_secret(LimbView a) {
  SecretBytes b((bit_length(a) + 7) / 8);
  encode_big_endian(b, a);
  return b;
}

// r = m^e mod n, plain numbers below n. One multiplication by the plain m at the end leaves
// Montgomery's form on the way.
void public_operation(const RsaPublicKey::Impl& key, Limb* r, const Limb* m) {
  Num form(key.n.limbs());
  key.n.to_montgomery(form.data(), m);
  key.n.exp_public(form.data(), form.data(), key.e - 1);
  Num result(key.n.limbs());
  key.n.mul(result.data(), form.data(), m);
  std::copy_n(result.data(), result.size(), r);
}

// y = b^(d-1) mod n by the Chinese remainder theorem (Garner): b and y plain, of the limbs of n.
void crt_power(const RsaPrivateKey::Impl& key, Limb* y, LimbView b) {
  const std::size_t half = key.p.limbs();
  WideNum wide;
  wide.assign(b, 2 * half);
  Num m1(half);
  key.p.reduce_wide(m1.data(), wide.data());
  key.p.exp(m1.data(), m1.data(), key.dp_less_1);
  Num m2(half);
  key.q.reduce_wide(m2.data(), wide.data());
  key.q.exp(m2.data(), m2.data(), key.dq_less_1);
  key.q.from_montgomery(m2.data(), m2.data());

  // h = (m1 - m2) / q mod p, y = m2 + h q.
  Num difference(half);
  key.p.to_montgomery(difference.data(), m2.data());
  key.p.sub(difference.data(), m1.data(), difference.data());
  Num h(half);
  key.p.mul(h.data(), difference.data(), key.qinv.data());
  limbs_mul(wide.data(), h.data(), half, key.q.modulus().data(), half);
  Limb carry = limbs_add(wide.data(), wide.data(), m2.data(), half);
  limbs_add_word(wide.data() + half, wide.data() + half, carry, half);
  std::copy_n(wide.data(), b.size(), y);
}

// e x = 1 mod m, where m may be secret.
bool inverts(LimbView x, Limb e, LimbView m) {
  Num product(x.size() + 1);
  product[x.size()] = limbs_mul_word(product.data(), x.data(), e, x.size());
  Num remainder(m.size());
  divide({}, remainder.span(), product, m);
  const Limb one = 1;
  Limb ok = numbers_equal(remainder, LimbView{&one, 1});
  ct_unpoison(&ok, sizeof ok);
  return ok != 0;
}

Num less_one(const Num& a) {
  Num r = a;
  limbs_sub_word(r.data(), r.data(), 1, r.size());
  return r;
}

// 1/e mod m, where m is secret and e a constant prime that does not divide it: the t below e that
// makes 1 + m t a multiple of e is found modulo e, and the division by e is exact.
Num invert_exponent(LimbView m) {
  constexpr std::uint64_t kE = kGeneratedExponent;
  const std::uint64_t residue = remainder_word(m, kE);
  std::uint64_t inverse = 1;  // residue^(e-2); division by a constant is a multiplication
  for (int bit = 16; bit >= 0; --bit) {
    inverse = inverse * inverse % kE;
    if (((kE - 2) >> bit) & 1) inverse = inverse * residue % kE;
  }
  Num product(m.size() + 1);
  product[m.size()] = limbs_mul_word(product.data(), m.data(), kE - inverse, m.size());
  limbs_add_word(product.data(), product.data(), 1, product.size());
  Num r(m.size());
  divide_exact(r.span(), product, kE);
  return r;
}

// FIPS 186-4 section B.3.3 step 5.4: |p - q| > 2^(bits of p - 100).
bool far_apart(LimbView p, LimbView q, std::size_t bits) {
  const std::size_t n = p.size();
  Num d(n);
  Num e(n);
  const Limb below = ct_mask_bit(limbs_sub(d.data(), p.data(), q.data(), n));
  limbs_sub(e.data(), q.data(), p.data(), n);
  limbs_select(d.data(), below, e.data(), d.data(), n);
  Limb high_part = 0;
  for (std::size_t at = bits - 100; at < bits; ++at) {
    high_part |= (d[at / kLimbBits] >> (at % kLimbBits)) & 1;
  }
  ct_unpoison(&high_part, sizeof high_part);
  return high_part != 0;
}

}  // namespace

Result<RsaPublicKey> RsaPublicKey::from_numbers(const RsaPublicNumbers& numbers) {
  const ByteView n_bytes = strip_zeros(numbers.n);
  const ByteView e_bytes = strip_zeros(numbers.e);
  if (n_bytes.size() > kMaxRsaBytes) return Error{Errc::key_too_large, "rsa.n"};
  if (n_bytes.size() < kMinRsaBits / 8) return Error{Errc::key_too_small, "rsa.n"};
  if (e_bytes.empty() || (e_bytes.back() & 1) == 0) return Error{Errc::bad_value, "rsa.e"};
  if (e_bytes.size() > kLimbBytes) return Error{Errc::unsupported_key, "rsa.e"};
  const Num n = number_from(n_bytes);
  Limb e = 0;
  decode_big_endian({&e, 1}, e_bytes);
  const std::size_t bits = bit_length(n);
  if (bits < kMinRsaBits) return Error{Errc::key_too_small, "rsa.n"};
  if ((n[0] & 1) == 0) return Error{Errc::bad_value, "rsa.n"};
  if (e < 3) return Error{Errc::bad_value, "rsa.e"};

  auto impl = std::make_shared<Impl>();
  impl->n = Montgomery(n);
  impl->e = e;
  impl->bits = bits;
  return RsaPublicKey(std::move(impl));
}

std::size_t RsaPublicKey::bits() const { return impl_->bits; }
std::size_t RsaPublicKey::size() const { return impl_->size(); }
Bytes RsaPublicKey::n() const { return minimal_bytes(impl_->n.modulus()); }
Bytes RsaPublicKey::e() const { return minimal_bytes(LimbView{&impl_->e, 1}); }

bool RsaPublicKey::operator==(const RsaPublicKey& o) const {
  return impl_ == o.impl_ ||
         (impl_->e == o.impl_->e && numbers_equal(impl_->n.modulus(), o.impl_->n.modulus()) != 0);
}

bool rsa_open_signature(const RsaPublicKey::Impl& key, ByteView signature, ByteSpan block) {
  if (signature.size() != key.size()) return false;
  const Num& n = key.n.modulus();
  Num s(n.size());
  decode_big_endian(s.span(), signature);
  if (limbs_less(s.data(), n.data(), n.size()) == 0) return false;  // RFC 8017 section 5.2.2
  public_operation(key, s.data(), s.data());
  encode_big_endian(block, s);
  return true;
}

bool RsaPublicKey::verify(RsaDigest kind, ByteView digest, ByteView signature) const {
  std::array<std::uint8_t, kMaxRsaBytes> expected_buffer;
  const ByteSpan expected{expected_buffer.data(), size()};
  if (!build_signature_block(kind, digest, expected)) return false;
  std::array<std::uint8_t, kMaxRsaBytes> block_buffer;
  const ByteSpan block{block_buffer.data(), size()};
  return rsa_open_signature(*impl_, signature, block) && equal(block, expected);
}

namespace {

Result<Bytes> encrypt_block(const RsaPublicKey::Impl& key, Rng& rng, ByteView message,
                            bool marked) {
  Secret<kMaxRsaBytes> buffer;
  const ByteSpan block = buffer.span().first(key.size());
  PARLEY_CHECK(build_encryption_block(rng, message, block, marked));
  Num m(key.n.limbs());
  decode_big_endian(m.span(), block);  // begins with a zero byte, so it is below n
  public_operation(key, m.data(), m.data());
  Bytes ciphertext(key.size());
  encode_big_endian(ciphertext, m);
  ct_unpoison(ciphertext.data(), ciphertext.size());
  return ciphertext;
}

}  // namespace

Result<Bytes> RsaPublicKey::encrypt(Rng& rng, ByteView message) const {
  return encrypt_block(*impl_, rng, message, false);
}

Result<Bytes> RsaPublicKey::encrypt_marked(Rng& rng, ByteView message) const {
  return encrypt_block(*impl_, rng, message, true);
}

// Blinded without an inverse. Usual is (c r^e)^d / r, where inverting r in constant time costs as
// much as it protects. But since r^(e d) = r,
//     (c r^e)^(d-1) * c * r^(e-1)  =  c^(d-1) r^(1-e) c r^(e-1)  =  c^d,
// so raising to d - 1 (dp - 1 and dq - 1) leaves only multiplications. What is exponentiated is
// still uniformly random and unknown to whoever chose c, and fresh each time.
Status rsa_private_operation(const RsaPrivateKey::Impl& key, Rng& rng, LimbView c, LimbSpan m) {
  const RsaPublicKey::Impl& pub = key.public_key.impl();
  const Montgomery& n = pub.n;
  const std::size_t limbs = n.limbs();
  std::fill(m.begin(), m.end(), Limb{0});

  Num r(limbs);
  PARLEY_CHECK(random_below(rng, r.span(), n.modulus()));
  n.to_montgomery(r.data(), r.data());
  Num r_e_less_1(limbs);
  n.exp_public(r_e_less_1.data(), r.data(), pub.e - 1);
  Num r_e(limbs);
  n.mul(r_e.data(), r_e_less_1.data(), r.data());
  Num x(limbs);
  n.mul(x.data(), r_e.data(), c.data());  // plain: c r^e

  crt_power(key, x.data(), x);

  Num y(limbs);
  n.mul(y.data(), r_e_less_1.data(), x.data());
  n.to_montgomery(x.data(), c.data());
  Num result(limbs);
  n.mul(result.data(), x.data(), y.data());

  public_operation(pub, x.data(), result.data());
  Limb ok = limbs_equal(x.data(), c.data(), limbs);
  ct_unpoison(&ok, sizeof ok);
  if (ok == 0) return Error{Errc::internal, "rsa.private_operation"};
  std::copy_n(result.data(), limbs, m.data());
  return {};
}

Result<RsaPrivateKey> RsaPrivateKey::from_numbers(const RsaPrivateNumbers& numbers) {
  PARLEY_TRY(RsaPublicKey public_key, RsaPublicKey::from_numbers({numbers.n, numbers.e}));
  const RsaPublicKey::Impl& pub = public_key.impl();
  const Num& n = pub.n.modulus();
  const Error inconsistent{Errc::bad_value, "rsa.private_key"};

  const std::size_t most = n.size() * kLimbBytes;
  const auto parse = [&](ByteView b, Num& to) {
    const ByteView digits = strip_zeros(b);
    if (digits.empty() || digits.size() > most) return false;
    to = number_from(digits);
    return true;
  };
  Num p, q;
  auto impl = std::make_shared<Impl>(Impl{.public_key = public_key});
  if (!parse(numbers.p, p) || !parse(numbers.q, q) || !parse(numbers.d, impl->d) ||
      !parse(numbers.dp, impl->dp) || !parse(numbers.dq, impl->dq) ||
      !parse(numbers.qinv, impl->qinv)) {
    return inconsistent;
  }
  const std::size_t half = std::max(p.size(), q.size());
  if (impl->dp.size() > half || impl->dq.size() > half || impl->qinv.size() > half) {
    return inconsistent;
  }
  p.resize(half);
  q.resize(half);
  impl->d.resize(n.size());
  for (Num* x : {&impl->dp, &impl->dq, &impl->qinv}) x->resize(half);

  // Odd factors above 1 with the product n, and remainders that are reduced.
  const auto below = [half](const Num& a, const Num& b) {
    return limbs_less(a.data(), b.data(), half);
  };
  WideNum product(2 * half);
  limbs_mul(product.data(), p.data(), half, q.data(), half);
  Num one(half);
  one[0] = 1;
  Limb ok = ct_mask_bit(p[0] & q[0]) & below(one, p) & below(one, q) & numbers_equal(product, n) &
            below(impl->dp, p) & below(impl->dq, q) & below(impl->qinv, p) &
            limbs_less(impl->d.data(), n.data(), n.size());
  ct_unpoison(&ok, sizeof ok);
  if (ok == 0) return inconsistent;

  const Num p_less_1 = less_one(p);
  const Num q_less_1 = less_one(q);
  if (!inverts(impl->dp, pub.e, p_less_1) || !inverts(impl->dq, pub.e, q_less_1) ||
      !inverts(impl->d, pub.e, p_less_1) || !inverts(impl->d, pub.e, q_less_1)) {
    return inconsistent;
  }

  impl->p = Montgomery(p, half);
  impl->q = Montgomery(q, half);
  impl->dp_less_1 = less_one(impl->dp);
  impl->dq_less_1 = less_one(impl->dq);
  Num t(half);
  impl->p.to_montgomery(t.data(), q.data());
  Num should_be_one(half);
  impl->p.mul(should_be_one.data(), t.data(), impl->qinv.data());
  ok = limbs_equal(should_be_one.data(), one.data(), half);

  // One trial finds what is left: factors that are not prime. The base is arbitrary, and small
  // enough to be below n.
  Num c(n.size());
  for (std::size_t i = 0; i + 1 < c.size(); ++i) c[i] = 0x9e3779b97f4a7c15 * (i + 1);
  Num x(n.size());
  crt_power(*impl, x.data(), c);
  Num form(n.size());
  pub.n.to_montgomery(form.data(), c.data());
  Num m(n.size());
  pub.n.mul(m.data(), form.data(), x.data());
  public_operation(pub, m.data(), m.data());
  ok &= limbs_equal(m.data(), c.data(), n.size());
  ct_unpoison(&ok, sizeof ok);
  if (ok == 0) return inconsistent;
  return RsaPrivateKey(std::move(impl));
}

Result<RsaPrivateKey> RsaPrivateKey::generate(Rng& rng, std::size_t bits) {
  if (bits % 8 != 0 || bits < kMinRsaBits || bits > kMaxRsaBits) {
    return Error{Errc::bad_argument, "rsa.bits"};
  }
  const std::size_t half_bits = bits / 2;
  const std::size_t half = limbs_for_bits(half_bits);
  Num p(half);
  Num q(half);
  PARLEY_CHECK(generate_prime(rng, p.span(), half_bits, kGeneratedExponent));
  // Two random primes are too close once in 2^98 times, or when the Rng repeats itself.
  constexpr int kTries = 4;
  for (int i = 0;; ++i) {
    if (i == kTries) return Error{Errc::no_random, "rsa.generate"};
    PARLEY_CHECK(generate_prime(rng, q.span(), half_bits, kGeneratedExponent));
    if (far_apart(p, q, half_bits)) break;
  }
  limbs_swap(limbs_less(p.data(), q.data(), half), p.data(), q.data(), half);

  const Num p_less_1 = less_one(p);
  const Num q_less_1 = less_one(q);
  WideNum n(2 * half);
  limbs_mul(n.data(), p.data(), half, q.data(), half);
  WideNum phi(2 * half);
  limbs_mul(phi.data(), p_less_1.data(), half, q_less_1.data(), half);
  const Num dp = invert_exponent(p_less_1);
  const Num dq = invert_exponent(q_less_1);
  const Num d = invert_exponent(phi);
  const Montgomery field(p, half);
  Num qinv(half);
  field.to_montgomery(qinv.data(), q.data());
  field.inverse_mod_prime(qinv.data(), qinv.data());
  field.from_montgomery(qinv.data(), qinv.data());

  const auto encoded = [](LimbView a) {
    SecretBytes b(a.size() * kLimbBytes);
    encode_big_endian(b, a);
    return b;
  };
  const SecretBytes n_bytes = encoded(n);
  ct_unpoison(n_bytes.view().data(), n_bytes.size());
  const Limb e = kGeneratedExponent;
  const SecretBytes e_bytes = encoded({&e, 1});
  const SecretBytes d_bytes = encoded(d), p_bytes = encoded(p), q_bytes = encoded(q),
                    dp_bytes = encoded(dp), dq_bytes = encoded(dq), qinv_bytes = encoded(qinv);
  return from_numbers(
      {n_bytes, e_bytes, d_bytes, p_bytes, q_bytes, dp_bytes, dq_bytes, qinv_bytes});
}

RsaPublicKey RsaPrivateKey::public_key() const { return impl_->public_key; }
std::size_t RsaPrivateKey::size() const { return impl_->public_key.size(); }

Result<Bytes> RsaPrivateKey::sign(Rng& rng, RsaDigest kind, ByteView digest) const {
  std::array<std::uint8_t, kMaxRsaBytes> buffer;
  const ByteSpan block{buffer.data(), size()};
  PARLEY_CHECK(build_signature_block(kind, digest, block));
  return rsa_sign_block(*impl_, rng, block);
}

Result<Bytes> rsa_sign_block(const RsaPrivateKey::Impl& key, Rng& rng, ByteView block) {
  Num c(key.public_key.impl().n.limbs());
  decode_big_endian(c.span(), block);
  Num m(c.size());
  PARLEY_CHECK(rsa_private_operation(key, rng, c, m.span()));
  Bytes signature(block.size());
  encode_big_endian(signature, m);
  ct_unpoison(signature.data(), signature.size());
  return signature;
}

Result<SecretBytes> RsaPrivateKey::decrypt(Rng& rng, ByteView ciphertext) const {
  if (ciphertext.size() != size()) return Error{Errc::length_out_of_range, "rsa.ciphertext"};
  const Num& n = impl_->public_key.impl().n.modulus();
  Num c(n.size());
  decode_big_endian(c.span(), ciphertext);
  if (limbs_less(c.data(), n.data(), n.size()) == 0) {
    return Error{Errc::decrypt_failed, "rsa.ciphertext"};
  }
  Num m(n.size());
  PARLEY_CHECK(rsa_private_operation(*impl_, rng, c, m.span()));
  Secret<kMaxRsaBytes> buffer;
  const ByteSpan block = buffer.span().first(size());
  encode_big_endian(block, m);
  Unpadded found = unpad_encryption_block(block);
  ct_unpoison(&found, sizeof found);  // this function tells, as its declaration warns
  if (found.good == 0) return Error{Errc::decrypt_failed, "rsa.padding"};
  return SecretBytes(ByteView{block.subspan(found.start)});
}

namespace {

/// The block of a ciphertext of the key's size. Out of range goes the same way with 1 in its place;
/// `in_range` is all ones or zero.
Status open_block(const RsaPrivateKey::Impl& key, Rng& rng, ByteView ciphertext, ByteSpan block,
                  std::uint8_t& in_range) {
  const Num& n = key.public_key.impl().n.modulus();
  Num c(n.size());
  decode_big_endian(c.span(), ciphertext);
  Num one(n.size());
  one[0] = 1;
  const Limb below = limbs_less(c.data(), n.data(), n.size());
  limbs_select(c.data(), below, c.data(), one.data(), n.size());
  Num m(n.size());
  PARLEY_CHECK(rsa_private_operation(key, rng, c, m.span()));
  encode_big_endian(block, m);
  in_range = static_cast<std::uint8_t>(below & 0xff);
  return {};
}

}  // namespace

Status RsaPrivateKey::decrypt_premaster(Rng& rng, ByteView ciphertext,
                                        std::uint16_t expected_version, ByteView fallback,
                                        ByteSpan out) const {
  if (ciphertext.size() != size()) return Error{Errc::length_out_of_range, "rsa.ciphertext"};
  if (out.size() < 2 || out.size() > size() - kPkcs1Overhead || fallback.size() != out.size()) {
    return Error{Errc::bad_argument, "rsa.premaster"};
  }
  Secret<kMaxRsaBytes> buffer;
  const ByteSpan block = buffer.span().first(size());
  std::uint8_t in_range = 0;
  PARLEY_CHECK(open_block(*impl_, rng, ciphertext, block, in_range));
  select_premaster(block, in_range, expected_version, fallback, out);
  return {};
}

Status RsaPrivateKey::decrypt_secret(Rng& rng, ByteView ciphertext, bool refuse_marked,
                                     ByteView fallback, ByteSpan out) const {
  if (ciphertext.size() != size()) return Error{Errc::length_out_of_range, "rsa.ciphertext"};
  if (out.empty() || out.size() > size() - kPkcs1Overhead || fallback.size() != out.size()) {
    return Error{Errc::bad_argument, "rsa.secret"};
  }
  Secret<kMaxRsaBytes> buffer;
  const ByteSpan block = buffer.span().first(size());
  std::uint8_t in_range = 0;
  PARLEY_CHECK(open_block(*impl_, rng, ciphertext, block, in_range));
  select_secret(block, in_range, refuse_marked, fallback, out);
  return {};
}

RsaPrivateKey::Numbers RsaPrivateKey::numbers() const {
  const Impl& k = *impl_;
  return {k.public_key.n(),
          k.public_key.e(),
          minimal_secret(k.d),
          minimal_secret(k.p.modulus()),
          minimal_secret(k.q.modulus()),
          minimal_secret(k.dp),
          minimal_secret(k.dq),
          minimal_secret(k.qinv)};
}

}  // namespace parley::crypto

#include "crypto/dh.hpp"

#include "crypto/ct.hpp"
#include "crypto/dh_impl.hpp"
#include "crypto/prime.hpp"
#include "crypto/sieve.hpp"

namespace parley::crypto {
namespace {

constexpr Limb kGeneratedGenerator = 2;

// Bits of a private number: twice the strength of a prime of so many bits, as RFC 7919 appendix A
// counts it, in whole limbs and never below 256.
std::size_t exponent_bits(std::size_t prime_bits) {
  return prime_bits <= 2048 ? 256 : prime_bits <= 3072 ? 320 : prime_bits <= 6144 ? 384 : 448;
}

Num less(const Num& a, Limb b) {
  Num r = a;
  limbs_sub_word(r.data(), r.data(), b, r.size());
  return r;
}

// 2 <= v <= p - 2, as a mask; v has the limbs of p.
Limb inside(LimbView v, const Num& p) {
  Num two(p.size());
  two[0] = 2;
  const Num end = less(p, 1);
  return ~limbs_less(v.data(), two.data(), p.size()) & limbs_less(v.data(), end.data(), p.size());
}

// Whether p = 2 q + 1 is prime, for a prime q above 3 (Pocklington 1914): 2^(p-1) = 1 and p has no
// factor in common with 2^((p-1)/q) - 1 = 3.
bool prime_above(const Montgomery& p, const Num& q) {
  const std::size_t n = p.limbs();
  Num x(n);
  x[0] = 2;
  p.to_montgomery(x.data(), x.data());
  p.exp(x.data(), x.data(), q);
  Num square(n);
  p.square(square.data(), x.data());
  return remainder_word(p.modulus(), 3) != 0 && limbs_equal(square.data(), p.one().data(), n) != 0;
}

// (p - 1) / 2 of an odd p.
Num half(const Num& p) {
  Num q = p;
  limbs_shift_right(q.data(), q.data(), 1, q.size());
  return q;
}

// The candidate of this start that makes a safe prime, if there is one.
Result<std::optional<Num>> first_safe_prime(Rng& rng, const Num& start, const Num& step,
                                            std::uint32_t count, std::size_t bits) {
  for (const std::uint32_t k : sieve_progression(start, step, count, SieveFor::safe_prime)) {
    const Num q = progression_at(start, step, k);
    if (bit_length(q) != bits - 1) break;
    PARLEY_TRY(bool found, is_probable_prime(q, 1, rng));
    if (!found) continue;
    Num p(q);
    limbs_add(p.data(), p.data(), p.data(), p.size());
    p[0] |= 1;
    if (!prime_above(Montgomery(p), q)) continue;
    PARLEY_TRY(found, is_probable_prime(q, miller_rabin_rounds(bits - 1), rng));
    if (found) return std::optional<Num>(p);
  }
  return std::optional<Num>();
}

}  // namespace

Result<DhGroup> DhGroup::from_numbers(ByteView p, ByteView g, DhLimits limits) {
  p = strip_zeros(p);
  g = strip_zeros(g);
  if (p.size() > kMaxDhBits / 8) return Error{Errc::dh_key_too_large, "dh.p"};
  const Num modulus = number_from(p);
  const std::size_t bits = bit_length(modulus);
  if (bits > limits.max_bits) return Error{Errc::dh_key_too_large, "dh.p"};
  if (bits < std::max(limits.min_bits, kMinDhBits)) return Error{Errc::dh_key_too_small, "dh.p"};
  if ((modulus[0] & 1) == 0) return Error{Errc::bad_group, "dh.p"};
  if (g.size() > p.size()) return Error{Errc::bad_group, "dh.g"};
  Num generator(modulus.size());
  decode_big_endian(generator.span(), g);
  if (inside(generator, modulus) == 0) return Error{Errc::bad_group, "dh.g"};

  auto impl = std::make_shared<Impl>();
  impl->p = Montgomery(modulus);
  impl->g = generator;
  impl->g_form.resize(modulus.size());
  impl->p.to_montgomery(impl->g_form.data(), generator.data());
  impl->bits = bits;
  return DhGroup(std::move(impl));
}

Result<DhGroup> DhGroup::from_trusted_numbers(Rng& rng, ByteView p, ByteView g) {
  PARLEY_TRY(DhGroup group, from_numbers(p, g));
  const Montgomery& field = group.impl().p;
  const std::optional<Num> known = well_known_dh_prime(group.bits());
  if (known && numbers_equal(*known, field.modulus()) != 0) return group;
  const Num q = half(field.modulus());
  PARLEY_TRY(const bool prime, is_probable_prime(q, kAdversarialRounds, rng));
  if (!prime || !prime_above(field, q)) return Error{Errc::bad_group, "dh.p"};
  return group;
}

Result<DhGroup> DhGroup::generate(Rng& rng, std::size_t bits) {
  if (bits % kLimbBits != 0 || bits < kMinDhBits || bits > kMaxDhBits) {
    return Error{Errc::bad_argument, "dh.bits"};
  }
  // q = 2 mod 3, or one of q and 2 q + 1 is a multiple of 3; q = 3 mod 4, so that p = 7 mod 8 and
  // 2 is a square modulo p. Together: q = 11 mod 12.
  constexpr Limb kStep = 12;
  constexpr Limb kResidue = 11;
  constexpr std::uint32_t kReach = 1 << 16;
  // 512 bits need a quarter of a start on average, 8192 some 60, growing with the square. A broken
  // Rng shall not make this endless.
  const std::size_t starts = 32 + bits * bits / 32768;
  const std::size_t limbs = bits / kLimbBits;
  Num step(limbs);
  step[0] = kStep;
  Bytes drawn(bits / 8);
  for (std::size_t i = 0; i < starts; ++i) {
    if (!rng.fill(drawn)) return Error{Errc::no_random, "dh.generate"};
    Num start(limbs);
    decode_big_endian(start.span(), drawn);
    start[limbs - 1] = (start[limbs - 1] >> 1) | (Limb{1} << (kLimbBits - 2));
    limbs_sub_word(start.data(), start.data(), remainder_word(start, kStep), limbs);
    limbs_add_word(start.data(), start.data(), kResidue, limbs);
    PARLEY_TRY(const std::optional<Num> p, first_safe_prime(rng, start, step, kReach, bits));
    if (!p) continue;
    return from_numbers(minimal_bytes(*p), minimal_bytes(LimbView{&kGeneratedGenerator, 1}));
  }
  return Error{Errc::no_random, "dh.generate"};
}

std::size_t DhGroup::bits() const { return impl_->bits; }
std::size_t DhGroup::size() const { return impl_->size(); }
Bytes DhGroup::p() const { return minimal_bytes(impl_->p.modulus()); }
Bytes DhGroup::g() const { return minimal_bytes(impl_->g); }

Result<DhPrivateKey> DhPrivateKey::generate(Rng& rng, const DhGroup& group) {
  SecretBytes x(exponent_bits(group.bits()) / 8);
  if (!rng.fill(x)) return Error{Errc::no_random, "dh.generate"};
  std::uint8_t any = 0;
  for (const std::uint8_t b : x.view()) any = static_cast<std::uint8_t>(any | b);
  ct_unpoison(&any, sizeof any);
  if (any == 0) return Error{Errc::no_random, "dh.generate"};
  return DhPrivateKey(group, std::move(x));
}

Result<DhPrivateKey> DhPrivateKey::from_number(const DhGroup& group, ByteView x) {
  const Num& p = group.impl().p.modulus();
  const Num end = less(p, 1);
  Num value(p.size());
  decode_big_endian(value.span(), x);
  // What does not fit into the limbs of p must be zero.
  std::uint8_t above = 0;
  const std::size_t fits = p.size() * kLimbBytes;
  for (std::size_t i = fits; i < x.size(); ++i) {
    above = static_cast<std::uint8_t>(above | x[i - fits]);
  }
  Limb good = limbs_less(value.data(), end.data(), p.size()) &
              ~limbs_is_zero(value.data(), p.size()) & ct_is_zero(Limb{above});
  ct_unpoison(&good, sizeof good);
  if (good == 0) return Error{Errc::bad_scalar, "dh.x"};
  SecretBytes bytes(group.size());
  encode_big_endian(bytes, value);
  return DhPrivateKey(group, std::move(bytes));
}

// base^x, with base and the result in Montgomery form.
void DhPrivateKey::power(LimbSpan r, LimbView base) const {
  Num exponent(limbs_for_bytes(x_.size()));
  decode_big_endian(exponent.span(), x_);
  group_.impl().p.exp(r.data(), base.data(), exponent);
}

Bytes DhPrivateKey::public_value() const {
  const Montgomery& p = group_.impl().p;
  Num y(p.limbs());
  power(y.span(), group_.impl().g_form);
  p.from_montgomery(y.data(), y.data());
  Bytes out(group_.size());
  encode_big_endian(out, y);
  ct_unpoison(out.data(), out.size());
  return out;
}

Result<SecretBytes> DhPrivateKey::agree(ByteView peer_public_value) const {
  const Error refused{Errc::bad_dh_value, "dh.public_value"};
  const Montgomery& p = group_.impl().p;
  const ByteView digits = strip_zeros(peer_public_value);
  if (digits.size() > group_.size()) return refused;
  Num y(p.limbs());
  decode_big_endian(y.span(), digits);
  if (inside(y, p.modulus()) == 0) return refused;
  p.to_montgomery(y.data(), y.data());
  Num z(p.limbs());
  power(z.span(), y);
  p.from_montgomery(z.data(), z.data());
  // 0, 1 and p - 1 come from a value in a tiny subgroup, and are no secret.
  Limb good = inside(z, p.modulus());
  ct_unpoison(&good, sizeof good);
  if (good == 0) return refused;
  SecretBytes secret(group_.size());
  encode_big_endian(secret, z);
  return secret;
}

}  // namespace parley::crypto

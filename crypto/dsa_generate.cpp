#include <optional>

#include "crypto/dsa_impl.hpp"
#include "crypto/prime.hpp"
#include "crypto/sieve.hpp"

namespace parley::crypto {
namespace {

// A prime of `bits` bits that is 1 modulo `step` = 2 q, from one random start.
Result<std::optional<Num>> find_p(Rng& rng, std::size_t bits, const Num& step) {
  // A try finds one with a chance near one: one number in bits / 3 is expected to be prime.
  const auto reach = static_cast<std::uint32_t>(4 * bits);
  Bytes drawn(bits / 8);
  if (!rng.fill(drawn)) return Error{Errc::no_random, "dsa.p"};
  drawn[0] |= 0x80;
  const Num x = number_from(drawn);
  // FIPS 186-4 section A.1.1.2, steps 11.3 to 11.5, and on in steps of 2 q from there.
  Num rest(step.size());
  divide({}, rest.span(), x, step);
  rest.resize(x.size());
  Num start(x.size());
  limbs_sub(start.data(), x.data(), rest.data(), x.size());
  limbs_add_word(start.data(), start.data(), 1, start.size());
  for (const std::uint32_t k : sieve_progression(start, step, reach, SieveFor::prime)) {
    const Num p = progression_at(start, step, k);
    if (bit_length(p) != bits) continue;
    PARLEY_TRY(bool found, is_probable_prime(p, 1, rng));
    if (!found) continue;
    PARLEY_TRY(found, is_probable_prime(p, miller_rabin_rounds(bits), rng));
    if (found) return std::optional<Num>(p);
  }
  return std::optional<Num>();
}

// FIPS 186-4 section A.2.1: the (p-1)/q-th power of the first h that has one above 1.
Num find_g(const Num& p, const Num& q) {
  Num p_less_1 = p;
  limbs_sub_word(p_less_1.data(), p_less_1.data(), 1, p.size());
  Num cofactor(p.size());
  Num rest(q.size());
  divide(cofactor.span(), rest.span(), p_less_1, q);
  const Montgomery field(p);
  Num g(p.size());
  for (Limb h = 2;; ++h) {
    Num base(p.size());
    base[0] = h;
    field.to_montgomery(base.data(), base.data());
    field.exp(g.data(), base.data(), cofactor);
    if (limbs_equal(g.data(), field.one().data(), g.size()) == 0) break;
  }
  field.from_montgomery(g.data(), g.data());
  return g;
}

}  // namespace

Result<DsaDomain> generate_dsa_domain(Rng& rng, std::size_t bits, std::size_t q_bits) {
  // generate_prime() wants a prime that shall not divide q - 1; any will do.
  constexpr Limb kUnused = 65537;
  constexpr int kTries = 64;  // for a broken Rng
  Num q(limbs_for_bits(q_bits));
  PARLEY_CHECK(generate_prime(rng, q.span(), q_bits, kUnused));
  Num step(q.size() + 1);
  step[q.size()] = limbs_mul_word(step.data(), q.data(), 2, q.size());
  for (int i = 0; i < kTries; ++i) {
    PARLEY_TRY(const std::optional<Num> p, find_p(rng, bits, step));
    if (p) return DsaDomain{*p, q, find_g(*p, q)};
  }
  return Error{Errc::no_random, "dsa.p"};
}

}  // namespace parley::crypto

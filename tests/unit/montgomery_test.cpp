// Modular arithmetic against Python's pow() (vectors/crypto/rsa_modexp.txt), and primes.
#include "crypto/montgomery.hpp"

#include <gtest/gtest.h>

#include "crypto/prime.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::hex_field;
using test::number_field;

Num number(ByteView big_endian, std::size_t limbs) {
  Num r(limbs);
  decode_big_endian(r.span(), big_endian);
  return r;
}
Num from_text(std::string_view hex) {
  const Bytes b = test::from_hex(hex);
  return number(b, limbs_for_bytes(b.size()));
}
std::string text(LimbView a) {
  Bytes b(a.size() * kLimbBytes);
  encode_big_endian(b, a);
  return to_hex(b);
}

struct Case {
  explicit Case(const test::VectorCase& c)
      : limbs(number_field(c, "limbs")),
        field(number(hex_field(c, "modulus"), limbs)),
        base(number(hex_field(c, "base"), limbs)),
        exponent(number(hex_field(c, "exponent"), limbs)),
        product(number(hex_field(c, "product"), limbs)),
        power(number(hex_field(c, "power"), limbs)) {}
  std::size_t limbs;
  Montgomery field;
  Num base, exponent, product, power;
};

TEST(Montgomery, raises_to_powers_as_python_does) {
  for (const auto& v : test::read_vector_file("crypto/rsa_modexp.txt")) {
    const Case c(v);
    Num x(c.limbs);
    c.field.to_montgomery(x.data(), c.base.data());
    c.field.exp(x.data(), x.data(), c.exponent);
    c.field.from_montgomery(x.data(), x.data());
    EXPECT_EQ(text(x), text(c.power)) << v.at("modulus");
  }
}

TEST(Montgomery, raises_to_public_powers_as_python_does) {
  std::size_t seen = 0;
  for (const auto& v : test::read_vector_file("crypto/rsa_modexp.txt")) {
    const Case c(v);
    if (bit_length(c.exponent) > kLimbBits || c.exponent[0] == 0) continue;
    Num x(c.limbs);
    c.field.to_montgomery(x.data(), c.base.data());
    c.field.exp_public(x.data(), x.data(), c.exponent[0]);
    c.field.from_montgomery(x.data(), x.data());
    EXPECT_EQ(text(x), text(c.power)) << v.at("modulus");
    ++seen;
  }
  EXPECT_GT(seen, 20u);
}

TEST(Montgomery, multiplies_as_python_does) {
  for (const auto& v : test::read_vector_file("crypto/rsa_modexp.txt")) {
    const Case c(v);
    // The exponent field may be above the modulus: to_montgomery() takes that.
    Num x(c.limbs), r(c.limbs);
    c.field.to_montgomery(x.data(), c.exponent.data());
    c.field.mul(r.data(), x.data(), c.base.data());
    EXPECT_EQ(text(r), text(c.product)) << v.at("modulus");
  }
}

TEST(Montgomery, squares_as_it_multiplies) {
  for (const auto& v : test::read_vector_file("crypto/rsa_modexp.txt")) {
    const Case c(v);
    Num x(c.limbs), product(c.limbs), square(c.limbs);
    c.field.to_montgomery(x.data(), c.exponent.data());
    c.field.mul(product.data(), x.data(), x.data());
    c.field.square(square.data(), x.data());
    EXPECT_EQ(text(square), text(product)) << v.at("modulus");
  }
}

TEST(Montgomery, reduces_numbers_of_twice_the_size) {
  for (const auto& v : test::read_vector_file("crypto/rsa_modexp.txt")) {
    const Case c(v);
    // base * exponent is below modulus * R, and Python knows its remainder.
    WideNum wide(2 * c.limbs);
    limbs_mul(wide.data(), c.base.data(), c.limbs, c.exponent.data(), c.limbs);
    Num r(c.limbs);
    c.field.reduce_wide(r.data(), wide.data());
    c.field.from_montgomery(r.data(), r.data());
    EXPECT_EQ(text(r), text(c.product)) << v.at("modulus");
  }
}

TEST(Montgomery, subtracts_without_leaving_the_range) {
  for (const auto& v : test::read_vector_file("crypto/rsa_modexp.txt")) {
    const Case c(v);
    Num d(c.limbs), back(c.limbs);
    c.field.sub(d.data(), c.base.data(), c.power.data());
    EXPECT_NE(limbs_less(d.data(), c.field.modulus().data(), c.limbs), 0u);
    c.field.sub(back.data(), c.base.data(), d.data());
    EXPECT_EQ(text(back), text(c.power));
  }
}

TEST(Montgomery, inverts_modulo_a_prime) {
  // 2^255 - 19 and 2^521 - 1.
  const std::string p25519 = "7f" + std::string(60, 'f') + "ed";
  const std::string p521 = "01" + std::string(130, 'f');
  for (const std::string& p : {p25519, p521}) {
    const Montgomery field(from_text(p));
    Num x(field.limbs()), inverse(field.limbs()), r(field.limbs());
    x[0] = 0x123456789abcdef1;
    x[1] = 77;
    field.to_montgomery(x.data(), x.data());
    field.inverse_mod_prime(inverse.data(), x.data());
    field.mul(r.data(), x.data(), inverse.data());
    EXPECT_EQ(text(r), text(field.one()));
  }
}

// Fails, or repeats one byte for ever.
class BrokenRng final : public Rng {
 public:
  explicit BrokenRng(bool answers, std::uint8_t byte = 0) : answers_(answers), byte_(byte) {}
  bool fill(ByteSpan out) override {
    std::fill(out.begin(), out.end(), byte_);
    return answers_;
  }

 private:
  bool answers_;
  std::uint8_t byte_;
};

TEST(Prime, knows_the_small_primes) {
  SeededRng rng(1);
  std::size_t primes = 0;
  for (Limb n = 0; n < 20000; ++n) {
    bool composite = n < 2;
    for (Limb d = 2; d * d <= n; ++d) composite |= n % d == 0;
    const auto r = is_probable_prime(LimbView{&n, 1}, 8, rng);
    ASSERT_TRUE(r);
    ASSERT_EQ(*r, !composite) << n;
    if (*r) ++primes;
  }
  EXPECT_EQ(primes, 2262u);  // pi(20000)
}

TEST(Prime, accepts_mersenne_primes_and_the_groups_of_ike) {
  SeededRng rng(2);
  for (const std::size_t bits : {61u, 89u, 107u, 127u, 521u, 607u, 1279u}) {
    Num n(limbs_for_bits(bits));
    for (std::size_t i = 0; i < bits; ++i) n[i / 64] |= Limb{1} << (i % 64);
    const auto r = is_probable_prime(n, 10, rng);
    ASSERT_TRUE(r);
    EXPECT_TRUE(*r) << bits;
  }
  // RFC 2409 section 6.2: 2^1024 - 2^960 - 1 + 2^64 * { [2^894 pi] + 129093 }.
  const Num oakley = from_text(
      "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
      "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
      "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
      "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff");
  const auto r = is_probable_prime(oakley, kAdversarialRounds, rng);
  ASSERT_TRUE(r);
  EXPECT_TRUE(*r);
}

TEST(Prime, refuses_carmichael_numbers_and_strong_pseudoprimes) {
  SeededRng rng(3);
  for (const Limb n :
       {Limb{561}, Limb{41041}, Limb{825265}, Limb{3215031751},  // strong to 2, 3, 5, 7
        Limb{3825123056546413051}}) {                            // strong to 2 .. 23
    const auto r = is_probable_prime(LimbView{&n, 1}, 20, rng);
    ASSERT_TRUE(r);
    EXPECT_FALSE(*r) << n;
  }
  // Without small factors: the square of a prime.
  Num product(2);
  const Limb p = (Limb{1} << 61) - 1;
  limbs_mul(product.data(), &p, 1, &p, 1);
  EXPECT_FALSE(*is_probable_prime(product, 20, rng));
}

TEST(Prime, refuses_chernicks_carmichael_numbers_beyond_trial_division) {
  // (6k+1)(12k+1)(18k+1) with all three prime.
  SeededRng rng(4);
  std::size_t found = 0;
  for (Limb k = 1500; found < 5; ++k) {
    const Limb a = 6 * k + 1, b = 12 * k + 1, c = 18 * k + 1;
    const auto prime = [&](Limb n) { return *is_probable_prime(LimbView{&n, 1}, 20, rng); };
    if (!prime(a) || !prime(b) || !prime(c)) continue;
    const Limb n = a * b * c;
    EXPECT_FALSE(prime(n)) << n;
    ++found;
  }
}

TEST(Prime, generates_primes_of_the_asked_shape) {
  SeededRng rng(5);
  for (const std::size_t bits : {128u, 256u, 260u, 512u}) {
    Num p(limbs_for_bits(bits));
    ASSERT_TRUE(generate_prime(rng, p.span(), bits, 65537));
    EXPECT_EQ(bit_length(p), bits);
    EXPECT_EQ((p[(bits - 2) / 64] >> ((bits - 2) % 64)) & 1, 1u);
    EXPECT_EQ(p[0] & 3, 3u);
    EXPECT_NE(remainder_word(p, 65537), 1u);
    const auto r = is_probable_prime(p, kAdversarialRounds, rng);
    ASSERT_TRUE(r);
    EXPECT_TRUE(*r);
  }
}

TEST(Prime, avoids_factors_of_p_less_1_that_the_exponent_has) {
  // With e = 3 every second prime would do harm.
  SeededRng rng(6);
  for (int i = 0; i < 20; ++i) {
    Num p(2);
    ASSERT_TRUE(generate_prime(rng, p.span(), 128, 3));
    EXPECT_EQ(remainder_word(p, 3), 2u);
  }
}

TEST(Prime, reports_a_broken_rng) {
  Num p(4);
  for (BrokenRng rng : {BrokenRng(false), BrokenRng(true, 0), BrokenRng(true, 0xff)}) {
    const Status s = generate_prime(rng, p.span(), 256, 65537);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Errc::no_random);
    Num bound(1), r(1);
    bound[0] = 1000;
    const Status t = random_below(rng, r.span(), bound);
    ASSERT_FALSE(t);
    EXPECT_EQ(t.error().code, Errc::no_random);
  }
}

TEST(Prime, draws_uniformly_below_a_bound) {
  SeededRng rng(7);
  Num bound(1), r(1);
  bound[0] = 5;
  std::array<int, 5> seen{};
  for (int i = 0; i < 4000; ++i) {
    ASSERT_TRUE(random_below(rng, r.span(), bound));
    ASSERT_LT(r[0], 5u);
    ++seen[r[0]];
  }
  EXPECT_EQ(seen[0], 0);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_NEAR(seen[i], 1000, 150);
}

}  // namespace
}  // namespace parley::crypto

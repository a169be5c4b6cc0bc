// Diffie-Hellman against OpenSSL's agreements (vectors/crypto/dh_*.txt), and against the values
// and groups that peers must not get away with.
#include "crypto/dh.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/ct.hpp"
#include "crypto/dh_impl.hpp"
#include "crypto/prime.hpp"
#include "crypto/sieve.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/rngs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::FailingRng;
using test::field;
using test::hex_field;
using test::number_field;
using test::plus;

template <class T>
Errc code(const Result<T>& r) {
  return r ? Errc::count_ : r.error().code;
}

const Bytes kTwo{2};

// 2^bits + d.
Bytes power_of_two(std::size_t bits, int d) {
  Bytes b(bits / 8 + 1);
  b[0] = static_cast<std::uint8_t>(1 << (bits % 8));
  return plus(b, d);
}

test::VectorCase agreement(const std::string& name) {
  for (const auto& c : test::read_vector_file("crypto/dh_agree.txt")) {
    if (field(c, "name") == name) return c;
  }
  throw std::runtime_error("no agreement " + name);
}

DhGroup group_of(const test::VectorCase& c) {
  const auto g = DhGroup::from_numbers(hex_field(c, "p"), hex_field(c, "g"));
  if (!g) throw std::runtime_error("refused group");
  return *g;
}

// --- Groups ------------------------------------------------------------------------------------

TEST(DhGroup, knows_the_primes_of_the_rfcs) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/dh_groups.txt")) {
    const std::size_t bits = number_field(c, "bits");
    const DhGroup& group = DhGroup::well_known(bits);
    EXPECT_EQ(group.bits(), bits);
    EXPECT_EQ(group.size(), bits / 8);
    EXPECT_EQ(to_hex(group.p()), field(c, "p"));
    EXPECT_EQ(group.g(), kTwo);
    ++cases;
  }
  EXPECT_EQ(cases, 8u);
}

TEST(DhGroup, knows_safe_primes_with_two_in_the_subgroup_of_prime_order) {
  SeededRng rng(1);
  for (const std::size_t bits : {512u, 1024u, 1536u, 2048u, 3072u, 4096u, 6144u, 8192u}) {
    const Montgomery& p = DhGroup::well_known(bits).impl().p;
    Num q = p.modulus();
    limbs_shift_right(q.data(), q.data(), 1, q.size());
    const unsigned rounds = bits <= 1536 ? 8 : 1;
    const auto q_prime = is_probable_prime(q, rounds, rng);
    const auto p_prime = is_probable_prime(p.modulus(), rounds, rng);
    ASSERT_TRUE(q_prime);
    ASSERT_TRUE(p_prime);
    EXPECT_TRUE(*q_prime) << bits;
    EXPECT_TRUE(*p_prime) << bits;
    Num x(q.size());
    x[0] = 2;
    p.to_montgomery(x.data(), x.data());
    p.exp(x.data(), x.data(), q);
    EXPECT_NE(numbers_equal(x, p.one()), 0u) << bits;
  }
}

TEST(DhGroup, serves_the_well_known_group_of_at_least_the_bits_asked_for) {
  const std::pair<std::size_t, std::size_t> expected[] = {
      {0, 512},     {512, 512},   {513, 1024},  {1024, 1024}, {1025, 1536}, {2047, 2048},
      {2049, 3072}, {3500, 4096}, {4097, 6144}, {6145, 8192}, {8192, 8192}, {100000, 8192}};
  for (const auto& [asked, got] : expected) {
    EXPECT_EQ(DhGroup::well_known(asked).bits(), got) << asked;
  }
}

TEST(DhGroup, makes_well_known_groups_once_for_all_threads) {
  std::vector<const DhGroup*> seen(4);
  std::vector<std::thread> threads;
  for (const DhGroup*& g : seen) {
    threads.emplace_back([&g] { g = &DhGroup::well_known(768); });
  }
  for (auto& t : threads) t.join();
  for (const DhGroup* g : seen) EXPECT_EQ(g, &DhGroup::well_known(1024));
}

TEST(DhGroup, refuses_primes_beyond_the_limits) {
  const auto refusal = [](std::size_t bits, DhLimits limits = {}) {
    return code(DhGroup::from_numbers(power_of_two(bits, -1), kTwo, limits));
  };
  EXPECT_EQ(refusal(511), Errc::dh_key_too_small);
  EXPECT_EQ(refusal(512), Errc::count_);
  EXPECT_EQ(refusal(8192), Errc::count_);
  EXPECT_EQ(refusal(8193), Errc::dh_key_too_large);
  EXPECT_EQ(refusal(8200), Errc::dh_key_too_large);
  EXPECT_EQ(code(DhGroup::from_numbers(Bytes(5000, 0xff), kTwo)), Errc::dh_key_too_large);
  EXPECT_EQ(refusal(1023, {.min_bits = 1024}), Errc::dh_key_too_small);
  EXPECT_EQ(refusal(1024, {.min_bits = 1024}), Errc::count_);
  EXPECT_EQ(refusal(2048, {.max_bits = 2048}), Errc::count_);
  EXPECT_EQ(refusal(2049, {.max_bits = 2048}), Errc::dh_key_too_large);
  // The caller's limits do not widen what the arithmetic has room for.
  EXPECT_EQ(refusal(504, {.min_bits = 0, .max_bits = 100000}), Errc::dh_key_too_small);
  EXPECT_EQ(refusal(8193, {.min_bits = 0, .max_bits = 100000}), Errc::dh_key_too_large);
  EXPECT_EQ(code(DhGroup::from_numbers({}, kTwo)), Errc::dh_key_too_small);
  EXPECT_EQ(code(DhGroup::from_numbers(Bytes(2000), kTwo)), Errc::dh_key_too_small);
}

TEST(DhGroup, refuses_an_even_prime_and_generators_of_nothing) {
  const Bytes p = DhGroup::well_known(1024).p();
  const auto refusal = [&](const Bytes& g) { return code(DhGroup::from_numbers(p, g)); };
  EXPECT_EQ(code(DhGroup::from_numbers(plus(p, -1), kTwo)), Errc::bad_group);
  EXPECT_EQ(refusal({}), Errc::bad_group);
  EXPECT_EQ(refusal({0}), Errc::bad_group);
  EXPECT_EQ(refusal({1}), Errc::bad_group);
  EXPECT_EQ(refusal({2}), Errc::count_);
  EXPECT_EQ(refusal(plus(p, -2)), Errc::count_);
  EXPECT_EQ(refusal(plus(p, -1)), Errc::bad_group);
  EXPECT_EQ(refusal(p), Errc::bad_group);
  EXPECT_EQ(refusal(plus(p, 2)), Errc::bad_group);
  EXPECT_EQ(refusal(power_of_two(1024, 2)), Errc::bad_group) << "2 behind a bit that does not fit";
}

TEST(DhGroup, takes_numbers_with_leading_zeros) {
  Bytes p = DhGroup::well_known(512).p();
  p.insert(p.begin(), 2000, 0);
  const auto g = DhGroup::from_numbers(p, Bytes{0, 0, 5});
  ASSERT_TRUE(g);
  EXPECT_EQ(g->bits(), 512u);
  EXPECT_EQ(g->p(), DhGroup::well_known(512).p());
  EXPECT_EQ(g->g(), Bytes{5});
}

TEST(DhGroup, trusts_safe_primes_only) {
  SeededRng rng(2);
  const auto trusted = [&](const Bytes& p, const Bytes& g) {
    return code(DhGroup::from_trusted_numbers(rng, p, g));
  };
  for (const char* name : {"safe768", "safe1000", "safe1025"}) {
    const auto c = agreement(name);
    EXPECT_EQ(trusted(hex_field(c, "p"), hex_field(c, "g")), Errc::count_) << name;
    EXPECT_EQ(trusted(hex_field(c, "p"), {1}), Errc::bad_group);
    EXPECT_EQ(trusted(plus(hex_field(c, "p"), 2), hex_field(c, "g")), Errc::bad_group);
  }
  // Prime, but (p - 1) / 2 is not.
  const auto c = agreement("dsaparam1024");
  EXPECT_EQ(trusted(hex_field(c, "p"), hex_field(c, "g")), Errc::bad_group);
  EXPECT_EQ(trusted(power_of_two(511, -1), kTwo), Errc::dh_key_too_small);
}

TEST(DhGroup, trusts_no_composite_with_a_prime_half) {
  SeededRng rng(3);
  int composites = 0;
  while (composites < 3) {
    Num p(9);
    ASSERT_TRUE(generate_prime(rng, p.span().first(8), 512, 3));
    limbs_add(p.data(), p.data(), p.data(), p.size());
    p[0] |= 1;
    const auto prime = is_probable_prime(p, 8, rng);
    ASSERT_TRUE(prime);
    if (*prime) continue;
    ++composites;
    EXPECT_EQ(code(DhGroup::from_trusted_numbers(rng, minimal_bytes(p), kTwo)), Errc::bad_group);
  }
}

TEST(DhGroup, trusts_well_known_primes_at_once_and_others_not_without_randomness) {
  FailingRng broken(4, 0);
  EXPECT_EQ(code(DhGroup::from_trusted_numbers(broken, DhGroup::well_known(8192).p(), kTwo)),
            Errc::count_);
  const auto c = agreement("safe768");
  EXPECT_EQ(code(DhGroup::from_trusted_numbers(broken, hex_field(c, "p"), kTwo)), Errc::no_random);
}

TEST(DhGenerate, makes_safe_primes_of_exactly_the_asked_size) {
  for (const std::size_t bits : {512u, 576u, 640u}) {
    SeededRng rng(bits);
    const auto g = DhGroup::generate(rng, bits);
    ASSERT_TRUE(g) << bits;
    EXPECT_EQ(g->bits(), bits);
    EXPECT_EQ(g->g(), kTwo);
    EXPECT_EQ(g->p().back() % 8, 7) << "2 is a square modulo p";
    EXPECT_TRUE(DhGroup::from_trusted_numbers(rng, g->p(), g->g()));
    const auto a = DhPrivateKey::generate(rng, *g);
    const auto b = DhPrivateKey::generate(rng, *g);
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    const auto ab = a->agree(b->public_value());
    const auto ba = b->agree(a->public_value());
    ASSERT_TRUE(ab);
    ASSERT_TRUE(ba);
    EXPECT_EQ(to_hex(*ab), to_hex(*ba));
  }
}

TEST(DhGenerate, makes_the_same_group_from_the_same_seed_only) {
  SeededRng a(42), b(42), c(43);
  const auto ga = DhGroup::generate(a, 512);
  const auto gb = DhGroup::generate(b, 512);
  const auto gc = DhGroup::generate(c, 512);
  ASSERT_TRUE(ga);
  ASSERT_TRUE(gb);
  ASSERT_TRUE(gc);
  EXPECT_EQ(ga->p(), gb->p());
  EXPECT_NE(ga->p(), gc->p());
}

TEST(DhGenerate, refuses_sizes_it_does_not_make) {
  SeededRng rng(5);
  for (const std::size_t bits : {0u, 448u, 511u, 520u, 1000u, 8256u, 1u << 20}) {
    EXPECT_EQ(code(DhGroup::generate(rng, bits)), Errc::bad_argument) << bits;
  }
}

TEST(DhGenerate, makes_no_group_when_the_rng_fails) {
  FailingRng whole(512);
  ASSERT_TRUE(DhGroup::generate(whole, 512));
  ASSERT_GT(whole.draws(), 10u);
  for (const std::size_t works :
       {std::size_t{0}, std::size_t{1}, whole.draws() / 2, whole.draws() - 1}) {
    FailingRng rng(512, works);
    EXPECT_EQ(code(DhGroup::generate(rng, 512)), Errc::no_random) << works;
  }
  test::StuckRng ones(0xff);
  EXPECT_EQ(code(DhGroup::generate(ones, 512)), Errc::no_random);
}

TEST(Sieve, leaves_what_trial_division_leaves) {
  SeededRng rng(6);
  Num start(3), step(1);
  ASSERT_TRUE(random_below(rng, start.span(), Num(LimbView(std::array<Limb, 3>{0, 0, 1 << 20}))));
  const auto small_factor = [](const Num& n) {
    for (Limb p = 2; p < 65536; ++p) {
      if (remainder_word(n, p) == 0) return true;
    }
    return false;
  };
  for (const Limb d : {1u, 2u, 12u, 65537u, 77u}) {
    step[0] = d;
    for (const SieveFor what : {SieveFor::prime, SieveFor::safe_prime}) {
      const auto left = sieve_progression(start, step, 12, what);
      std::vector<std::uint32_t> expected;
      for (std::uint32_t k = 0; k < 12; ++k) {
        const Num x = progression_at(start, step, k);
        Num twice = x;
        limbs_add(twice.data(), x.data(), x.data(), x.size());
        limbs_add_word(twice.data(), twice.data(), 1, twice.size());
        const bool both = what == SieveFor::safe_prime;
        if (!small_factor(x) && !(both && small_factor(twice))) expected.push_back(k);
      }
      EXPECT_EQ(left, expected) << d;
    }
  }
}

// --- Agreement ---------------------------------------------------------------------------------

TEST(DhAgree, agrees_with_openssl_from_both_sides) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/dh_agree.txt")) {
    SCOPED_TRACE(field(c, "name"));
    const DhGroup group = group_of(c);
    const auto a = DhPrivateKey::from_number(group, hex_field(c, "xa"));
    const auto b = DhPrivateKey::from_number(group, hex_field(c, "xb"));
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    EXPECT_EQ(to_hex(a->public_value()), field(c, "ya"));
    EXPECT_EQ(to_hex(b->public_value()), field(c, "yb"));
    const auto ab = a->agree(hex_field(c, "yb"));
    const auto ba = b->agree(hex_field(c, "ya"));
    ASSERT_TRUE(ab);
    ASSERT_TRUE(ba);
    EXPECT_EQ(to_hex(*ab), field(c, "secret"));
    EXPECT_EQ(to_hex(*ba), field(c, "secret"));
    EXPECT_EQ(ab->size(), group.size());
    ++cases;
  }
  EXPECT_EQ(cases, 20u);
}

TEST(DhAgree, keeps_leading_zeros) {
  const auto c = agreement("safe1000 leading zero");
  EXPECT_EQ(field(c, "secret").substr(0, 2), "00");
  SeededRng rng(7);
  const DhGroup& group = DhGroup::well_known(512);
  const auto a = DhPrivateKey::generate(rng, group);
  ASSERT_TRUE(a);
  for (int tries = 0;; ++tries) {
    ASSERT_LT(tries, 10000);
    const auto b = DhPrivateKey::generate(rng, group);
    ASSERT_TRUE(b);
    const auto secret = a->agree(b->public_value());
    ASSERT_TRUE(secret);
    ASSERT_EQ(secret->size(), 64u);
    if (secret->view()[0] != 0) continue;
    const auto other = b->agree(a->public_value());
    ASSERT_TRUE(other);
    EXPECT_EQ(to_hex(*other), to_hex(*secret));
    break;
  }
}

TEST(DhAgree, refuses_public_values_that_are_no_share) {
  SeededRng rng(8);
  for (const std::size_t bits : {512u, 1024u}) {
    const DhGroup& group = DhGroup::well_known(bits);
    const Bytes p = group.p();
    const auto key = DhPrivateKey::generate(rng, group);
    ASSERT_TRUE(key);
    for (const Bytes& bad :
         {Bytes{}, Bytes{0}, Bytes(p.size()), Bytes{1}, plus(p, -1), p, plus(p, 1), plus(p, 2),
          power_of_two(bits, 2), Bytes(p.size() + 1, 0xff), Bytes(5000, 0xff)}) {
      EXPECT_EQ(code(key->agree(bad)), Errc::bad_dh_value) << to_hex(bad);
    }
    EXPECT_TRUE(key->agree(kTwo));
    EXPECT_TRUE(key->agree(plus(p, -2)));
    Bytes padded(p.size());
    padded.back() = 2;
    padded.insert(padded.begin(), 3, 0);
    const auto a = key->agree(kTwo);
    const auto b = key->agree(padded);
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    EXPECT_EQ(to_hex(*a), to_hex(*b));
  }
}

TEST(DhAgree, refuses_secrets_from_a_tiny_subgroup) {
  // 2 has the order 513 modulo 2^513 - 1.
  const auto group = DhGroup::from_numbers(power_of_two(513, -1), Bytes{3});
  ASSERT_TRUE(group);
  const auto with = [&](std::uint8_t high, std::uint8_t low) {
    const auto key = DhPrivateKey::from_number(*group, Bytes{high, low});
    EXPECT_TRUE(key);
    return code(key->agree(kTwo));
  };
  EXPECT_EQ(with(2, 0), Errc::count_);
  EXPECT_EQ(with(2, 1), Errc::bad_dh_value);
  EXPECT_EQ(with(2, 2), Errc::count_);
}

TEST(DhPrivateKey, is_as_long_as_the_group_is_strong) {
  const std::pair<std::size_t, std::size_t> expected[] = {{512, 256},  {1024, 256}, {1536, 256},
                                                          {2048, 256}, {3072, 320}, {4096, 384},
                                                          {6144, 384}, {8192, 448}};
  for (const auto& [bits, exponent] : expected) {
    FailingRng rng(9);
    ASSERT_TRUE(DhPrivateKey::generate(rng, DhGroup::well_known(bits)));
    EXPECT_EQ(rng.bytes() * 8, exponent) << bits;
  }
}

TEST(DhPrivateKey, is_not_made_without_randomness) {
  FailingRng broken(10, 0);
  EXPECT_EQ(code(DhPrivateKey::generate(broken, DhGroup::well_known(512))), Errc::no_random);
  test::StuckRng zeros(0);
  EXPECT_EQ(code(DhPrivateKey::generate(zeros, DhGroup::well_known(512))), Errc::no_random);
}

TEST(DhPrivateKey, differs_from_one_handshake_to_the_next) {
  SeededRng rng(11);
  const auto a = DhPrivateKey::generate(rng, DhGroup::well_known(512));
  const auto b = DhPrivateKey::generate(rng, DhGroup::well_known(512));
  ASSERT_TRUE(a);
  ASSERT_TRUE(b);
  EXPECT_NE(a->public_value(), b->public_value());
}

TEST(DhPrivateKey, refuses_numbers_outside_the_group) {
  const DhGroup& group = DhGroup::well_known(512);
  const Bytes p = group.p();
  const auto refusal = [&](const Bytes& x) { return code(DhPrivateKey::from_number(group, x)); };
  for (const Bytes& bad : {Bytes{}, Bytes{0}, Bytes(64), Bytes(200), plus(p, -1), p, plus(p, 1),
                           power_of_two(512, 5), power_of_two(4096, 5), Bytes(5000, 0xff)}) {
    EXPECT_EQ(refusal(bad), Errc::bad_scalar) << to_hex(bad);
  }
  EXPECT_EQ(refusal(plus(p, -2)), Errc::count_);
  Bytes one(300);
  one.back() = 1;
  const auto key = DhPrivateKey::from_number(group, one);
  ASSERT_TRUE(key);
  EXPECT_EQ(minimal_bytes(number_from(key->public_value())), kTwo);
}

// --- Constant time -----------------------------------------------------------------------------

// In the `ct` build, under valgrind, these also fail when a branch or an address depends on the
// private number or on the secret.

TEST(DhConstantTime, agreeing_hides_the_private_number) {
  const auto c = agreement("modp512");
  Bytes x = hex_field(c, "xa");
  ct_poison(x.data(), x.size());
  const auto key = DhPrivateKey::from_number(group_of(c), x);
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->public_value()), field(c, "ya"));
  auto secret = key->agree(hex_field(c, "yb"));
  ASSERT_TRUE(secret);
  ct_unpoison(secret->span().data(), secret->size());
  EXPECT_EQ(to_hex(*secret), field(c, "secret"));
}

TEST(DhConstantTime, generating_hides_the_private_number) {
  for (const std::size_t bits : {512u, 1024u}) {
    test::SecretRng rng(12);
    const DhGroup& group = DhGroup::well_known(bits);
    const auto a = DhPrivateKey::generate(rng, group);
    const auto b = DhPrivateKey::generate(rng, group);
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    auto ab = a->agree(b->public_value());
    auto ba = b->agree(a->public_value());
    ASSERT_TRUE(ab);
    ASSERT_TRUE(ba);
    ct_unpoison(ab->span().data(), ab->size());
    ct_unpoison(ba->span().data(), ba->size());
    EXPECT_EQ(to_hex(*ab), to_hex(*ba));
  }
}

}  // namespace
}  // namespace parley::crypto

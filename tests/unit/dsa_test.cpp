// DSA against RFC 6979's signatures and OpenSSL's (vectors/crypto/dsa_*.txt), and against keys and
// signatures that must be refused.
#include "crypto/dsa.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/ct.hpp"
#include "crypto/dsa_impl.hpp"
#include "crypto/prime.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/rngs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::FailingRng;
using test::field;
using test::FixedRng;
using test::hex_field;
using test::plus;

template <class T>
Errc code(const T& r) {
  return r ? Errc::count_ : r.error().code;
}

HashId hash_called(const std::string& name) {
  for (const HashId id : {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384,
                          HashId::sha512}) {
    if (hash_name(id) == name) return id;
  }
  throw std::runtime_error("no hash " + name);
}

// The numbers of a key, free to be damaged.
struct KeyBytes {
  Bytes p, q, g, y, x;
  DsaPublicNumbers view() const { return {p, q, g, y}; }
};

KeyBytes key_bytes(const std::string& name) {
  for (const auto& c : test::read_vector_file("crypto/dsa_keys.txt")) {
    if (field(c, "name") != name) continue;
    return {hex_field(c, "p"), hex_field(c, "q"), hex_field(c, "g"), hex_field(c, "y"),
            hex_field(c, "x")};
  }
  throw std::runtime_error("no key " + name);
}

DsaPrivateKey key(const std::string& name) {
  const KeyBytes b = key_bytes(name);
  const auto k = DsaPrivateKey::from_numbers(b.view(), b.x);
  if (!k) throw std::runtime_error("refused key " + name);
  return *k;
}

Digest digest_of(const test::VectorCase& c) {
  return hash(hash_called(field(c, "hash")), {hex_field(c, "message")});
}

Bytes sum(const Bytes& a, const Bytes& b) {
  Num n(std::max(number_from(a).size(), number_from(b).size()) + 1);
  Num m(n.size());
  decode_big_endian(n.span(), a);
  decode_big_endian(m.span(), b);
  limbs_add(n.data(), n.data(), m.data(), n.size());
  return minimal_bytes(n);
}

// --- Known answers -----------------------------------------------------------------------------

TEST(DsaNonce, is_that_of_rfc_6979) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/dsa_rfc6979.txt")) {
    const KeyBytes b = key_bytes(field(c, "key"));
    const Num q = number_from(b.q);
    Num x(q.size());
    decode_big_endian(x.span(), b.x);
    Num k(q.size());
    rfc6979_nonce(k.span(), x, q, hash_called(field(c, "hash")), digest_of(c), {});
    Bytes octets(b.q.size());
    encode_big_endian(octets, k);
    EXPECT_EQ(to_hex(octets), field(c, "k"));
    ++cases;
  }
  EXPECT_EQ(cases, 20u);
}

TEST(DsaVerify, accepts_the_signatures_of_rfc_6979_and_of_openssl) {
  std::size_t cases = 0;
  for (const char* file :
       {"crypto/dsa_rfc6979.txt", "crypto/dsa_verify.txt", "crypto/dsa_hedged.txt"}) {
    for (const auto& c : test::read_vector_file(file)) {
      SCOPED_TRACE(field(c, "key") + " " + field(c, "hash"));
      const auto k = DsaPublicKey::from_numbers(key_bytes(field(c, "key")).view());
      ASSERT_TRUE(k);
      const Digest digest = digest_of(c);
      const RsSignature s{hex_field(c, "r"), hex_field(c, "s")};
      EXPECT_EQ(code(k->verify(digest, s)), Errc::count_);

      Digest other = digest;
      other.bytes[0] ^= 1;
      EXPECT_EQ(code(k->verify(other, s)), Errc::bad_signature);
      EXPECT_EQ(code(k->verify(digest, {s.s, s.r})), Errc::bad_signature);
      EXPECT_EQ(code(k->verify(digest, {plus(s.r, -1), s.s})), Errc::bad_signature);
      EXPECT_EQ(code(k->verify(digest, {s.r, plus(s.s, -1)})), Errc::bad_signature);
      ++cases;
    }
  }
  EXPECT_EQ(cases, 20u + 36u + 36u);
}

TEST(DsaSign, makes_the_hedged_signatures_computed_from_the_rfc) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/dsa_hedged.txt")) {
    SCOPED_TRACE(field(c, "key") + " " + field(c, "hash"));
    FixedRng rng(hex_field(c, "extra"));
    const auto s = key(field(c, "key")).sign(rng, hash_called(field(c, "hash")), digest_of(c));
    ASSERT_TRUE(s);
    EXPECT_EQ(to_hex(minimal_bytes(number_from(s->r))), field(c, "r"));
    EXPECT_EQ(to_hex(minimal_bytes(number_from(s->s))), field(c, "s"));
    ++cases;
  }
  EXPECT_EQ(cases, 36u);
}

TEST(DsaSign, uses_the_leftmost_bits_of_a_long_digest_only) {
  const DsaPrivateKey k = key("rfc1024");
  SeededRng rng(1);
  Bytes digest(64, 0x5c);
  const auto s = k.sign(rng, HashId::sha512, digest);
  ASSERT_TRUE(s);
  EXPECT_TRUE(k.public_key().verify(digest, *s));
  digest[20] ^= 1;
  EXPECT_TRUE(k.public_key().verify(digest, *s));
  digest[19] ^= 1;
  EXPECT_EQ(code(k.public_key().verify(digest, *s)), Errc::bad_signature);
}

TEST(DsaSign, signs_differently_each_time_and_rightly_each_time) {
  const DsaPrivateKey k = key("dsa512_160");
  SeededRng rng(2);
  const Digest digest = hash(HashId::sha1, {Bytes(3, 3)});
  Bytes last;
  for (int i = 0; i < 50; ++i) {
    const auto s = k.sign(rng, HashId::sha1, digest);
    ASSERT_TRUE(s);
    EXPECT_TRUE(k.public_key().verify(digest, *s));
    EXPECT_EQ(s->r.size(), 20u);
    EXPECT_EQ(s->s.size(), 20u);
    EXPECT_NE(s->r, last);
    last = s->r;
  }
}

TEST(DsaSign, repeats_no_nonce_for_another_digest_when_the_rng_is_stuck) {
  const DsaPrivateKey k = key("dsa512_160");
  test::StuckRng rng(0);
  const auto a = k.sign(rng, HashId::sha1, Bytes(20, 1));
  const auto b = k.sign(rng, HashId::sha1, Bytes(20, 2));
  ASSERT_TRUE(a);
  ASSERT_TRUE(b);
  EXPECT_NE(a->r, b->r);
}

TEST(DsaSign, signs_nothing_without_randomness) {
  FailingRng broken(3, 0);
  EXPECT_EQ(code(key("dsa512_160").sign(broken, HashId::sha1, Bytes(20))), Errc::no_random);
  FailingRng enough(3, 1);
  EXPECT_TRUE(key("dsa512_160").sign(enough, HashId::sha1, Bytes(20)));
  EXPECT_EQ(enough.bytes(), 32u);
}

// --- Refusals ----------------------------------------------------------------------------------

TEST(DsaVerify, refuses_parts_out_of_range) {
  const DsaPrivateKey k = key("rfc1024");
  const DsaPublicKey pub = k.public_key();
  SeededRng rng(4);
  const Digest digest = hash(HashId::sha256, {});
  const auto s = k.sign(rng, HashId::sha256, digest);
  ASSERT_TRUE(s);
  const Bytes q = pub.q();
  for (const Bytes& bad : {Bytes{}, Bytes{0}, Bytes(20), q, plus(q, 1), sum(s->r, q), sum(s->s, q),
                           Bytes(21, 0xff), Bytes(3000, 0xff)}) {
    EXPECT_EQ(code(pub.verify(digest, {bad, s->s})), Errc::signature_out_of_range) << to_hex(bad);
    EXPECT_EQ(code(pub.verify(digest, {s->r, bad})), Errc::signature_out_of_range) << to_hex(bad);
  }
  EXPECT_EQ(code(pub.verify(digest, {{1}, {1}})), Errc::bad_signature);
  EXPECT_EQ(code(pub.verify(digest, {plus(q, -1), plus(q, -1)})), Errc::bad_signature);

  RsSignature padded = *s;
  padded.r.insert(padded.r.begin(), 100, 0);
  padded.s.insert(padded.s.begin(), 1, 0);
  EXPECT_TRUE(pub.verify(digest, padded));
}

TEST(DsaVerify, refuses_what_another_key_signed) {
  SeededRng rng(5);
  const Digest digest = hash(HashId::sha1, {});
  const auto s = key("dsa1024_160").sign(rng, HashId::sha1, digest);
  ASSERT_TRUE(s);
  EXPECT_TRUE(key("dsa1024_160").public_key().verify(digest, *s));
  // The other q may be the smaller one.
  const Errc refusal = code(key("rfc1024").public_key().verify(digest, *s));
  EXPECT_TRUE(refusal == Errc::bad_signature || refusal == Errc::signature_out_of_range);
  EXPECT_EQ(code(key("rfc2048").public_key().verify(digest, *s)), Errc::bad_signature);
  KeyBytes other = key_bytes("dsa1024_160");
  other.y = plus(other.y, 1);
  const auto pub = DsaPublicKey::from_numbers(other.view());
  ASSERT_TRUE(pub);
  EXPECT_EQ(code(pub->verify(digest, *s)), Errc::bad_signature);
}

TEST(DsaVerify, takes_a_digest_of_any_length) {
  const DsaPrivateKey k = key("rfc2048");
  SeededRng rng(6);
  for (const std::size_t size : {0u, 1u, 16u, 31u, 32u, 33u, 64u}) {
    const Bytes digest(size, 0xff);
    const auto s = k.sign(rng, HashId::sha256, digest);
    ASSERT_TRUE(s);
    EXPECT_TRUE(k.public_key().verify(digest, *s)) << size;
  }
}

TEST(DsaKey, refuses_numbers_that_make_no_group) {
  const KeyBytes good = key_bytes("rfc1024");
  const auto with = [&](Bytes KeyBytes::*part, Bytes value) {
    KeyBytes b = good;
    b.*part = std::move(value);
    const Errc as_public = code(DsaPublicKey::from_numbers(b.view()));
    EXPECT_EQ(code(DsaPrivateKey::from_numbers(b.view(), b.x)), as_public);
    return as_public;
  };
  EXPECT_EQ(with(&KeyBytes::p, good.p), Errc::count_);
  EXPECT_EQ(with(&KeyBytes::p, plus(good.p, 1)), Errc::bad_group) << "even";
  EXPECT_EQ(with(&KeyBytes::p, plus(good.p, 2)), Errc::bad_group) << "q divides no more";
  EXPECT_EQ(with(&KeyBytes::q, plus(good.q, 2)), Errc::bad_group) << "does not divide";
  EXPECT_EQ(with(&KeyBytes::q, plus(good.q, 1)), Errc::bad_group) << "even";
  EXPECT_EQ(with(&KeyBytes::q, {}), Errc::key_too_small);
  EXPECT_EQ(with(&KeyBytes::q, {1}), Errc::key_too_small);
  EXPECT_EQ(with(&KeyBytes::q, Bytes(19, 0xff)), Errc::key_too_small);
  EXPECT_EQ(with(&KeyBytes::q, Bytes(33, 0xff)), Errc::key_too_large);
  EXPECT_EQ(with(&KeyBytes::q, good.p), Errc::key_too_large);
  EXPECT_EQ(with(&KeyBytes::p, {}), Errc::key_too_small);
  EXPECT_EQ(with(&KeyBytes::p, Bytes(63, 0xff)), Errc::key_too_small);
  Bytes bits_511(64, 0xff);
  bits_511[0] = 0x7f;
  EXPECT_EQ(with(&KeyBytes::p, bits_511), Errc::key_too_small);
  Bytes bits_3073(385, 0xff);
  bits_3073[0] = 1;
  EXPECT_EQ(with(&KeyBytes::p, bits_3073), Errc::key_too_large);
  EXPECT_EQ(with(&KeyBytes::p, Bytes(5000, 0xff)), Errc::key_too_large);
  for (const Bytes& bad :
       {Bytes{}, Bytes{0}, Bytes{1}, plus(good.p, -1), good.p, plus(good.p, 2), Bytes(500, 0xff)}) {
    EXPECT_EQ(with(&KeyBytes::g, bad), Errc::bad_group) << to_hex(bad);
  }
}

TEST(DsaKey, refuses_public_values_out_of_range) {
  KeyBytes b = key_bytes("rfc1024");
  for (const Bytes& bad :
       {Bytes{}, Bytes{0}, Bytes{1}, plus(b.p, -1), b.p, plus(b.p, 2), Bytes(500, 0xff)}) {
    EXPECT_EQ(code(DsaPublicKey::from_numbers({b.p, b.q, b.g, bad})), Errc::bad_value)
        << to_hex(bad);
  }
}

TEST(DsaKey, refuses_private_numbers_that_do_not_fit) {
  const KeyBytes b = key_bytes("rfc1024");
  const auto with = [&](const Bytes& x) { return code(DsaPrivateKey::from_numbers(b.view(), x)); };
  for (const Bytes& bad : {Bytes{}, Bytes{0}, Bytes(100), b.q, plus(b.q, 1), sum(b.q, b.x),
                           Bytes(24, 0xff), Bytes(400, 0xff)}) {
    EXPECT_EQ(with(bad), Errc::bad_scalar) << to_hex(bad);
  }
  EXPECT_EQ(with(plus(b.x, 1)), Errc::bad_value);
  EXPECT_EQ(with({1}), Errc::bad_value);
  EXPECT_EQ(with(b.x), Errc::count_);
  EXPECT_EQ(code(DsaPrivateKey::from_numbers({b.p, b.q, b.g, plus(b.y, 1)}, b.x)), Errc::bad_value);
  Bytes padded = b.x;
  padded.insert(padded.begin(), 50, 0);
  EXPECT_EQ(with(padded), Errc::count_);
}

TEST(DsaKey, refuses_to_sign_in_a_group_of_another_order) {
  const KeyBytes b = key_bytes("rfc1024");
  EXPECT_EQ(code(DsaPrivateKey::from_numbers({b.p, b.q, Bytes{2}, {}}, b.x)), Errc::bad_group);
}

TEST(DsaKey, computes_the_public_value_and_returns_its_numbers) {
  for (const char* name :
       {"rfc1024", "rfc2048", "dsa512_160", "dsa2048_224", "dsa3072_256", "odd"}) {
    const KeyBytes b = key_bytes(name);
    const auto k = DsaPrivateKey::from_numbers({b.p, b.q, b.g, {}}, b.x);
    ASSERT_TRUE(k);
    const DsaPublicKey pub = k->public_key();
    EXPECT_EQ(pub.p(), b.p);
    EXPECT_EQ(pub.q(), b.q);
    EXPECT_EQ(pub.g(), b.g);
    EXPECT_EQ(pub.y(), b.y);
    EXPECT_EQ(k->x().size(), b.q.size());
    EXPECT_EQ(minimal_bytes(number_from(k->x())), b.x);
    EXPECT_EQ(pub.bits(), bit_length(number_from(b.p)));
    EXPECT_EQ(pub.q_bits(), bit_length(number_from(b.q)));
    EXPECT_TRUE(pub == key(name).public_key());
  }
  EXPECT_FALSE(key("rfc1024").public_key() == key("dsa1024_160").public_key());
  KeyBytes b = key_bytes("rfc1024");
  b.y = plus(b.y, 1);
  const auto other = DsaPublicKey::from_numbers(b.view());
  ASSERT_TRUE(other);
  EXPECT_FALSE(*other == key("rfc1024").public_key());
}

TEST(DsaKey, serves_several_threads) {
  const DsaPrivateKey k = key("dsa1024_160");
  const Bytes digest(20, 8);
  std::vector<int> right(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      SeededRng own(100 + t);
      const DsaPrivateKey copy = k;
      for (int i = 0; i < 10; ++i) {
        const auto s = copy.sign(own, HashId::sha1, digest);
        if (s && copy.public_key().verify(digest, *s)) ++right[t];
      }
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(right, std::vector<int>(4, 10));
}

// --- Key generation ----------------------------------------------------------------------------

TEST(DsaGenerate, makes_keys_of_exactly_the_asked_size) {
  for (const std::size_t bits : {512u, 768u, 1024u, 2048u}) {
    SeededRng rng(bits);
    const auto k = DsaPrivateKey::generate(rng, bits);
    ASSERT_TRUE(k) << bits;
    const DsaPublicKey pub = k->public_key();
    EXPECT_EQ(pub.bits(), bits);
    EXPECT_EQ(pub.q_bits(), bits <= 1024 ? 160u : 256u);
    for (const Bytes& n : {pub.p(), pub.q()}) {
      const auto prime = is_probable_prime(number_from(n), 8, rng);
      ASSERT_TRUE(prime);
      EXPECT_TRUE(*prime);
    }
    EXPECT_TRUE(DsaPrivateKey::from_numbers({pub.p(), pub.q(), pub.g(), pub.y()}, k->x()));
    const auto s = k->sign(rng, HashId::sha1, Bytes(20, 1));
    ASSERT_TRUE(s);
    EXPECT_TRUE(pub.verify(Bytes(20, 1), *s));
  }
}

TEST(DsaGenerate, makes_the_same_key_from_the_same_seed_only) {
  SeededRng a(42), b(42), c(43);
  const auto ka = DsaPrivateKey::generate(a, 512);
  const auto kb = DsaPrivateKey::generate(b, 512);
  const auto kc = DsaPrivateKey::generate(c, 512);
  ASSERT_TRUE(ka);
  ASSERT_TRUE(kb);
  ASSERT_TRUE(kc);
  EXPECT_TRUE(ka->public_key() == kb->public_key());
  EXPECT_FALSE(ka->public_key() == kc->public_key());
}

TEST(DsaGenerate, refuses_sizes_it_does_not_make) {
  SeededRng rng(7);
  for (const std::size_t bits : {0u, 511u, 513u, 1000u, 1536u, 4096u}) {
    EXPECT_EQ(code(DsaPrivateKey::generate(rng, bits)), Errc::bad_argument) << bits;
  }
}

TEST(DsaGenerate, makes_no_key_when_the_rng_fails) {
  FailingRng whole(8);
  ASSERT_TRUE(DsaPrivateKey::generate(whole, 512));
  ASSERT_GT(whole.draws(), 20u);
  for (std::size_t works = 0; works < whole.draws(); ++works) {
    FailingRng rng(8, works);
    EXPECT_EQ(code(DsaPrivateKey::generate(rng, 512)), Errc::no_random) << works;
  }
  for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{0xff}}) {
    test::StuckRng stuck(byte);
    EXPECT_EQ(code(DsaPrivateKey::generate(stuck, 512)), Errc::no_random);
  }
}

// --- Constant time -----------------------------------------------------------------------------

// In the `ct` build, under valgrind, these also fail when a branch or an address depends on the
// private number or on the nonce.

TEST(DsaConstantTime, signing_hides_key_and_nonce) {
  for (const char* name : {"dsa512_160", "rfc1024", "odd"}) {
    const KeyBytes b = key_bytes(name);
    Bytes x = b.x;
    ct_poison(x.data(), x.size());
    const auto k = DsaPrivateKey::from_numbers(b.view(), x);
    ASSERT_TRUE(k);
    test::SecretRng rng(9);
    const auto s = k->sign(rng, HashId::sha1, Bytes(20, 8));
    ASSERT_TRUE(s);
    EXPECT_TRUE(k->public_key().verify(Bytes(20, 8), *s));
  }
}

// The domain is public, so only what is drawn after it is marked.
class SecretAfterRng final : public Rng {
 public:
  SecretAfterRng(std::uint64_t seed, std::size_t plain_draws) : inner_(seed), left_(plain_draws) {}
  bool fill(ByteSpan out) override {
    if (!inner_.fill(out)) return false;
    if (left_ > 0) {
      --left_;
    } else {
      ct_poison(out.data(), out.size());
    }
    return true;
  }

 private:
  SeededRng inner_;
  std::size_t left_;
};

TEST(DsaConstantTime, generating_hides_the_key) {
  FailingRng count(10);
  ASSERT_TRUE(generate_dsa_domain(count, 512, 160));
  SecretAfterRng rng(10, count.draws());
  const auto k = DsaPrivateKey::generate(rng, 512);
  ASSERT_TRUE(k);
  const auto s = k->sign(rng, HashId::sha1, Bytes(20, 8));
  ASSERT_TRUE(s);
  EXPECT_TRUE(k->public_key().verify(Bytes(20, 8), *s));
}

}  // namespace
}  // namespace parley::crypto

#include <gtest/gtest.h>

#include <set>

#include "crypto/ct.hpp"
#include "crypto/ec.hpp"
#include "crypto/ec_point.hpp"
#include "crypto/hash.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/rngs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::curve_of;
using test::hex_field;
using test::kPrimeCurves;
using test::name;
using test::number;
using test::read_vector_file;

HashId hash_of(const test::VectorCase& c) {
  using enum HashId;
  for (const HashId id : {sha1, sha224, sha256, sha384, sha512}) {
    if (hash_name(id) == test::field(c, "hash")) return id;
  }
  throw std::runtime_error("no such hash");
}

Bytes encode(Curve c, const CurveNum& a) {
  Bytes b(curve_scalar_size(c));
  encode_big_endian(b, a);
  return b;
}

EcPrivateKey seeded_key(Curve c, std::uint64_t seed) {
  SeededRng rng(seed);
  auto key = EcPrivateKey::generate(rng, c);
  EXPECT_TRUE(key);
  return *key;
}

Errc refusal(const Status& s) { return s ? Errc::count_ : s.error().code; }
Errc refusal(const Result<RsSignature>& r) { return r ? Errc::count_ : r.error().code; }

// --- The nonce -------------------------------------------------------------------------------

TEST(Rfc6979, makes_the_nonces_of_the_rfc) {
  std::size_t count = 0;
  for (const auto& v : read_vector_file("crypto/ecdsa_rfc6979.txt")) {
    const Curve c = curve_of(v);
    SCOPED_TRACE(name(c) + " " + test::field(v, "hash") + " " + test::field(v, "message"));
    const HashId id = hash_of(v);
    const CurveNum& n = prime_curve(c)->order();
    CurveNum k(n.size());
    rfc6979_nonce(k.span(), number(c, hex_field(v, "x")), n, id,
                  hash(id, {as_bytes(test::field(v, "message"))}), {});
    EXPECT_EQ(to_hex(encode(c, k)), test::field(v, "k"));
    ++count;
  }
  EXPECT_EQ(count, 50u);
}

TEST(Rfc6979, makes_the_nonce_of_its_detailed_example) {
  // Appendix A.1: the order of K-163, which is no multiple of 8 bits, as 3 limbs.
  const auto limbs = [](std::string_view hex) {
    LimbArray<3> r(3);
    decode_big_endian(r.span(), test::from_hex(hex));
    return r;
  };
  const auto q = limbs("04000000000000000000020108a2e0cc0d99f8a5ef");
  const auto x = limbs("009a4d6792295a7f730fc3f2b49cbc0f62e862272f");
  LimbArray<3> k(3);
  rfc6979_nonce(k.span(), x, q, HashId::sha256, hash(HashId::sha256, {as_bytes("sample")}), {});
  Bytes b(21);
  encode_big_endian(b, k);
  EXPECT_EQ(to_hex(b), "023af4074c90a02b3fe61d286d5c87f425e6bdd81b");
}

TEST(Rfc6979, depends_on_every_input) {
  const CurveNum& n = prime_curve(Curve::secp256r1)->order();
  const CurveNum x = number(Curve::secp256r1, Bytes(32, 0x21));
  const CurveNum other = number(Curve::secp256r1, Bytes(32, 0x22));
  const Bytes digest(32, 3), other_digest(32, 4), extra(32, 5), other_extra(32, 6);
  std::set<std::string> seen;
  const auto make = [&](const CurveNum& key, HashId id, ByteView d, ByteView e) {
    CurveNum k(n.size());
    rfc6979_nonce(k.span(), key, n, id, d, e);
    EXPECT_NE(limbs_less(k.data(), n.data(), n.size()), 0u);
    seen.insert(to_hex(encode(Curve::secp256r1, k)));
  };
  make(x, HashId::sha256, digest, {});
  make(other, HashId::sha256, digest, {});
  make(x, HashId::sha512, digest, {});
  make(x, HashId::sha256, other_digest, {});
  make(x, HashId::sha256, digest, extra);
  make(x, HashId::sha256, digest, other_extra);
  make(x, HashId::sha256, digest, ByteView{extra}.first(31));
  EXPECT_EQ(seen.size(), 7u);
  make(x, HashId::sha256, digest, extra);
  EXPECT_EQ(seen.size(), 7u);
}

TEST(Rfc6979, takes_another_candidate_until_one_is_in_range) {
  // Of 8 random bits only some are in [1, 128]; those of the order 129 that a nonce may have
  // all come up.
  const Limb q = 129;
  std::set<Limb> seen;
  for (std::uint8_t i = 0; i < 200; ++i) {
    const Limb x = 77;
    Limb k = 0;
    rfc6979_nonce({&k, 1}, {&x, 1}, {&q, 1}, HashId::sha256, Bytes{i, 1}, Bytes{i});
    ASSERT_GE(k, 1u);
    ASSERT_LT(k, q);
    seen.insert(k);
  }
  EXPECT_GT(seen.size(), 80u);
}

TEST(DigestNumber, is_the_leftmost_bits_modulo_the_order) {
  const CurveNum& n = prime_curve(Curve::secp521r1)->order();
  CurveNum z(n.size());
  const Bytes short_digest(20, 0xab);
  digest_number(z.span(), n, short_digest);
  Bytes right(66, 0);
  std::copy(short_digest.begin(), short_digest.end(), right.end() - 20);
  EXPECT_EQ(encode(Curve::secp521r1, z), right);
  // 66 bytes have 528 bits: the last 7 go.
  digest_number(z.span(), n, Bytes(66, 0x80));
  EXPECT_EQ(to_hex(encode(Curve::secp521r1, z)).substr(0, 8), "01010101");
  // As large as the order or larger: modulo it.
  const CurveNum& m = prime_curve(Curve::secp256r1)->order();
  CurveNum y(m.size());
  digest_number(y.span(), m, encode(Curve::secp256r1, m));
  EXPECT_NE(limbs_is_zero(y.data(), y.size()), 0u);
  digest_number(y.span(), m, Bytes(64, 0xff));
  EXPECT_EQ(to_hex(encode(Curve::secp256r1, y)),
            "00000000ffffffff00000000000000004319055258e8617b0c46353d039cdaae");
}

// --- Signatures of others --------------------------------------------------------------------

TEST(Ecdsa, accepts_the_signatures_of_the_rfc_and_of_openssl) {
  std::size_t count = 0;
  for (const auto& v : read_vector_file("crypto/ecdsa_rfc6979.txt")) {
    const auto key = EcPrivateKey::from_scalar(curve_of(v), hex_field(v, "x"));
    ASSERT_TRUE(key);
    const Digest digest = hash(hash_of(v), {as_bytes(test::field(v, "message"))});
    EXPECT_EQ(refusal(key->public_key().verify(digest, {hex_field(v, "r"), hex_field(v, "s")})),
              Errc::count_);
    ++count;
  }
  for (const auto& v : read_vector_file("crypto/ecdsa_random.txt")) {
    const auto key = EcPublicKey::from_point(curve_of(v), hex_field(v, "public"));
    ASSERT_TRUE(key);
    const Bytes digest = hex_field(v, "digest");
    const RsSignature good = {hex_field(v, "r"), hex_field(v, "s")};
    EXPECT_EQ(refusal(key->verify(digest, good)), Errc::count_);
    ++count;
  }
  EXPECT_EQ(count, 50u + 30u);
}

TEST(Ecdsa, refuses_what_was_changed_by_one_bit) {
  for (const auto& v : read_vector_file("crypto/ecdsa_random.txt")) {
    if (test::field(v, "hash") != "sha256") continue;
    const Curve c = curve_of(v);
    SCOPED_TRACE(name(c));
    const auto key = EcPublicKey::from_point(c, hex_field(v, "public"));
    ASSERT_TRUE(key);
    const Bytes digest = hex_field(v, "digest");
    const RsSignature good = {hex_field(v, "r"), hex_field(v, "s")};
    for (const std::size_t at : {0u, 7u, 23u}) {
      Bytes changed = digest;
      changed[at] ^= 0x40;
      EXPECT_EQ(refusal(key->verify(changed, good)), Errc::bad_signature);
      // From the low end, so that the numbers stay in range.
      RsSignature r = good;
      r.r[r.r.size() - 1 - at] ^= 0x01;
      EXPECT_EQ(refusal(key->verify(digest, r)), Errc::bad_signature);
      RsSignature s = good;
      s.s[s.s.size() - 1 - at] ^= 0x01;
      EXPECT_EQ(refusal(key->verify(digest, s)), Errc::bad_signature);
    }
    EXPECT_EQ(refusal(key->verify(digest, {good.s, good.r})), Errc::bad_signature);
    EXPECT_EQ(refusal(seeded_key(c, 1).public_key().verify(digest, good)), Errc::bad_signature);
    // Behind the bits that the order has, a digest does not count.
    EXPECT_EQ(refusal(key->verify(Bytes{}, good)), Errc::bad_signature);
  }
}

TEST(Ecdsa, refuses_numbers_outside_their_range) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const EcPrivateKey key = seeded_key(c, 2);
    SeededRng rng(3);
    const Bytes digest(32, 9);
    const auto good = key.sign(rng, HashId::sha256, digest);
    ASSERT_TRUE(good);
    const CurveNum& n = prime_curve(c)->order();
    const std::size_t size = curve_scalar_size(c);
    Bytes too_long(100, 0);
    too_long.front() = 1;
    // r + n and s + n are congruent to good numbers.
    CurveNum r_n = number(c, good->r);
    Bytes sum(n.size() * kLimbBytes + 1);
    sum[0] = static_cast<std::uint8_t>(limbs_add(r_n.data(), r_n.data(), n.data(), n.size()));
    encode_big_endian(ByteSpan{sum}.subspan(1), r_n);
    const Bytes bad[] = {{}, Bytes(size, 0), encode(c, n), Bytes(size, 0xff), too_long, sum};
    for (const Bytes& b : bad) {
      EXPECT_EQ(refusal(key.public_key().verify(digest, {b, good->s})),
                Errc::signature_out_of_range)
          << to_hex(b);
      EXPECT_EQ(refusal(key.public_key().verify(digest, {good->r, b})),
                Errc::signature_out_of_range)
          << to_hex(b);
    }
    // In range, and with leading zeros.
    CurveNum less = n;
    less[0] -= 1;
    EXPECT_EQ(refusal(key.public_key().verify(digest, {encode(c, less), good->s})),
              Errc::bad_signature);
    RsSignature padded = {Bytes(50, 0), Bytes(50, 0)};
    append(padded.r, good->r);
    append(padded.s, good->s);
    EXPECT_EQ(refusal(key.public_key().verify(digest, padded)), Errc::count_);
  }
}

TEST(Ecdsa, accepts_an_x_coordinate_between_order_and_p_reduced) {
  // r is x mod n. With k = 1 / 2 and so on such an x is never met by chance, so it is made: a point
  // R with n <= x < p, and a public key Q = (s R - z G) / r that fits.
  for (const Curve c : kPrimeCurves) {
    const PrimeCurve& g = *prime_curve(c);
    const CurveNum& n = g.order();
    if (limbs_less(n.data(), g.p().data(), n.size()) == 0) continue;
    SCOPED_TRACE(name(c));
    AffinePoint big;
    big.x = n;
    while (!g.solve_y(big.y, big.x, false)) big.x[0] += 1;
    ASSERT_NE(limbs_less(big.x.data(), g.p().data(), n.size()), 0u);
    CurveNum r = big.x;
    limbs_sub(r.data(), r.data(), n.data(), n.size());
    if (limbs_is_zero(r.data(), r.size()) != 0) continue;
    const CurveNum zero(n.size());
    CurveNum s(n.size());
    s[0] = 5;
    const Bytes digest(16, 1);
    CurveNum z(n.size());
    digest_number(z.span(), n, digest);
    CurveNum r_inverse, u, v;
    g.order_invert(r_inverse, r);
    g.order_mul_add(v, s, r_inverse, zero);
    CurveNum negative_z = n;
    limbs_sub(negative_z.data(), negative_z.data(), z.data(), n.size());
    g.order_mul_add(u, negative_z, r_inverse, zero);
    AffinePoint q;
    ASSERT_NE(g.multiply_both(q, u, v, big), 0u);
    Bytes point = {4};
    append(point, encode(c, q.x));
    append(point, encode(c, q.y));
    const auto key = EcPublicKey::from_point(c, point);
    ASSERT_TRUE(key);
    EXPECT_EQ(refusal(key->verify(digest, {encode(c, r), encode(c, s)})), Errc::count_);
    // x itself is not in range.
    EXPECT_EQ(refusal(key->verify(digest, {encode(c, big.x), encode(c, s)})),
              Errc::signature_out_of_range);
  }
}

TEST(Ecdsa, refuses_a_signature_whose_point_is_at_infinity) {
  // u G + v Q vanishes when z + r d = 0 modulo the order.
  for (const Curve c : kPrimeCurves) {
    const PrimeCurve& g = *prime_curve(c);
    const CurveNum& n = g.order();
    CurveNum minus_one = n;
    minus_one[0] -= 1;
    const auto key = EcPrivateKey::from_scalar(c, encode(c, minus_one));
    ASSERT_TRUE(key);
    const Bytes digest(16, 0x33);  // z = r, d = -1
    EXPECT_EQ(refusal(key->public_key().verify(digest, {digest, Bytes{7}})), Errc::bad_signature)
        << name(c);
  }
}

// --- Our signatures --------------------------------------------------------------------------

TEST(Ecdsa, signs_what_verifies_for_every_curve_and_hash) {
  using enum HashId;
  SeededRng rng(4);
  for (const Curve c : kPrimeCurves) {
    const EcPrivateKey key = seeded_key(c, 5);
    for (const HashId id : {md5, sha1, sha224, sha256, sha384, sha512}) {
      SCOPED_TRACE(name(c) + " " + std::string(hash_name(id)));
      const Digest digest = hash(id, {as_bytes("message")});
      const auto sig = key.sign(rng, id, digest);
      ASSERT_TRUE(sig);
      EXPECT_EQ(sig->r.size(), curve_scalar_size(c));
      EXPECT_EQ(sig->s.size(), curve_scalar_size(c));
      EXPECT_EQ(refusal(key.public_key().verify(digest, *sig)), Errc::count_);
      Bytes other = to_bytes(digest);
      other[0] ^= 1;
      EXPECT_EQ(refusal(key.public_key().verify(other, *sig)), Errc::bad_signature);
    }
  }
}

TEST(Ecdsa, uses_the_nonce_of_rfc_6979_with_32_fresh_bytes) {
  const Curve c = Curve::secp384r1;
  const PrimeCurve& g = *prime_curve(c);
  const EcPrivateKey key = seeded_key(c, 6);
  const Bytes extra(32, 0x77);
  const Digest digest = hash(HashId::sha384, {as_bytes("message")});
  test::FixedRng rng(extra);
  const auto sig = key.sign(rng, HashId::sha384, digest);
  ASSERT_TRUE(sig);
  CurveNum k(g.limbs());
  rfc6979_nonce(k.span(), number(c, key.scalar()), g.order(), HashId::sha384, digest, extra);
  AffinePoint p;
  g.multiply(p, k, g.generator());
  if (limbs_less(p.x.data(), g.order().data(), p.x.size()) == 0) {
    limbs_sub(p.x.data(), p.x.data(), g.order().data(), p.x.size());
  }
  EXPECT_EQ(to_hex(sig->r), to_hex(encode(c, p.x)));
}

TEST(Ecdsa, never_uses_a_nonce_twice) {
  const EcPrivateKey key = seeded_key(Curve::secp256r1, 7);
  std::set<Bytes> seen;
  SeededRng good(8);
  for (std::uint8_t i = 0; i < 50; ++i) {
    // Each message twice with working randomness, and once with a generator that is stuck.
    const Digest digest = hash(HashId::sha256, {{&i, 1}});
    test::StuckRng stuck(0);
    for (Rng* rng :
         {static_cast<Rng*>(&good), static_cast<Rng*>(&good), static_cast<Rng*>(&stuck)}) {
      const auto sig = key.sign(*rng, HashId::sha256, digest);
      ASSERT_TRUE(sig);
      seen.insert(sig->r);
    }
  }
  EXPECT_EQ(seen.size(), 150u);
}

TEST(Ecdsa, signs_nothing_without_randomness) {
  for (const Curve c : kPrimeCurves) {
    const EcPrivateKey key = seeded_key(c, 9);
    test::FailingRng none(1, 0);
    EXPECT_EQ(refusal(key.sign(none, HashId::sha256, Bytes(32, 1))), Errc::no_random) << name(c);
    // One signature asks once; the second one fails.
    test::FailingRng once(1, 1);
    EXPECT_EQ(refusal(key.sign(once, HashId::sha256, Bytes(32, 1))), Errc::count_) << name(c);
    EXPECT_EQ(refusal(key.sign(once, HashId::sha256, Bytes(32, 1))), Errc::no_random) << name(c);
  }
}

TEST(Ecdsa, has_nothing_to_do_with_x25519) {
  const EcPrivateKey key = seeded_key(Curve::x25519, 10);
  SeededRng rng(1);
  EXPECT_EQ(refusal(key.sign(rng, HashId::sha256, Bytes(32, 1))), Errc::unsupported_algorithm);
  EXPECT_EQ(refusal(key.public_key().verify(Bytes(32, 1), {Bytes{1}, Bytes{1}})),
            Errc::unsupported_algorithm);
}

TEST(EcdsaConstantTime, signing_hides_key_nonce_and_randomness) {
  for (const Curve c : {Curve::secp256r1, Curve::secp384r1}) {
    Bytes scalar = to_bytes(seeded_key(c, 11).scalar());
    ct_poison(scalar.data(), scalar.size());
    const auto key = EcPrivateKey::from_scalar(c, scalar);
    ASSERT_TRUE(key);
    test::SecretRng rng(12);
    const Bytes digest(48, 8);
    const auto sig = key->sign(rng, HashId::sha256, digest);
    ASSERT_TRUE(sig);
    EXPECT_EQ(refusal(key->public_key().verify(digest, *sig)), Errc::count_);
  }
}

}  // namespace
}  // namespace parley::crypto

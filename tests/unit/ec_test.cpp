#include "crypto/ec.hpp"

#include <gtest/gtest.h>

#include "crypto/ct.hpp"
#include "crypto/curve.hpp"
#include "crypto/ec_point.hpp"
#include "tests/support/numbers.hpp"
#include "tests/support/rngs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::curve_of;
using test::from_hex;
using test::hex_field;
using test::kPrimeCurves;
using test::name;
using test::number;
using test::read_vector_file;

// Valgrind is slow; these two have different numbers of limbs.
constexpr Curve kMarkedCurves[] = {Curve::secp256r1, Curve::secp384r1};

Bytes number_bytes(Curve c, const CurveNum& a) {
  Bytes b(curve_field_size(c));
  encode_big_endian(b, a);
  return b;
}

Bytes uncompressed(Curve c, const AffinePoint& p) {
  Bytes b = {4};
  append(b, number_bytes(c, p.x));
  append(b, number_bytes(c, p.y));
  return b;
}

Bytes compressed(ByteView whole) {
  Bytes b = to_bytes(whole.first(1 + whole.size() / 2));
  b[0] = static_cast<std::uint8_t>(2 + (whole.back() & 1));
  return b;
}

EcPrivateKey seeded_key(Curve c, std::uint64_t seed) {
  SeededRng rng(seed);
  auto key = EcPrivateKey::generate(rng, c);
  EXPECT_TRUE(key);
  return *key;
}

Errc refusal(const Result<EcPublicKey>& r) { return r ? Errc::count_ : r.error().code; }
Errc refusal(const Result<EcPrivateKey>& r) { return r ? Errc::count_ : r.error().code; }
Errc refusal(const Result<SecretBytes>& r) { return r ? Errc::count_ : r.error().code; }
Errc point_refusal(Curve c, ByteView b) { return refusal(EcPublicKey::from_point(c, b)); }
Errc scalar_refusal(Curve c, ByteView b) { return refusal(EcPrivateKey::from_scalar(c, b)); }

// --- Names and sizes -------------------------------------------------------------------------

TEST(EcCurve, has_the_sizes_of_its_documents) {
  struct Row {
    Curve curve;
    std::string_view name;
    std::size_t bits, size;
  };
  for (const Row& r : {Row{Curve::secp192r1, "secp192r1", 192, 24},
                       {Curve::secp224r1, "secp224r1", 224, 28},
                       {Curve::secp256r1, "secp256r1", 256, 32},
                       {Curve::secp384r1, "secp384r1", 384, 48},
                       {Curve::secp521r1, "secp521r1", 521, 66},
                       {Curve::secp256k1, "secp256k1", 256, 32},
                       {Curve::x25519, "x25519", 256, 32}}) {
    EXPECT_EQ(curve_name(r.curve), r.name);
    EXPECT_EQ(curve_bits(r.curve), r.bits);
    EXPECT_EQ(curve_field_size(r.curve), r.size);
    EXPECT_EQ(curve_scalar_size(r.curve), r.size);
  }
}

TEST(EcCurve, has_a_generator_of_exactly_its_order) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const PrimeCurve& g = *prime_curve(c);
    EXPECT_EQ(bit_length(g.order()), curve_bits(c));
    EXPECT_EQ(bit_length(g.p()), curve_bits(c));
    EXPECT_TRUE(g.contains(g.generator()));
    // n G is at infinity, (n - 1) G is -G, by either way to multiply.
    CurveNum less_one = g.order();
    less_one[0] -= 1;
    for (const bool base : {true, false}) {
      AffinePoint r;
      const auto multiply = [&](const CurveNum& k) {
        return base ? g.multiply_generator(r, k) : g.multiply(r, k, g.generator());
      };
      EXPECT_EQ(multiply(g.order()), 0u);
      EXPECT_EQ(multiply(CurveNum(g.limbs())), 0u);
      EXPECT_EQ(multiply(less_one), ~Limb{0});
      EXPECT_EQ(number_bytes(c, r.x), number_bytes(c, g.generator().x));
      CurveNum negative_y = g.p();
      limbs_sub(negative_y.data(), negative_y.data(), g.generator().y.data(), g.limbs());
      EXPECT_EQ(number_bytes(c, r.y), number_bytes(c, negative_y));
    }
  }
}

// --- Multiples -------------------------------------------------------------------------------

TEST(EcPoint, multiplies_as_openssl_and_libgcrypt_do) {
  std::size_t count = 0;
  for (const auto& v : read_vector_file("crypto/ec_multiples.txt")) {
    const Curve c = curve_of(v);
    const PrimeCurve& g = *prime_curve(c);
    SCOPED_TRACE(name(c) + " " + test::field(v, "k"));
    const CurveNum k = number(c, hex_field(v, "k"));
    for (const bool base : {true, false}) {
      AffinePoint r;
      EXPECT_NE(base ? g.multiply_generator(r, k) : g.multiply(r, k, g.generator()), 0u);
      EXPECT_EQ(to_hex(number_bytes(c, r.x)), test::field(v, "x"));
      EXPECT_EQ(to_hex(number_bytes(c, r.y)), test::field(v, "y"));
      EXPECT_TRUE(g.contains(r));
    }
    ++count;
  }
  EXPECT_EQ(count, 6u * 67u);
}

TEST(EcPoint, gives_the_same_multiples_of_the_generator_by_table_and_without) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const PrimeCurve& g = *prime_curve(c);
    SeededRng rng(5);
    for (int i = 0; i < 20; ++i) {
      // Any bytes, also above the order.
      Bytes b(curve_scalar_size(c));
      ASSERT_TRUE(rng.fill(b));
      const CurveNum k = number(c, b);
      AffinePoint by_table, by_point;
      EXPECT_EQ(g.multiply_generator(by_table, k), g.multiply(by_point, k, g.generator()));
      EXPECT_EQ(uncompressed(c, by_table), uncompressed(c, by_point));
    }
  }
}

TEST(EcPoint, adds_multiples_of_two_points_whatever_their_sum) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const PrimeCurve& g = *prime_curve(c);
    const auto small = [&](Limb v) {
      CurveNum k(g.limbs());
      k[0] = v;
      return k;
    };
    const auto negative = [&](Limb v) {
      CurveNum k = g.order();
      limbs_sub_word(k.data(), k.data(), v, g.limbs());
      return k;
    };
    AffinePoint q;  // 3 G
    g.multiply_generator(q, small(3));
    const auto expect = [&](const CurveNum& u, const CurveNum& v, Limb multiple) {
      AffinePoint sum, right;
      const Limb finite = g.multiply_both(sum, u, v, q);
      EXPECT_EQ(finite, g.multiply_generator(right, small(multiple)));
      EXPECT_EQ(uncompressed(c, sum), uncompressed(c, right));
    };
    expect(small(1), small(1), 4);
    expect(small(3), small(1), 6);     // the same point twice
    expect(negative(3), small(1), 0);  // opposite points
    expect(small(0), small(2), 6);     // infinity and a point
    expect(small(2), small(0), 2);
    expect(small(0), small(0), 0);
    expect(negative(1), small(5), 14);
  }
}

// --- Encodings -------------------------------------------------------------------------------

TEST(EcPublicKey, reads_both_forms_of_a_point) {
  for (const auto& v : read_vector_file("crypto/ecdh_random.txt")) {
    const Curve c = curve_of(v);
    SCOPED_TRACE(name(c));
    const Bytes whole = hex_field(v, "peer");
    const Bytes half = hex_field(v, "peer_compressed");
    const auto a = EcPublicKey::from_point(c, whole);
    const auto b = EcPublicKey::from_point(c, half);
    ASSERT_TRUE(a);
    ASSERT_TRUE(b);
    EXPECT_EQ(a->point(), whole);
    EXPECT_EQ(b->point(), whole);
    EXPECT_TRUE(*a == *b);
    EXPECT_EQ(a->curve(), c);
    EXPECT_EQ(a->bits(), curve_bits(c));
    // The other y is the point's negative, which is another key.
    Bytes other = half;
    other[0] ^= 1;
    const auto n = EcPublicKey::from_point(c, other);
    ASSERT_TRUE(n);
    EXPECT_FALSE(*n == *a);
    EXPECT_EQ(compressed(n->point()), other);
  }
}

TEST(EcPublicKey, finds_both_square_roots_or_none) {
  // Of all x about half have a y. Those found must be on the curve; the rest must not have one,
  // which OpenSSL's compressed points in the test above cannot show.
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const PrimeCurve& g = *prime_curve(c);
    int found = 0;
    for (Limb i = 0; i < 64; ++i) {
      AffinePoint even, odd;
      even.x = CurveNum(g.limbs());
      even.x[0] = i;
      odd.x = even.x;
      const bool has = g.solve_y(even.y, even.x, false);
      EXPECT_EQ(g.solve_y(odd.y, odd.x, true), has);
      if (!has) continue;
      ++found;
      EXPECT_TRUE(g.contains(even));
      EXPECT_TRUE(g.contains(odd));
      EXPECT_EQ(even.y[0] & 1, 0u);
      EXPECT_EQ(odd.y[0] & 1, 1u);
    }
    EXPECT_GT(found, 16);
    EXPECT_LT(found, 48);
  }
}

TEST(EcPublicKey, refuses_encodings_of_the_wrong_length_or_form) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const Bytes good = seeded_key(c, 1).public_key().point();
    const Bytes half = compressed(good);
    ASSERT_EQ(point_refusal(c, good), Errc::count_);
    ASSERT_EQ(point_refusal(c, half), Errc::count_);
    EXPECT_EQ(point_refusal(c, {}), Errc::bad_point);
    for (std::size_t n = 1; n < good.size(); ++n) {
      EXPECT_EQ(point_refusal(c, ByteView{good}.first(n)), Errc::bad_point) << n;
    }
    for (std::size_t n = 1; n < half.size(); ++n) {
      EXPECT_EQ(point_refusal(c, ByteView{half}.first(n)), Errc::bad_point) << n;
    }
    for (Bytes longer : {good, half}) {
      longer.push_back(0);
      EXPECT_EQ(point_refusal(c, longer), Errc::bad_point);
    }
    for (unsigned form = 0; form < 256; ++form) {
      Bytes a = good;
      Bytes b = half;
      a[0] = b[0] = static_cast<std::uint8_t>(form);
      // The hybrid forms 6 and 7 of X9.62 are no forms of SEC 1 or RFC 4492.
      EXPECT_EQ(point_refusal(c, a), form == 4 ? Errc::count_ : Errc::bad_point) << form;
      const bool is_form = form == 2 || form == 3;
      EXPECT_EQ(point_refusal(c, b), is_form ? Errc::count_ : Errc::bad_point) << form;
    }
  }
}

TEST(EcPublicKey, refuses_the_point_at_infinity_by_its_name) {
  for (const Curve c : kPrimeCurves) {
    EXPECT_EQ(point_refusal(c, Bytes{0}), Errc::point_at_infinity) << name(c);
    EXPECT_EQ(point_refusal(c, Bytes(1 + 2 * curve_field_size(c), 0)), Errc::bad_point);
    EXPECT_EQ(point_refusal(c, Bytes{0, 0}), Errc::bad_point);
  }
}

TEST(EcPublicKey, refuses_points_off_the_curve) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const Bytes good = seeded_key(c, 2).public_key().point();
    // Any bit of y but the top ones of P-521's, which make it too large.
    for (std::size_t bit = 0; bit < curve_bits(c); bit += 7) {
      Bytes bad = good;
      bad[bad.size() - 1 - bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
      EXPECT_EQ(point_refusal(c, bad), Errc::bad_point) << bit;
    }
    // (0, 0) and an x without y.
    Bytes zero(good.size(), 0);
    zero[0] = 4;
    EXPECT_EQ(point_refusal(c, zero), Errc::bad_point);
    const PrimeCurve& g = *prime_curve(c);
    CurveNum x(g.limbs());
    CurveNum y(g.limbs());
    while (g.solve_y(y, x, false)) x[0] += 1;
    Bytes no_y = {2};
    append(no_y, number_bytes(c, x));
    EXPECT_EQ(point_refusal(c, no_y), Errc::bad_point);
  }
}

TEST(EcPublicKey, refuses_points_of_another_curve) {
  const Bytes r1 = seeded_key(Curve::secp256r1, 3).public_key().point();
  const Bytes k1 = seeded_key(Curve::secp256k1, 3).public_key().point();
  EXPECT_EQ(point_refusal(Curve::secp256k1, r1), Errc::bad_point);
  EXPECT_EQ(point_refusal(Curve::secp256r1, k1), Errc::bad_point);
  EXPECT_EQ(point_refusal(Curve::secp384r1, r1), Errc::bad_point);
}

TEST(EcPublicKey, refuses_coordinates_that_are_not_below_p) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const PrimeCurve& g = *prime_curve(c);
    const std::size_t size = curve_field_size(c);
    const Bytes p = number_bytes(c, g.p());
    const Bytes good = g.contains(g.generator()) ? uncompressed(c, g.generator()) : Bytes{};
    Bytes x_is_p = good;
    std::copy(p.begin(), p.end(), x_is_p.begin() + 1);
    EXPECT_EQ(point_refusal(c, x_is_p), Errc::bad_point);
    Bytes y_is_p = good;
    std::copy(p.begin(), p.end(), y_is_p.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(point_refusal(c, y_is_p), Errc::bad_point);
    Bytes all_ones(1 + size, 0xff);
    all_ones[0] = 3;
    EXPECT_EQ(point_refusal(c, all_ones), Errc::bad_point);

    // The smallest x that has a y, with p added: the same point modulo p. It fits, and
    // its equation holds, so nothing but the range can refuse it.
    AffinePoint a;
    a.x = CurveNum(g.limbs());
    while (!g.solve_y(a.y, a.x, false)) a.x[0] += 1;
    ASSERT_EQ(point_refusal(c, uncompressed(c, a)), Errc::count_);
    ASSERT_EQ(limbs_add(a.x.data(), a.x.data(), g.p().data(), g.limbs()), 0u);
    ASSERT_LE(bit_length(a.x), 8 * size);
    EXPECT_TRUE(g.contains(a));
    EXPECT_EQ(point_refusal(c, uncompressed(c, a)), Errc::bad_point);
    EXPECT_EQ(point_refusal(c, compressed(uncompressed(c, a))), Errc::bad_point);
  }
}

TEST(EcPublicKey, refuses_a_y_that_is_right_but_not_below_p) {
  // 66 bytes have room for p more than 521 bits.
  const Curve c = Curve::secp521r1;
  const PrimeCurve& g = *prime_curve(c);
  AffinePoint a = g.generator();
  ASSERT_EQ(limbs_add(a.y.data(), a.y.data(), g.p().data(), g.limbs()), 0u);
  ASSERT_TRUE(g.contains(a));
  EXPECT_EQ(point_refusal(c, uncompressed(c, a)), Errc::bad_point);
}

TEST(EcPublicKey, differs_by_curve_and_point) {
  const EcPublicKey a = seeded_key(Curve::secp256r1, 4).public_key();
  const EcPublicKey b = seeded_key(Curve::secp256r1, 5).public_key();
  EXPECT_TRUE(a == a);
  EXPECT_FALSE(a == b);
  EXPECT_FALSE(a == seeded_key(Curve::secp384r1, 4).public_key());
}

// --- Private numbers -------------------------------------------------------------------------

TEST(EcPrivateKey, refuses_numbers_outside_its_range) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const PrimeCurve& g = *prime_curve(c);
    const std::size_t size = curve_scalar_size(c);
    EXPECT_EQ(scalar_refusal(c, {}), Errc::bad_scalar);
    EXPECT_EQ(scalar_refusal(c, Bytes(size, 0)), Errc::bad_scalar);
    EXPECT_EQ(scalar_refusal(c, Bytes(size + 9, 0)), Errc::bad_scalar);
    EXPECT_EQ(scalar_refusal(c, number_bytes(c, g.order())), Errc::bad_scalar);
    EXPECT_EQ(scalar_refusal(c, Bytes(size, 0xff)), Errc::bad_scalar);
    CurveNum more = g.order();
    more[0] += 1;
    EXPECT_EQ(scalar_refusal(c, number_bytes(c, more)), Errc::bad_scalar);
    CurveNum less = g.order();
    less[0] -= 1;
    EXPECT_EQ(scalar_refusal(c, number_bytes(c, less)), Errc::count_);
    Bytes too_long(size + 1, 0);
    too_long.back() = too_long.front() = 1;
    EXPECT_EQ(scalar_refusal(c, too_long), Errc::bad_scalar);
  }
}

TEST(EcPrivateKey, takes_any_number_of_leading_zeros) {
  for (const Curve c : kPrimeCurves) {
    SCOPED_TRACE(name(c));
    const auto one = EcPrivateKey::from_scalar(c, Bytes{1});
    Bytes padded(100, 0);
    padded.back() = 1;
    const auto same = EcPrivateKey::from_scalar(c, padded);
    ASSERT_TRUE(one);
    ASSERT_TRUE(same);
    EXPECT_TRUE(one->public_key() == same->public_key());
    EXPECT_EQ(one->public_key().point(), uncompressed(c, prime_curve(c)->generator()));
    EXPECT_EQ(one->scalar().size(), curve_scalar_size(c));
    EXPECT_EQ(to_hex(one->scalar()), to_hex(same->scalar()));
    EXPECT_EQ(one->scalar().view().back(), 1);
  }
}

TEST(EcPrivateKey, generates_different_keys_that_can_be_read_back) {
  for (std::size_t i = 0; i < kCurveCount; ++i) {
    const auto c = static_cast<Curve>(i);
    SCOPED_TRACE(name(c));
    const EcPrivateKey a = seeded_key(c, 6);
    const EcPrivateKey b = seeded_key(c, 7);
    EXPECT_TRUE(a.public_key() == seeded_key(c, 6).public_key());
    EXPECT_FALSE(a.public_key() == b.public_key());
    const auto again = EcPrivateKey::from_scalar(c, a.scalar());
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->public_key() == a.public_key());
    EXPECT_EQ(again->curve(), c);
    const auto point = EcPublicKey::from_point(c, a.public_key().point());
    ASSERT_TRUE(point);
    EXPECT_TRUE(*point == a.public_key());
  }
}

TEST(EcPrivateKey, is_not_generated_without_randomness) {
  for (std::size_t i = 0; i < kCurveCount; ++i) {
    test::FailingRng none(0, 0);
    EXPECT_EQ(refusal(EcPrivateKey::generate(none, static_cast<Curve>(i))), Errc::no_random);
  }
  // A generator that is stuck at numbers out of range is broken too, and must not be asked for
  // ever.
  for (const Curve c : kPrimeCurves) {
    test::StuckRng zeros(0), ones(0xff);
    EXPECT_EQ(refusal(EcPrivateKey::generate(zeros, c)), Errc::no_random) << name(c);
    EXPECT_EQ(refusal(EcPrivateKey::generate(ones, c)), Errc::no_random) << name(c);
  }
  // It fails at the second number, after a first that was out of range.
  test::FixedRng rng(Bytes(curve_scalar_size(Curve::secp256r1), 0));
  EXPECT_EQ(refusal(EcPrivateKey::generate(rng, Curve::secp256r1)), Errc::no_random);
}

// --- Agreement -------------------------------------------------------------------------------

TEST(EcAgreement, gives_the_secrets_of_the_documents_and_of_openssl_and_libgcrypt) {
  std::size_t count = 0;
  for (const char* file : {"crypto/ecdh_published.txt", "crypto/ecdh_random.txt"}) {
    for (const auto& v : read_vector_file(file)) {
      const Curve c = curve_of(v);
      SCOPED_TRACE(name(c) + " " + test::field(v, "private"));
      const auto key = EcPrivateKey::from_scalar(c, hex_field(v, "private"));
      const auto peer = EcPublicKey::from_point(c, hex_field(v, "peer"));
      ASSERT_TRUE(key);
      ASSERT_TRUE(peer);
      const auto secret = key->agree(*peer);
      ASSERT_TRUE(secret);
      EXPECT_EQ(to_hex(*secret), test::field(v, "secret"));
      ++count;
    }
  }
  EXPECT_EQ(count, 15u + 60u);
}

TEST(EcAgreement, keeps_the_leading_zeros_of_the_secret) {
  // Among some thousand multiples there is one whose x begins with a zero byte.
  const EcPublicKey g = EcPrivateKey::from_scalar(Curve::secp192r1, Bytes{1})->public_key();
  int seen = 0;
  for (unsigned k = 1; k < 4000 && seen == 0; ++k) {
    const Bytes scalar = {static_cast<std::uint8_t>(k >> 8), static_cast<std::uint8_t>(k)};
    const auto secret = EcPrivateKey::from_scalar(Curve::secp192r1, scalar)->agree(g);
    ASSERT_TRUE(secret);
    ASSERT_EQ(secret->size(), 24u);
    if (secret->view()[0] == 0) ++seen;
  }
  EXPECT_EQ(seen, 1);
}

TEST(EcAgreement, refuses_a_peer_on_another_curve) {
  for (std::size_t i = 0; i < kCurveCount; ++i) {
    for (std::size_t j = 0; j < kCurveCount; ++j) {
      const EcPrivateKey key = seeded_key(static_cast<Curve>(i), 8);
      const EcPublicKey peer = seeded_key(static_cast<Curve>(j), 9).public_key();
      EXPECT_EQ(refusal(key.agree(peer)), i == j ? Errc::count_ : Errc::wrong_curve);
    }
  }
}

// --- x25519 ----------------------------------------------------------------------------------

Bytes x25519(ByteView scalar, ByteView u) {
  const auto key = EcPrivateKey::from_scalar(Curve::x25519, scalar);
  const auto peer = EcPublicKey::from_point(Curve::x25519, u);
  EXPECT_TRUE(key);
  EXPECT_TRUE(peer);
  const auto secret = key->agree(*peer);
  EXPECT_TRUE(secret);
  return to_bytes(secret->view());
}

TEST(X25519, agrees_with_rfc_7748_after_one_and_a_thousand_rounds) {
  // RFC 7748 section 5.2.
  Bytes k(32, 0);
  k[0] = 9;
  Bytes u = k;
  for (int i = 0; i < 1000; ++i) {
    Bytes next = x25519(k, u);
    u = std::exchange(k, std::move(next));
    if (i == 0) {
      EXPECT_EQ(to_hex(k), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
  }
  EXPECT_EQ(to_hex(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST(X25519, has_the_public_keys_of_rfc_7748) {
  // Section 6.1: Alice's and Bob's.
  for (const auto& [scalar, point] :
       {std::pair{"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
        {"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
         "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"}}) {
    const auto key = EcPrivateKey::from_scalar(Curve::x25519, from_hex(scalar));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->public_key().point()), point);
    EXPECT_EQ(to_hex(key->scalar()), scalar);
  }
}

TEST(X25519, refuses_other_lengths_than_32) {
  for (const std::size_t n : {0u, 1u, 31u, 33u, 65u}) {
    EXPECT_EQ(point_refusal(Curve::x25519, Bytes(n, 9)), Errc::bad_point);
    EXPECT_EQ(scalar_refusal(Curve::x25519, Bytes(n, 9)), Errc::bad_scalar);
  }
}

TEST(X25519, refuses_all_points_of_small_order) {
  // Orders 1, 2, 4 and 8, and the same plus p; all give zero (RFC 7748 section 6.1). The last one
  // is of small order on the twist.
  const char* const kPoints[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      // RFC 7748 section 5: the top bit does not count.
      "0000000000000000000000000000000000000000000000000000000000000080",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  const EcPrivateKey key = seeded_key(Curve::x25519, 10);
  for (const char* hex : kPoints) {
    const auto peer = EcPublicKey::from_point(Curve::x25519, from_hex(hex));
    ASSERT_TRUE(peer);
    EXPECT_EQ(refusal(key.agree(*peer)), Errc::bad_point) << hex;
  }
}

// --- Constant time: in the `ct` build, under valgrind ------------------------------------------

TEST(EcConstantTime, multiplying_hides_the_number) {
  for (const Curve c : kMarkedCurves) {
    const PrimeCurve& g = *prime_curve(c);
    CurveNum k = number(c, Bytes(curve_scalar_size(c), 0x5b));
    AffinePoint right;
    g.multiply_generator(right, k);
    ct_poison(k.data(), k.size() * sizeof(Limb));
    for (const bool base : {true, false}) {
      AffinePoint r;
      Limb finite = base ? g.multiply_generator(r, k) : g.multiply(r, k, g.generator());
      ct_unpoison(&finite, sizeof finite);
      EXPECT_NE(finite, 0u);
      ct_unpoison(r.x.data(), r.x.size() * sizeof(Limb));
      ct_unpoison(r.y.data(), r.y.size() * sizeof(Limb));
      EXPECT_EQ(uncompressed(c, r), uncompressed(c, right));
    }
  }
}

TEST(EcConstantTime, agreeing_hides_the_key_and_the_secret) {
  for (const Curve c : {Curve::secp256r1, Curve::secp384r1, Curve::x25519}) {
    const EcPrivateKey peer = seeded_key(c, 11);
    Bytes scalar = to_bytes(seeded_key(c, 12).scalar());
    ct_poison(scalar.data(), scalar.size());
    const auto key = EcPrivateKey::from_scalar(c, scalar);
    ASSERT_TRUE(key);
    const auto secret = key->agree(peer.public_key());
    ASSERT_TRUE(secret);
    ct_unpoison(secret->view().data(), secret->size());
    EXPECT_EQ(to_hex(*secret), to_hex(*peer.agree(key->public_key())));
  }
}

TEST(EcConstantTime, generating_hides_the_key) {
  test::SecretRng rng(13);
  for (const Curve c : kMarkedCurves) {
    const auto key = EcPrivateKey::generate(rng, c);
    ASSERT_TRUE(key);
    EXPECT_EQ(point_refusal(c, key->public_key().point()), Errc::count_);
  }
}

}  // namespace
}  // namespace parley::crypto

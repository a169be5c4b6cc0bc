// Natural numbers against Python's integers (vectors/crypto/rsa_bignum.txt).
#include "crypto/bignum.hpp"

#include <gtest/gtest.h>

#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;
using test::number_field;

constexpr Limb kAll = ~Limb{0};

WideNum number(ByteView big_endian, std::size_t limbs) {
  WideNum r(limbs);
  decode_big_endian(r.span(), big_endian);
  return r;
}

// What a test prints when two numbers differ.
std::string text(LimbView a) {
  Bytes b(a.size() * kLimbBytes);
  encode_big_endian(b, a);
  return to_hex(b);
}

struct Case {
  explicit Case(const test::VectorCase& c)
      : limbs(number_field(c, "limbs")),
        a(number(hex_field(c, "a"), limbs)),
        b(number(hex_field(c, "b"), limbs)) {}
  std::size_t limbs;
  WideNum a, b;
};

std::string expected(const test::VectorCase& c, const char* key, std::size_t limbs) {
  return text(number(hex_field(c, key), limbs));
}

TEST(Bignum, adds_and_subtracts_as_python_does) {
  for (const auto& v : test::read_vector_file("crypto/rsa_bignum.txt")) {
    const Case c(v);
    WideNum r(c.limbs);
    EXPECT_EQ(limbs_add(r.data(), c.a.data(), c.b.data(), c.limbs), number_field(v, "carry"));
    EXPECT_EQ(text(r), expected(v, "sum", c.limbs));
    EXPECT_EQ(limbs_sub(r.data(), c.a.data(), c.b.data(), c.limbs), number_field(v, "borrow"));
    EXPECT_EQ(text(r), expected(v, "difference", c.limbs));
    // In place, as most callers do.
    r = c.a;
    limbs_add(r.data(), r.data(), c.b.data(), c.limbs);
    EXPECT_EQ(text(r), expected(v, "sum", c.limbs));
  }
}

TEST(Bignum, multiplies_and_squares_as_python_does) {
  for (const auto& v : test::read_vector_file("crypto/rsa_bignum.txt")) {
    const Case c(v);
    WideNum r(2 * c.limbs);
    limbs_mul(r.data(), c.a.data(), c.limbs, c.b.data(), c.limbs);
    EXPECT_EQ(text(r), expected(v, "product", 2 * c.limbs));
    limbs_square(r.data(), c.a.data(), c.limbs);
    EXPECT_EQ(text(r), expected(v, "square", 2 * c.limbs));
  }
}

TEST(Bignum, multiplies_numbers_of_different_sizes) {
  for (const auto& v : test::read_vector_file("crypto/rsa_bignum.txt")) {
    const Case c(v);
    // a times the lowest limb of b, by both ways there are.
    WideNum r(c.limbs + 1);
    limbs_mul(r.data(), c.a.data(), c.limbs, c.b.data(), 1);
    WideNum s(c.limbs + 1);
    s[c.limbs] = limbs_mul_word(s.data(), c.a.data(), c.b[0], c.limbs);
    EXPECT_EQ(text(r), text(s));
  }
}

TEST(Bignum, divides_as_python_does) {
  for (const auto& v : test::read_vector_file("crypto/rsa_bignum.txt")) {
    if (!v.contains("quotient")) continue;
    const Case c(v);
    WideNum q(c.limbs);
    WideNum r(c.limbs);
    divide(q.span(), r.span(), c.a, c.b);
    EXPECT_EQ(text(q), expected(v, "quotient", c.limbs));
    EXPECT_EQ(text(r), expected(v, "remainder", c.limbs));
    // A product divided by a factor leaves nothing; and the quotient may be left out.
    WideNum product = number(hex_field(v, "product"), 2 * c.limbs);
    divide({}, r.span(), product, c.b);
    EXPECT_NE(limbs_is_zero(r.data(), c.limbs), 0u);
  }
}

TEST(Bignum, takes_remainders_and_exact_quotients_of_one_limb) {
  for (const auto& v : test::read_vector_file("crypto/rsa_bignum.txt")) {
    const Case c(v);
    for (const Limb m : {Limb{3}, Limb{65537}, (Limb{1} << 63) - 25}) {
      Num r(1);
      divide({}, r.span(), c.a, LimbView{&m, 1});
      EXPECT_EQ(remainder_word(c.a, m), r[0]);
      WideNum product(c.limbs + 1);
      product[c.limbs] = limbs_mul_word(product.data(), c.a.data(), m, c.limbs);
      WideNum q(c.limbs);
      divide_exact(q.span(), product, m);
      EXPECT_EQ(text(q), text(c.a));
    }
  }
}

TEST(Bignum, compares_by_masks) {
  for (const auto& v : test::read_vector_file("crypto/rsa_bignum.txt")) {
    const Case c(v);
    const bool less = number_field(v, "borrow") == 1;
    const bool same = field(v, "a") == field(v, "b");
    EXPECT_EQ(limbs_less(c.a.data(), c.b.data(), c.limbs), less ? kAll : 0);
    EXPECT_EQ(limbs_less(c.b.data(), c.a.data(), c.limbs), less || same ? 0 : kAll);
    EXPECT_EQ(limbs_equal(c.a.data(), c.b.data(), c.limbs), same ? kAll : 0);
    EXPECT_EQ(limbs_is_zero(c.a.data(), c.limbs), field(v, "a") == "00" ? kAll : 0);
  }
}

TEST(Bignum, carries_one_limb_all_the_way) {
  Num a(4);
  std::fill_n(a.data(), 4, kAll);
  EXPECT_EQ(limbs_add_word(a.data(), a.data(), 1, 4), 1u);
  EXPECT_NE(limbs_is_zero(a.data(), 4), 0u);
  EXPECT_EQ(limbs_sub_word(a.data(), a.data(), 1, 4), 1u);
  EXPECT_EQ(text(a), std::string(64, 'f'));
  EXPECT_EQ(limbs_sub_word(a.data(), a.data(), kAll, 4), 0u);
  EXPECT_EQ(text(a), std::string(48, 'f') + std::string(16, '0'));
}

TEST(Bignum, subtracts_selects_and_swaps_only_where_the_mask_says) {
  Num a(2), b(2), r(2);
  a[0] = 5, a[1] = 7;
  b[0] = 6, b[1] = 2;
  limbs_select(r.data(), kAll, a.data(), b.data(), 2);
  EXPECT_NE(limbs_equal(r.data(), a.data(), 2), 0u);
  limbs_select(r.data(), 0, a.data(), b.data(), 2);
  EXPECT_NE(limbs_equal(r.data(), b.data(), 2), 0u);
  r = a;
  EXPECT_EQ(limbs_sub_masked(r.data(), b.data(), 0, 2), 0u);
  EXPECT_NE(limbs_equal(r.data(), a.data(), 2), 0u);
  EXPECT_EQ(limbs_sub_masked(r.data(), b.data(), kAll, 2), 0u);
  EXPECT_EQ(r[0], kAll);
  EXPECT_EQ(r[1], 4u);
  limbs_swap(0, a.data(), b.data(), 2);
  EXPECT_EQ(a[0], 5u);
  limbs_swap(kAll, a.data(), b.data(), 2);
  EXPECT_EQ(a[0], 6u);
  EXPECT_EQ(a[1], 2u);
  EXPECT_EQ(b[0], 5u);
  EXPECT_EQ(b[1], 7u);
}

TEST(Bignum, reads_and_writes_big_endian_of_any_length) {
  const Bytes bytes = test::from_hex("0102030405060708090a0b");
  Num a(2);
  decode_big_endian(a.span(), bytes);
  EXPECT_EQ(a[0], 0x0405060708090a0bu);
  EXPECT_EQ(a[1], 0x010203u);
  Bytes out(13);
  encode_big_endian(out, a);
  EXPECT_EQ(to_hex(out), "00000102030405060708090a0b");
  Bytes low(3);
  encode_big_endian(low, a);
  EXPECT_EQ(to_hex(low), "090a0b");
  EXPECT_EQ(to_hex(strip_zeros(out)), to_hex(bytes));
  EXPECT_TRUE(strip_zeros(test::from_hex("0000")).empty());
}

TEST(Bignum, knows_bit_lengths) {
  Num a(3);
  EXPECT_EQ(bit_length(a), 0u);
  a[0] = 1;
  EXPECT_EQ(bit_length(a), 1u);
  a[1] = kAll;
  EXPECT_EQ(bit_length(a), 128u);
  a[2] = 4;
  EXPECT_EQ(bit_length(a), 131u);
}

TEST(Bignum, shifts_right_across_limbs) {
  Num a(2);
  a[0] = 1, a[1] = 3;
  limbs_shift_right(a.data(), a.data(), 1, 2);
  EXPECT_EQ(a[0], Limb{1} << 63);
  EXPECT_EQ(a[1], 1u);
}

TEST(Bignum, compares_numbers_of_different_sizes) {
  Num a(1), b(3);
  a[0] = b[0] = 9;
  EXPECT_EQ(numbers_equal(a, b), kAll);
  b[2] = 1;
  EXPECT_EQ(numbers_equal(a, b), 0u);
  EXPECT_EQ(numbers_equal(b, a), 0u);
}

TEST(Bignum, inverts_odd_limbs) {
  for (const Limb x : {Limb{1}, Limb{3}, Limb{65537}, kAll, Limb{0x9e3779b97f4a7c15}}) {
    EXPECT_EQ(static_cast<Limb>(x * inverse_mod_2_64(x)), 1u);
  }
}

TEST(Bignum, keeps_its_value_when_it_grows_and_zeroes_what_it_adds) {
  Num a(2);
  a[0] = 1, a[1] = 2;
  a.resize(1);
  a.resize(2);
  EXPECT_EQ(a[0], 1u);
  EXPECT_EQ(a[1], 0u);
}

}  // namespace
}  // namespace parley::crypto

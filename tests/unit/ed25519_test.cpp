#include "crypto/ed25519.hpp"

#include <gtest/gtest.h>

#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::hex_field;

TEST(Ed25519, accepts_the_signatures_of_rfc_8032_and_nothing_near_them) {
  std::size_t count = 0;
  for (const auto& v : test::read_vector_file("crypto/ed25519_rfc8032.txt")) {
    const Bytes key = hex_field(v, "public");
    const Bytes message = hex_field(v, "message");
    const Bytes signature = hex_field(v, "signature");
    EXPECT_TRUE(ed25519_verify(key, message, signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      Bytes bad = signature;
      bad[i] ^= 4;
      EXPECT_FALSE(ed25519_verify(key, message, bad)) << i;
    }
    for (std::size_t i = 0; i < key.size(); ++i) {
      Bytes bad = key;
      bad[i] ^= 4;
      EXPECT_FALSE(ed25519_verify(bad, message, signature)) << i;
    }
    Bytes longer = message;
    longer.push_back(0);
    EXPECT_FALSE(ed25519_verify(key, longer, signature));
    ++count;
  }
  EXPECT_EQ(count, 4u);
}

TEST(Ed25519, refuses_other_lengths) {
  const auto v = test::read_vector_file("crypto/ed25519_rfc8032.txt").front();
  const Bytes key = hex_field(v, "public");
  const Bytes signature = hex_field(v, "signature");
  for (Bytes bad : {key, signature}) {
    bad.pop_back();
    EXPECT_FALSE(ed25519_verify(bad, {}, signature));
    EXPECT_FALSE(ed25519_verify(key, {}, bad));
    bad.resize(bad.size() + 2);
    EXPECT_FALSE(ed25519_verify(bad, {}, signature));
    EXPECT_FALSE(ed25519_verify(key, {}, bad));
  }
  EXPECT_FALSE(ed25519_verify({}, {}, signature));
  EXPECT_FALSE(ed25519_verify(key, {}, {}));
}

TEST(Ed25519, refuses_a_number_that_is_not_below_the_order) {
  // RFC 8032 section 5.1.7: S + L would be a second signature of the same message.
  const auto v = test::read_vector_file("crypto/ed25519_rfc8032.txt").front();
  Bytes signature = hex_field(v, "signature");
  const Bytes order =
      test::from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned>(signature[32 + i]) + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0u);
  EXPECT_FALSE(ed25519_verify(hex_field(v, "public"), hex_field(v, "message"), signature));
}

TEST(Ed25519, refuses_keys_of_small_order) {
  // With A = 0 * B the signature R = S B verifies for any message by the equation alone.
  Bytes identity(32, 0);
  identity[0] = 1;
  Bytes signature = identity;
  signature.resize(64, 0);
  EXPECT_FALSE(ed25519_verify(identity, as_bytes("anything"), signature));
}

TEST(Ed25519, makes_the_signatures_of_rfc_8032) {
  std::size_t count = 0;
  for (const auto& v : test::read_vector_file("crypto/ed25519_rfc8032.txt")) {
    const auto key = Ed25519PrivateKey::from_seed(hex_field(v, "secret"));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_bytes(key->public_key().bytes()), hex_field(v, "public"));
    EXPECT_EQ(key->sign(hex_field(v, "message")), hex_field(v, "signature"));
    EXPECT_EQ(to_bytes(key->seed().view()), hex_field(v, "secret"));
    ++count;
  }
  EXPECT_EQ(count, 4U);
}

TEST(Ed25519, keys_have_32_bytes) {
  for (const std::size_t n : {0U, 31U, 33U, 64U}) {
    EXPECT_EQ(Ed25519PublicKey::from_bytes(Bytes(n)).error().code, Errc::bad_point);
    EXPECT_EQ(Ed25519PrivateKey::from_seed(Bytes(n)).error().code, Errc::bad_scalar);
  }
}

}  // namespace
}  // namespace parley::crypto

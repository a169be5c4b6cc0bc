// Key derivation against OpenSSL's TLS1-PRF and Python's hmac.
#include "crypto/kdf.hpp"

#include <gtest/gtest.h>

#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;

HashId hash_called(std::string_view name) {
  for (const HashId id : {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384,
                          HashId::sha512}) {
    if (hash_name(id) == name) return id;
  }
  ADD_FAILURE() << "no hash " << name;
  return HashId::md5;
}

TEST(Kdf, p_hash_agrees_with_openssl) {
  for (const auto& c : test::read_vector_file("crypto/kdf_p_hash.txt")) {
    const Bytes expected = hex_field(c, "out");
    const Bytes secret = hex_field(c, "secret");
    const Bytes seed = hex_field(c, "seed");
    Bytes out(expected.size(), 0xaa);
    p_hash(hash_called(field(c, "hash")), secret, {seed}, out);
    EXPECT_EQ(to_hex(out), to_hex(expected)) << field(c, "hash");
  }
}

TEST(Kdf, tls10_prf_agrees_with_openssl) {
  for (const auto& c : test::read_vector_file("crypto/kdf_tls10_prf.txt")) {
    const Bytes expected = hex_field(c, "out");
    const Bytes secret = hex_field(c, "secret");
    const Bytes seed = hex_field(c, "seed");
    Bytes out(expected.size(), 0xaa);
    tls10_prf(secret, field(c, "label"), {seed}, out);
    EXPECT_EQ(to_hex(out), to_hex(expected)) << field(c, "label");
  }
}

TEST(Kdf, tls12_prf_agrees_with_openssl_and_with_published_answers) {
  for (const auto& c : test::read_vector_file("crypto/kdf_tls12_prf.txt")) {
    const Bytes expected = hex_field(c, "out");
    const Bytes secret = hex_field(c, "secret");
    const Bytes seed = hex_field(c, "seed");
    const ByteView view = seed;
    for (const std::size_t cut : {std::size_t{0}, seed.size() / 2, seed.size()}) {
      Bytes out(expected.size(), 0xaa);
      tls12_prf(hash_called(field(c, "hash")), secret, field(c, "label"),
                {view.first(cut), view.subspan(cut)}, out);
      EXPECT_EQ(to_hex(out), to_hex(expected)) << field(c, "hash") << ' ' << field(c, "label");
    }
  }
}

TEST(Kdf, takes_a_seed_in_parts) {
  for (const auto& c : test::read_vector_file("crypto/kdf_tls10_prf.txt")) {
    const Bytes expected = hex_field(c, "out");
    const Bytes secret = hex_field(c, "secret");
    const Bytes seed = hex_field(c, "seed");
    const std::size_t half = seed.size() / 2;
    const ByteView view = seed;
    Bytes out(expected.size());
    tls10_prf(secret, field(c, "label"), {view.first(half), {}, view.subspan(half)}, out);
    EXPECT_EQ(to_hex(out), to_hex(expected)) << field(c, "label");
  }
}

TEST(Kdf, a_shorter_output_is_the_beginning_of_a_longer_one) {
  const Bytes secret(48, 7);
  const Bytes seed(64, 9);
  Bytes whole(100);
  tls10_prf(secret, "key expansion", {seed}, whole);
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    Bytes out(n);
    tls10_prf(secret, "key expansion", {seed}, out);
    EXPECT_TRUE(equal(out, ByteView{whole}.first(n))) << n;
  }
}

}  // namespace
}  // namespace parley::crypto

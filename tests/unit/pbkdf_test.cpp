#include "crypto/pbkdf.hpp"

#include <gtest/gtest.h>

#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;
using test::number_field;

HashId hash_called(const std::string& name) {
  for (const HashId id : {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384,
                          HashId::sha512}) {
    if (hash_name(id) == name) return id;
  }
  throw std::runtime_error("no hash " + name);
}

Bytes derived(const test::VectorCase& c, std::size_t size) {
  const std::string& scheme = field(c, "scheme");
  const HashId id = hash_called(field(c, "hash"));
  const Bytes password = hex_field(c, "password");
  const Bytes salt = hex_field(c, "salt");
  const auto n = static_cast<std::uint32_t>(number_field(c, "iterations"));
  Bytes out(size);
  if (scheme == "pbkdf1") {
    pbkdf1(id, password, salt, n, out);
  } else if (scheme == "pbkdf2") {
    pbkdf2(id, password, salt, n, out);
  } else if (scheme == "pkcs12") {
    pkcs12_kdf(id, password, salt, n, static_cast<Pkcs12Use>(number_field(c, "use")), out);
  } else if (scheme == "pem") {
    pem_kdf(password, salt, out);
  } else {
    throw std::runtime_error("no scheme " + scheme);
  }
  return out;
}

TEST(Pbkdf, makes_the_keys_that_others_make) {
  std::map<std::string, int> cases;
  for (const auto& c : test::read_vector_file("crypto/pbkdf.txt")) {
    const Bytes key = hex_field(c, "key");
    EXPECT_EQ(derived(c, key.size()), key) << field(c, "scheme") << ' ' << field(c, "salt");
    ++cases[field(c, "scheme")];
  }
  EXPECT_EQ(cases, (std::map<std::string, int>{
                       {"pbkdf1", 4}, {"pbkdf2", 27}, {"pem", 2}, {"pkcs12", 12}}));
}

TEST(Pbkdf, makes_short_keys_that_begin_long_ones) {
  for (const auto& c : test::read_vector_file("crypto/pbkdf.txt")) {
    // A few hundred of thousands of rounds are enough for one test.
    if (number_field(c, "iterations") > 10000) continue;
    const Bytes key = hex_field(c, "key");
    for (std::size_t n = 0; n < key.size(); n += 7) {
      EXPECT_TRUE(equal(derived(c, n), ByteView{key}.first(n))) << field(c, "scheme") << n;
    }
  }
}

}  // namespace
}  // namespace parley::crypto

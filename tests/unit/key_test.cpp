#include <gtest/gtest.h>

#include "parley/key.hpp"
#include "parley/pem.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"
#include "trust/key_codec.hpp"

namespace parley {
namespace {

std::string read_file(const std::string& name) { return test::read_text("certs/" + name); }

Certificate load(const std::string& name) {
  return certificates_from_pem(read_file(name))->front();
}

Errc reason(const Result<PrivateKey>& k) { return k ? Errc::count_ : k.error().code; }

TEST(PrivateKey, reads_both_forms_of_openssl) {
  const auto pkcs8 = PrivateKey::from_pem(read_file("leaf_key.pem"));
  const auto pkcs1 = PrivateKey::from_pem(read_file("leaf_key_pkcs1.pem"));
  ASSERT_TRUE(pkcs8 && pkcs1);
  EXPECT_EQ(pkcs8->bits(), 1024U);
  EXPECT_EQ(key_type_name(pkcs8->type()), "RSA");
  EXPECT_EQ(pkcs8->public_key_info(), pkcs1->public_key_info());
  EXPECT_TRUE(equal(pkcs8->public_key_info(), load("chain_leaf.pem").spki()));
}

TEST(PrivateKey, reads_both_forms_in_der) {
  for (const std::string file : {"leaf_key.pem", "leaf_key_pkcs1.pem"}) {
    const std::string text = read_file(file);
    const Bytes der = *pem_blocks(text)->front().decode();
    const auto key = PrivateKey::from_der(der);
    ASSERT_TRUE(key) << file;
    EXPECT_TRUE(equal(key->public_key_info(), load("chain_leaf.pem").spki()));
    for (std::size_t n = 0; n < der.size(); ++n)
      EXPECT_FALSE(PrivateKey::from_der(ByteView{der}.first(n))) << n;
  }
}

TEST(PrivateKey, writes_the_very_file_of_openssl) {
  const std::string text = read_file("leaf_key.pem");
  EXPECT_EQ(PrivateKey::from_pem(text)->to_pem(), text);
}

TEST(PrivateKey, is_found_between_certificates) {
  const auto key = PrivateKey::from_pem(read_file("chain_leaf.pem") + "some text\n" +
                                        read_file("leaf_key.pem") + read_file("chain_mid.pem"));
  ASSERT_TRUE(key);
  EXPECT_TRUE(check_key_matches(load("chain_leaf.pem"), *key));
}

TEST(PrivateKey, refuses_what_it_cannot_use) {
  EXPECT_EQ(reason(PrivateKey::from_pem("")), Errc::no_start_line);
  EXPECT_EQ(reason(PrivateKey::from_pem(read_file("chain_leaf.pem"))), Errc::no_start_line);
  EXPECT_EQ(reason(PrivateKey::from_pem(read_file("leaf_key_encrypted.pem"))),
            Errc::bad_password_read);
  EXPECT_EQ(reason(PrivateKey::from_pem(read_file("leaf_key_proc_type.pem"))),
            Errc::bad_password_read);
  EXPECT_EQ(reason(PrivateKey::from_pem(read_file("ec_key.pem"))), Errc::unsupported_key);
  const std::string encrypted = read_file("leaf_key_encrypted.pem");
  EXPECT_EQ(reason(PrivateKey::from_der(*pem_blocks(encrypted)->front().decode())),
            Errc::bad_password_read);
  std::string broken = read_file("leaf_key.pem");
  broken[200] = '*';
  EXPECT_EQ(reason(PrivateKey::from_pem(broken)), Errc::bad_base64);
}

TEST(PrivateKey, refuses_numbers_that_do_not_belong_together) {
  const std::string text = read_file("leaf_key_pkcs1.pem");
  const Bytes good = *pem_blocks(text)->front().decode();
  // The last byte of the coefficient and one in the middle of the private exponent.
  for (const std::size_t at : {good.size() - 1, std::size_t{250}}) {
    Bytes der = good;
    der[at] ^= 1;
    EXPECT_FALSE(PrivateKey::from_der(der)) << at;
  }
}

TEST(CheckKeyMatches, tells_another_key_from_another_kind) {
  const auto key = PrivateKey::from_pem(read_file("leaf_key.pem"));
  ASSERT_TRUE(key);
  EXPECT_TRUE(check_key_matches(load("chain_leaf.pem"), *key));
  EXPECT_EQ(check_key_matches(load("chain_mid.pem"), *key).error().code, Errc::key_values_mismatch);
  EXPECT_EQ(check_key_matches(load("ec.pem"), *key).error().code, Errc::key_type_mismatch);
}

TEST(PublicKey, is_read_from_a_certificate_with_or_without_null_parameters) {
  EXPECT_TRUE(public_key_from_spki(load("absent_parameters.pem").spki()));
  EXPECT_TRUE(public_key_from_spki(load("chain_root.pem").spki()));
  EXPECT_EQ(public_key_from_spki(load("ec.pem").spki()).error().code, Errc::unsupported_key);
}

TEST(PrivateKey, generated_keys_survive_their_own_pem) {
  const PrivateKey key = test::test_key(1);
  EXPECT_EQ(key.bits(), 1024U);
  const auto again = PrivateKey::from_pem(key.to_pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key_info(), key.public_key_info());
}

}  // namespace
}  // namespace parley

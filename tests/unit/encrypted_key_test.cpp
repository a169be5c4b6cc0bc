// Keys behind passwords, made by openssl (vectors/keys/encrypted.txt), through the public API.
#include <gtest/gtest.h>

#include "asn1/der_writer.hpp"
#include "asn1/oid.hpp"
#include "base/limits.hpp"
#include "parley/key.hpp"
#include "parley/pem.hpp"
#include "tests/support/vector_file.hpp"
#include "trust/password.hpp"

namespace parley {
namespace {

using test::field;
using test::from_hex;

std::string pem(const std::string& name) { return test::read_text("keys/" + name + ".pem"); }

AskPassword answer(std::string password) {
  return [password = std::move(password)] { return password; };
}
std::string password_of(const test::VectorCase& c) {
  const Bytes b = test::hex_field(c, "password");
  return {b.begin(), b.end()};
}
Errc reason(const Result<PrivateKey>& k) { return k ? Errc::count_ : k.error().code; }

TEST(EncryptedKey, of_openssl_opens_with_its_password) {
  std::size_t count = 0;
  for (const auto& c : test::read_vector_file("keys/encrypted.txt")) {
    const auto key = PrivateKey::from_pem(pem(field(c, "file")), answer(password_of(c)));
    ASSERT_TRUE(key) << field(c, "scheme") << ": " << key.error().where;
    const auto plain = PrivateKey::from_pem(pem(field(c, "plain")));
    EXPECT_EQ(key->public_key_info(), plain->public_key_info());
    EXPECT_EQ(key->to_pem(), plain->to_pem());
    ++count;
  }
  EXPECT_EQ(count, 28U);
}

TEST(EncryptedKey, says_that_the_password_is_wrong) {
  for (const auto& c : test::read_vector_file("keys/encrypted.txt"))
    for (const std::string& wrong : {std::string{}, std::string{"x"}, password_of(c) + " "})
      EXPECT_EQ(reason(PrivateKey::from_pem(pem(field(c, "file")), answer(wrong))),
                Errc::bad_decrypt)
          << field(c, "scheme");
}

TEST(EncryptedKey, asks_once_and_only_where_it_is_needed) {
  int asked = 0;
  const AskPassword ask = [&asked]() -> std::optional<std::string> {
    ++asked;
    return std::nullopt;
  };
  EXPECT_TRUE(PrivateKey::from_pem(pem("rsa_1024"), ask));
  EXPECT_EQ(asked, 0);
  for (const std::string name : {"encrypted_pem_rsa_aes256", "encrypted_pbe_sha1_3des"}) {
    EXPECT_EQ(reason(PrivateKey::from_pem(pem(name), ask)), Errc::bad_password_read);
    EXPECT_EQ(reason(PrivateKey::from_pem(pem(name))), Errc::bad_password_read);
  }
  EXPECT_EQ(asked, 2);
}

TEST(EncryptedKey, in_der_is_told_from_a_plain_one) {
  const std::string text = pem("encrypted_pbes2_aes_256_cbc_hmacwithsha512");
  const Bytes der = *pem_blocks(text)->front().decode();
  EXPECT_EQ(reason(PrivateKey::from_der(der)), Errc::bad_password_read);
  EXPECT_EQ(reason(PrivateKey::from_der(der, answer("wrong"))), Errc::bad_decrypt);
  EXPECT_TRUE(PrivateKey::from_der(der, answer("correct horse battery staple")));
}

TEST(EncryptedKey, of_a_scheme_nobody_knows_is_refused_by_name) {
  const auto scrypt = PrivateKey::from_pem(pem("encrypted_scrypt"), answer("x"));
  EXPECT_EQ(reason(scrypt), Errc::unsupported_algorithm);
  EXPECT_STREQ(scrypt.error().where, "PBES2-params.keyDerivationFunc");
  std::string text = pem("encrypted_pem_rsa_aes128");
  text.replace(text.find("AES-128-CBC"), 11, "ROT-013-CBC");
  EXPECT_EQ(reason(PrivateKey::from_pem(text, answer("x"))), Errc::unsupported_algorithm);
}

TEST(EncryptedKey, has_headers_that_can_be_read) {
  const std::string good = pem("encrypted_pem_rsa_aes128");
  const std::size_t at = good.find("AES-128-CBC,") + 12;
  for (const std::string iv :
       {"", "98", "98196824AB412F60C30ECDAB7E1F12F", "Z8196824AB412F60C30ECDAB7E1F12F8",
        "98196824AB412F60C30ECDAB7E1F12F8AA"}) {
    std::string bad = good;
    bad.replace(at, 32, iv);
    EXPECT_EQ(reason(PrivateKey::from_pem(bad, answer("x"))), Errc::bad_value) << iv;
  }
  std::string none = good;
  none.erase(none.find("DEK-Info"), 12);
  EXPECT_EQ(reason(PrivateKey::from_pem(none, answer("x"))), Errc::unsupported_algorithm);
}

// EncryptedPrivateKeyInfo with pbeWithSHA1AndDES-CBC or PBES2 and this many rounds, of nonsense.
Bytes with_iterations(std::uint32_t n, bool pbes2, ByteView data) {
  Bytes der;
  asn1::DerWriter w{der};
  {
    const asn1::DerWriter::Scope whole = w.open(asn1::kSequence);
    {
      const asn1::DerWriter::Scope algorithm = w.open(asn1::kSequence);
      w.oid(pbes2 ? ByteView{asn1::oid::kPbes2} : ByteView{asn1::oid::kPbeSha1Des});
      const asn1::DerWriter::Scope parameters = w.open(asn1::kSequence);
      const auto salt_and_count = [&] {
        const asn1::DerWriter::Scope seq = w.open(asn1::kSequence);
        w.octets(Bytes(8));
        w.integer(n);
      };
      if (pbes2) {
        {
          const asn1::DerWriter::Scope kdf = w.open(asn1::kSequence);
          w.oid(asn1::oid::kPbkdf2);
          salt_and_count();
        }
        const asn1::DerWriter::Scope cipher = w.open(asn1::kSequence);
        w.oid(asn1::oid::kAes128Cbc);
        w.octets(Bytes(16));
      } else {
        w.octets(Bytes(8));
        w.integer(n);
      }
    }
    w.octets(data);
  }
  return der;
}

TEST(EncryptedKey, may_not_take_for_ever) {
  for (const bool pbes2 : {false, true}) {
    const Bytes data(16);
    const auto open = [&](std::uint32_t n) {
      return reason(PrivateKey::from_der(with_iterations(n, pbes2, data), answer("x")));
    };
    EXPECT_EQ(open(0), Errc::bad_value);
    EXPECT_EQ(open(1), Errc::bad_decrypt);
    EXPECT_EQ(open(limits::kPasswordIterations), Errc::bad_decrypt);
    EXPECT_EQ(open(limits::kPasswordIterations + 1), Errc::too_many_iterations);
    EXPECT_EQ(open(0xffffffff), Errc::too_many_iterations);
  }
}

TEST(EncryptedKey, has_data_in_whole_blocks) {
  for (const std::size_t n : {0U, 1U, 15U, 17U, 31U})
    EXPECT_EQ(reason(PrivateKey::from_der(with_iterations(1, true, Bytes(n)), answer("x"))),
              Errc::bad_decrypt);
}

TEST(Password, becomes_what_pkcs_12_calls_one) {
  const auto bmp = [](std::string_view s) {
    return to_bytes(trust::bmp_password(as_bytes(s)).view());
  };
  // RFC 7292 appendix B.1.
  EXPECT_EQ(bmp("Beavis"), from_hex("0042006500610076006900730000"));
  EXPECT_EQ(bmp(""), from_hex("0000"));
  EXPECT_EQ(bmp("\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x91"), from_hex("00e420acd83ddd110000"));
  EXPECT_EQ(bmp("\xe4"), from_hex("00e40000"));
}

}  // namespace
}  // namespace parley

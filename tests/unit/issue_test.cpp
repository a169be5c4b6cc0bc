#include <gtest/gtest.h>

#include "parley/trust.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using test::kNow;
using test::kYear;

TEST(Issue, puts_in_what_was_asked_for) {
  const auto root = test::self_signed(test::ca_request("Root"), 1);
  CertificateRequest r = test::request("www.example.org");
  r.subject_alt_names = {"www.example.org", "*.example.org", "192.0.2.1", "2001:db8::1"};
  r.extended_key_usage = {"1.3.6.1.5.5.7.3.1"};
  const Certificate c = test::issued_by(root, r, 2).certificate;
  EXPECT_EQ(c.version(), 3);
  EXPECT_EQ(c.subject()->text(), "CN=www.example.org");
  EXPECT_EQ(c.issuer()->text(), "CN=Root");
  EXPECT_EQ(*c.not_before(), kNow - kYear);
  EXPECT_EQ(*c.not_after(), kNow + kYear);
  EXPECT_EQ(c.serial().size(), 16U);
  EXPECT_LT(c.serial()[0], 0x80);
  EXPECT_FALSE((*c.basic_constraints())->ca);
  EXPECT_EQ(**c.key_usage(), kDigitalSignature | kKeyEncipherment);
  EXPECT_EQ((**c.extended_key_usage())[0], "1.3.6.1.5.5.7.3.1");
  const auto names = **c.subject_alt_names();
  ASSERT_EQ(names.size(), 4U);
  EXPECT_EQ(names[1].kind, GeneralName::Kind::dns);
  EXPECT_EQ(names[1].value, "*.example.org");
  EXPECT_EQ(names[2].kind, GeneralName::Kind::ip_address);
  EXPECT_EQ(names[2].value, "192.0.2.1");
  EXPECT_EQ(names[3].value, "2001:DB8:0:0:0:0:0:1");
  EXPECT_TRUE(equal(c.authority_key_id(), root.certificate.subject_key_id()));
  EXPECT_EQ(c.subject_key_id().size(), 20U);
  EXPECT_TRUE(equal(c.spki(), test::test_key(2).public_key_info()));
}

TEST(Issue, makes_certification_authorities) {
  CertificateRequest r = test::ca_request("Root");
  r.path_length = 3;
  const Certificate c = test::self_signed(r, 1).certificate;
  EXPECT_TRUE(c.self_issued());
  EXPECT_TRUE((*c.basic_constraints())->ca);
  EXPECT_EQ((*c.basic_constraints())->path_length, 3U);
  EXPECT_EQ(**c.key_usage(), kKeyCertSign | kCrlSign);
}

TEST(Issue, signs_with_every_hash) {
  for (const std::string hash : {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}) {
    CertificateRequest r = test::ca_request("Root");
    r.hash = hash;
    const auto root = test::self_signed(r, 1);
    CertificateRequest leaf = test::request("leaf");
    leaf.hash = hash;
    TrustStore store;
    store.add(root.certificate);
    const auto path = verify_chain(store, std::vector{test::issued_by(root, leaf, 2).certificate},
                                   {.unix_seconds = kNow});
    EXPECT_TRUE(path) << hash;
  }
}

TEST(Issue, the_same_seed_gives_the_same_bytes_and_another_seed_another_serial) {
  const PrivateKey key = test::test_key(1);
  const auto issue = [&key](std::uint64_t seed) {
    SeededRng rng{seed};
    return *issue_certificate(rng, test::request("x"), key);
  };
  EXPECT_EQ(issue(1), issue(1));
  EXPECT_NE(issue(1).serial_hex(), issue(2).serial_hex());
}

TEST(Issue, refuses_what_cannot_be_encoded) {
  const auto reason = [](const CertificateRequest& r) {
    SeededRng rng{1};
    const auto c = issue_certificate(rng, r, test::test_key(1));
    return c ? Errc::count_ : c.error().code;
  };
  CertificateRequest r = test::request("x");
  EXPECT_EQ(reason(r), Errc::count_);
  r.hash = "md4";
  EXPECT_EQ(reason(r), Errc::bad_argument);
  r = test::request(std::string(65, 'x'));
  EXPECT_EQ(reason(r), Errc::bad_argument);
  r = test::request("\xff");
  EXPECT_EQ(reason(r), Errc::bad_argument);
  r = test::request("x");
  r.subject_alt_names = {"b\xc3\xbc"};
  EXPECT_EQ(reason(r), Errc::bad_argument);
  r.subject_alt_names = {""};
  EXPECT_EQ(reason(r), Errc::bad_argument);
  r = test::request("x");
  r.extended_key_usage = {"serverAuth"};
  EXPECT_EQ(reason(r), Errc::bad_argument);
}

TEST(Issue, refuses_an_issuer_key_of_somebody_else) {
  const auto root = test::self_signed(test::ca_request("Root"), 1);
  const PrivateKey other = test::test_key(2);
  SeededRng rng{1};
  const auto wrong =
      issue_certificate(rng, test::request("x"), test::test_key(3), &root.certificate, &other);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::key_values_mismatch);
  const auto half =
      issue_certificate(rng, test::request("x"), test::test_key(3), &root.certificate, nullptr);
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().code, Errc::bad_argument);
}

struct Kind {
  PrivateKey key;
  std::uint16_t usage;
  std::vector<std::string> hashes;
};

std::vector<Kind> kinds() {
  SeededRng rng{3};
  const std::vector<std::string> ec_hashes{"sha1", "sha224", "sha256", "sha384", "sha512"};
  std::vector<Kind> all{
      {test::test_key(1), kDigitalSignature | kKeyEncipherment, {"md5", "sha1", "sha512"}},
      {*PrivateKey::from_pem(test::read_text("keys/dsa_1024.pem")),
       kDigitalSignature,
       {"sha1", "sha224", "sha256"}}};
  for (const std::string_view curve :
       {"secp192r1", "secp224r1", "secp256r1", "secp384r1", "secp521r1", "secp256k1"})
    all.push_back({*PrivateKey::generate_ec(rng, curve), kDigitalSignature | kKeyAgreement,
                   curve == "secp256r1" ? ec_hashes : std::vector<std::string>{"sha256"}});
  return all;
}

TEST(Issue, every_kind_of_key_signs_for_every_other) {
  SeededRng rng{4};
  for (const Kind& ca : kinds()) {
    for (const std::string& hash : ca.hashes) {
      CertificateRequest r = test::ca_request("Root");
      r.hash = hash;
      const auto root = issue_certificate(rng, r, ca.key);
      ASSERT_TRUE(root) << hash;
      TrustStore store;
      store.add(*root);
      for (const Kind& subject : kinds()) {
        CertificateRequest leaf = test::request("leaf");
        leaf.hash = hash;
        const auto c = issue_certificate(rng, leaf, subject.key, &*root, &ca.key);
        ASSERT_TRUE(c);
        EXPECT_EQ(**c->key_usage(), subject.usage);
        EXPECT_TRUE(equal(c->spki(), subject.key.public_key_info()));
        EXPECT_TRUE(verify_chain(store, std::vector{*c}, {.unix_seconds = kNow})) << hash;
      }
    }
  }
}

TEST(Issue, refuses_a_hash_that_the_signing_key_has_no_signature_with) {
  const auto reason = [](const PrivateKey& key, const std::string& hash) {
    SeededRng rng{1};
    CertificateRequest r = test::request("x");
    r.hash = hash;
    const auto c = issue_certificate(rng, r, key);
    return c ? Errc::count_ : c.error().code;
  };
  const std::vector<Kind> all = kinds();
  EXPECT_EQ(reason(all[1].key, "sha384"), Errc::unsupported_algorithm);
  EXPECT_EQ(reason(all[1].key, "md5"), Errc::unsupported_algorithm);
  EXPECT_EQ(reason(all[2].key, "md5"), Errc::unsupported_algorithm);
  EXPECT_EQ(reason(all[2].key, "md4"), Errc::bad_argument);
}

}  // namespace
}  // namespace parley

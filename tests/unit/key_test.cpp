#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "parley/key.hpp"
#include "parley/pem.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"
#include "trust/key_codec.hpp"

namespace parley {
namespace {

using test::field;
using test::hex_field;

std::string read_file(const std::string& name) { return test::read_text("certs/" + name); }

std::string key_file(const std::string& name) { return test::read_text("keys/" + name + ".pem"); }

Bytes key_der(const std::string& name) {
  const std::string text = key_file(name);
  return *pem_blocks(text)->back().decode();
}

std::vector<test::VectorCase> keys() { return test::read_vector_file("keys/keys.txt"); }

std::vector<std::string> forms(const test::VectorCase& c) {
  std::vector<std::string> names{field(c, "name")};
  std::istringstream list{field(c, "forms")};
  for (std::string form; list >> form;) names.push_back(names.front() + "_" + form);
  return names;
}

Bytes without_zeros(Bytes b) {
  b.erase(b.begin(), std::ranges::find_if(b, [](std::uint8_t x) { return x != 0; }));
  return b;
}

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
  for (const std::string name : {"x25519", "ec_brainpool"})
    EXPECT_EQ(reason(PrivateKey::from_pem(key_file(name))), Errc::unsupported_key) << name;
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
  EXPECT_TRUE(public_key_from_spki(load("ec.pem").spki()));
}

TEST(PrivateKey, generated_keys_survive_their_own_pem) {
  const PrivateKey key = test::test_key(1);
  EXPECT_EQ(key.bits(), 1024U);
  const auto again = PrivateKey::from_pem(key.to_pem());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key_info(), key.public_key_info());
}

TEST(EcKey, has_the_numbers_of_openssl_in_every_form) {
  std::size_t seen = 0;
  for (const auto& c : keys()) {
    if (field(c, "kind") != "EC") continue;
    for (const std::string& name : forms(c)) {
      const auto key = PrivateKey::from_pem(key_file(name));
      ASSERT_TRUE(key) << name;
      EXPECT_EQ(key->type(), KeyType::ec);
      EXPECT_EQ(key_type_name(key->type()), "EC");
      EXPECT_EQ(key->curve(), field(c, "curve").starts_with("prime")
                                  ? "secp" + field(c, "curve").substr(5, 3) + "r1"
                                  : field(c, "curve"));
      const auto& ec = std::get<crypto::EcPrivateKey>(key->impl().key);
      EXPECT_EQ(without_zeros(to_bytes(ec.scalar())), without_zeros(hex_field(c, "priv")));
      EXPECT_EQ(ec.public_key().point(), hex_field(c, "pub"));
      ++seen;
    }
  }
  EXPECT_EQ(seen, 18U);
}

TEST(DsaKey, has_the_numbers_of_openssl_in_every_form) {
  std::size_t seen = 0;
  for (const auto& c : keys()) {
    if (field(c, "kind") != "DSA") continue;
    for (const std::string& name : forms(c)) {
      const auto key = PrivateKey::from_pem(key_file(name));
      ASSERT_TRUE(key) << name;
      EXPECT_EQ(key->type(), KeyType::dsa);
      EXPECT_EQ(key_type_name(key->type()), "DSA");
      EXPECT_EQ("dsa_" + std::to_string(key->bits()), field(c, "name"));
      EXPECT_EQ(key->curve(), "");
      const auto& dsa = std::get<crypto::DsaPrivateKey>(key->impl().key);
      EXPECT_EQ(without_zeros(to_bytes(dsa.x())), without_zeros(hex_field(c, "priv")));
      const crypto::DsaPublicKey pub = dsa.public_key();
      EXPECT_EQ(pub.p(), without_zeros(hex_field(c, "p")));
      EXPECT_EQ(pub.q(), without_zeros(hex_field(c, "q")));
      EXPECT_EQ(pub.g(), without_zeros(hex_field(c, "g")));
      EXPECT_EQ(pub.y(), without_zeros(hex_field(c, "pub")));
      ++seen;
    }
  }
  EXPECT_EQ(seen, 4U);
}

TEST(PrivateKey, of_every_kind_writes_the_very_files_of_openssl) {
  for (const auto& c : keys()) {
    const std::string& name = field(c, "name");
    const std::string text = key_file(name);
    const PrivateKey key = *PrivateKey::from_pem(text);
    EXPECT_EQ(key.to_pem(), text) << name;
    EXPECT_EQ(key.public_key_info(), key_der(name + "_pub")) << name;
    const auto pub = public_key_from_spki(key.public_key_info());
    ASSERT_TRUE(pub) << name;
  }
}

TEST(PrivateKey, of_every_kind_is_read_in_der_and_never_when_cut) {
  for (const auto& c : keys())
    for (const std::string& name : forms(c)) {
      const Bytes der = key_der(name);
      const auto key = PrivateKey::from_der(der);
      ASSERT_TRUE(key) << name;
      EXPECT_EQ(key->public_key_info(), key_der(field(c, "name") + "_pub")) << name;
      for (std::size_t n = 0; n < der.size(); ++n)
        ASSERT_EQ(reason(PrivateKey::from_der(ByteView{der}.first(n))), Errc::truncated)
            << name << " at " << n;
      Bytes longer = der;
      longer.push_back(0);
      EXPECT_EQ(reason(PrivateKey::from_der(longer)), Errc::trailing_bytes) << name;
    }
}

TEST(PublicKey, is_refused_wherever_it_is_cut) {
  for (const std::string name : {"ec_prime256v1_pub", "dsa_1024_pub"}) {
    const Bytes der = key_der(name);
    for (std::size_t n = 0; n < der.size(); ++n)
      ASSERT_FALSE(public_key_from_spki(ByteView{der}.first(n))) << name << " at " << n;
  }
}

TEST(EcKey, may_have_a_compressed_point_or_none) {
  const PrivateKey key = *PrivateKey::from_pem(key_file("ec_prime256v1"));
  for (const std::string form : {"_compressed", "_no_public"}) {
    const auto other = PrivateKey::from_pem(key_file("ec_prime256v1" + form));
    ASSERT_TRUE(other) << form;
    EXPECT_EQ(other->public_key_info(), key.public_key_info()) << form;
  }
  const auto compressed = public_key_from_spki(key_der("ec_prime256v1_compressed_pub"));
  ASSERT_TRUE(compressed);
  EXPECT_TRUE(*compressed == *public_key_from_spki(key.public_key_info()));
}

TEST(EcKey, is_refused_when_its_curve_has_no_name) {
  for (const std::string form : {"_explicit", "_explicit_pkcs8"}) {
    const auto key = PrivateKey::from_pem(key_file("ec_prime256v1" + form));
    ASSERT_FALSE(key) << form;
    EXPECT_EQ(key.error().code, Errc::unsupported_key);
    EXPECT_STREQ(key.error().where, "explicit curve parameters");
  }
  const auto pub = public_key_from_spki(key_der("ec_prime256v1_explicit_pub"));
  ASSERT_FALSE(pub);
  EXPECT_EQ(pub.error().code, Errc::unsupported_key);
  EXPECT_STREQ(pub.error().where, "explicit curve parameters");
}

TEST(EcKey, is_refused_with_the_point_of_somebody_else) {
  EXPECT_EQ(reason(PrivateKey::from_pem(key_file("ec_prime256v1_wrong_public"))),
            Errc::key_values_mismatch);
  Bytes der = key_der("ec_prime256v1_sec1");
  der.back() ^= 1;  // off the curve
  EXPECT_EQ(reason(PrivateKey::from_der(der)), Errc::bad_point);
}

// SEC 1 of the private number `scalar` on `curve`, without its point.
Bytes sec1(ByteView scalar, ByteView curve) {
  Bytes der;
  asn1::DerWriter w{der};
  {
    const asn1::DerWriter::Scope seq = w.open(asn1::kSequence);
    w.integer(1);
    w.octets(scalar);
    if (!curve.empty()) {
      const asn1::DerWriter::Scope tagged = w.open(asn1::context_constructed(0));
      w.oid(curve);
    }
  }
  return der;
}

TEST(EcKey, is_refused_with_a_number_out_of_range_or_without_a_curve) {
  const Bytes one{1};
  EXPECT_EQ(reason(PrivateKey::from_der(sec1(one, asn1::oid::kSecp256r1))), Errc::count_);
  EXPECT_EQ(reason(PrivateKey::from_der(sec1(Bytes(32, 0), asn1::oid::kSecp256r1))),
            Errc::bad_scalar);
  EXPECT_EQ(reason(PrivateKey::from_der(sec1(Bytes(32, 0xff), asn1::oid::kSecp256r1))),
            Errc::bad_scalar);
  EXPECT_EQ(reason(PrivateKey::from_der(sec1({}, asn1::oid::kSecp256r1))), Errc::bad_scalar);
  EXPECT_EQ(reason(PrivateKey::from_der(sec1(one, {}))), Errc::unsupported_key);
  Bytes version2 = sec1(one, asn1::oid::kSecp256r1);
  version2[4] = 0;
  EXPECT_EQ(reason(PrivateKey::from_der(version2)), Errc::bad_value);
}

// The same bytes with the first occurrence of `from` replaced; both have one size.
Bytes patched(Bytes der, ByteView from, ByteView to) {
  const auto at = std::search(der.begin(), der.end(), from.begin(), from.end());
  if (at == der.end()) throw std::runtime_error("nothing to replace");
  std::copy(to.begin(), to.end(), at);
  return der;
}

TEST(PrivateKey, is_refused_under_the_name_of_something_else) {
  namespace oid = asn1::oid;
  // The last byte of an algorithm's name.
  for (const std::string name : {"ec_prime256v1", "dsa_1024"}) {
    const bool ec = name.starts_with("ec");
    const Bytes good = ec ? to_bytes(oid::kEcPublicKey) : to_bytes(oid::kDsa);
    Bytes bad = good;
    bad.back() = 9;
    EXPECT_EQ(reason(PrivateKey::from_der(patched(key_der(name), good, bad))),
              Errc::unsupported_key);
    const auto pub = public_key_from_spki(patched(key_der(name + "_pub"), good, bad));
    ASSERT_FALSE(pub);
    EXPECT_EQ(pub.error().code, Errc::unsupported_key);
  }
  Bytes curve = to_bytes(oid::kSecp256r1);
  curve.back() = 9;
  const auto unknown =
      public_key_from_spki(patched(key_der("ec_prime256v1_pub"), oid::kSecp256r1, curve));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::unsupported_key);
  // P-384 and P-521 differ in the last byte of their names; the point does not fit.
  const auto wrong =
      public_key_from_spki(patched(key_der("ec_secp384r1_pub"), oid::kSecp384r1, oid::kSecp521r1));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::bad_point);
}

TEST(EcKey, is_refused_when_pkcs8_and_sec1_name_two_curves) {
  Bytes der;
  {
    asn1::DerWriter w{der};
    const asn1::DerWriter::Scope info = w.open(asn1::kSequence);
    w.integer(0);
    {
      const asn1::DerWriter::Scope algorithm = w.open(asn1::kSequence);
      w.oid(asn1::oid::kEcPublicKey);
      w.oid(asn1::oid::kSecp256k1);
    }
    w.octets(sec1(Bytes{1}, asn1::oid::kSecp256r1));
  }
  EXPECT_EQ(reason(PrivateKey::from_der(der)), Errc::wrong_curve);
}

TEST(DsaKey, is_refused_when_its_parameters_are_inherited) {
  for (const bool null : {false, true}) {
    Bytes der;
    {
      asn1::DerWriter w{der};
      const asn1::DerWriter::Scope info = w.open(asn1::kSequence);
      asn1::write_algorithm(w, asn1::oid::kDsa,
                            null ? asn1::Parameters::null : asn1::Parameters::absent);
      w.bits(Bytes{2, 1, 5});
    }
    const auto key = public_key_from_spki(der);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::unsupported_key);
    EXPECT_STREQ(key.error().where, "inherited DSA parameters");
  }
}

TEST(DsaKey, is_refused_when_its_numbers_disagree) {
  Bytes der = key_der("dsa_1024_traditional");
  der.back() ^= 1;  // x
  EXPECT_EQ(reason(PrivateKey::from_der(der)), Errc::bad_value);
  const test::VectorCase c = keys().at(6);
  ASSERT_EQ(field(c, "name"), "dsa_1024");
  const Bytes p = without_zeros(hex_field(c, "p"));
  const Bytes q = without_zeros(hex_field(c, "q"));
  Bytes other = q;
  other.back() ^= 2;
  EXPECT_EQ(reason(PrivateKey::from_der(patched(key_der("dsa_1024"), q, other))), Errc::bad_group);
  other = p;
  other.back() ^= 1;
  EXPECT_EQ(reason(PrivateKey::from_der(patched(key_der("dsa_1024"), p, other))), Errc::bad_group);
}

TEST(PrivateKey, generated_of_every_kind_survives_its_own_pem) {
  SeededRng rng{7};
  std::vector<PrivateKey> made;
  for (const std::string_view curve :
       {"secp192r1", "p224", "prime256v1", "P-384", "secp521r1", "secp256k1"}) {
    auto key = PrivateKey::generate_ec(rng, curve);
    ASSERT_TRUE(key) << curve;
    made.push_back(*std::move(key));
  }
  auto dsa = PrivateKey::generate_dsa(rng, 512);
  ASSERT_TRUE(dsa);
  EXPECT_EQ(dsa->bits(), 512U);
  made.push_back(*std::move(dsa));
  made.push_back(*PrivateKey::generate_ed25519(rng));
  for (const PrivateKey& key : made) {
    const auto again = PrivateKey::from_pem(key.to_pem());
    ASSERT_TRUE(again) << key.curve();
    EXPECT_EQ(again->public_key_info(), key.public_key_info());
    EXPECT_EQ(again->type(), key.type());
    EXPECT_EQ(again->curve(), key.curve());
    EXPECT_EQ(again->bits(), key.bits());
  }
}

TEST(PrivateKey, is_not_generated_of_what_there_is_not) {
  SeededRng rng{7};
  EXPECT_EQ(reason(PrivateKey::generate_ec(rng, "x25519")), Errc::unsupported_key);
  for (const std::string_view curve : {"", "secp256", "SECP256R1", "brainpoolP256r1"})
    EXPECT_EQ(reason(PrivateKey::generate_ec(rng, curve)), Errc::bad_argument) << curve;
  EXPECT_EQ(reason(PrivateKey::generate_dsa(rng, 1000)), Errc::bad_argument);
}

TEST(CheckKeyMatches, knows_every_kind) {
  const Certificate ec = certificates_from_pem(key_file("rsa_ec_sha1"))->front();
  const Certificate dsa = certificates_from_pem(key_file("rsa_dsa_sha256"))->front();
  const PrivateKey ec_key = *PrivateKey::from_pem(key_file("ec_prime256v1"));
  const PrivateKey dsa_key = *PrivateKey::from_pem(key_file("dsa_2048"));
  EXPECT_TRUE(check_key_matches(ec, ec_key));
  EXPECT_TRUE(check_key_matches(dsa, dsa_key));
  EXPECT_EQ(check_key_matches(ec, dsa_key).error().code, Errc::key_type_mismatch);
  EXPECT_EQ(check_key_matches(dsa, ec_key).error().code, Errc::key_type_mismatch);
  for (const std::string name : {"ec_secp256k1", "ec_secp384r1"})
    EXPECT_EQ(check_key_matches(ec, *PrivateKey::from_pem(key_file(name))).error().code,
              Errc::key_values_mismatch);
  EXPECT_EQ(check_key_matches(dsa, *PrivateKey::from_pem(key_file("dsa_1024"))).error().code,
            Errc::key_values_mismatch);
}

}  // namespace
}  // namespace parley

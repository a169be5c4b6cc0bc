// What stands under certificates and CRLs: signatures by OpenSSL and by a CA of 1996
// (vectors/keys/signed.txt), and the parameters of RSASSA-PSS one by one.
#include <gtest/gtest.h>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "parley/pem.hpp"
#include "parley/trust.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::trust {
namespace {

using crypto::HashId;
using test::field;
using test::from_hex;

std::string pem(const std::string& name) { return test::read_text("keys/" + name + ".pem"); }
Certificate certificate(const std::string& name) {
  return certificates_from_pem(pem(name))->front();
}
crypto::PublicKey key_of(const std::string& name) {
  return *public_key_from_spki(certificate(name).spki());
}

/// Certificates and CRLs alike: what is signed, how, and the signature.
struct Signed {
  explicit Signed(const std::string& name) : der(*pem_blocks(pem(name))->front().decode()) {
    asn1::DerReader r{der};
    asn1::DerReader seq = r.enter("signed", asn1::kSequence);
    tbs = to_bytes(seq.any("tbs").whole);
    algorithm = to_bytes(seq.any("algorithm").whole);
    signature = to_bytes(seq.bits("signature"));
  }
  Status check(const crypto::PublicKey& key) const {
    return verify_signed(tbs, algorithm, signature, key);
  }
  Bytes der, tbs, algorithm, signature;
};

Errc reason(const Status& s) { return s ? Errc::count_ : s.error().code; }

TEST(Signed, things_are_verified_as_their_algorithm_says_and_nothing_near_them) {
  std::size_t good = 0;
  for (const auto& c : test::read_vector_file("keys/signed.txt")) {
    const std::string& name = field(c, "file");
    const Signed s{name};
    const crypto::PublicKey key = key_of(field(c, "issuer"));
    if (field(c, "algorithm").empty()) {
      EXPECT_EQ(reason(s.check(key)), Errc::unsupported_algorithm) << name;
      continue;
    }
    EXPECT_TRUE(s.check(key)) << name;
    ++good;
    for (Bytes Signed::*part : {&Signed::tbs, &Signed::signature}) {
      for (std::size_t i = 0; i < (s.*part).size(); i += 5) {
        Signed bad = s;
        (bad.*part)[i] ^= 0x10;
        EXPECT_EQ(reason(bad.check(key)), Errc::bad_certificate_signature) << name << ' ' << i;
      }
      Signed bad = s;
      (bad.*part).pop_back();
      EXPECT_EQ(reason(bad.check(key)), Errc::bad_certificate_signature) << name;
      (bad.*part).clear();
      EXPECT_EQ(reason(bad.check(key)), Errc::bad_certificate_signature) << name;
    }
    for (const std::string other : {"ca_rsa", "ca_dsa", "ca_ec", "ca_ed25519"}) {
      if (other == field(c, "issuer")) continue;
      EXPECT_EQ(reason(s.check(key_of(other))), Errc::bad_certificate_signature) << name;
    }
  }
  EXPECT_EQ(good, 12U);
}

TEST(Signed, things_tell_their_algorithm_and_its_hash) {
  for (const auto& c : test::read_vector_file("keys/signed.txt")) {
    const auto facts = signature_facts(Signed{field(c, "file")}.algorithm);
    EXPECT_EQ(facts.has_value(), !field(c, "algorithm").empty());
    if (!facts) continue;
    EXPECT_EQ(facts->name, field(c, "algorithm"));
    EXPECT_EQ(facts->hash ? crypto::hash_name(*facts->hash) : "",
              c.contains("hash") ? c.at("hash") : "");
    EXPECT_EQ(facts->pss_salt ? std::to_string(*facts->pss_salt) : "",
              c.contains("salt") ? c.at("salt") : "");
  }
}

TEST(Signed, things_under_broken_hashes_make_no_path) {
  TrustStore store;
  store.add(certificate("ca_rsa"));
  const std::vector<Certificate> chain{certificate("signed_md4")};
  const auto path = verify_chain(store, chain, {.unix_seconds = *chain[0].not_before()});
  ASSERT_FALSE(path);
}

TEST(Signed, chains_hold_pss_and_ed25519) {
  TrustStore store;
  store.add(certificate("ca_rsa"));
  store.add(certificate("ca_ed25519"));
  for (const std::string name : {"signed_pss_sha1", "signed_pss_sha256", "signed_pss_sha512",
                                 "signed_ed25519", "signed_for_ed25519"}) {
    const std::vector<Certificate> chain{certificate(name)};
    EXPECT_TRUE(verify_chain(store, chain, {.unix_seconds = *chain[0].not_before()})) << name;
  }
}

TEST(Signed, certificates_are_made_with_ed25519) {
  SeededRng rng{11};
  const PrivateKey key = *PrivateKey::from_pem(pem("ed25519"));
  EXPECT_TRUE(check_key_matches(certificate("ca_ed25519"), key));
  const PrivateKey leaf_key = *PrivateKey::generate_ed25519(rng);
  const auto root = issue_certificate(rng, test::ca_request("root"), key);
  ASSERT_TRUE(root);
  const auto leaf = issue_certificate(rng, test::request("leaf"), leaf_key, &*root, &key);
  ASSERT_TRUE(leaf);
  EXPECT_EQ(signature_facts(leaf->signature_algorithm())->name, "ED25519");
  EXPECT_EQ(*leaf->key_usage(), kDigitalSignature);
  TrustStore store;
  store.add(*root);
  EXPECT_TRUE(verify_chain(store, std::vector{*leaf}, {.unix_seconds = test::kNow}));
}

// --- Parameters (RFC 4055 section 3.1) ---

struct Pss {
  Bytes hash = to_bytes(asn1::oid::kSha256), mask = to_bytes(asn1::oid::kMgf1),
        mask_hash = to_bytes(asn1::oid::kSha256);
  bool with_null = true;
  std::optional<std::uint32_t> salt = 32, trailer{};
};

void write_parameters(asn1::DerWriter& w, const Pss& p) {
  const auto null = p.with_null ? asn1::Parameters::null : asn1::Parameters::absent;
  const asn1::DerWriter::Scope params = w.open(asn1::kSequence);
  if (!p.hash.empty()) {
    const asn1::DerWriter::Scope tagged = w.open(asn1::context_constructed(0));
    asn1::write_algorithm(w, p.hash, null);
  }
  if (!p.mask.empty()) {
    const asn1::DerWriter::Scope tagged = w.open(asn1::context_constructed(1));
    const asn1::DerWriter::Scope mask = w.open(asn1::kSequence);
    w.oid(p.mask);
    asn1::write_algorithm(w, p.mask_hash, null);
  }
  if (p.salt) {
    const asn1::DerWriter::Scope tagged = w.open(asn1::context_constructed(2));
    w.integer(*p.salt);
  }
  if (p.trailer) {
    const asn1::DerWriter::Scope tagged = w.open(asn1::context_constructed(3));
    w.integer(*p.trailer);
  }
}

Bytes algorithm(const Pss& p) {
  Bytes der;
  asn1::DerWriter w{der};
  {
    const asn1::DerWriter::Scope seq = w.open(asn1::kSequence);
    w.oid(asn1::oid::kRsaPss);
    write_parameters(w, p);
  }
  return der;
}

Errc facts_reason(const Bytes& a) {
  const auto f = signature_facts(a);
  return f ? Errc::count_ : f.error().code;
}

TEST(PssParameters, are_understood_with_and_without_their_defaults) {
  const auto defaults = signature_facts(algorithm({{}, {}, {}, true, {}, {}}));
  ASSERT_TRUE(defaults);
  EXPECT_EQ(defaults->hash, HashId::sha1);
  EXPECT_EQ(defaults->pss_salt, 20U);
  const Bytes sha1 = to_bytes(asn1::oid::kSha1);
  const auto written =
      signature_facts(algorithm({.hash = sha1, .mask_hash = sha1, .salt = 20, .trailer = 1}));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->hash, defaults->hash);
  EXPECT_EQ(written->pss_salt, defaults->pss_salt);
  // RFC 4055 section 2.1: NULL and nothing are the same behind the name of a hash.
  EXPECT_EQ(signature_facts(algorithm({.with_null = false}))->hash, HashId::sha256);
}

TEST(PssParameters, that_mean_something_else_are_refused) {
  EXPECT_EQ(facts_reason(algorithm({})), Errc::count_);
  const Bytes sha384 = to_bytes(asn1::oid::kSha384);
  const Bytes md5 = from_hex("2a864886f70d0205");
  EXPECT_EQ(facts_reason(algorithm({.mask_hash = sha384})), Errc::unsupported_algorithm);
  EXPECT_EQ(facts_reason(algorithm({.hash = sha384})), Errc::unsupported_algorithm);
  EXPECT_EQ(facts_reason(algorithm({.hash = md5, .mask_hash = md5})), Errc::unsupported_algorithm);
  EXPECT_EQ(facts_reason(algorithm({.mask = sha384})), Errc::unsupported_algorithm);
  EXPECT_EQ(facts_reason(algorithm({.trailer = 2})), Errc::unsupported_algorithm);
  EXPECT_EQ(facts_reason(algorithm({.salt = 1025})), Errc::bad_value);
}

TEST(PssParameters, must_be_there_and_be_all) {
  Bytes der;
  {
    asn1::DerWriter w{der};
    asn1::write_algorithm(w, asn1::oid::kRsaPss, asn1::Parameters::absent);
  }
  EXPECT_EQ(facts_reason(der), Errc::unsupported_algorithm);
  der.clear();
  {
    asn1::DerWriter w{der};
    asn1::write_algorithm(w, asn1::oid::kRsaPss, asn1::Parameters::null);
  }
  EXPECT_EQ(facts_reason(der), Errc::bad_der);
  // Out of order: what comes late is more than there may be.
  EXPECT_EQ(facts_reason(from_hex("301806092a864886f70d01010a300ba203020120a303020101")),
            Errc::truncated);
  EXPECT_EQ(facts_reason(from_hex("301706092a864886f70d01010a300aa303020101a203020120")),
            Errc::trailing_bytes);
}

TEST(SignatureFacts, of_ed25519_have_no_parameters) {
  for (const bool null : {false, true}) {
    Bytes der;
    asn1::DerWriter w{der};
    asn1::write_algorithm(w, asn1::oid::kEd25519,
                          null ? asn1::Parameters::null : asn1::Parameters::absent);
    EXPECT_EQ(facts_reason(der), null ? Errc::unsupported_algorithm : Errc::count_);
  }
}

}  // namespace
}  // namespace parley::trust

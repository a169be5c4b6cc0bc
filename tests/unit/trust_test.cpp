#include <gtest/gtest.h>

#include "asn1/name.hpp"
#include "crypto/hash.hpp"
#include "parley/pem.hpp"
#include "parley/trust.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using test::ca_request;
using test::Issued;
using test::issued_by;
using test::kNow;
using test::kYear;
using test::request;
using test::self_signed;

Certificate load(const std::string& name) {
  return certificates_from_pem(test::read_text("certs/" + name))->front();
}

TrustStore store_of(std::initializer_list<Certificate> anchors) {
  TrustStore s;
  for (const Certificate& c : anchors) s.add(c);
  return s;
}

struct Outcome {
  Errc code = Errc::count_;  // count_ is success
  std::uint32_t depth = 0;
  std::size_t length = 0;
};

Outcome verify(const TrustStore& store, const std::vector<Certificate>& chain,
               const VerifyPolicy& policy = {.unix_seconds = kNow}) {
  const auto path = verify_chain(store, chain, policy);
  if (!path) return {.code = path.error().code, .depth = path.error().offset};
  EXPECT_EQ(path->front(), chain.front());
  EXPECT_TRUE(store.contains(path->back()));
  return {.length = path->size()};
}

// --- OpenSSL's chain of three ---

struct OpensslChain : testing::Test {
  Certificate root = load("chain_root.pem"), mid = load("chain_mid.pem"),
              leaf = load("chain_leaf.pem");
};

TEST_F(OpensslChain, is_good) {
  for (const Purpose p : {Purpose::any, Purpose::server, Purpose::client})
    EXPECT_EQ(verify(store_of({root}), {leaf, mid}, {kNow, p}).length, 3U);
}

TEST_F(OpensslChain, is_good_under_every_hash) {
  for (const std::string hash : {"md5", "sha1", "sha224", "sha384", "sha512"})
    EXPECT_EQ(verify(store_of({root}), {load("chain_leaf_" + hash + ".pem"), mid}).length, 3U)
        << hash;
}

TEST_F(OpensslChain, is_good_in_any_order_and_with_strangers) {
  const Certificate stranger = load("strings.pem");
  EXPECT_EQ(verify(store_of({root}), {leaf, stranger, root, mid}).length, 3U);
  EXPECT_EQ(verify(store_of({root}), {leaf, mid, mid, leaf}).length, 3U);
  EXPECT_EQ(verify(store_of({stranger, root, mid}), {leaf}).length, 3U);
}

TEST_F(OpensslChain, does_not_end_at_an_intermediate_or_at_a_stranger) {
  EXPECT_EQ(verify(store_of({mid}), {leaf, mid}).code, Errc::unknown_ca);
  EXPECT_EQ(verify(store_of({leaf}), {leaf, mid}).code, Errc::unknown_ca);
  EXPECT_EQ(verify(store_of({load("v1.pem")}), {leaf, mid, root}).code, Errc::unknown_ca);
  EXPECT_EQ(verify(store_of({root}), {leaf}).code, Errc::unknown_ca);
  EXPECT_EQ(verify({}, {leaf, mid, root}).code, Errc::unknown_ca);
  EXPECT_EQ(verify(store_of({root}), {}).code, Errc::no_certificate);
}

TEST_F(OpensslChain, is_valid_from_its_first_to_its_last_second) {
  const std::int64_t first = *leaf.not_before();
  const std::int64_t last = *leaf.not_after();
  const auto at = [&](std::int64_t t) { return verify(store_of({root}), {leaf, mid}, {t}).code; };
  EXPECT_EQ(at(first), Errc::count_);
  EXPECT_EQ(at(first - 1), Errc::certificate_not_yet_valid);
  EXPECT_EQ(at(last), Errc::count_);
  EXPECT_EQ(at(last + 1), Errc::certificate_expired);
}

TEST_F(OpensslChain, every_forged_byte_of_the_signed_part_is_noticed) {
  const Bytes good = to_bytes(leaf.der());
  const std::size_t first = static_cast<std::size_t>(leaf.tbs().data() - leaf.der().data());
  std::size_t parsed = 0;
  for (std::size_t i = first; i < good.size(); i += 7) {
    Bytes der = good;
    der[i] ^= 1;
    const auto forged = Certificate::parse(std::move(der));
    if (!forged) continue;
    ++parsed;
    EXPECT_NE(verify(store_of({root}), {*forged, mid}).code, Errc::count_) << i;
  }
  EXPECT_GT(parsed, 50U);
}

TEST_F(OpensslChain, a_forged_signature_is_called_that) {
  Bytes der = to_bytes(leaf.der());
  der.back() ^= 1;
  const Outcome o = verify(store_of({root}), {*Certificate::parse(der), mid});
  EXPECT_EQ(o.code, Errc::bad_certificate_signature);
  EXPECT_EQ(o.depth, 0U);
}

// --- Odd certificates made with OpenSSL ---

TEST(Verify, a_root_of_version_1_is_an_anchor) {
  EXPECT_EQ(verify(store_of({load("v1.pem")}), {load("v1.pem")}).length, 1U);
}

TEST(Verify, unknown_critical_extensions_are_refused) {
  const Certificate c = load("unknown_critical.pem");
  EXPECT_EQ(verify(store_of({c}), {c}).code, Errc::unknown_critical_extension);
}

TEST(Verify, a_doubled_extension_is_refused) {
  const Certificate c = load("basic_constraints_twice.pem");
  EXPECT_EQ(verify(store_of({c}), {c}).code, Errc::invalid_extension);
  EXPECT_STREQ(verify_chain(store_of({c}), std::vector{c}, {.unix_seconds = kNow}).error().where,
               "basicConstraints");
  // Its names are shown all the same: getpeercert() has those of both.
  const Certificate twice = load("san_twice.pem");
  EXPECT_EQ(verify(store_of({twice}), {twice}).code, Errc::invalid_extension);
  EXPECT_EQ(twice.raw_subject_alt_names()->size(), 2U);
}

TEST(Verify, dates_that_cannot_be_read_are_refused) {
  for (const std::string file : {"time_malformed.pem", "time_local.pem", "time_no_such_day.pem"}) {
    const Certificate c = load(file);
    EXPECT_EQ(verify(store_of({c}), {c}).code, Errc::bad_time) << file;
  }
}

TEST(Verify, names_that_cannot_be_read_are_refused) {
  const Certificate c = load("string_bad_utf8.pem");
  EXPECT_EQ(verify(store_of({c}), {c}).code, Errc::bad_string);
}

// --- Chains of our own ---

TEST(Verify, a_self_signed_leaf_in_the_store_is_good) {
  const Certificate leaf = self_signed(request("localhost"), 1).certificate;
  EXPECT_EQ(verify(store_of({leaf}), {leaf}).length, 1U);
  EXPECT_EQ(verify({}, {leaf}).code, Errc::unknown_ca);
}

TEST(Verify, a_self_signed_leaf_of_the_same_name_with_another_key_is_not) {
  const Certificate trusted = self_signed(request("localhost"), 1).certificate;
  const Certificate impostor = self_signed(request("localhost"), 2).certificate;
  EXPECT_NE(verify(store_of({trusted}), {impostor}).code, Errc::count_);
}

TEST(Verify, a_ca_of_the_same_name_with_another_key_did_not_sign) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued other = self_signed(ca_request("Root"), 2);
  const Certificate leaf = issued_by(root, request("leaf"), 3).certificate;
  EXPECT_EQ(verify(store_of({other.certificate}), {leaf}).code, Errc::unknown_ca);
  EXPECT_EQ(verify(store_of({other.certificate, root.certificate}), {leaf}).length, 2U);
}

TEST(Verify, a_leaf_cannot_sign) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued middle = issued_by(root, request("Not a CA"), 2);
  const Certificate leaf = issued_by(middle, request("leaf"), 3).certificate;
  const Outcome o = verify(store_of({root.certificate}), {leaf, middle.certificate});
  EXPECT_EQ(o.code, Errc::not_a_ca);
  EXPECT_EQ(o.depth, 1U);
}

TEST(Verify, path_lengths_are_kept) {
  CertificateRequest r = ca_request("Root");
  r.path_length = 1;
  const Issued root = self_signed(r, 1);
  const Issued a = issued_by(root, ca_request("A"), 2);
  const Issued b = issued_by(a, ca_request("B"), 3);
  const Certificate below_a = issued_by(a, request("leaf a"), 4).certificate;
  const Certificate below_b = issued_by(b, request("leaf b"), 4).certificate;
  const TrustStore store = store_of({root.certificate});
  EXPECT_EQ(verify(store, {below_a, a.certificate}).length, 3U);
  const Outcome o = verify(store, {below_b, b.certificate, a.certificate});
  EXPECT_EQ(o.code, Errc::path_too_long);
  EXPECT_EQ(o.depth, 3U);
}

TEST(Verify, self_issued_intermediates_do_not_count_against_a_path_length) {
  CertificateRequest r = ca_request("Root");
  r.path_length = 0;
  const Issued root = self_signed(r, 1);
  const Issued rolled_over = issued_by(root, ca_request("Root"), 2);  // RFC 5280 section 4.2.1.9
  const Certificate leaf = issued_by(rolled_over, request("leaf"), 3).certificate;
  EXPECT_EQ(verify(store_of({root.certificate}), {leaf, rolled_over.certificate}).length, 3U);
}

TEST(Verify, every_certificate_of_the_path_must_be_valid_now) {
  const Issued root = self_signed(ca_request("Root"), 1);
  CertificateRequest old = ca_request("Old");
  old.not_after = kNow - 1;
  CertificateRequest young = ca_request("Young");
  young.not_before = kNow + 1;
  const TrustStore store = store_of({root.certificate});
  const Issued a = issued_by(root, old, 2);
  const Issued b = issued_by(root, young, 2);
  Outcome o = verify(store, {issued_by(a, request("leaf"), 3).certificate, a.certificate});
  EXPECT_EQ(o.code, Errc::certificate_expired);
  EXPECT_EQ(o.depth, 1U);
  o = verify(store, {issued_by(b, request("leaf"), 3).certificate, b.certificate});
  EXPECT_EQ(o.code, Errc::certificate_not_yet_valid);
  CertificateRequest old_root = ca_request("Old root");
  old_root.not_after = kNow - 1;
  const Issued c = self_signed(old_root, 4);
  o = verify(store_of({c.certificate}), {issued_by(c, request("leaf"), 3).certificate});
  EXPECT_EQ(o.code, Errc::certificate_expired);
  EXPECT_EQ(o.depth, 1U);
}

TEST(Verify, purposes_bind_leaf_and_ca) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const TrustStore store = store_of({root.certificate});
  CertificateRequest r = request("client");
  r.extended_key_usage = {"1.3.6.1.5.5.7.3.2"};
  const Certificate client = issued_by(root, r, 3).certificate;
  EXPECT_EQ(verify(store, {client}, {kNow, Purpose::client}).length, 2U);
  EXPECT_EQ(verify(store, {client}, {kNow, Purpose::any}).length, 2U);
  EXPECT_EQ(verify(store, {client}, {kNow, Purpose::server}).code, Errc::certificate_type);
  r.extended_key_usage = {"2.5.29.37.0"};
  EXPECT_EQ(verify(store, {issued_by(root, r, 3).certificate}, {kNow, Purpose::server}).length, 2U);
  CertificateRequest mail = ca_request("Mail CA");
  mail.extended_key_usage = {"1.3.6.1.5.5.7.3.4"};
  const Issued mail_ca = issued_by(root, mail, 2);
  const Certificate below = issued_by(mail_ca, request("leaf"), 3).certificate;
  const Outcome o = verify(store, {below, mail_ca.certificate}, {kNow, Purpose::server});
  EXPECT_EQ(o.code, Errc::certificate_type);
  EXPECT_EQ(o.depth, 1U);
}

TEST(Verify, a_key_that_may_only_sign_certificates_serves_no_handshake) {
  const Certificate ca = self_signed(ca_request("Root"), 1).certificate;
  EXPECT_EQ(verify(store_of({ca}), {ca}, {kNow, Purpose::server}).code, Errc::certificate_type);
}

TEST(Verify, takes_the_second_of_two_cross_signed_ways_when_the_first_is_bad) {
  const Issued old_root = self_signed(ca_request("Old Root"), 1);
  const Issued new_root = self_signed(ca_request("New Root"), 2);
  CertificateRequest expired = ca_request("Intermediate");
  expired.not_after = kNow - 1;
  const Certificate by_old = issued_by(old_root, expired, 3).certificate;
  const Issued by_new = issued_by(new_root, ca_request("Intermediate"), 3);
  const Certificate unknown_way =
      issued_by(self_signed(ca_request("Nobody"), 5), ca_request("Intermediate"), 3).certificate;
  const Certificate leaf = issued_by(by_new, request("leaf"), 4).certificate;
  const TrustStore store = store_of({old_root.certificate, new_root.certificate});
  EXPECT_EQ(verify(store, {leaf, by_old, by_new.certificate}).length, 3U);
  EXPECT_EQ(verify(store, {leaf, unknown_way, by_new.certificate}).length, 3U);
  EXPECT_EQ(verify(store, {leaf, unknown_way, by_old}).code, Errc::certificate_expired)
      << "says more than that an issuer is unknown";
}

TEST(Verify, a_loop_of_two_ends) {
  const Issued a = self_signed(ca_request("A"), 1);
  const Issued b_by_a = issued_by(a, ca_request("B"), 2);
  const Issued a_by_b = issued_by(b_by_a, ca_request("A"), 1);
  const Certificate leaf = issued_by(a_by_b, request("leaf"), 3).certificate;
  EXPECT_EQ(verify({}, {leaf, a_by_b.certificate, b_by_a.certificate}).code, Errc::unknown_ca);
  EXPECT_EQ(
      verify(store_of({a.certificate}), {leaf, a_by_b.certificate, b_by_a.certificate}).length, 2U);
}

TEST(Verify, takes_a_hundred_certificates_above_the_leaf_and_no_more) {
  std::vector<Issued> cas{self_signed(ca_request("CA 0"), 1)};
  for (unsigned i = 1; i <= 100; ++i)
    cas.push_back(issued_by(cas.back(), ca_request("CA " + std::to_string(i)), 1 + i % 2));
  std::vector<Certificate> chain{issued_by(cas[99], request("leaf"), 3).certificate};
  for (const Issued& c : cas) chain.push_back(c.certificate);
  const TrustStore store = store_of({cas[0].certificate});
  EXPECT_EQ(verify(store, chain).length, 101U);
  chain[0] = issued_by(cas[100], request("leaf"), 3).certificate;
  EXPECT_EQ(verify(store, chain).code, Errc::path_too_long);
}

// --- The store ---

TEST(TrustStore, adds_every_certificate_of_a_text_or_none) {
  const auto root = self_signed(ca_request("Root"), 1).certificate;
  const auto other = self_signed(ca_request("Other"), 2).certificate;
  const std::string text =
      encode_pem("CERTIFICATE", root.der()) + "and\n" + encode_pem("CERTIFICATE", other.der());
  TrustStore store;
  EXPECT_EQ(*store.add_pem(text), 2U);
  EXPECT_EQ(*store.add_pem(text), 2U);
  EXPECT_EQ(store.certificates().size(), 2U) << "each once";
  TrustStore none;
  std::string broken = text;
  broken[broken.size() - 100] = '!';
  EXPECT_EQ(none.add_pem(broken).error().code, Errc::bad_base64);
  EXPECT_EQ(none.add_pem("nothing").error().code, Errc::no_start_line);
  EXPECT_TRUE(none.empty());
}

TEST(CanonicalName, hashes_to_the_file_names_of_openssl) {
  for (const auto& c : test::read_vector_file("certs/canonical_names.txt")) {
    const auto canonical = asn1::canonical_name(test::hex_field(c, "name"));
    ASSERT_TRUE(canonical) << test::field(c, "name");
    const crypto::Digest d = crypto::hash(crypto::HashId::sha1, {*canonical});
    const Bytes first{d.bytes[3], d.bytes[2], d.bytes[1], d.bytes[0]};
    EXPECT_EQ(to_hex(first), test::field(c, "hash")) << test::field(c, "name");
  }
}

// --- Every kind of key, by OpenSSL ---

constexpr std::int64_t kLater = 1800000000;  // 2027: those certificates are from November 2026

Certificate load_kind(const std::string& name) {
  return certificates_from_pem(test::read_text("keys/" + name + ".pem"))->front();
}

TEST(KindsOfKeys, sign_for_each_other) {
  std::size_t seen = 0;
  for (const auto& c : test::read_vector_file("keys/certificates.txt")) {
    const std::string& name = test::field(c, "name");
    const Certificate leaf = load_kind(name);
    const Certificate issuer = load_kind(test::field(c, "issuer"));
    const Outcome o = verify(store_of({issuer}), {leaf}, {.unix_seconds = kLater});
    ++seen;
    // DSA with SHA-384 has no name in RFC 5758.
    if (name == "dsa_dsa1024_sha384") {
      EXPECT_EQ(o.code, Errc::unsupported_algorithm);
      continue;
    }
    EXPECT_EQ(o.length, 2U) << name;
    // The same name and key id, but another key: nobody else's signature passes.
    Bytes der = to_bytes(leaf.der());
    der.back() ^= 1;
    const auto broken = Certificate::parse(std::move(der));
    ASSERT_TRUE(broken) << name;
    EXPECT_EQ(verify(store_of({issuer}), {*broken}, {.unix_seconds = kLater}).code,
              Errc::bad_certificate_signature)
        << name;
  }
  EXPECT_EQ(seen, 15U);
}

TEST(KindsOfKeys, are_not_taken_for_each_other) {
  // A CA with the name of another, whose key is of another kind.
  SeededRng rng{5};
  const PrivateKey ec = *PrivateKey::generate_ec(rng, "p256");
  const Certificate ec_root = *issue_certificate(rng, ca_request("Root"), ec);
  const Issued rsa_root = self_signed(ca_request("Root"), 1);
  const Certificate leaf =
      *issue_certificate(rng, request("leaf"), test::test_key(2), &ec_root, &ec);
  EXPECT_EQ(verify(store_of({ec_root}), {leaf}).length, 2U);
  EXPECT_FALSE(
      verify_chain(store_of({rsa_root.certificate}), std::vector{leaf}, {.unix_seconds = kNow}));
}

}  // namespace
}  // namespace parley

// What a verification says of its search, and what it costs at most. Which chains are good is asked
// of OpenSSL, too: tests/tool/verify_openssl_test.py.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "parley/pem.hpp"
#include "parley/trust.hpp"
#include "tests/support/raw_certs.hpp"
#include "tests/support/vector_file.hpp"

namespace {
std::size_t allocated = 0;  // bytes, ever
}

// Not inlined: GCC would see free() of what operator new gave.
[[gnu::noinline]] void* operator new(std::size_t n) {
  allocated += n;
  if (void* p = std::malloc(n)) return p;
  std::abort();
}
[[gnu::noinline]] void* operator new(std::size_t n, const std::nothrow_t&) noexcept {
  return operator new(n);
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace parley {
namespace {

using asn1::DerWriter;
using test::ca_request;
using test::der;
using test::Issued;
using test::issued_by;
using test::kNow;
using test::kYear;
using test::raw_ca;
using test::raw_certificate;
using test::raw_crl;
using test::RawExtension;
using test::request;
using test::self_signed;

TrustStore store_of(std::initializer_list<Certificate> anchors) {
  TrustStore s;
  for (const Certificate& c : anchors) s.add(c);
  return s;
}

std::string number(std::size_t i) { return "host" + std::to_string(i) + ".example"; }

RawExtension hosts(std::size_t n) {
  return {.oid = to_bytes(asn1::oid::kSubjectAltName), .value = der([&](DerWriter& w) {
                                                         const auto seq = w.open(asn1::kSequence);
                                                         for (std::size_t i = 0; i < n; ++i)
                                                           w.text(asn1::context(2), number(i));
                                                       })};
}

/// The subtrees host<from>.example and so on.
RawExtension name_constraints(std::size_t from, std::size_t n, bool excluded = false) {
  return {.oid = to_bytes(asn1::oid::kNameConstraints),
          .critical = true,
          .value = der([&](DerWriter& w) {
            const auto seq = w.open(asn1::kSequence);
            const auto list = w.open(asn1::context_constructed(excluded ? 1 : 0));
            for (std::size_t i = from; i < from + n; ++i) {
              const auto tree = w.open(asn1::kSequence);
              w.text(asn1::context(2), number(i));
            }
          })};
}

Bytes policy_oid(std::uint32_t i) { return *asn1::oid_from_text("1.2.3." + std::to_string(i)); }

RawExtension policies(std::uint32_t n) {
  return {.oid = to_bytes(asn1::oid::kCertificatePolicies),
          .value = der([&](DerWriter& w) {
            const auto seq = w.open(asn1::kSequence);
            for (std::uint32_t i = 0; i < n; ++i) {
              const auto one = w.open(asn1::kSequence);
              w.oid(policy_oid(i));
            }
          })};
}

/// Each of n policies onto each.
RawExtension all_mappings(std::uint32_t n) {
  return {.oid = to_bytes(asn1::oid::kPolicyMappings), .value = der([&](DerWriter& w) {
                                                         const auto seq = w.open(asn1::kSequence);
                                                         for (std::uint32_t i = 0; i < n * n; ++i) {
                                                           const auto one = w.open(asn1::kSequence);
                                                           w.oid(policy_oid(i / n));
                                                           w.oid(policy_oid(i % n));
                                                         }
                                                       })};
}

// --- What it says ---

TEST(Verification, names_every_candidate_and_what_was_wrong_with_it) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued impostor = self_signed(ca_request("CA"), 5);
  CertificateRequest old = ca_request("CA");
  old.not_after = kNow - 1;
  const Certificate expired = issued_by(root, old, 2).certificate;
  const Issued good = issued_by(root, ca_request("CA"), 2);
  // Without an authorityKeyIdentifier, which would tell the impostor by its key.
  const Certificate leaf = raw_certificate("leaf", 3, &good, {}).certificate;
  const std::vector chain{leaf, impostor.certificate, expired, good.certificate};
  const Verification v = verify(store_of({root.certificate}), chain, {.unix_seconds = kNow});
  ASSERT_TRUE(v.valid());
  EXPECT_EQ(v.path, (std::vector{leaf, good.certificate, root.certificate}));
  ASSERT_EQ(v.tried.size(), 4U);
  EXPECT_EQ(v.tried[0].certificate, impostor.certificate);
  EXPECT_EQ(v.tried[0].reason->code, Errc::bad_certificate_signature);
  EXPECT_EQ(v.tried[0].reason->offset, 0U) << "the leaf was not signed by it";
  EXPECT_EQ(v.tried[1].reason->code, Errc::certificate_expired);
  EXPECT_EQ(v.tried[1].reason->offset, 1U);
  EXPECT_FALSE(v.tried[2].reason || v.tried[3].reason);
  EXPECT_EQ(v.tried[3].depth, 2U);
  EXPECT_TRUE(v.tried[3].anchor);
  EXPECT_FALSE(v.tried[2].anchor || v.tried_more);
  EXPECT_EQ(v.spent.signatures, 4U);
  EXPECT_EQ(v.spent.nodes, 4U);
}

TEST(Verification, reports_the_way_that_came_furthest) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued ca = raw_certificate("CA", 2, &root, {raw_ca(), name_constraints(7, 1)});
  const Issued lost = raw_certificate("CA", 2, &ca, {raw_ca()}, 9, kNow - 1);
  const Certificate leaf = raw_certificate("leaf", 3, &ca, {hosts(1)}).certificate;
  const Verification v =
      verify(store_of({root.certificate}), std::vector{leaf, lost.certificate, ca.certificate},
             {.unix_seconds = kNow});
  ASSERT_TRUE(v.reason);
  EXPECT_EQ(v.reason->code, Errc::name_not_permitted);
  EXPECT_EQ(v.reason->offset, 0U);
  EXPECT_EQ(v.path, (std::vector{leaf, ca.certificate, root.certificate}));
  EXPECT_EQ(verify_chain(store_of({root.certificate}), std::vector{leaf, ca.certificate},
                         {.unix_seconds = kNow})
                .error()
                .alert(),
            Alert::bad_certificate);
}

TEST(Verification, says_when_and_why_a_certificate_was_taken_back) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued leaf = raw_certificate("leaf", 3, &root, {}, 77);
  TrustStore store = store_of({root.certificate});
  store.add_crl(raw_crl(root, {5, 77}));
  store.add_crl(raw_crl(root, {5, 77}));
  EXPECT_EQ(store.crls().size(), 1U) << "each once";
  VerifyPolicy policy{.unix_seconds = kNow};
  EXPECT_TRUE(verify(store, std::vector{leaf.certificate}, policy).valid()) << "nobody asked";
  policy.revocation = Revocation::leaf;
  const Verification v = verify(store, std::vector{leaf.certificate}, policy);
  ASSERT_TRUE(v.reason && v.revoked);
  EXPECT_EQ(v.reason->code, Errc::certificate_revoked);
  EXPECT_EQ(v.reason->alert(), Alert::certificate_revoked);
  EXPECT_EQ(v.revoked->depth, 0U);
  EXPECT_EQ(v.revoked->date, kNow);
  EXPECT_EQ(v.revoked->reason, 1);
  EXPECT_EQ(v.spent.signatures, 2U) << "of the list, too";
}

// --- What is too weak ---

TEST(KeyStrength, is_a_matter_of_settings) {
  const Issued root = self_signed(ca_request("Root"), 1);
  CertificateRequest r = request("leaf");
  const auto with = [&](const char* hash, const KeyStrength& s) {
    r.hash = hash;
    const Certificate leaf = issued_by(root, r, 3).certificate;
    const Verification v = verify(store_of({root.certificate}), std::vector{leaf},
                                  {.unix_seconds = kNow, .strength = s});
    return v.reason ? v.reason->code : Errc::count_;
  };
  const KeyStrength old{};
  for (const char* hash : {"md5", "sha1", "sha256"})
    EXPECT_EQ(with(hash, old), Errc::count_) << hash;
  EXPECT_EQ(with("md5", {.md5 = false}), Errc::weak_signature);
  EXPECT_EQ(with("sha1", {.md5 = false}), Errc::count_);
  EXPECT_EQ(with("sha1", {.sha1 = false}), Errc::weak_signature);
  EXPECT_EQ(with("sha256", {.rsa_bits = 1024}), Errc::count_);
  EXPECT_EQ(with("sha256", {.rsa_bits = 1025}), Errc::weak_key);
  EXPECT_EQ(with("sha256", KeyStrength::strong()), Errc::weak_key);
  EXPECT_EQ(with("sha256", {.dsa_bits = 4096, .ec_bits = 512}), Errc::count_);
}

TEST(KeyStrength, binds_revocation_lists_too) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued leaf = raw_certificate("leaf", 3, &root, {}, 77);
  TrustStore store = store_of({root.certificate});
  store.add_crl(raw_crl(root, {}, "md5"));
  VerifyPolicy policy{.unix_seconds = kNow, .revocation = Revocation::leaf};
  EXPECT_TRUE(verify(store, std::vector{leaf.certificate}, policy).valid());
  policy.strength.md5 = false;
  EXPECT_EQ(verify(store, std::vector{leaf.certificate}, policy).reason->code,
            Errc::weak_signature);
}

// --- What it costs ---

void expect_within(const Budget& spent, const Budget& allowed) {
  EXPECT_LE(spent.signatures, allowed.signatures + 1);
  EXPECT_LE(spent.nodes, allowed.nodes + 1);
  EXPECT_LE(spent.name_comparisons, allowed.name_comparisons + 1);
  EXPECT_LE(spent.policy_nodes, allowed.policy_nodes + 1);
}

Verification expect_given_up(const Issued& root, const std::vector<Certificate>& chain,
                             const char* budget) {
  Verification v = verify(store_of({root.certificate}), chain, {.unix_seconds = kNow});
  EXPECT_TRUE(v.reason);
  if (v.reason) {
    EXPECT_EQ(v.reason->code, Errc::certificate_verify_failed);
    EXPECT_STREQ(v.reason->where, budget);
  }
  expect_within(v.spent, Budget{});
  EXPECT_LE(v.tried.size(), Verification::kMostTried);
  return v;
}

TEST(Budget, ends_ten_thousand_names_under_ten_thousand_subtrees) {
  const Issued root = self_signed(ca_request("Root"), 1);
  for (const bool excluded : {false, true}) {
    const Issued ca =
        raw_certificate("CA", 2, &root, {raw_ca(), name_constraints(10000, 10000, excluded)});
    const Certificate leaf = raw_certificate("leaf", 3, &ca, {hosts(10000)}).certificate;
    if (excluded) {
      expect_given_up(root, {leaf, ca.certificate}, "name budget");
    } else {
      const Verification v = verify(store_of({root.certificate}), std::vector{leaf, ca.certificate},
                                    {.unix_seconds = kNow});
      EXPECT_EQ(v.reason->code, Errc::name_not_permitted) << "the first name is outside already";
      EXPECT_EQ(v.spent.name_comparisons, 10001U + 10000U);
    }
  }
}

TEST(Budget, of_names_is_counted_by_the_comparison) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued ca = raw_certificate("CA", 2, &root, {raw_ca(), name_constraints(50, 20, true)});
  const Certificate leaf = raw_certificate("leaf", 3, &ca, {hosts(30)}).certificate;
  VerifyPolicy policy{.unix_seconds = kNow};
  policy.budget.name_comparisons = 31 + 600;
  const std::vector chain{leaf, ca.certificate};
  EXPECT_TRUE(verify(store_of({root.certificate}), chain, policy).valid());
  policy.budget.name_comparisons = 31 + 599;
  const Verification v = verify(store_of({root.certificate}), chain, policy);
  EXPECT_STREQ(v.reason->where, "name budget");
  EXPECT_EQ(v.spent.name_comparisons, 631U);
}

TEST(Budget, of_long_names_is_counted_by_their_bytes) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued ca = raw_certificate("CA", 2, &root, {raw_ca(), name_constraints(0, 10000, true)});
  // What a search for a NUL, an '@' or a '*' would walk through again for each subtree.
  const RawExtension huge{.oid = to_bytes(asn1::oid::kSubjectAltName),
                          .value = der([](DerWriter& w) {
                            const auto seq = w.open(asn1::kSequence);
                            w.text(asn1::context(2), std::string(100'000, 'x'));
                          })};
  const Certificate leaf = raw_certificate("leaf", 3, &ca, {huge}).certificate;
  const Verification v = expect_given_up(root, {leaf, ca.certificate}, "name budget");
  EXPECT_EQ(v.spent.name_comparisons, Budget{}.name_comparisons + 1);
}

/// authorityKeyIdentifier with a name of n parts and this serial number.
RawExtension issuer_of_many_parts(std::size_t n, std::uint8_t serial) {
  return {.oid = to_bytes(asn1::oid::kAuthorityKeyIdentifier),
          .value = der([&](DerWriter& w) {
            const auto seq = w.open(asn1::kSequence);
            {
              const auto names = w.open(asn1::context_constructed(1));
              const auto directory = w.open(asn1::context_constructed(4));
              const auto name = w.open(asn1::kSequence);
              for (std::size_t i = 0; i < n; ++i) {
                const auto rdn = w.open(asn1::kSet);
                const auto attribute = w.open(asn1::kSequence);
                w.oid(Bytes{0x2a});
                w.text(asn1::kUtf8String, "");
              }
            }
            w.primitive(asn1::context(2), Bytes{serial});
          })};
}

TEST(Budget, reads_the_name_in_an_authority_key_identifier_once) {
  constexpr std::size_t kParts = 2000, kCandidates = 100;
  const Issued nobody = self_signed(ca_request("Nobody"), 5);
  const Issued top = raw_certificate("Top", 1, &nobody, {raw_ca()}, 7);
  Issued above = raw_certificate("X", 2, &top, {raw_ca(), issuer_of_many_parts(kParts, 7)});
  std::vector<Certificate> all{above.certificate};
  for (std::size_t i = 0; i < kCandidates; ++i)
    all.push_back(
        raw_certificate("Top", 1, &nobody, {raw_ca()}, 7, kNow + kYear + static_cast<int>(i))
            .certificate);
  for (unsigned l = 0; l < 4; ++l) {  // 16 ways to the certificate with the name
    const std::string name = "Layer " + std::to_string(l);
    const Issued one = raw_certificate(name, 3, &above, {raw_ca()}, 1);
    all.push_back(one.certificate);
    above = raw_certificate(name, 3, &above, {raw_ca()}, 2);
    all.push_back(above.certificate);
  }
  all.insert(all.begin(), raw_certificate("leaf", 6, &above, {}).certificate);
  // Every canonical form is memory: of the long name some, not one for each of 1600 candidates.
  const std::size_t before = allocated;
  const Verification v = verify(TrustStore{}, all, {.unix_seconds = kNow});
  EXPECT_FALSE(v.valid());
  EXPECT_GE(v.spent.nodes, 10 * kCandidates);
  EXPECT_LE(allocated - before, std::size_t{8} << 20);
  RecordProperty("allocated", static_cast<int>(allocated - before));
}

/// n names of distribution points, in the certificate or in the list.
void points(DerWriter& w, std::size_t from, std::size_t n) {
  const auto name = w.open(asn1::context_constructed(0));
  const auto full = w.open(asn1::context_constructed(0));
  for (std::size_t i = from; i < from + n; ++i) w.text(asn1::context(6), number(i));
}

TEST(Budget, holds_for_distribution_points_of_many_names) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const RawExtension own{.oid = to_bytes(asn1::oid::kCrlDistributionPoints),
                         .value = der([](DerWriter& w) {
                           const auto seq = w.open(asn1::kSequence);
                           const auto one = w.open(asn1::kSequence);
                           points(w, 0, 5000);
                         })};
  const RawExtension scope{.oid = to_bytes(asn1::oid::kIssuingDistributionPoint),
                           .critical = true,
                           .value = der([](DerWriter& w) {
                             const auto seq = w.open(asn1::kSequence);
                             points(w, 5000, 5000);
                           })};
  TrustStore store = store_of({root.certificate});
  store.add_crl(raw_crl(root, {}, "sha256", {scope}));
  const Certificate leaf = raw_certificate("leaf", 3, &root, {own}).certificate;
  const Verification v =
      verify(store, std::vector{leaf}, {.unix_seconds = kNow, .revocation = Revocation::leaf});
  ASSERT_TRUE(v.reason);
  EXPECT_STREQ(v.reason->where, "name budget");
  EXPECT_EQ(v.spent.name_comparisons, Budget{}.name_comparisons + 1);
}

TEST(Verification, names_the_extension_that_cannot_be_read) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const auto reason = [&](ByteView oid, std::initializer_list<Bytes> values) {
    std::vector<RawExtension> own;
    for (const Bytes& v : values) own.push_back({.oid = to_bytes(oid), .value = v});
    const Certificate leaf = raw_certificate("leaf", 3, &root, own).certificate;
    const Verification v =
        verify(store_of({root.certificate}), std::vector{leaf}, {.unix_seconds = kNow});
    return v.reason && v.reason->code == Errc::invalid_extension ? v.reason->where : "valid";
  };
  const Bytes garbage{0x30, 5, 1}, id{4, 1, 7}, access{0x30, 0};
  EXPECT_STREQ(reason(asn1::oid::kSubjectKeyIdentifier, {id}), "valid");
  EXPECT_STREQ(reason(asn1::oid::kSubjectKeyIdentifier, {id, id}), "subjectKeyIdentifier");
  EXPECT_STREQ(reason(asn1::oid::kNetscapeCertType, {garbage}), "nsCertType");
  EXPECT_STREQ(reason(asn1::oid::kAuthorityInfoAccess, {access}), "infoAccess");
  EXPECT_STREQ(reason(asn1::oid::kSmtpUtf8Mailbox, {garbage}), "valid") << "no known extension";
  EXPECT_STREQ(reason(asn1::oid::kSmtpUtf8Mailbox, {garbage, id}), "extensions: one of them twice");
}

TEST(Verification, obeys_the_trust_settings_whoever_else_has_the_certificate) {
  const auto load = [](const char* name) {
    return certificates_from_pem(test::read_text(std::string("certs/") + name))->front();
  };
  const Certificate plain = load("chain_root.pem"), settled = load("forms/trusted_uses.pem");
  const std::vector chain{load("chain_leaf.pem"), load("chain_mid.pem"), plain};
  for (const bool settled_first : {true, false}) {
    TrustStore store;
    store.add(settled_first ? settled : plain);
    store.add(settled_first ? plain : settled);
    EXPECT_EQ(store.certificates().size(), 1U);
    const auto at = [&](Purpose p) {
      return verify(store, chain, {.unix_seconds = kNow, .purpose = p});
    };
    const Verification refused = at(Purpose::server);
    ASSERT_TRUE(refused.reason);
    EXPECT_EQ(refused.reason->code, Errc::certificate_rejected);
    EXPECT_EQ(refused.reason->offset, 2U);
    EXPECT_TRUE(at(Purpose::client).valid());
    EXPECT_FALSE(at(Purpose::any).valid()) << "trusted for two uses only";
  }
}

/// Layers of CAs, each in several versions signed by the layer above: versions^layers ways.
std::vector<Certificate> lattice(const Issued& top, unsigned layers, unsigned versions) {
  std::vector<Certificate> all;
  Issued above = top;
  for (unsigned l = 0; l < layers; ++l) {
    const std::string name = "Layer " + std::to_string(l);
    for (unsigned v = 0; v < versions; ++v) {
      const Issued one = raw_certificate(name, 10 + l % 2, &above, {raw_ca()}, v + 1);
      all.push_back(one.certificate);
      if (v + 1 == versions) above = one;
    }
  }
  all.insert(all.begin(), raw_certificate("leaf", 3, &above, {}).certificate);
  return all;
}

TEST(Budget, ends_exponentially_many_ways_to_nowhere) {
  const Issued nobody = self_signed(ca_request("Nobody"), 5);
  const Verification v =
      expect_given_up(self_signed(ca_request("Root"), 1), lattice(nobody, 10, 4), "search budget");
  EXPECT_EQ(v.spent.nodes, Budget{}.nodes + 1);
  EXPECT_LE(v.spent.signatures, 4U + 9 * 16 + 4) << "each pair once";
  EXPECT_TRUE(v.tried_more);
}

TEST(Budget, is_no_matter_where_the_way_leads_somewhere) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Verification v =
      verify(store_of({root.certificate}), lattice(root, 10, 4), {.unix_seconds = kNow});
  EXPECT_TRUE(v.valid());
  EXPECT_EQ(v.path.size(), 12U);
  EXPECT_EQ(v.spent.signatures, 11U);
}

TEST(Budget, ends_a_crowd_of_namesakes_of_the_issuer) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const Issued ca = raw_certificate("CA", 2, &root, {raw_ca()});
  std::vector<Certificate> chain{raw_certificate("leaf", 3, &ca, {}).certificate};
  for (std::uint32_t i = 0; i < 300; ++i)
    chain.push_back(raw_certificate("CA", 4, &root, {raw_ca()}, i + 1).certificate);
  const Verification v = expect_given_up(root, chain, "signature budget");
  EXPECT_EQ(v.spent.signatures, Budget{}.signatures + 1);
}

TEST(Budget, is_not_needed_for_loops_of_name_and_key) {
  // Two names that sign each other in many versions.
  const Issued x = self_signed(ca_request("X"), 1);
  const Issued y = issued_by(x, ca_request("Y"), 2);
  std::vector<Certificate> chain{issued_by(y, request("leaf"), 3).certificate};
  for (int i = 0; i < 6; ++i) {
    CertificateRequest r = ca_request("X");
    r.not_after += i;
    chain.push_back(issued_by(y, r, 1).certificate);
    r.common_name = "Y";
    chain.push_back(issued_by(x, r, 2).certificate);
  }
  const Verification v = verify({}, chain, {.unix_seconds = kNow});
  ASSERT_TRUE(v.reason);
  EXPECT_EQ(v.reason->code, Errc::unknown_ca);
  EXPECT_LE(v.spent.signatures, 6U + 36U);
  EXPECT_LE(v.spent.nodes, 6U + 36U + 216U);
}

TEST(Budget, holds_for_policies_that_are_mapped_onto_each_other) {
  // As a tree, 8^21 nodes.
  const Issued root = self_signed(ca_request("Root"), 1);
  std::vector<Issued> cas{root};
  std::vector<Certificate> chain;
  for (unsigned i = 0; i < 20; ++i) {
    cas.push_back(raw_certificate("CA " + std::to_string(i), 10 + i % 2, &cas.back(),
                                  {raw_ca(), policies(8), all_mappings(8)}));
    chain.push_back(cas.back().certificate);
  }
  chain.insert(chain.begin(), raw_certificate("leaf", 3, &cas.back(), {policies(8)}).certificate);
  VerifyPolicy policy{
      .unix_seconds = kNow, .policies = {"1.2.3.5"}, .require_explicit_policy = true};
  Verification v = verify(store_of({root.certificate}), chain, policy);
  EXPECT_TRUE(v.valid());
  EXPECT_EQ(v.spent.policy_nodes, 2 * 21U * 8 + 20U * 64);
  policy.policies = {"1.2.3.9"};
  EXPECT_EQ(verify(store_of({root.certificate}), chain, policy).reason->code,
            Errc::no_explicit_policy);
  policy.budget.policy_nodes = v.spent.policy_nodes - 1;
  v = verify(store_of({root.certificate}), chain, policy);
  EXPECT_STREQ(v.reason->where, "policy budget");
}

TEST(Budget, ends_many_policies_on_many_levels) {
  const Issued root = self_signed(ca_request("Root"), 1);
  std::vector<Issued> cas{root};
  std::vector<Certificate> chain;
  for (unsigned i = 0; i < 20; ++i) {
    cas.push_back(raw_certificate("CA " + std::to_string(i), 10 + i % 2, &cas.back(),
                                  {raw_ca(), policies(5000)}));
    chain.push_back(cas.back().certificate);
  }
  chain.insert(chain.begin(), raw_certificate("leaf", 3, &cas.back(), {}).certificate);
  expect_given_up(root, chain, "policy budget");
}

// --- The store ---

// API: C3
TEST(Store, takes_lists_and_certificates_from_one_text) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const std::string list = encode_pem("X509 CRL", raw_crl(root, {77}).der());
  TrustStore store;
  EXPECT_EQ(*store.add_pem(list + encode_pem("CERTIFICATE", root.certificate.der())), 1U);
  EXPECT_EQ(store.crls().size(), 1U);
  TrustStore lists_only;
  EXPECT_EQ(*lists_only.add_pem(list), 0U);
  EXPECT_EQ(lists_only.crls().size(), 1U);
  EXPECT_TRUE(lists_only.empty()) << "nobody is believed";
  TrustStore none;
  const std::string broken =
      encode_pem("CERTIFICATE", root.certificate.der()) + encode_pem("X509 CRL", Bytes{0x30, 0x01});
  EXPECT_FALSE(none.add_pem(broken));
  EXPECT_TRUE(none.certificates().empty() && none.crls().empty());
}

// API: C3, 5.3
TEST(Store, reads_the_lists_of_a_directory_each_time) {
  const Issued root = self_signed(ca_request("Root"), 1);
  const std::vector leaf{raw_certificate("leaf", 3, &root, {}, 77).certificate};
  std::map<std::string, std::string> files;
  TrustStore store = store_of({root.certificate});
  store.add_directory("d", [&](const std::string& path) -> std::optional<std::string> {
    const auto it = files.find(path);
    return it == files.end() ? std::optional<std::string>{} : it->second;
  });
  const std::string stem =
      "d/" + hashed_name(*asn1::canonical_name(root.certificate.subject_der())) + ".r";
  const VerifyPolicy policy{.unix_seconds = kNow, .revocation = Revocation::leaf};
  const auto reason = [&] {
    const Verification v = verify(store, leaf, policy);
    return v.reason ? v.reason->code : Errc::count_;
  };
  const auto pem = [](const RevocationList& l) { return encode_pem("X509 CRL", l.der()); };
  EXPECT_EQ(reason(), Errc::crl_missing);
  files[stem + "0"] = pem(raw_crl(root, {}));
  EXPECT_EQ(reason(), Errc::count_);
  EXPECT_EQ(reason(), Errc::count_);
  files[stem + "0"] = pem(raw_crl(root, {77}));
  EXPECT_EQ(reason(), Errc::certificate_revoked);
  files[stem + "0"] = "nothing";
  EXPECT_EQ(reason(), Errc::crl_missing);
  files[stem + "1"] = pem(raw_crl(root, {77}));
  EXPECT_EQ(reason(), Errc::certificate_revoked);
}

}  // namespace
}  // namespace parley

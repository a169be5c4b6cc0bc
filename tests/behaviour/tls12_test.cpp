// What TLS 1.2 brought to the handshake: signatures that name their algorithm, and the signs by
// which versions beyond it are kept apart.
#include <gtest/gtest.h>

#include "handshake/digital_signature.hpp"
#include "handshake/negotiate.hpp"
#include "support/pair.hpp"
#include "support/vector_file.hpp"
#include "trust/key_codec.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

std::string why(const Pair& p) {
  std::string text;
  for (const Connection* c : {&p.client, &p.server})
    text += c->failure() != nullptr ? c->failure()->text() + " " : "- ";
  return text;
}

/// The first byte of this step's message that `r` has seen, and the one after it.
std::uint16_t algorithm_of(const Recorder& r, Step step) {
  for (const Recorder::Seen& m : r.messages) {
    if (m.step != step) continue;
    if (step == Step::certificate_verify)
      return static_cast<std::uint16_t>(m.body[0] << 8 | m.body[1]);
    // ECDHE on secp256r1: curve_type, named_curve, a point of 65 bytes with its length.
    const std::size_t at = 1 + 2 + 1 + m.body[3];
    return static_cast<std::uint16_t>(m.body[at] << 8 | m.body[at + 1]);
  }
  return 0;
}

/// Null when no key of ours can make it: RSA-PSS with SHA-512 wants more than 1024 bits.
const Identity* identity_for(const SchemeTraits& s) {
  const Identity& i = era_identity(s.key, s.key);
  return can_sign(s, s.key, i.key.bits()) ? &i : nullptr;
}

class Scheme : public testing::TestWithParam<SignatureScheme> {};
INSTANTIATE_TEST_SUITE_P(Every, Scheme, testing::ValuesIn(kSignatureSchemes),
                         [](const auto& i) { return std::string{signature_scheme_name(i.param)}; });

// Server and client sign with the one scheme that both have.
TEST_P(Scheme, signs_server_key_exchange_and_certificate_verify) {
  const SchemeTraits& s = *find_signature_scheme(static_cast<std::uint16_t>(GetParam()));
  const Identity* identity = identity_for(s);
  if (identity == nullptr) {
    EXPECT_EQ(s.scheme, SignatureScheme::rsa_pss_rsae_sha512);
    return;
  }
  const char* suite = s.key == KeyType::dsa   ? "DHE-DSS-AES128-SHA"
                      : s.key == KeyType::rsa ? "ECDHE-RSA-AES128-SHA"
                                              : "ECDHE-ECDSA-AES128-SHA";
  auto client = client_config({V::tls12}, suite), server = server_config({V::tls12}, suite);
  client->identities = server->identities = {*identity};
  for (const auto& c : {client, server}) {
    c->trust.add(identity->chain.back());
    c->groups = {NamedGroup::secp256r1};
  }
  client->signature_schemes = {s.scheme};
  server->verify_mode = VerifyMode::required;
  Pair p{{.client = client, .server = server}};
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(algorithm_of(p.client_seen, Step::certificate_verify),
            static_cast<std::uint16_t>(s.scheme));
  if (s.key != KeyType::dsa) {
    EXPECT_EQ(algorithm_of(p.client_seen, Step::server_key_exchange),
              static_cast<std::uint16_t>(s.scheme));
  }
}

TEST(Signatures, the_order_of_the_client_decides) {
  auto client = client_config({V::tls12}, "ECDHE-RSA-AES128-SHA");
  client->groups = {NamedGroup::secp256r1};
  for (const auto& [first, second] :
       {std::pair{SignatureScheme::rsa_pkcs1_sha384, SignatureScheme::rsa_pss_rsae_sha256},
        std::pair{SignatureScheme::rsa_pss_rsae_sha256, SignatureScheme::rsa_pkcs1_sha384}}) {
    client->signature_schemes = {SignatureScheme::dsa_sha1, first, second};
    Pair p{{.client = client, .server = server_config({V::tls12}, "ECDHE-RSA-AES128-SHA")}};
    ASSERT_TRUE(p.run()) << why(p);
    EXPECT_EQ(algorithm_of(p.client_seen, Step::server_key_exchange),
              static_cast<std::uint16_t>(first));
  }
}

TEST(Signatures, sha1_is_the_last_resort_and_told) {
  auto client = client_config({V::tls12}, "ECDHE-RSA-AES128-SHA");
  client->groups = {NamedGroup::secp256r1};
  const auto server = server_config({V::tls12}, "ECDHE-RSA-AES128-SHA");
  const auto told = [](const Recorder& r) {
    return std::ranges::count(r.weaknesses, "the handshake is signed with SHA-1");
  };
  client->signature_schemes = {SignatureScheme::rsa_pkcs1_sha1, SignatureScheme::rsa_pkcs1_sha256};
  Pair better{{.client = client, .server = server}};
  ASSERT_TRUE(better.run()) << why(better);
  EXPECT_EQ(algorithm_of(better.client_seen, Step::server_key_exchange), 0x0401);
  EXPECT_EQ(told(better.client_seen), 0);
  client->signature_schemes = {SignatureScheme::rsa_pkcs1_sha1};
  Pair sha1{{.client = client, .server = server}};
  ASSERT_TRUE(sha1.run()) << why(sha1);
  EXPECT_EQ(algorithm_of(sha1.client_seen, Step::server_key_exchange), 0x0201);
  EXPECT_EQ(told(sha1.client_seen), 1);
  EXPECT_EQ(told(sha1.server_seen), 1);
}

TEST(Signatures, a_suite_that_nobody_could_sign_for_is_passed_over) {
  auto client = client_config({V::tls12}, "ECDHE-RSA-AES128-SHA:AES128-SHA");
  client->signature_schemes = {SignatureScheme::ecdsa_sha256};
  Pair p{{.client = client, .server = server_config({V::tls12}, "ALL")}};
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.suite()->openssl_name, "AES128-SHA");
}

TEST(Signatures, ed25519_serves_the_suites_of_ecdsa_from_tls_1_2_on) {
  const Identity& identity = era_identity(KeyType::ed25519, KeyType::ed25519);
  for (const V v : {V::tls11, V::tls12}) {
    auto client = client_config({v}, "ECDHE-ECDSA-AES128-SHA");
    auto server = server_config({v}, "ECDHE-ECDSA-AES128-SHA");
    client->trust.add(identity.chain.back());
    server->identities = {identity};
    Pair p{{.client = client, .server = server}};
    EXPECT_EQ(p.run(), v == V::tls12) << why(p);
    if (v == V::tls11) {
      EXPECT_EQ(p.server.failure()->code, Errc::no_shared_cipher);
    }
  }
}

// RFC 5246 section 7.4.3: "the signature algorithm and hash algorithm MUST be a pair offered".
TEST(Signatures, one_that_we_did_not_offer_is_refused) {
  SeededRng rng{1};
  const FixedClock clock{kNow};
  Half read, write;
  auto config = client_config({V::tls12});
  Handshake h{Side::client, config, {rng, clock}, read, write};
  h.profile = find_profile(V::tls12);
  const auto& key = std::get<crypto::RsaPrivateKey>(server_identity().key.impl().key);
  h.peer_key = key.public_key();
  const Bytes message(100, 7);
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {message});
  const Bytes signature = *key.sign(rng, crypto::RsaDigest::sha256, digest);
  const auto check = [&](std::uint16_t algorithm) {
    return verify(h, {.message = message}, algorithm, signature);
  };
  EXPECT_TRUE(check(0x0401).has_value());
  EXPECT_EQ(check(0x0501).error().code, Errc::bad_signature);
  EXPECT_EQ(check(0x0403).error().code, Errc::wrong_signature_type);  // of another key
  EXPECT_EQ(check(0x0101).error().code, Errc::wrong_signature_type);  // MD5
  EXPECT_EQ(check(0x0000).error().code, Errc::wrong_signature_type);
  config->signature_schemes = {SignatureScheme::rsa_pss_rsae_sha256};
  EXPECT_EQ(check(0x0401).error().code, Errc::wrong_signature_type);
}

TEST(Signatures, a_hello_without_the_extension_means_sha1) {
  EXPECT_EQ(default_schemes(), (std::vector<std::uint16_t>{0x0201, 0x0202, 0x0203}));
}

// ---- versions beside this one ---------------------------------------------------------------

/// Changes the ServerHello's random on its way, which is its 6th to 37th byte.
std::function<void(Bytes&)> random_ends_with(ByteView last) {
  return [last = to_bytes(last), done = false](Bytes& piece) mutable {
    constexpr std::size_t kRandom = 5 + 4 + 2;
    if (done || piece.size() < kRandom + 32) return;
    std::ranges::copy(last,
                      piece.begin() + static_cast<std::ptrdiff_t>(kRandom + 32 - last.size()));
    done = true;
  };
}

// RFC 8446 section 4.1.3.
TEST(Downgrade, a_client_that_offered_more_believes_the_mark) {
  const Bytes mark = from_hex("444f574e47524400");
  for (const V agreed : {V::tls10, V::tls11}) {
    Pair p{{.client = client_config(), .server = server_config({agreed})}};
    p.from_server.tamper = random_ends_with(mark);
    EXPECT_FALSE(p.run());
    ASSERT_NE(p.client.failure(), nullptr);
    EXPECT_EQ(p.client.failure()->code, Errc::downgraded) << why(p);
  }
}

TEST(Downgrade, a_server_of_tls_1_2_marks_what_is_less) {
  for (const V v : {V::ssl30, V::tls10, V::tls11, V::tls12}) {
    Pair p{{.client = client_config({v}), .server = server_config()}};
    ASSERT_TRUE(p.run()) << why(p);
    const ByteView hello = p.from_server.log;
    EXPECT_EQ(to_hex(hello.subspan(5 + 4 + 2 + 24, 8)) == "444f574e47524400", v != V::tls12);
  }
}

TEST(Downgrade, a_mark_of_tls_1_3_concerns_nobody_here) {
  Pair p{{.client = client_config(), .server = server_config()}};
  p.from_server.tamper = random_ends_with(from_hex("444f574e47524401"));
  p.run();
  // The changed random shows in Finished, or in the signature, and no earlier.
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_NE(p.client.failure()->code, Errc::downgraded);
}

// RFC 4346 appendix A.5: what OpenSSL 1.0.1 agrees on in TLS 1.2 all the same.
TEST(ExportSuites, bring_the_version_down_to_where_they_belong) {
  Pair p{{.client = client_config({}, "EXP-RC4-MD5"), .server = server_config({}, "ALL")}};
  ASSERT_TRUE(p.run()) << why(p);
  EXPECT_EQ(p.client.version(), V::tls10);
  Pair late{
      {.client = client_config({V::tls12}, "EXP-RC4-MD5"), .server = server_config({}, "ALL")}};
  EXPECT_FALSE(late.run());
  Pair both{
      {.client = client_config({}, "EXP-RC4-MD5:RC4-MD5"), .server = server_config({}, "ALL")}};
  ASSERT_TRUE(both.run()) << why(both);
  EXPECT_EQ(both.client.version(), V::tls12);
  EXPECT_EQ(both.client.suite()->openssl_name, "RC4-MD5");
}

// A client of TLS 1.3 says what it speaks in supported_versions; client_version is TLS 1.2 whatever
// it means (RFC 8446 section 4.2.1).
TEST(SupportedVersions, count_and_not_client_version) {
  SeededRng rng{1};
  const FixedClock clock{kNow};
  Half read, write;
  auto config = server_config();
  Handshake h{Side::server, config, {rng, clock}, read, write};
  h.offered_version = V::tls12;
  const auto chosen = [&](std::vector<std::uint16_t> versions) {
    h.offered.supported_versions = std::move(versions);
    const ProtocolProfile* p = version_for(h, {});
    return p != nullptr ? std::string{p->name} : "none";
  };
  EXPECT_EQ(chosen({0x0a0a, 0x0304, 0x0303, 0x0302}), "TLSv1.2");
  EXPECT_EQ(chosen({0x0304, 0x0302, 0x0301}), "TLSv1.1");
  EXPECT_EQ(chosen({0x0304}), "none");
  EXPECT_EQ(chosen({0x0300}), "SSLv3");
  config->versions = {V::tls10};
  EXPECT_EQ(chosen({0x0304, 0x0303}), "none");
  EXPECT_EQ(chosen({0x0301}), "TLSv1");
}

}  // namespace
}  // namespace parley::test

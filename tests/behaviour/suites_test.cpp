// Every suite parley speaks, between two engines: full and resumed, data both ways, a clean end.
#include <gtest/gtest.h>

#include "handshake/negotiate.hpp"
#include "parley/issue.hpp"
#include "suite/suite.hpp"
#include "support/pair.hpp"
#include "tests/support/rngs.hpp"

namespace parley::test {
namespace {

constexpr auto kSsl = ProtocolVersion::ssl30;
constexpr auto kTls = ProtocolVersion::tls10;

Bytes pattern(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return b;
}

std::string suite_name(const CipherSuite& s) {
  std::string name{s.openssl_name};
  std::ranges::replace(name, '-', '_');
  return name;
}

/// Those of SSL 3.0 and later; the kinds of SSL 2.0 have an engine, and a test, of their own.
CipherList later_suites() {
  CipherList l = spoken_cipher_suites();
  std::erase_if(l, [](const CipherSuite* s) { return s->first == ProtocolVersion::ssl20; });
  return l;
}

class Suites : public testing::TestWithParam<std::tuple<ProtocolVersion, const CipherSuite*>> {
 protected:
  ProtocolVersion version() const { return std::get<0>(GetParam()); }
  const CipherSuite& suite() const { return *std::get<1>(GetParam()); }
};
std::vector<std::tuple<ProtocolVersion, const CipherSuite*>> every_pair() {
  std::vector<std::tuple<ProtocolVersion, const CipherSuite*>> pairs;
  for (const ProtocolVersion v : all_versions())
    for (const CipherSuite* s : suites_of(v)) pairs.emplace_back(v, s);
  return pairs;
}
INSTANTIATE_TEST_SUITE_P(Every, Suites, testing::ValuesIn(every_pair()), [](const auto& i) {
  return test_name(std::get<0>(i.param)) + "_" + suite_name(*std::get<1>(i.param));
});

TEST_P(Suites, agrees_moves_data_both_ways_and_closes) {
  Pair p{suite_options(suite(), version())};
  ASSERT_TRUE(p.run()) << (p.client.failure() ? p.client.failure()->text() : "") << " / "
                       << (p.server.failure() ? p.server.failure()->text() : "");
  for (Connection* c : {&p.client, &p.server}) {
    EXPECT_EQ(c->version(), version());
    EXPECT_EQ(c->suite(), &suite());
    EXPECT_FALSE(c->resumed());
  }
  const auto identity = suite_identity(suite());
  EXPECT_EQ(p.client.peer_verified(), identity.has_value());
  if (identity) {
    EXPECT_EQ(p.client.peer_chain().front(), identity->chain.front());
  }
  EXPECT_EQ(p.client_seen.key_log, p.server_seen.key_log);

  const Bytes data = pattern(100000);
  EXPECT_EQ(p.transfer(Side::client, data), data);
  EXPECT_EQ(p.transfer(Side::server, data), data);
  EXPECT_TRUE(p.close());
}

TEST_P(Suites, resumes_by_session_id) {
  Pair::Options options = suite_options(suite(), version());
  Pair first{options};
  ASSERT_TRUE(first.run());
  ASSERT_TRUE(first.close());
  ASSERT_NE(first.client.session(), nullptr);

  options.resume = first.client.session();
  options.seed = 7;
  Pair second{options};
  ASSERT_TRUE(second.run());
  EXPECT_TRUE(second.client.resumed());
  EXPECT_TRUE(second.server.resumed());
  EXPECT_EQ(second.client.peer_verified(), first.client.peer_verified());
  const Bytes data = pattern(20000);
  EXPECT_EQ(second.transfer(Side::client, data), data);
  EXPECT_EQ(second.transfer(Side::server, data), data);
  EXPECT_TRUE(second.close());
  EXPECT_EQ(options.server->counters->hits, 1);
  EXPECT_EQ(options.server->counters->accept_good, 2);
  // The short order of RFC 2246 section 7.3, figure 2: nothing between the hellos and the keys.
  ASSERT_EQ(second.server_seen.messages.size(), 6u);
  EXPECT_EQ(second.server_seen.messages[2].step, Step::change_cipher_spec);
  EXPECT_EQ(second.server_seen.messages[2].from, Side::server);
}

TEST(Suites, there_are_as_many_as_openssl_1_0_1_negotiates_without_psk_and_srp) {
  const auto count = [](ProtocolVersion first) {
    const CipherList later = later_suites();
    return std::ranges::count_if(
        later, [first](const CipherSuite* s) { return s->selectable && s->first == first; });
  };
  EXPECT_EQ(count(ProtocolVersion::ssl30), 66);
  EXPECT_EQ(count(ProtocolVersion::tls12), 33);
}

std::vector<const CipherSuite*> list(std::string_view names) { return *parse_cipher_list(names); }

const Identity& rsa() { return era_identity(KeyType::rsa, KeyType::rsa); }
const Identity& dsa() { return era_identity(KeyType::dsa, KeyType::dsa); }
const Identity& ec() { return era_identity(KeyType::ec, KeyType::ec); }

/// These bytes stand somewhere in what the server has sent.
bool server_said(Pair& p, const Bytes& what) {
  const Bytes& log = p.wire_from(Side::server).log;
  return std::search(log.begin(), log.end(), what.begin(), what.end()) != log.end();
}

/// A server with one of each kind, and a client that takes what it gets.
struct Both {
  std::shared_ptr<Config> client = std::make_shared<Config>();
  std::shared_ptr<Config> server = std::make_shared<Config>();
  explicit Both(ProtocolVersion v = kTls) {
    client->versions = server->versions = {v};
    client->suites = server->suites = list("ALL:!SSLv2");
    server->identities = {rsa(), dsa(), ec()};
  }
  Pair pair() const { return Pair{{.client = client, .server = server}}; }
};

TEST(SeveralIdentities, the_server_picks_by_suite) {
  const std::pair<std::string_view, const Identity*> cases[]{
      {"AES128-SHA", &rsa()},           {"DHE-RSA-AES128-SHA", &rsa()},
      {"DHE-DSS-AES128-SHA", &dsa()},   {"ECDHE-ECDSA-AES128-SHA", &ec()},
      {"ECDHE-RSA-AES128-SHA", &rsa()}, {"ECDH-ECDSA-AES128-SHA", &ec()},
  };
  for (const auto& [name, identity] : cases) {
    Both b;
    b.client->suites = list(name);
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << name;
    EXPECT_EQ(p.client.peer_chain().front(), identity->chain.front()) << name;
  }
}

TEST(SeveralIdentities, a_suite_without_its_certificate_is_passed_over) {
  Both b;
  b.server->identities = {dsa()};
  b.client->suites = list("AES256-SHA:ECDHE-ECDSA-AES256-SHA:DHE-DSS-AES128-SHA");
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "DHE-DSS-AES128-SHA");
}

TEST(SeveralIdentities, static_ecdh_asks_who_signed_the_certificate) {
  Both b;
  b.server->identities = {ec()};
  b.client->suites = list("ECDH-RSA-AES128-SHA");
  Pair p = b.pair();
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::no_shared_cipher);
}

TEST(Groups, the_first_of_the_servers_that_the_client_has_is_taken) {
  Both b;
  b.client->suites = list("ECDHE-RSA-AES128-SHA");
  b.client->groups = {NamedGroup::secp521r1, NamedGroup::secp384r1};
  b.server->groups = {NamedGroup::secp256r1, NamedGroup::secp384r1, NamedGroup::secp521r1};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(server_said(p, Bytes{3, 0, 24, 97}))
      << "named_curve secp384r1 with a point of 97 bytes";
}

TEST(Groups, each_of_them_works) {
  for (const NamedGroup g : kNamedGroups) {
    Both b;
    b.client->suites = list("AECDH-AES128-SHA");
    b.server->groups = {g};
    Pair p = b.pair();
    EXPECT_TRUE(p.run()) << named_group_name(g);
  }
}

TEST(Groups, without_a_common_one_there_is_no_ecdhe) {
  Both b;
  b.client->suites = list("ECDHE-RSA-AES128-SHA:AES128-SHA");
  b.client->groups = {NamedGroup::secp521r1};
  b.server->groups = {NamedGroup::secp256r1};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "AES128-SHA");
}

TEST(Groups, a_certificate_on_a_curve_the_client_lacks_is_not_used) {
  Both b;
  b.client->suites = list("ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA");
  b.client->groups = {NamedGroup::secp384r1};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "ECDHE-RSA-AES128-SHA");
}

TEST(Groups, ssl_3_0_names_none_and_gets_p_256) {
  Both b{kSsl};
  b.client->suites = list("ECDHE-RSA-AES128-SHA");
  b.server->groups = {NamedGroup::secp384r1, NamedGroup::secp256r1};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(server_said(p, Bytes{3, 0, 23, 65}));
}

TEST(Groups, the_prime_is_as_strong_as_the_key_that_signs_it) {
  for (const auto& [bits, wanted] :
       {std::pair<std::size_t, std::size_t>{512, 1024}, {1536, 1536}}) {
    SeededRng rng{bits};
    const PrivateKey key = *PrivateKey::generate_rsa(rng, bits);
    const CertificateRequest request{.not_before = kNow - 1, .not_after = kNow + 1, .hash = "sha1"};
    Both b;
    b.server->identities = {{{*issue_certificate(rng, request, key)}, key}};
    b.client->suites = list("DHE-RSA-AES128-SHA");
    Pair p = b.pair();
    ASSERT_TRUE(p.run());
    const std::size_t size = wanted / 8;
    EXPECT_TRUE(server_said(p, Bytes{static_cast<std::uint8_t>(size >> 8),
                                     static_cast<std::uint8_t>(size), 0xff, 0xff, 0xff, 0xff}));
  }
}

TEST(Groups, parameters_of_our_own_take_the_place_of_the_well_known_ones) {
  SeededRng rng{4};
  Both b;
  b.server->dh_parameters = *DhParameters::generate(rng, 512);
  b.client->suites = list("ADH-AES128-SHA");
  Pair refused = b.pair();
  EXPECT_FALSE(refused.run());
  ASSERT_NE(refused.client.failure(), nullptr);
  EXPECT_EQ(refused.client.failure()->code, Errc::dh_key_too_small);
  b.client->min_dh_bits = 512;
  Pair taken = b.pair();
  EXPECT_TRUE(taken.run());
  for (const Recorder* seen : {&taken.client_seen, &taken.server_seen})
    EXPECT_EQ(std::ranges::count_if(seen->weaknesses,
                                    [](const std::string& w) {
                                      return w.find("prime is shorter") != std::string::npos;
                                    }),
              1);
}

TEST(Export, a_certificate_of_512_bits_needs_no_temporary_key) {
  SeededRng rng{9};
  const PrivateKey key = *PrivateKey::generate_rsa(rng, 512);
  const CertificateRequest request{.not_before = kNow - 1, .not_after = kNow + 1, .hash = "sha1"};
  for (const bool is_short : {false, true}) {
    Both b;
    if (is_short) b.server->identities = {{{*issue_certificate(rng, request, key)}, key}};
    b.client->suites = list("EXP-RC4-MD5");
    Pair p = b.pair();
    ASSERT_TRUE(p.run());
    const auto sent = std::ranges::count(p.client_seen.messages, Step::server_key_exchange,
                                         &Recorder::Seen::step);
    EXPECT_EQ(sent, is_short ? 0 : 1);
  }
}

TEST(Export, a_temporary_key_lives_for_one_handshake) {
  Both b;
  b.client->suites = list("EXP-RC4-MD5");
  Pair first{{.client = b.client, .server = b.server, .seed = 1}};
  Pair second{{.client = b.client, .server = b.server, .seed = 2}};
  ASSERT_TRUE(first.run() && second.run());
  const auto params = [](const Pair& p) {
    const ByteView log{p.from_server.log};
    return to_bytes(log.subspan(log.size() - 300));
  };
  EXPECT_NE(params(first), params(second));
}

TEST(Anonymous, whoever_insists_on_a_certificate_neither_offers_nor_takes_it) {
  Both b;
  b.client->suites = list("ADH-AES128-SHA:AES128-SHA");
  b.client->trust.add(rsa().chain.back());
  b.client->verify_mode = VerifyMode::required;
  Pair as_client = b.pair();
  ASSERT_TRUE(as_client.run());
  EXPECT_EQ(as_client.client.suite()->openssl_name, "AES128-SHA");

  Both c;
  c.client->suites = list("ADH-AES128-SHA:AES128-SHA");
  c.client->identities = {rsa()};
  c.server->trust.add(rsa().chain.back());
  c.server->verify_mode = VerifyMode::required;
  Pair as_server = c.pair();
  ASSERT_TRUE(as_server.run());
  EXPECT_EQ(as_server.client.suite()->openssl_name, "AES128-SHA");
}

TEST(Anonymous, with_nothing_else_to_offer_there_is_no_hello) {
  Both b;
  b.client->suites = list("ADH-AES128-SHA");
  b.client->verify_mode = VerifyMode::required;
  Pair p = b.pair();
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::no_ciphers_available);
  EXPECT_TRUE(p.client_seen.messages.empty());
}

TEST(Anonymous, a_certificate_is_then_nobodys_to_ask_for) {
  Both b;
  b.client->suites = list("ADH-AES128-SHA");
  b.server->verify_mode = VerifyMode::optional;
  b.client->verify_mode = VerifyMode::optional;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(p.client.peer_chain().empty());
  EXPECT_TRUE(std::ranges::none_of(p.client_seen.messages, [](const auto& m) {
    return m.step == Step::certificate_request || m.step == Step::certificate;
  }));
}

class ClientKeys : public testing::TestWithParam<std::tuple<ProtocolVersion, KeyType>> {};
INSTANTIATE_TEST_SUITE_P(Kinds, ClientKeys,
                         testing::Combine(testing::ValuesIn(all_versions()),
                                          testing::Values(KeyType::rsa, KeyType::dsa, KeyType::ec)),
                         [](const auto& i) {
                           return test_name(std::get<0>(i.param)) + "_" +
                                  std::string{key_type_name(std::get<1>(i.param))};
                         });

// RFC 4492 adds ecdsa_sign to the types of TLS; SSL 3.0 has no number for it.
TEST_P(ClientKeys, prove_themselves_in_certificate_verify) {
  const auto [version, type] = GetParam();
  Both b{version};
  b.client->identities = {era_identity(type, type)};
  b.server->trust.add(era_identity(type, type).chain.back());
  b.server->verify_mode = VerifyMode::required;
  Pair p = b.pair();
  const bool asked_for = version != kSsl || type != KeyType::ec;
  EXPECT_EQ(p.run(), asked_for);
  if (asked_for)
    EXPECT_EQ(p.server.peer_chain().front(), b.client->identities.front().chain.front());
  else
    EXPECT_EQ(p.server.failure()->code, Errc::peer_did_not_return_certificate);
}

TEST(Randomness, when_it_runs_dry_no_signature_leaves) {
  for (const std::string_view suite :
       {"DHE-DSS-AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-SHA", "EXP-RC4-MD5"}) {
    Both b;
    b.client->suites = list(suite);
    FixedClock clock{kNow};
    SeededRng client_rng{1};
    bool finished = false;
    for (std::size_t draws = 0; !finished && draws < 200; ++draws) {
      FailingRng rng{3, draws};
      Recorder seen;
      Connection client = Connection::client(b.client, {}, {client_rng, clock, nullptr});
      Connection server = Connection::server(b.server, {rng, clock, &seen});
      server.feed(client.outgoing());
      finished = server.failure() == nullptr;
      EXPECT_EQ(finished, std::ranges::count(seen.messages, Step::server_key_exchange,
                                             &Recorder::Seen::step) == 1);
      if (finished) break;
      EXPECT_EQ(server.failure()->code, Errc::no_random) << suite << " after " << draws;
      EXPECT_TRUE(std::ranges::none_of(
          seen.messages, [](const auto& m) { return m.step == Step::server_key_exchange; }))
          << suite << " after " << draws;
    }
    EXPECT_TRUE(finished) << suite;
  }
}

TEST(OddConfigurations, suites_parley_does_not_speak_are_neither_offered_nor_chosen) {
  Both b;
  b.server->suites = {find_cipher_suite("SRP-RSA-AES-128-CBC-SHA"),
                      find_cipher_suite("AES128-SHA")};
  b.client->suites = b.server->suites;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "AES128-SHA");
  EXPECT_FALSE(server_said(p, Bytes{0xc0, 0x1e}));
}

TEST(OddConfigurations, an_identity_without_certificates_is_none) {
  Both b;
  b.server->identities = {{{}, rsa().key}};
  b.client->suites = list("AES128-SHA");
  Pair p = b.pair();
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.server.failure()->code, Errc::no_shared_cipher);
}

TEST(OddConfigurations, without_groups_there_are_no_curves_and_no_extensions_for_them) {
  Both b;
  b.client->suites = list("ECDHE-RSA-AES128-SHA:AES128-SHA");
  b.client->groups = {};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "AES128-SHA");
}

TEST(Groups, who_cannot_name_its_curves_does_not_get_x25519) {
  Both b{kSsl};
  b.client->suites = list("ECDHE-RSA-AES128-SHA:AES128-SHA");
  b.server->groups = {NamedGroup::x25519};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "AES128-SHA");
}

// SSL 3.0 tells the server nothing about curves, so it cannot know better.
TEST(Groups, a_certificate_on_a_curve_that_is_not_configured_is_refused) {
  for (const std::string_view suite : {"ECDHE-ECDSA-AES128-SHA", "ECDH-ECDSA-AES128-SHA"}) {
    Both b{kSsl};
    b.client->suites = list(suite);
    b.client->groups = {NamedGroup::secp384r1};
    Pair p = b.pair();
    EXPECT_FALSE(p.run());
    EXPECT_EQ(p.client.failure()->code, Errc::wrong_curve) << suite;
  }
}

TEST(LongHellos, cost_no_more_than_looking_up_their_numbers) {
  Both b;
  b.client->suites = list("ECDHE-RSA-AES128-SHA");
  HelloExtensions offered;
  offered.supported_groups.emplace(4000, std::uint16_t{0x1234});
  EXPECT_TRUE(client_groups(offered)->empty());
  offered.supported_groups->push_back(24);
  offered.supported_groups->push_back(24);
  EXPECT_EQ(client_groups(offered), std::vector{NamedGroup::secp384r1});
}

TEST(WeakChoices, of_the_era_are_said_out_loud) {
  const std::pair<std::string_view, std::string_view> cases[]{
      {"EXP-DES-CBC-SHA", "export"},
      {"ADH-AES128-SHA", "anonymous"},
      {"DES-CBC-SHA", "DES"},
      {"IDEA-CBC-SHA", "IDEA"},
  };
  for (const auto& [suite, word] : cases) {
    Both b;
    b.client->suites = list(suite);
    Pair p = b.pair();
    ASSERT_TRUE(p.run()) << suite;
    EXPECT_TRUE(std::ranges::any_of(p.client_seen.weaknesses, [part = word](const std::string& w) {
      return w.find(part) != std::string::npos;
    })) << suite;
  }
}

}  // namespace
}  // namespace parley::test

// SSL 2.0 between two engines, and each engine against a peer that misbehaves.
#include <gtest/gtest.h>

#include "ssl2/client_hello.hpp"
#include "ssl2/keys.hpp"
#include "ssl2/messages.hpp"
#include "ssl2/record.hpp"
#include "support/ssl2_pair.hpp"
#include "trust/key_codec.hpp"

namespace parley::test {
namespace {

using Phase = Engine::Phase;
using ssl2::Half;

constexpr auto kClient = Side::client;
constexpr auto kServer = Side::server;

Bytes pattern(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return b;
}

CipherList all_kinds() { return *parse_cipher_list("ALL", CipherContext::sslv2); }

std::string failures(Ssl2Pair& p) {
  std::string s;
  for (const Side side : {kClient, kServer})
    s += std::string{side_name(side)} + ": " +
         (p.at(side).failure() ? p.at(side).failure()->text() : "-") + " ";
  return s;
}

Errc code_of(const Engine& e) { return e.failure() ? e.failure()->code : Errc::count_; }

class Ssl2Kinds : public testing::TestWithParam<const CipherSuite*> {};
INSTANTIATE_TEST_SUITE_P(All, Ssl2Kinds, testing::ValuesIn(all_kinds()), [](const auto& i) {
  std::string name{i.param->openssl_name};
  std::ranges::replace(name, '-', '_');
  return name;
});

Pair::Options options(std::string_view kinds = "ALL") {
  return {.client = ssl2_config(kClient, kinds), .server = ssl2_config(kServer, kinds)};
}

TEST_P(Ssl2Kinds, agree_move_data_both_ways_and_are_resumed) {
  auto client = ssl2_config(kClient), server = ssl2_config(kServer);
  client->suites = {GetParam()};
  Pair::Options o{.client = client, .server = server};
  Ssl2Pair first{o};
  ASSERT_TRUE(first.run()) << failures(first);
  const Bytes data = pattern(100000);
  EXPECT_EQ(first.transfer(kClient, data), data);
  EXPECT_EQ(first.transfer(kServer, data), data);
  for (const Side s : {kClient, kServer}) {
    const Engine::Outcome& out = first.at(s).outcome();
    EXPECT_EQ(out.version, ProtocolVersion::ssl20);
    EXPECT_EQ(out.suite, GetParam());
    EXPECT_FALSE(out.resumed);
    ASSERT_NE(out.session, nullptr);
    EXPECT_EQ(out.session->data().id.size(), 16u);
  }
  EXPECT_TRUE(first.client->outcome().peer_verified);
  EXPECT_EQ(first.client->outcome().peer_chain.size(), 1u);
  EXPECT_EQ(first.client->outcome().session->data().key_arg,
            first.server->outcome().session->data().key_arg);

  o.resume = first.client->outcome().session;
  o.seed = 7;
  Ssl2Pair second{o};
  ASSERT_TRUE(second.run()) << failures(second);
  EXPECT_TRUE(second.client->outcome().resumed && second.server->outcome().resumed);
  EXPECT_TRUE(second.client->outcome().peer_verified);
  EXPECT_EQ(second.client->outcome().suite, GetParam());
  EXPECT_EQ(second.transfer(kClient, data), data);
  EXPECT_EQ(second.transfer(kServer, data), data);
  // What begins is counted by Connection, for every engine once.
  EXPECT_EQ(server->counters->accept, 0);
  EXPECT_EQ(server->counters->accept_good, 2);
  EXPECT_EQ(server->counters->hits, 1);
  EXPECT_EQ(client->counters->connect, 0);
  EXPECT_EQ(client->counters->connect_good, 2);
  EXPECT_EQ(server->sessions->size(), 1u);
}

TEST_P(Ssl2Kinds, arrive_byte_by_byte) {
  Pair::Options o = options();
  auto client = ssl2_config(kClient);
  client->suites = {GetParam()};
  o.client = client;
  Ssl2Pair p{o};
  p.from_client.piece = p.from_server.piece = 1;
  ASSERT_TRUE(p.run()) << failures(p);
  const Bytes data = pattern(3000);
  EXPECT_EQ(p.transfer(kClient, data), data);
  EXPECT_EQ(p.transfer(kServer, data), data);
}

TEST_P(Ssl2Kinds, take_client_certificates) {
  auto client = ssl2_config(kClient), server = ssl2_config(kServer);
  client->suites = {GetParam()};
  client->identities = {client_identity()};
  server->verify_mode = VerifyMode::required;
  Pair::Options o{.client = client, .server = server};
  Ssl2Pair p{o};
  ASSERT_TRUE(p.run()) << failures(p);
  EXPECT_TRUE(p.server->outcome().peer_verified);
  ASSERT_EQ(p.server->outcome().peer_chain.size(), 1u);
  EXPECT_EQ(p.server->outcome().peer_chain.front(), client_identity().chain.front());
  // A resumed session remembers who it was.
  o.resume = p.client->outcome().session;
  Ssl2Pair again{o};
  ASSERT_TRUE(again.run()) << failures(again);
  EXPECT_TRUE(again.server->outcome().resumed && again.server->outcome().peer_verified);
  EXPECT_EQ(again.server->outcome().peer_chain.front(), client_identity().chain.front());
}

TEST_P(Ssl2Kinds, every_byte_of_the_encrypted_part_matters) {
  for (std::size_t at = 0; at < 60; at += 7) {
    auto client = ssl2_config(kClient);
    client->suites = {GetParam()};
    Pair::Options o = options();
    o.client = client;
    Ssl2Pair p{o};
    std::size_t seen = 0;
    p.from_server.tamper = [&](Bytes& piece) {
      // The last bytes of each delivery belong to SERVER-VERIFY or SERVER-FINISHED.
      if (seen++ > 0 && piece.size() > at) piece[piece.size() - 1 - at] ^= 1;
    };
    EXPECT_FALSE(p.run()) << at;
    p.client->end_of_stream();  // a longer length makes it wait for more
    EXPECT_NE(p.client->failure(), nullptr);
  }
}

// ---- choosing --------------------------------------------------------------------------------

TEST(Ssl2, the_client_chooses_by_its_own_order_unless_told_to_follow_the_server) {
  Pair::Options o = options();
  o.client = ssl2_config(kClient, "RC4-MD5:DES-CBC3-MD5");
  o.server = ssl2_config(kServer, "DES-CBC3-MD5:IDEA-CBC-MD5:RC4-MD5");
  Ssl2Pair p{o};
  ASSERT_TRUE(p.run()) << failures(p);
  EXPECT_EQ(p.client->outcome().suite->openssl_name, "RC4-MD5");
  ASSERT_EQ(p.server->outcome().shared_suites.size(), 2u);
  EXPECT_EQ(p.server->outcome().shared_suites.front()->openssl_name, "RC4-MD5");

  auto client = ssl2_config(kClient, "RC4-MD5:DES-CBC3-MD5");
  auto server = ssl2_config(kServer, "DES-CBC3-MD5:IDEA-CBC-MD5:RC4-MD5");
  client->prefer_server_suites = server->prefer_server_suites = true;
  Ssl2Pair q{{.client = client, .server = server}};
  ASSERT_TRUE(q.run());
  EXPECT_EQ(q.client->outcome().suite->openssl_name, "DES-CBC3-MD5");
}

TEST(Ssl2, with_nothing_in_common_the_client_says_so) {
  Pair::Options o = options();
  o.client = ssl2_config(kClient, "RC4-MD5");
  o.server = ssl2_config(kServer, "DES-CBC3-MD5");
  Ssl2Pair p{o};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(code_of(*p.client), Errc::no_cipher_list);
  EXPECT_EQ(p.client->failure()->text().substr(0, 14), "no cipher list");
  EXPECT_EQ(code_of(*p.server), Errc::peer_error_no_cipher);
  EXPECT_EQ(p.server->failure()->text().substr(0, 20), "peer error no cipher");
}

TEST(Ssl2, a_client_without_kinds_and_a_server_without_certificate_cannot_begin) {
  auto client = ssl2_config(kClient);
  client->suites = *parse_cipher_list("AES128-SHA", CipherContext::sslv3);
  Ssl2Pair p{{.client = client, .server = ssl2_config(kServer)}};
  EXPECT_EQ(code_of(*p.client), Errc::no_ciphers_available);
  EXPECT_TRUE(p.client->outgoing().empty());

  auto server = ssl2_config(kServer);
  server->identities.clear();
  Ssl2Pair q{{.client = ssl2_config(kClient), .server = server}};
  EXPECT_FALSE(q.run());
  EXPECT_EQ(code_of(*q.server), Errc::no_certificate);
  EXPECT_EQ(code_of(*q.client), Errc::peer_error_no_certificate);
}

TEST(Ssl2, something_else_is_told_apart_by_its_first_bytes_and_not_answered) {
  for (const Bytes& b :
       {Bytes{0x16, 3, 1, 0, 5}, Bytes{'G', 'E', 'T', ' ', '/'}, Bytes{0x15, 3, 0, 0, 2, 2, 40},
        Bytes{0x80, 20, 9, 0, 2}, Bytes{0x00, 40, 0, 1}}) {
    for (const Side s : {kClient, kServer}) {
      Ssl2Pair p{options()};
      Engine& e = p.at(s);
      e.sent(e.outgoing().size());
      e.feed(b);
      EXPECT_EQ(code_of(e), Errc::non_sslv2_initial_packet) << to_hex(b);
      EXPECT_TRUE(e.outgoing().empty());
      EXPECT_EQ(e.feed(b), 0u);
    }
  }
}

// ---- verification ----------------------------------------------------------------------------

TEST(Ssl2, a_server_nobody_vouches_for_is_refused_and_told) {
  auto client = ssl2_config(kClient);
  client->trust = TrustStore{};
  Ssl2Pair p{{.client = client, .server = ssl2_config(kServer)}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(code_of(*p.client), Errc::unknown_ca);
  ASSERT_TRUE(p.client->outcome().verify_error);
  EXPECT_EQ(p.client->outcome().peer_chain.size(), 1u);
  EXPECT_EQ(code_of(*p.server), Errc::peer_error_certificate);

  client = ssl2_config(kClient);
  client->trust = TrustStore{};
  client->verify_mode = VerifyMode::none;
  Ssl2Pair q{{.client = client, .server = ssl2_config(kServer)}};
  ASSERT_TRUE(q.run());
  EXPECT_FALSE(q.client->outcome().peer_verified);
}

TEST(Ssl2, the_override_has_the_last_word) {
  auto client = ssl2_config(kClient);
  client->trust = TrustStore{};
  client->verify_override = [](const Status& verdict, std::span<const Certificate> chain) {
    EXPECT_FALSE(verdict);
    EXPECT_EQ(chain.size(), 1u);
    return Status{};
  };
  Ssl2Pair p{{.client = client, .server = ssl2_config(kServer)}};
  ASSERT_TRUE(p.run()) << failures(p);
  EXPECT_TRUE(p.client->outcome().peer_verified);
  EXPECT_TRUE(p.client->outcome().verify_error);
}

TEST(Ssl2, a_client_without_certificate_passes_where_it_is_optional_only) {
  auto server = ssl2_config(kServer);
  server->verify_mode = VerifyMode::optional;
  Ssl2Pair p{{.client = ssl2_config(kClient), .server = server}};
  ASSERT_TRUE(p.run()) << failures(p);
  EXPECT_FALSE(p.server->outcome().peer_verified);
  EXPECT_TRUE(p.server->outcome().peer_chain.empty());

  server = ssl2_config(kServer);
  server->verify_mode = VerifyMode::required;
  Ssl2Pair q{{.client = ssl2_config(kClient), .server = server}};
  EXPECT_FALSE(q.run());
  EXPECT_EQ(code_of(*q.server), Errc::peer_error_no_certificate);
  EXPECT_EQ(code_of(*q.client), Errc::peer_error_certificate);
}

TEST(Ssl2, a_client_certificate_of_strangers_is_refused) {
  auto client = ssl2_config(kClient), server = ssl2_config(kServer);
  client->identities = {era_identity(KeyType::rsa, KeyType::rsa)};
  server->verify_mode = VerifyMode::optional;
  Ssl2Pair p{{.client = client, .server = server}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(code_of(*p.server), Errc::unknown_ca);
  EXPECT_EQ(code_of(*p.client), Errc::peer_error_certificate);
}

TEST(Ssl2, a_client_with_the_wrong_key_for_its_certificate_is_refused) {
  auto client = ssl2_config(kClient), server = ssl2_config(kServer);
  client->identities = {{client_identity().chain, server_identity().key}};
  server->verify_mode = VerifyMode::required;
  Ssl2Pair p{{.client = client, .server = server}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(code_of(*p.server), Errc::bad_signature);
  EXPECT_FALSE(p.server->outcome().peer_verified);
}

// ---- sessions --------------------------------------------------------------------------------

TEST(Ssl2, a_session_is_resumed_only_where_it_belongs) {
  const Pair::Options made = options();
  Ssl2Pair first{made};
  ASSERT_TRUE(first.run());
  const auto session = first.client->outcome().session;
  const auto resumed = [&](std::shared_ptr<Config> c, std::shared_ptr<Config> s) {
    Pair::Options o = made;
    if (c) o.client = c;
    if (s) o.server = s;
    o.resume = session;
    o.seed = 9;
    Ssl2Pair p{o};
    EXPECT_TRUE(p.run()) << failures(p);
    EXPECT_EQ(p.client->outcome().resumed, p.server->outcome().resumed);
    return p.server->outcome().resumed;
  };
  EXPECT_TRUE(resumed(nullptr, nullptr));
  EXPECT_FALSE(resumed(ssl2_config(kClient), nullptr));  // another scope
  auto server = std::make_shared<Config>(*made.server);
  server->session_scope = std::make_shared<char>();
  EXPECT_FALSE(resumed(nullptr, server));
  server = std::make_shared<Config>(*made.server);
  server->suites = *parse_cipher_list("RC4-MD5", CipherContext::sslv2);  // not its kind
  EXPECT_FALSE(resumed(nullptr, server));
  server = std::make_shared<Config>(*made.server);
  server->sessions = nullptr;
  EXPECT_FALSE(resumed(nullptr, server));
  server = std::make_shared<Config>(*made.server);
  server->sessions = std::make_shared<SessionCache>(300);
  const long misses = server->counters->misses;
  EXPECT_FALSE(resumed(nullptr, server));
  EXPECT_EQ(server->counters->misses, misses + 1);
  EXPECT_TRUE(resumed(nullptr, nullptr));
  session->revoke();
  EXPECT_FALSE(resumed(nullptr, nullptr));
}

TEST(Ssl2, an_end_of_stream_leaves_the_session_and_a_forgery_takes_it) {
  Pair::Options o = options();
  Ssl2Pair p{o};
  ASSERT_TRUE(p.run());
  const auto session = p.server->outcome().session;
  p.server->end_of_stream();
  EXPECT_EQ(code_of(*p.server), Errc::unexpected_eof);
  EXPECT_FALSE(session->revoked());
  EXPECT_EQ(o.server->sessions->size(), 1u);

  o.seed = 3;
  Ssl2Pair q{o};
  ASSERT_TRUE(q.run());
  EXPECT_EQ(o.server->sessions->size(), 2u);
  const auto other = q.server->outcome().session;
  Bytes forged{0x80, 32};
  forged.resize(34);
  q.server->feed(forged);
  EXPECT_EQ(code_of(*q.server), Errc::bad_record_mac);
  EXPECT_TRUE(q.server->outgoing().empty());
  EXPECT_TRUE(other->revoked());
  EXPECT_EQ(o.server->sessions->size(), 1u);
}

// ---- the end, and the bounds -----------------------------------------------------------------

// There is no way to other keys, so the soft limit says nothing (SWEET32).
TEST(Ssl2, a_limit_of_the_keys_is_the_end_alone) {
  for (const std::string_view kind : {"DES-CBC3-MD5", "RC4-MD5"}) {
    auto client = ssl2_config(Side::client, kind), server = ssl2_config(Side::server, kind);
    for (const auto& c : {client, server})
      c->key_limits.blocks_of_64_bits = {.renegotiate_after = 2'000, .end_after = 20'000};
    Ssl2Pair p({.client = client, .server = server});
    ASSERT_TRUE(p.run());
    const Bytes data = pattern(5'000);
    for (const Side s : {Side::client, Side::server, Side::client})
      EXPECT_EQ(p.transfer(s, data), data);
    EXPECT_EQ(p.transfer(Side::server, pattern(6'000)).size(), 6'000u);
    const Bytes beyond = p.transfer(Side::server, data);
    if (kind == "RC4-MD5") {
      EXPECT_EQ(beyond, data) << "another limit";
      continue;
    }
    EXPECT_EQ(beyond.size(), 0u);
    ASSERT_NE(p.server->failure(), nullptr);
    EXPECT_EQ(p.server->failure()->code, Errc::key_limit_reached);
  }
}

TEST(Ssl2, close_says_nothing_and_waits_for_nothing) {
  Ssl2Pair p{options()};
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client->renegotiate().error().code, Errc::renegotiation_refused);
  ASSERT_TRUE(p.client->close());
  EXPECT_EQ(p.client->phase(), Phase::closed);
  EXPECT_TRUE(p.client->outgoing().empty());
  EXPECT_EQ(p.client->write(pattern(1)).error().code, Errc::not_open);
  EXPECT_EQ(p.client->feed(pattern(9)), 0u);
  p.client->end_of_stream();
  EXPECT_EQ(p.client->failure(), nullptr);
}

TEST(Ssl2, what_nobody_reads_is_not_taken) {
  Ssl2Pair p{options("RC4-MD5")};
  ASSERT_TRUE(p.run());
  std::size_t taken = 0, written = 0;
  for (int i = 0; i < 100; ++i) {
    written += *p.client->write(pattern(16000));
    const ByteView out = p.client->outgoing();
    const std::size_t n = p.server->feed(out);
    taken += n;
    p.client->sent(n);
    if (n == 0) break;
  }
  EXPECT_LT(taken, 200000u);
  EXPECT_GT(written, 0u);
  EXPECT_EQ(p.server->failure(), nullptr);
}

TEST(Ssl2, an_onlooker_hears_what_is_weak_about_it) {
  Ssl2Pair p{options("RC4-MD5")};
  ASSERT_TRUE(p.run());
  // Three of SSL 2.0 itself, RC4, and no forward secrecy.
  EXPECT_EQ(p.server_seen.weaknesses.size(), 5u);
  EXPECT_EQ(p.server_seen.decisions.size(), 2u);  // version and cipher
  EXPECT_FALSE(p.client_seen.messages.empty());
}

TEST(Ssl2, a_server_may_choose_its_settings) {
  auto server = ssl2_config(kServer);
  const auto chosen = ssl2_config(kServer, "RC2-CBC-MD5");
  int asked = 0;
  server->choose_config = [&](std::string_view name) -> Result<std::shared_ptr<const Config>> {
    EXPECT_TRUE(name.empty());
    ++asked;
    return std::shared_ptr<const Config>{chosen};
  };
  Ssl2Pair p{{.client = ssl2_config(kClient), .server = server}};
  ASSERT_TRUE(p.run()) << failures(p);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(p.client->outcome().suite->openssl_name, "RC2-CBC-MD5");
}

// ---- a client that misbehaves ----------------------------------------------------------------

/// The server engine, and what a client would say to it, made by hand.
struct AgainstServer {
  SeededRng rng{3}, own{4};
  FixedClock clock{kNow};
  std::shared_ptr<Config> config;
  std::unique_ptr<Engine> server;
  Half write{}, read{};
  Bytes challenge = pattern(16);
  ssl2::ServerHello hello{};
  crypto::SecretBytes material{};
  Bytes server_said{};

  explicit AgainstServer(std::shared_ptr<Config> c = ssl2_config(kServer)) : config(c) {
    server = ssl2::make_engine(kServer, config, {rng, clock});
    server->start();
  }
  void say(ByteView message) {
    ByteQueue out;
    ASSERT_TRUE(write.seal(message, out));
    server->feed(out.view());
  }
  template <class M>
  void say(const M& m) {
    Bytes b;
    ASSERT_TRUE(build(m, b));
    say(ByteView{b});
  }
  /// The next record the server said; empty when there is none or it cannot be opened.
  Bytes hear() {
    append(server_said, server->outgoing());
    server->sent(server->outgoing().size());
    const auto h = ssl2::read_record_header(server_said);
    if (!h || !*h || server_said.size() < (*h)->size + (*h)->length) return {};
    Bytes body{server_said.begin() + static_cast<std::ptrdiff_t>((*h)->size),
               server_said.begin() + static_cast<std::ptrdiff_t>((*h)->size + (*h)->length)};
    server_said.erase(server_said.begin(),
                      server_said.begin() + static_cast<std::ptrdiff_t>((*h)->size + body.size()));
    const auto data = read.open(**h, body);
    return data ? to_bytes(*data) : Bytes{};
  }
  void greet(std::vector<std::uint32_t> kinds, std::uint16_t version = 2) {
    say(ssl2::ClientHello{.version = version,
                          .cipher_specs = std::move(kinds),
                          .session_id = {},
                          .challenge = challenge});
    const Bytes b = hear();
    if (!b.empty()) {
      ASSERT_TRUE(parse(b, hello));
    }
  }
  const crypto::RsaPublicKey& key() {
    static const auto k =
        std::get<crypto::RsaPrivateKey>(server_identity().key.impl().key).public_key();
    return k;
  }
  /// CLIENT-MASTER-KEY; afterwards keys as if `master` were the master key.
  void send_key(std::uint32_t kind, Bytes clear, Bytes encrypted, Bytes key_arg, Bytes master) {
    say(ssl2::ClientMasterKey{.cipher_kind = kind,
                              .clear_key = std::move(clear),
                              .encrypted_key = std::move(encrypted),
                              .key_arg = key_arg});
    const CipherSuite& s = *find_cipher_suite(kind);
    const std::size_t n = master.size();
    material = ssl2::key_material(master, challenge, hello.connection_id, 2 * n);
    read.set_keys(s, material.view().first(n), key_arg);
    write.set_keys(s, material.view().subspan(n), key_arg);
  }
  bool verified() {
    ssl2::ServerVerify m;
    const Bytes b = hear();
    return parse(b, m) && m.challenge == challenge;
  }
};

constexpr std::uint32_t kRc4 = 0x010080, kRc4Export = 0x020080, kDes3 = 0x0700c0, kDes = 0x060040;

TEST(Ssl2Server, serves_the_client_made_by_hand) {
  AgainstServer t;
  t.greet({kRc4});
  const Bytes master = pattern(16);
  t.send_key(kRc4, {}, *t.key().encrypt(t.own, master), {}, master);
  EXPECT_TRUE(t.verified());
  t.say(ssl2::ClientFinished{t.hello.connection_id});
  EXPECT_EQ(t.server->phase(), Phase::open);
}

TEST(Ssl2Server, refuses_a_kind_it_did_not_offer) {
  for (const std::uint32_t kind : {kDes3, kRc4Export, 0x000004u, 0x010081u}) {
    AgainstServer t{ssl2_config(kServer, "RC4-MD5:RC2-CBC-MD5")};
    t.greet({kRc4, kDes3});
    EXPECT_EQ(t.hello.cipher_specs, (std::vector<std::uint32_t>{kRc4}));
    t.say(ssl2::ClientMasterKey{.cipher_kind = kind,
                                .clear_key = {},
                                .encrypted_key = *t.key().encrypt(t.own, pattern(16)),
                                .key_arg = {}});
    EXPECT_EQ(code_of(*t.server), Errc::wrong_cipher_returned);
    EXPECT_TRUE(t.server->outgoing().empty());
  }
}

TEST(Ssl2Server, takes_clear_key_and_key_arg_of_exactly_their_length) {
  struct Case {
    std::uint32_t kind;
    std::size_t clear, secret, key_arg;
  };
  for (const Case& c : {Case{kRc4, 1, 16, 0}, Case{kRc4, 16, 16, 0}, Case{kRc4Export, 0, 5, 0},
                        Case{kRc4Export, 10, 5, 0}, Case{kRc4Export, 12, 5, 0},
                        Case{kRc4Export, 16, 5, 0}, Case{kDes3, 8, 24, 8}, Case{kDes3, 0, 24, 0},
                        Case{kDes3, 0, 24, 7}, Case{kDes3, 0, 24, 9}, Case{kRc4, 0, 16, 8}}) {
    AgainstServer t;
    t.greet({c.kind});
    t.say(ssl2::ClientMasterKey{.cipher_kind = c.kind,
                                .clear_key = pattern(c.clear),
                                .encrypted_key = *t.key().encrypt(t.own, pattern(c.secret)),
                                .key_arg = pattern(c.key_arg)});
    EXPECT_EQ(code_of(*t.server), Errc::length_out_of_range) << c.kind << " " << c.clear;
    EXPECT_TRUE(t.server->outgoing().empty());
  }
  AgainstServer t;
  t.greet({kRc4});
  t.say(ssl2::ClientMasterKey{
      .cipher_kind = kRc4, .clear_key = {}, .encrypted_key = pattern(129), .key_arg = {}});
  EXPECT_EQ(code_of(*t.server), Errc::length_out_of_range);
}

/// What the server answers to a CLIENT-MASTER-KEY, as an attacker sees it.
Bytes answer_to(std::uint32_t kind, std::size_t clear, const Bytes& encrypted,
                std::size_t key_arg = 0) {
  AgainstServer t;
  t.greet({kind});
  t.say(ssl2::ClientMasterKey{.cipher_kind = kind,
                              .clear_key = Bytes(clear, 7),
                              .encrypted_key = encrypted,
                              .key_arg = pattern(key_arg)});
  EXPECT_EQ(t.server->failure(), nullptr);
  return to_bytes(t.server->outgoing());
}

TEST(Ssl2Server, answers_a_broken_block_as_it_answers_a_sound_one) {
  AgainstServer t;
  const Bytes good = *t.key().encrypt(t.own, pattern(5));
  const Bytes wrong_length = *t.key().encrypt(t.own, pattern(16));
  Bytes broken = good;
  broken[20] ^= 1;
  const Bytes too_large(128, 0xff), zero(128, 0);
  std::size_t size = answer_to(kRc4Export, 11, good).size();
  EXPECT_GT(size, 16u);
  for (const Bytes& b : {wrong_length, broken, too_large, zero}) {
    const Bytes answer = answer_to(kRc4Export, 11, b);
    EXPECT_EQ(answer.size(), size);
    EXPECT_NE(answer, answer_to(kRc4Export, 11, good));
    // The same again for the same block: nobody who tries all 40 bits learns that it was broken.
    EXPECT_EQ(answer, answer_to(kRc4Export, 11, b));
  }
  // And the secret for one length says nothing about that for another.
  EXPECT_NE(ByteView{answer_to(kDes, 0, broken, 8)}.size(), 0u);
  EXPECT_NE(answer_to(kRc4Export, 11, broken), answer_to(kRc4Export, 11, wrong_length));
}

TEST(Ssl2Server, that_speaks_something_newer_goes_wrong_on_a_marked_block) {
  const auto try_it = [](bool newer, bool marked) {
    auto config = ssl2_config(kServer);
    if (newer) config->versions.push_back(ProtocolVersion::tls10);
    AgainstServer t{config};
    t.greet({kRc4});
    const Bytes master = pattern(16);
    const Bytes block =
        marked ? *t.key().encrypt_marked(t.own, master) : *t.key().encrypt(t.own, master);
    t.send_key(kRc4, {}, block, {}, master);
    EXPECT_EQ(t.server->failure(), nullptr);  // nothing tells before the keys are seen to differ
    const bool ok = t.verified();
    t.say(ssl2::ClientFinished{t.hello.connection_id});
    EXPECT_EQ(t.server->phase(), ok ? Phase::open : Phase::failed);
    return ok;
  };
  EXPECT_TRUE(try_it(false, false));
  EXPECT_TRUE(try_it(false, true));
  EXPECT_TRUE(try_it(true, false));
  EXPECT_FALSE(try_it(true, true));
}

TEST(Ssl2Server, refuses_messages_out_of_order) {
  {
    AgainstServer t;
    t.greet({kRc4});
    t.say(ssl2::ClientFinished{t.hello.connection_id});  // no key, nothing encrypted
    EXPECT_EQ(code_of(*t.server), Errc::unexpected_message);
  }
  {
    AgainstServer t;
    t.greet({kRc4});
    t.greet({kRc4});
    EXPECT_EQ(code_of(*t.server), Errc::unexpected_message);
  }
  {
    AgainstServer t;
    t.greet({kRc4});
    const Bytes master = pattern(16);
    t.send_key(kRc4, {}, *t.key().encrypt(t.own, master), {}, master);
    t.say(ssl2::ClientCertificate{.certificate = pattern(9), .response = pattern(9)});
    EXPECT_EQ(code_of(*t.server), Errc::unexpected_message);
  }
  {
    AgainstServer t;
    t.greet({kRc4});
    const Bytes master = pattern(16);
    t.send_key(kRc4, {}, *t.key().encrypt(t.own, master), {}, master);
    t.say(ssl2::ClientFinished{pattern(16)});  // another connection's
    EXPECT_EQ(code_of(*t.server), Errc::finished_mismatch);
  }
  {
    AgainstServer t;
    t.greet({kRc4});
    t.say(ssl2::ErrorMessage{0});
    EXPECT_EQ(code_of(*t.server), Errc::peer_alert);
  }
}

TEST(Ssl2Server, refuses_a_version_that_never_was) {
  AgainstServer t;
  t.greet({kRc4}, 1);
  EXPECT_EQ(code_of(*t.server), Errc::unsupported_protocol);
}

TEST(Ssl2Server, stops_after_too_many_empty_records) {
  AgainstServer t;
  t.greet({kRc4});
  const Bytes master = pattern(16);
  t.send_key(kRc4, {}, *t.key().encrypt(t.own, master), {}, master);
  t.say(ssl2::ClientFinished{t.hello.connection_id});
  ASSERT_EQ(t.server->phase(), Phase::open);
  for (int i = 0; i < 32; ++i) t.say(ByteView{});
  EXPECT_EQ(t.server->phase(), Phase::open);
  t.say(ByteView{});
  EXPECT_EQ(code_of(*t.server), Errc::too_many_empty_records);
}

// ---- a server that misbehaves ----------------------------------------------------------------

/// The client engine after a SERVER-HELLO of the test's making.
struct AgainstClient {
  SeededRng rng{5};
  FixedClock clock{kNow};
  std::unique_ptr<Engine> client;
  Half write{};
  ssl2::ClientHello hello{};

  explicit AgainstClient(std::shared_ptr<Config> c = ssl2_config(kClient, "RC4-MD5:DES-CBC3-MD5"),
                         std::shared_ptr<const Session> resume = nullptr) {
    client = ssl2::make_engine(kClient, c, {rng, clock}, resume);
    client->start();
    EXPECT_TRUE(parse(client->outgoing().subspan(2), hello));
    client->sent(client->outgoing().size());
  }
  template <class M>
  void say(const M& m) {
    Bytes b;
    ASSERT_TRUE(build(m, b));
    ByteQueue out;
    ASSERT_TRUE(write.seal(b, out));
    client->feed(out.view());
  }
  static ssl2::ServerHello answer() {
    return {.certificate_type = 1,
            .certificate = to_bytes(server_identity().chain.front().der()),
            .cipher_specs = {kRc4},
            .connection_id = pattern(16)};
  }
};

TEST(Ssl2Client, refuses_what_a_server_hello_must_not_say) {
  const auto refused = [](auto change) {
    AgainstClient t;
    ssl2::ServerHello m = AgainstClient::answer();
    change(m);
    t.say(m);
    return code_of(*t.client);
  };
  EXPECT_EQ(refused([](auto&) {}), Errc::count_);
  EXPECT_EQ(refused([](auto& m) { m.version = 0x0300; }), Errc::unsupported_protocol);
  EXPECT_EQ(refused([](auto& m) { m.certificate_type = 2; }), Errc::certificate_type);
  EXPECT_EQ(refused([](auto& m) { m.connection_id = pattern(15); }), Errc::length_out_of_range);
  EXPECT_EQ(refused([](auto& m) { m.connection_id = pattern(33); }), Errc::length_out_of_range);
  EXPECT_EQ(refused([](auto& m) { m.session_id_hit = true; }), Errc::session_mismatch);
  EXPECT_EQ(refused([](auto& m) { m.cipher_specs = {kDes, kRc4Export}; }), Errc::no_cipher_list);
  EXPECT_EQ(refused([](auto& m) { m.certificate.pop_back(); }), Errc::truncated);
  EXPECT_EQ(refused([](auto& m) { m.certificate.clear(); }), Errc::truncated);
  EXPECT_EQ(refused([](auto& m) {
              m.certificate = to_bytes(era_identity(KeyType::ec, KeyType::ec).chain.front().der());
            }),
            Errc::certificate_type);
}

TEST(Ssl2Client, takes_of_a_longer_list_only_what_it_offered) {
  AgainstClient t;
  ssl2::ServerHello m = AgainstClient::answer();
  m.cipher_specs = {kDes, kRc4Export, kDes3};
  t.say(m);
  ASSERT_EQ(t.client->failure(), nullptr);
  EXPECT_EQ(t.client->outcome().suite->id, kDes3);
}

TEST(Ssl2Client, refuses_a_server_that_cannot_prove_its_key) {
  AgainstClient t;
  t.say(AgainstClient::answer());
  ASSERT_EQ(t.client->failure(), nullptr);
  t.say(ssl2::ServerVerify{t.hello.challenge});  // in the clear
  EXPECT_EQ(code_of(*t.client), Errc::bad_record_mac);
}

/// With a resumed session the test knows the keys.
TEST(Ssl2Client, refuses_another_challenge_and_another_session) {
  for (const bool wrong_challenge : {true, false}) {
    const Pair::Options o = options("RC4-MD5");
    Ssl2Pair first{o};
    ASSERT_TRUE(first.run());
    const auto session = first.client->outcome().session;
    AgainstClient t{std::make_shared<Config>(*o.client), session};
    EXPECT_EQ(t.hello.session_id, session->data().id);
    t.say(ssl2::ServerHello{.session_id_hit = true,
                            .certificate = {},
                            .cipher_specs = {},
                            .connection_id = pattern(16)});
    ASSERT_EQ(t.client->failure(), nullptr);
    const auto material = ssl2::key_material(ByteView{session->data().master_secret}.first(16),
                                             t.hello.challenge, pattern(16), 32);
    t.write.set_keys(*find_cipher_suite(kRc4), material.view().first(16), {});
    t.say(ssl2::ServerVerify{wrong_challenge ? pattern(16) : t.hello.challenge});
    if (!wrong_challenge) t.say(ssl2::ServerFinished{pattern(16)});
    EXPECT_EQ(code_of(*t.client),
              wrong_challenge ? Errc::finished_mismatch : Errc::session_mismatch);
    EXPECT_FALSE(session->revoked());
  }
}

TEST(Ssl2Client, after_a_hello_for_all_versions_marks_its_block) {
  for (const std::uint16_t version : {std::uint16_t{2}, std::uint16_t{0x301}}) {
    for (const bool newer_server : {false, true}) {
      auto client = ssl2_config(kClient, "RC4-MD5"), server = ssl2_config(kServer);
      client->versions.push_back(ProtocolVersion::tls10);
      if (newer_server) server->versions.push_back(ProtocolVersion::tls10);
      SeededRng a{1}, b{2};
      FixedClock clock{kNow};
      Bytes hello;
      ASSERT_TRUE(build(ssl2::ClientHello{.version = version,
                                          .cipher_specs = {0x000004, kRc4},
                                          .session_id = {},
                                          .challenge = pattern(16)},
                        hello));
      const auto c = ssl2::make_client_after_hello(client, {a, clock}, hello);
      c->start();
      EXPECT_TRUE(c->outgoing().empty());
      EXPECT_EQ(client->counters->connect, 0);
      const auto s = ssl2::make_engine(kServer, server, {b, clock});
      s->start();
      Bytes record{0x80, static_cast<std::uint8_t>(hello.size())};
      append(record, hello);
      s->feed(record);
      for (int i = 0; i < 4; ++i) {
        c->feed(s->outgoing());
        s->sent(s->outgoing().size());
        s->feed(c->outgoing());
        c->sent(c->outgoing().size());
      }
      const bool ok = c->phase() == Phase::open && s->phase() == Phase::open;
      EXPECT_EQ(ok, !(version > 2 && newer_server)) << version << newer_server;
    }
  }
}

}  // namespace
}  // namespace parley::test

// Two engines agree, in every version, and on what they refuse. suites_test.cpp has every suite.
#include <gtest/gtest.h>

#include "parley/issue.hpp"
#include "support/pair.hpp"

namespace parley::test {
namespace {

using Phase = Connection::Phase;

const std::vector<ProtocolVersion> kVersions = all_versions();

Bytes pattern(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return b;
}

class EveryVersion : public testing::TestWithParam<ProtocolVersion> {};
INSTANTIATE_TEST_SUITE_P(Handshake, EveryVersion, testing::ValuesIn(kVersions),
                         [](const auto& i) { return test_name(i.param); });

TEST_P(EveryVersion, survives_bytes_arriving_one_by_one) {
  Pair p{{.client = client_config({GetParam()}), .server = server_config({GetParam()})}};
  p.from_client.piece = p.from_server.piece = 1;
  ASSERT_TRUE(p.run());
  const Bytes data = pattern(3000);
  EXPECT_EQ(p.transfer(Side::client, data), data);
  EXPECT_EQ(p.transfer(Side::server, data), data);
  EXPECT_TRUE(p.close());
}

TEST_P(EveryVersion, client_certificate_is_asked_for_sent_and_verified) {
  const auto client = client_config({GetParam()});
  client->identities = {client_identity()};
  const auto server = server_config({GetParam()});
  server->verify_mode = VerifyMode::required;
  Pair p{{.client = client, .server = server}};
  ASSERT_TRUE(p.run()) << (p.server.failure() ? p.server.failure()->text() : "");
  ASSERT_FALSE(p.server.peer_chain().empty());
  EXPECT_EQ(p.server.peer_chain().front(), client_identity().chain.front());
  EXPECT_TRUE(p.server.peer_verified());
}

TEST_P(EveryVersion, a_client_without_certificate_passes_when_it_is_optional) {
  const auto server = server_config({GetParam()});
  server->verify_mode = VerifyMode::optional;
  Pair p{{.client = client_config({GetParam()}), .server = server}};
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(p.server.peer_chain().empty());
  EXPECT_FALSE(p.server.peer_verified());
}

TEST_P(EveryVersion, a_client_without_certificate_is_refused_when_it_is_required) {
  const auto server = server_config({GetParam()});
  server->verify_mode = VerifyMode::required;
  Pair p{{.client = client_config({GetParam()}), .server = server}};
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::peer_did_not_return_certificate);
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_EQ(p.client.failure()->code, Errc::peer_alert);
  EXPECT_EQ(p.client.failure()->received, Alert::handshake_failure);
}

TEST(Ssl30, a_missing_client_certificate_is_a_warning_and_no_message) {
  const auto server = server_config({ProtocolVersion::ssl30});
  server->verify_mode = VerifyMode::optional;
  Pair p{{.client = client_config({ProtocolVersion::ssl30}), .server = server}};
  ASSERT_TRUE(p.run());
  const auto warned = [](const AlertEvent& a) { return a.alert == Alert::no_certificate; };
  EXPECT_TRUE(std::ranges::any_of(p.server_seen.alerts, warned));
}

TEST(Negotiation, all_versions_on_both_sides_end_in_the_newest) {
  Pair p{{.client = client_config(), .server = server_config()}};
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.version(), ProtocolVersion::tls12);
}

TEST(Negotiation, the_server_comes_down_to_what_the_client_offers_and_the_client_to_what_it_gets) {
  Pair down{{.client = client_config({ProtocolVersion::ssl30}), .server = server_config()}};
  ASSERT_TRUE(down.run());
  EXPECT_EQ(down.server.version(), ProtocolVersion::ssl30);
  Pair up{{.client = client_config(), .server = server_config({ProtocolVersion::ssl30})}};
  ASSERT_TRUE(up.run());
  EXPECT_EQ(up.client.version(), ProtocolVersion::ssl30);
}

TEST(Negotiation, versions_without_overlap_end_in_an_alert) {
  Pair p{{.client = client_config({ProtocolVersion::ssl30}),
          .server = server_config({ProtocolVersion::tls10})}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.server.failure()->code, Errc::unsupported_protocol);
  EXPECT_EQ(p.client.failure()->code, Errc::peer_alert);
  EXPECT_EQ(p.client.failure()->received, Alert::protocol_version);
}

TEST(Negotiation, a_client_refuses_a_version_it_did_not_enable) {
  Pair p{{.client = client_config({ProtocolVersion::tls10}),
          .server = server_config({ProtocolVersion::ssl30})}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.client.failure()->code, Errc::unsupported_protocol);
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::peer_alert) << "the refusal is heard as one";
  EXPECT_EQ(p.server.failure()->received, Alert::protocol_version);
}

TEST(Negotiation, no_common_suite_is_no_shared_cipher) {
  Pair p{{.client = client_config({}, "RC4-MD5"), .server = server_config({}, "AES128-SHA")}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.server.failure()->code, Errc::no_shared_cipher);
  EXPECT_EQ(p.client.failure()->received, Alert::handshake_failure);
}

TEST(Negotiation, the_client_orders_suites_unless_the_server_insists) {
  const auto client = client_config({}, "RC4-SHA:AES128-SHA");
  const auto server = server_config({}, "AES128-SHA:RC4-SHA");
  Pair p{{.client = client, .server = server}};
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.suite()->openssl_name, "RC4-SHA");
  server->prefer_server_suites = true;
  Pair q{{.client = client, .server = server}};
  ASSERT_TRUE(q.run());
  EXPECT_EQ(q.client.suite()->openssl_name, "AES128-SHA");
}

TEST(Negotiation, null_suites_are_never_chosen_by_default) {
  const auto defaults = default_cipher_list();
  for (const CipherSuite* s : defaults) EXPECT_NE(s->enc, Enc::null) << s->openssl_name;
}

TEST(Negotiation, a_server_without_a_certificate_shares_no_cipher) {
  const auto server = server_config();
  server->identities.clear();
  Pair p{{.client = client_config(), .server = server}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.server.failure()->code, Errc::no_shared_cipher);
}

TEST(Fallback, is_answered_whenever_the_server_could_do_better) {
  // RFC 7507 section 3, as a hello of 3.0 with the signalling suite: POODLE's own dance.
  for (const bool ssl30_too : {true, false}) {
    const auto server = ssl30_too ? server_config() : server_config({ProtocolVersion::tls10});
    Pair p{{.client = client_config({ProtocolVersion::ssl30}), .server = server}};
    p.from_client.tamper = [](Bytes& piece) {
      for (std::size_t i = 0; i + 1 < piece.size(); ++i)
        if (piece[i] == 0x00 && piece[i + 1] == 0xff) piece[i] = 0x56, piece[i + 1] = 0x00;
    };
    EXPECT_FALSE(p.run());
    EXPECT_EQ(p.server.failure()->code, Errc::inappropriate_fallback);
    EXPECT_EQ(p.client.failure()->received, Alert::inappropriate_fallback);
  }
}

TEST(Trust, a_client_refuses_a_chain_it_cannot_anchor_and_says_so) {
  const auto client = client_config({ProtocolVersion::tls10});
  client->trust = {};
  Pair p{{.client = client, .server = server_config()}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.client.failure()->code, Errc::unknown_ca);
  EXPECT_EQ(p.client.peer_chain().size(), 2u) << "the refused chain can still be looked at";
  EXPECT_FALSE(p.client.peer_verified());
  EXPECT_EQ(p.server.failure()->received, Alert::unknown_ca);
}

TEST(Trust, ssl30_has_no_unknown_ca_and_says_bad_certificate) {
  const auto client = client_config({ProtocolVersion::ssl30});
  client->trust = {};
  Pair p{{.client = client, .server = server_config()}};
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.server.failure()->received, Alert::bad_certificate);
}

TEST(ServerName, reaches_the_server_in_tls_and_not_in_ssl30) {
  Pair tls{{.client = client_config(), .server = server_config(), .server_name = "localhost"}};
  ASSERT_TRUE(tls.run());
  EXPECT_EQ(tls.server.server_name(), "localhost");
  Pair ssl{{.client = client_config({ProtocolVersion::ssl30}),
            .server = server_config(),
            .server_name = "localhost"}};
  ASSERT_TRUE(ssl.run());
  EXPECT_EQ(ssl.server.server_name(), "");
}

TEST(Resumption, an_unknown_session_becomes_a_full_handshake_and_a_miss) {
  const auto client = client_config();
  Pair first{{.client = client, .server = server_config()}};
  ASSERT_TRUE(first.run());
  const auto fresh = server_config();
  Pair second{{.client = client, .server = fresh, .resume = first.client.session(), .seed = 2}};
  ASSERT_TRUE(second.run());
  EXPECT_FALSE(second.client.resumed());
  EXPECT_EQ(fresh->counters->misses, 1);
}

TEST(Resumption, a_session_is_not_offered_for_another_name_or_to_a_stricter_context) {
  const auto server = server_config();
  const auto lax = client_config();
  lax->verify_mode = VerifyMode::none;
  Pair first{{.client = lax, .server = server, .server_name = "a.test"}};
  ASSERT_TRUE(first.run());
  Pair name{
      {.client = lax, .server = server, .server_name = "b.test", .resume = first.client.session()}};
  ASSERT_TRUE(name.run());
  EXPECT_FALSE(name.client.resumed());
  const auto stricter = std::make_shared<Config>(*lax);  // of the same scope
  stricter->verify_mode = VerifyMode::required;
  Pair strict{{.client = stricter,
               .server = server,
               .server_name = "a.test",
               .resume = first.client.session()}};
  ASSERT_TRUE(strict.run());
  EXPECT_FALSE(strict.client.resumed());
}

TEST(Resumption, what_one_context_verified_says_nothing_to_another) {
  const auto server = server_config();
  Pair first{{.client = client_config(), .server = server}};
  ASSERT_TRUE(first.run());
  ASSERT_TRUE(first.client.peer_verified());
  const auto trusts_nobody = client_config();
  trusts_nobody->trust = {};
  Pair second{
      {.client = trusts_nobody, .server = server, .resume = first.client.session(), .seed = 2}};
  EXPECT_FALSE(second.run());
  EXPECT_EQ(second.client.failure()->code, Errc::unknown_ca);
}

TEST(Resumption, a_server_keeps_the_sessions_of_its_contexts_apart_in_a_shared_cache) {
  const auto client = client_config();
  const auto one = server_config();
  Pair first{{.client = client, .server = one}};
  ASSERT_TRUE(first.run());
  const auto other_context = server_config();
  other_context->sessions = one->sessions;
  Pair second{
      {.client = client, .server = other_context, .resume = first.client.session(), .seed = 2}};
  ASSERT_TRUE(second.run());
  EXPECT_FALSE(second.server.resumed());
}

TEST(Resumption, neither_an_old_session_nor_an_expired_certificate_is_resumed) {
  const auto client = client_config();
  Pair first{{.client = client, .server = server_config()}};
  ASSERT_TRUE(first.run());
  const auto offers = [&](std::int64_t created, std::int64_t now) {
    Session::Data d = first.client.session()->data();
    d.created = created;
    SeededRng rng{3};
    const FixedClock clock{now};
    const Connection c =
        Connection::client(client, {}, {rng, clock}, std::make_shared<const Session>(std::move(d)));
    return c.outgoing()[43] != 0;  // the length of session_id in the hello
  };
  EXPECT_TRUE(offers(kNow - 86399, kNow));
  EXPECT_FALSE(offers(kNow - 86400, kNow));
  constexpr std::int64_t kTwentyYears = 20 * 365 * 86400LL;
  EXPECT_FALSE(offers(kNow + kTwentyYears, kNow + kTwentyYears)) << "the certificate has expired";
}

TEST(Resumption, a_client_may_not_resume_what_was_cut_short) {
  Pair p{{.client = client_config({ProtocolVersion::tls10}), .server = server_config()}};
  ASSERT_TRUE(p.run());
  const auto kept = p.client.session();
  p.client.end_of_stream();
  EXPECT_TRUE(kept->revoked());
  EXPECT_EQ(p.client.session(), nullptr);
}

// RFC 2246 section 7.2.1: "It is not required for the initiator of the close to wait for the
// responding close_notify alert". nginx never sends it.
TEST(Resumption, a_client_that_closed_first_may_resume_whatever_the_server_does_then) {
  Pair p{{.client = client_config(), .server = server_config()}};
  ASSERT_TRUE(p.run());
  const auto kept = p.client.session();
  ASSERT_TRUE(p.client.close().has_value());
  p.client.end_of_stream();
  ASSERT_NE(p.client.failure(), nullptr);
  EXPECT_FALSE(kept->revoked());
  Pair broken{{.client = client_config(), .server = server_config(), .seed = 2}};
  ASSERT_TRUE(broken.run());
  const auto lost = broken.client.session();
  ASSERT_TRUE(broken.client.close().has_value());
  broken.inject(Side::client,
                record(ContentType::application_data, ProtocolVersion::tls10, Bytes(64, 0x55)));
  EXPECT_TRUE(lost->revoked());
}

TEST(Resumption, an_onlooker_who_replays_a_session_id_does_not_end_the_session) {
  const auto client = client_config();
  const auto server = server_config();
  Pair owner{{.client = client, .server = server}};
  ASSERT_TRUE(owner.run());
  Pair onlooker{{.client = client, .server = server, .resume = owner.client.session(), .seed = 2}};
  onlooker.deliver(Side::client);
  onlooker.server.end_of_stream();
  Pair again{{.client = client, .server = server, .resume = owner.client.session(), .seed = 3}};
  ASSERT_TRUE(again.run());
  EXPECT_TRUE(again.client.resumed());
}

TEST(Resumption, a_failed_connection_takes_its_session_along) {
  const auto client = client_config({ProtocolVersion::tls10}, "AES128-SHA");
  const auto server = server_config();
  Pair first{{.client = client, .server = server}};
  ASSERT_TRUE(first.run());
  const auto session = first.client.session();
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(server->sessions->size(), 1u);
  // RFC 2246 section 7.2.2: a fatal alert invalidates the session.
  first.inject(Side::server,
               record(ContentType::application_data, ProtocolVersion::tls10, Bytes(64, 0x55)));
  EXPECT_EQ(first.server.failure()->code, Errc::bad_record_mac);
  EXPECT_EQ(server->sessions->size(), 0u);
  Pair second{{.client = client, .server = server, .resume = session, .seed = 2}};
  ASSERT_TRUE(second.run());
  EXPECT_FALSE(second.client.resumed());
}

// RFC 4346 section 7.2.1 took that back.
TEST(Resumption, from_tls_1_1_on_a_cut_connection_may_be_resumed) {
  for (const ProtocolVersion v : {ProtocolVersion::tls11, ProtocolVersion::tls12}) {
    const auto client = client_config({v});
    const auto server = server_config({v});
    Pair p{{.client = client, .server = server}};
    ASSERT_TRUE(p.run());
    const auto kept = p.client.session();
    p.client.end_of_stream();
    p.server.end_of_stream();
    EXPECT_FALSE(kept->revoked());
    Pair again{{.client = client, .server = server, .resume = kept, .seed = 2}};
    ASSERT_TRUE(again.run());
    EXPECT_TRUE(again.client.resumed());
  }
}

TEST(Resumption, a_truncated_connection_may_not_be_resumed) {
  const auto server = server_config();
  Pair p{{.client = client_config({ProtocolVersion::tls10}), .server = server}};
  ASSERT_TRUE(p.run());
  p.server.end_of_stream();
  EXPECT_EQ(p.server.failure()->code, Errc::unexpected_eof);
  EXPECT_EQ(server->sessions->size(), 0u);
}

TEST(KeyLog, has_a_line_each_for_premaster_and_master_with_the_client_random) {
  Pair p{{.client = client_config(), .server = server_config()}};
  ASSERT_TRUE(p.run());
  ASSERT_EQ(p.client_seen.key_log.size(), 2u);
  EXPECT_EQ(p.server_seen.key_log, p.client_seen.key_log);
  for (const std::string label : {"PMS_CLIENT_RANDOM ", "CLIENT_RANDOM "}) {
    const std::string& line = p.client_seen.key_log[label[0] == 'C' ? 1 : 0];
    EXPECT_EQ(line.substr(0, label.size()), label);
    // What ECDHE agrees on with P-256 is the x of a point; a master secret has 48 bytes.
    EXPECT_EQ(line.size(), label.size() + 64 + 1 + (label[0] == 'C' ? 96 : 64));
    EXPECT_EQ(line.substr(label.size(), 64), to_hex(ByteView{p.from_client.log}.subspan(11, 32)));
  }
}

TEST(Weakness, short_keys_and_md5_signatures_are_announced) {
  SeededRng rng{8};
  CertificateRequest request{.not_before = kNow - 60, .not_after = kNow + 3600, .ca = true};
  const PrivateKey root_key = *PrivateKey::generate_rsa(rng, 1024);
  request.common_name = "weak root";
  const Certificate root = *issue_certificate(rng, request, root_key);
  request = {.not_before = kNow - 60, .not_after = kNow + 3600, .hash = "md5"};
  const PrivateKey key = *PrivateKey::generate_rsa(rng, 512);
  const auto server = server_config({ProtocolVersion::tls10}, "AES128-SHA");
  server->identities = {Identity{{*issue_certificate(rng, request, key, &root, &root_key)}, key}};
  const auto client = client_config({ProtocolVersion::tls10}, "AES128-SHA");
  client->trust.add(root);
  Pair p{{.client = client, .server = server}};
  ASSERT_TRUE(p.run());
  // Of both: no forward secrecy, and the short key.
  EXPECT_EQ(p.client_seen.weaknesses.size(), 3u);
  EXPECT_EQ(p.server_seen.weaknesses.size(), 2u);
}

TEST(Weakness, choices_of_the_era_are_announced) {
  const auto seen = [](const char* suite) {
    Pair p{{.client = client_config({ProtocolVersion::ssl30}, suite), .server = server_config()}};
    EXPECT_TRUE(p.run());
    return p.client_seen.weaknesses;
  };
  // Of a stream cipher there is no padding that SSL 3.0 could leave unprotected.
  EXPECT_EQ(seen("RC4-MD5"), (std::vector<std::string>{"RC4 leaks plaintext over many connections",
                                                       "no forward secrecy"}));
  EXPECT_EQ(seen("AES128-SHA"), (std::vector<std::string>{"SSL 3.0 does not protect its padding",
                                                          "no forward secrecy"}));
}

TEST(Decisions, are_told_with_their_reasons) {
  Pair p{{.client = client_config({ProtocolVersion::tls10}, "RC4-MD5:AES128-SHA"),
          .server = server_config({ProtocolVersion::ssl30, ProtocolVersion::tls10}, "AES128-SHA")}};
  ASSERT_TRUE(p.run());
  const std::string certificate =
      "the certificate of " + server_identity().chain.front().subject()->text();
  EXPECT_EQ(p.client_seen.decisions,
            (std::vector<std::string>{
                "TLSv1: the server's choice; we offer at most TLSv1",
                "TLS_RSA_WITH_AES_128_CBC_SHA: the server's choice: number 2 of 2 that we offer"}));
  EXPECT_EQ(
      p.server_seen.decisions,
      (std::vector<std::string>{
          "TLSv1: the highest that is enabled here and in the client, which offers at most TLSv1",
          "TLS_RSA_WITH_AES_128_CBC_SHA: number 1 of 1 that both have, in the client's order",
          certificate + ": the first whose key serves the suite"}));
}

TEST(Decisions, of_a_client_that_is_asked_for_a_certificate_are_told) {
  for (const bool have : {false, true}) {
    const auto client = client_config();
    const auto server = server_config();
    server->verify_mode = VerifyMode::optional;
    if (have) client->identities = {client_identity()};
    Pair p{{.client = client, .server = server}};
    ASSERT_TRUE(p.run());
    const std::string& last = p.client_seen.decisions.back();
    EXPECT_EQ(last.find("no certificate: ") == 0, !have) << last;
    EXPECT_EQ(last.find("the certificate of ") == 0, have) << last;
  }
}

}  // namespace
}  // namespace parley::test

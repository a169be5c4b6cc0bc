// Which engine answers: hellos in the form of SSL 2.0 that ask for more (RFC 2246 appendix E).
// SSL 2.0 itself: ssl2_test.cpp.
#include <gtest/gtest.h>

#include "parley/cipher.hpp"
#include "ssl2/client_hello.hpp"
#include "support/pair.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

constexpr ProtocolVersion kSsl3 = ProtocolVersion::ssl30, kTls = ProtocolVersion::tls10;

/// A hello as an old browser wrote it: SSL 2.0's form, for `version` and below.
Bytes v2_hello(ProtocolVersion version, std::vector<std::uint32_t> specs = {0x2f, 0x0a, 0x05},
               std::size_t challenge = 16) {
  ssl2::ClientHello m;
  m.version = static_cast<std::uint16_t>(version);
  m.cipher_specs = std::move(specs);
  for (std::size_t i = 0; i < challenge; ++i)
    m.challenge.push_back(static_cast<std::uint8_t>(i + 1));
  Bytes message;
  EXPECT_TRUE(ssl2::build(m, message));
  Bytes wire{static_cast<std::uint8_t>(0x80 | message.size() >> 8),
             static_cast<std::uint8_t>(message.size())};
  append(wire, message);
  return wire;
}

TEST(FrontDoor, a_server_answers_a_v2_hello_in_the_highest_version_of_both) {
  for (const std::size_t piece : {1u, 1000u}) {
    for (const ProtocolVersion asked : {kSsl3, kTls}) {
      Pair p{{.client = client_config(), .server = server_config({kSsl3, kTls})}};
      const Bytes hello = v2_hello(asked);
      for (std::size_t at = 0; at < hello.size(); at += piece)
        p.inject(Side::server,
                 ByteView{hello}.subspan(at).first(std::min(piece, hello.size() - at)));
      ASSERT_EQ(p.server.failure(), nullptr);
      EXPECT_EQ(p.server.version(), asked);
      ServerHello m;
      ASSERT_TRUE(parse(split_records(p.server.outgoing())
                            .front()
                            .subspan(9, 100)
                            .first(split_records(p.server.outgoing()).front()[8]),
                        m));
      EXPECT_EQ(m.server_version, static_cast<std::uint16_t>(asked));
      EXPECT_EQ(m.cipher_suite, 0x2f);
    }
  }
}

TEST(FrontDoor, a_v2_hello_is_refused_where_the_setting_says_so) {
  auto server = server_config({kTls});
  server->v2_hello = false;
  Pair p{{.client = client_config(), .server = server}};
  p.inject(Side::server, v2_hello(kTls));
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::unknown_protocol);
}

TEST(FrontDoor, a_v2_hello_for_ssl2_alone_is_an_unknown_protocol_without_it) {
  Pair p{{.client = client_config(), .server = server_config({kSsl3, kTls})}};
  p.inject(Side::server, v2_hello(ProtocolVersion::ssl20, {0x010080}));
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::unknown_protocol);
}

#ifndef PARLEY_NO_SSL2
TEST(FrontDoor, versions_that_nobody_ever_spoke_are_an_unknown_protocol) {
  const std::vector all{ProtocolVersion::ssl20, kSsl3, kTls};
  for (const int version : {0x0000, 0x0001, 0x00ff, 0x0103, 0x0200, 0x0203}) {
    Pair p{{.client = client_config(), .server = server_config(all, "ALL")}};
    p.inject(Side::server, v2_hello(static_cast<ProtocolVersion>(version), {0x010080}));
    ASSERT_NE(p.server.failure(), nullptr) << version;
    EXPECT_EQ(p.server.failure()->code, Errc::unknown_protocol) << version;
  }
}

// RFC 7507 section 3, in the only words that SSL 2.0 has for it.
TEST(FrontDoor, a_client_that_came_down_to_ssl2_is_refused_by_a_better_server) {
  for (const bool better : {false, true}) {
    std::vector versions{ProtocolVersion::ssl20};
    if (better) versions.push_back(kTls);
    auto server = server_config(versions);
    const CipherList kinds = *parse_cipher_list("ALL", CipherContext::sslv2);
    server->suites.insert(server->suites.end(), kinds.begin(), kinds.end());
    auto client = client_config({ProtocolVersion::ssl20});
    client->suites = kinds;
    client->fallback = true;
    Pair p{{.client = client, .server = server}};
    EXPECT_EQ(p.run(), !better);
    if (!better) continue;
    ASSERT_NE(p.server.failure(), nullptr);
    EXPECT_EQ(p.server.failure()->code, Errc::inappropriate_fallback);
  }
}
#endif

TEST(FrontDoor, broken_v2_hellos_are_refused) {
  const auto broken = [](auto change) {
    Bytes b = v2_hello(kTls);
    change(b);
    return b;
  };
  const Bytes cases[]{
      broken([](Bytes& b) { b[6] = 8; }),                // no whole cipher specs
      broken([](Bytes& b) { b[8] = 7; }),                // a session id of seven bytes
      broken([](Bytes& b) { b[10] = 15; }),              // a short challenge
      broken([](Bytes& b) { b[10] = 17; }),              // longer than the message
      broken([](Bytes& b) { b[1] = 9, b.resize(11); }),  // nothing of what is announced
      broken([](Bytes& b) { b.push_back(0), b[1]++; }),  // one byte too many
      v2_hello(kTls, {0x010080}),                        // kinds of SSL 2.0 only
  };
  for (const Bytes& wire : cases) {
    Pair p{{.client = client_config(), .server = server_config({kSsl3, kTls})}};
    p.inject(Side::server, wire);
    EXPECT_EQ(p.server.phase(), Connection::Phase::failed);
    EXPECT_FALSE(p.server.outgoing().empty());  // an alert
  }
}

TEST(FrontDoor, before_it_has_opened_there_is_nothing_to_write_or_to_end) {
  Pair p{{.client = client_config(), .server = server_config({kSsl3, kTls})}};
  const Bytes hello = v2_hello(kTls);
  p.inject(Side::server, ByteView{hello}.first(7));
  EXPECT_EQ(p.server.phase(), Connection::Phase::handshaking);
  EXPECT_EQ(p.server.write(as_bytes("x")).error().code, Errc::not_open);
  EXPECT_EQ(p.server.renegotiate().error().code, Errc::not_open);
  EXPECT_EQ(p.server.suite(), nullptr);
  p.server.end_of_stream();
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::unexpected_eof);
  Pair q{{.client = client_config(), .server = server_config({kSsl3, kTls})}};
  q.inject(Side::server, ByteView{hello}.first(7));
  ASSERT_TRUE(q.server.close());
  EXPECT_EQ(q.server.phase(), Connection::Phase::closed);
  EXPECT_EQ(q.server.feed(hello), 0u);
}

#ifndef PARLEY_NO_SSL2
/// A client that has SSL 2.0 and its kinds switched on beside later versions.
std::shared_ptr<Config> all_versions(std::shared_ptr<Config> c) {
  c->versions = {ProtocolVersion::ssl20, kSsl3, kTls};
  c->suites = *parse_cipher_list("ALL:!aNULL", CipherContext::sslv23);
  return c;
}

TEST(FrontDoor, a_client_with_ssl2_kinds_says_all_it_can_in_one_hello) {
  for (const ProtocolVersion server : {kSsl3, kTls}) {
    Pair p{{.client = all_versions(client_config()), .server = server_config({server})}};
    const ByteView hello = p.client.outgoing();
    EXPECT_EQ(hello[0] & 0x80, 0x80);
    EXPECT_EQ(hello[2], 1);
    EXPECT_EQ(hello[3] << 8 | hello[4], static_cast<int>(kTls));
    ASSERT_TRUE(p.run());
    EXPECT_EQ(p.client.version(), server);
    EXPECT_TRUE(p.client.secure_renegotiation());
    EXPECT_EQ(std::string{as_text(p.transfer(Side::client, as_bytes("x")))}, "x");
    ASSERT_TRUE(p.client.renegotiate());
    EXPECT_TRUE(p.run());
  }
}

TEST(FrontDoor, a_name_to_send_or_a_session_to_resume_takes_the_later_form) {
  auto client = all_versions(client_config());
  Pair named{{.client = client, .server = server_config({kTls}), .server_name = "localhost"}};
  EXPECT_EQ(named.client.outgoing()[0], 0x16);
  ASSERT_TRUE(named.run());
  Pair resumed{{.client = client,
                .server = server_config({kTls}),
                .resume = named.client.session(),
                .seed = 2}};
  EXPECT_EQ(resumed.client.outgoing()[0], 0x16);
}

TEST(FrontDoor, a_server_of_all_versions_ends_in_ssl2_only_with_a_client_that_has_no_better) {
  Pair best{{.client = all_versions(client_config()), .server = all_versions(server_config())}};
  ASSERT_TRUE(best.run());
  EXPECT_EQ(best.client.version(), kTls);
  auto old = all_versions(client_config());
  old->versions = {ProtocolVersion::ssl20};
  Pair p{{.client = old, .server = all_versions(server_config())}};
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.version(), ProtocolVersion::ssl20);
  EXPECT_EQ(std::string{as_text(p.transfer(Side::server, as_bytes("x")))}, "x");
}

// OpenSSL 1.0.1 says hello with no kind, which scanners take for SSL 2.0.
TEST(FrontDoor, a_server_without_ssl2_kinds_does_not_answer_in_ssl2) {
  auto old = all_versions(client_config());
  old->versions = {ProtocolVersion::ssl20};
  auto server = all_versions(server_config());
  server->suites = *parse_cipher_list("DEFAULT");
  Pair p{{.client = old, .server = server}};
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::unknown_protocol);
  EXPECT_FALSE(p.client.version());
}

TEST(FrontDoor, an_ssl2_server_is_reached_by_a_client_of_all_versions) {
  auto server = all_versions(server_config());
  server->versions = {ProtocolVersion::ssl20};
  Pair p{{.client = all_versions(client_config()), .server = server}};
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.client.version(), ProtocolVersion::ssl20);
  EXPECT_EQ(std::string{as_text(p.transfer(Side::client, as_bytes("x")))}, "x");
}

// API 4.2: a hole in the versions switches off everything above it.
TEST(FrontDoor, without_ssl3_a_client_with_ssl2_kinds_speaks_ssl2_alone) {
  auto client = all_versions(client_config());
  client->versions = {ProtocolVersion::ssl20, kTls};
  Pair p{{.client = client, .server = all_versions(server_config())}};
  EXPECT_EQ(p.client.outgoing()[3] << 8 | p.client.outgoing()[4], 2);
}
#endif

}  // namespace
}  // namespace parley::test

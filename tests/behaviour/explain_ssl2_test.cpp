// SSL 2.0, and later versions that hide in its hello, explained.
#include <gtest/gtest.h>

#include "support/explained.hpp"
#include "support/ssl2_pair.hpp"

namespace parley::test {
namespace {

using namespace explain;

Taped tape_ssl2(Pair::Options o) {
  Taped t;
  Ssl2Pair p{std::move(o)};
  tape(p, t.flow);
  t.open = p.run();
  p.transfer(Side::client, as_bytes("ping"));
  p.transfer(Side::server, as_bytes("a longer answer"));
  t.secrets.key_log = key_log_of(p.client_seen);
  return t;
}

void expect_understood(const Explanation& e) {
  EXPECT_EQ(coverage(e).complaint, "");
  for (const Stop& s : e.stops) ADD_FAILURE() << s.text << " at " << s.offset;
  for (const Finding& f : e.findings) EXPECT_NE(f.kind, FindingKind::surprise) << f.what;
  EXPECT_EQ(e.sealed_records, 0u);
  EXPECT_EQ(e.handshakes_done, 1u);
  for (const TranscriptUse& use : e.checks) EXPECT_TRUE(use.equal.value_or(true)) << use.what;
}

TEST(ExplainSsl2, a_hello_that_a_newer_server_refuses_is_one_of_ssl2_all_the_same) {
  Flow flow;
  Pair p{{.client = ssl2_config(Side::client), .server = server_config({ProtocolVersion::tls10})}};
  tape(p, flow);
  EXPECT_FALSE(p.run());
  const Explanation e = decode(flow);
  ASSERT_FALSE(e.messages.empty());
  EXPECT_EQ(e.messages[0].summary, "a CLIENT-HELLO of SSL 2.0");
  EXPECT_EQ(e.messages[0].specification, "SSL 2.0 section 2.5");
}

std::string data_of(const Explanation& e) {
  std::string s;
  for (const Message& m : e.messages)
    if (m.kind == MessageKind::application_data) s += as_text(m.bytes);
  return s;
}

TEST(ExplainSsl2, every_kind_is_opened_by_the_key_log_and_by_the_servers_key) {
  const CipherList kinds = ssl2_config(Side::client)->suites;
  for (const CipherSuite* kind : kinds) {
    SCOPED_TRACE(kind->openssl_name);
    const auto client = ssl2_config(Side::client), server = ssl2_config(Side::server);
    client->suites = server->suites = {kind};
    const Taped t = tape_ssl2({.client = client, .server = server});
    ASSERT_TRUE(t.open);
    for (const Secrets& secrets : {t.secrets, Secrets{{}, server_identity().key}}) {
      const Explanation e = decode(t.flow, secrets);
      expect_understood(e);
      EXPECT_EQ(e.version, ProtocolVersion::ssl20);
      EXPECT_EQ(e.suite, kind);
      EXPECT_EQ(data_of(e), "pinga longer answer");
    }
    const Explanation without = decode(t.flow);
    EXPECT_EQ(coverage(without).complaint, "");
    EXPECT_TRUE(without.stops.empty());
    EXPECT_GT(without.sealed_records, 0u);
  }
}

TEST(ExplainSsl2, client_certificates_and_their_absence_are_in_order) {
  for (const bool has : {true, false}) {
    SCOPED_TRACE(has);
    const auto client = ssl2_config(Side::client), server = ssl2_config(Side::server);
    server->verify_mode = VerifyMode::optional;
    if (has) client->identities = {client_identity()};
    const Taped t = tape_ssl2({.client = client, .server = server});
    ASSERT_TRUE(t.open);
    const Explanation e = decode(t.flow, t.secrets);
    expect_understood(e);
    for (const Message& m : e.messages) EXPECT_FALSE(m.out_of_order) << m.name;
  }
}

TEST(ExplainSsl2, a_resumed_session_is_opened_by_the_key_log) {
  const auto client = ssl2_config(Side::client), server = ssl2_config(Side::server);
  Ssl2Pair first{{.client = client, .server = server}};
  ASSERT_TRUE(first.run());
  const Taped t = tape_ssl2(
      {.client = client, .server = server, .resume = first.client->outcome().session, .seed = 2});
  ASSERT_TRUE(t.open);
  const Explanation e = decode(t.flow, t.secrets);
  expect_understood(e);
  EXPECT_TRUE(e.resumed);
  EXPECT_EQ(data_of(e), "pinga longer answer");
}

TEST(ExplainSsl2, a_hello_in_the_old_form_leads_to_any_version) {
  for (const ProtocolVersion v : all_versions()) {
    SCOPED_TRACE(version_name(v));
    const auto client =
        client_config({ProtocolVersion::ssl20, ProtocolVersion::ssl30, ProtocolVersion::tls10,
                       ProtocolVersion::tls11, ProtocolVersion::tls12});
    client->suites = *parse_cipher_list("ALL", CipherContext::sslv23);
    client->session_tickets = false;
    const auto server = server_config({v});
    server->v2_hello = true;
    const Taped t = tape_connection({.client = client, .server = server});
    ASSERT_TRUE(t.open);
    ASSERT_EQ(t.flow[0].bytes[0] & 0x80, 0x80);
    const Explanation e = decode(t.flow, t.secrets);
    expect_understood(e);
    EXPECT_EQ(e.version, v);
    EXPECT_EQ(e.messages[0].kind, MessageKind::ssl2);
    EXPECT_TRUE(e.messages[0].in_transcript);
  }
}

}  // namespace
}  // namespace parley::test

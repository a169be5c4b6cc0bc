// What is said when something is wrong, what is borne and how often, and how a connection ends.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support/forger.hpp"

namespace parley::test {
namespace {

using namespace std::string_view_literals;

using Phase = Connection::Phase;

class OpenPair : public testing::TestWithParam<ProtocolVersion> {
 protected:
  OpenPair()
      : pair{{.client = client_config({GetParam()}, "NULL-SHA"),
              .server = server_config({GetParam()}, "NULL-SHA")}} {
    pair.run();
  }
  void SetUp() override { ASSERT_EQ(pair.client.phase(), Phase::open); }

  Errc server_failure() {
    return pair.server.failure() != nullptr ? pair.server.failure()->code : Errc::count_;
  }
  static Bytes alert(AlertLevel level, Alert a) {
    return {static_cast<std::uint8_t>(level), static_cast<std::uint8_t>(a)};
  }
  Pair pair;
};
INSTANTIATE_TEST_SUITE_P(Alerts, OpenPair, testing::ValuesIn(all_versions()),
                         [](const auto& i) { return test_name(i.param); });

TEST_P(OpenPair, a_fatal_alert_ends_it_and_is_not_answered) {
  Forger client{pair, Side::client};
  pair.inject(Side::server,
              client.seal(ContentType::alert, alert(AlertLevel::fatal, Alert::bad_certificate)));
  EXPECT_EQ(server_failure(), Errc::peer_alert);
  EXPECT_EQ(pair.server.failure()->received, Alert::bad_certificate);
  EXPECT_TRUE(pair.server.outgoing().empty());
}

TEST_P(OpenPair, an_application_ends_it_with_an_alert_of_its_choice) {
  const std::shared_ptr<const Session> session = pair.client.session();
  ASSERT_TRUE(pair.client.write(as_bytes("before")));
  EXPECT_EQ(pair.client.abort(Alert::close_notify).error().code, Errc::bad_argument);
  ASSERT_TRUE(pair.client.abort(Alert::decompression_failure));
  EXPECT_EQ(pair.client.phase(), Phase::failed);
  EXPECT_EQ(pair.client.failure()->text(), "TLS/SSL connection has been closed (abort)");
  EXPECT_TRUE(session->revoked());
  EXPECT_EQ(pair.client.abort(Alert::bad_certificate).error().code, Errc::closed);
  EXPECT_EQ(pair.client.write(as_bytes("after")).error().code, Errc::closed);
  pair.deliver(Side::client);
  Bytes got(10);
  EXPECT_EQ(pair.server.read(got), 6U) << "what was written before has gone before";
  EXPECT_EQ(server_failure(), Errc::peer_alert);
  EXPECT_EQ(pair.server.failure()->received, Alert::decompression_failure);
}

TEST_P(OpenPair, that_is_closed_cannot_be_aborted) {
  ASSERT_TRUE(pair.close());
  EXPECT_EQ(pair.client.abort(Alert::internal_error).error().code, Errc::not_open);
}

TEST(Abort, ends_a_handshake_and_says_the_nearest_that_the_version_has) {
  for (const auto& [v, said] : {std::pair{ProtocolVersion::ssl30, Alert::handshake_failure},
                                {ProtocolVersion::tls10, Alert::access_denied}}) {
    Pair p{{.client = client_config({v}), .server = server_config({v})}};
    p.deliver(Side::client);
    ASSERT_TRUE(p.server.abort(Alert::access_denied));
    p.deliver(Side::server);
    ASSERT_NE(p.client.failure(), nullptr);
    EXPECT_EQ(p.client.failure()->code, Errc::peer_alert);
    EXPECT_EQ(p.client.failure()->received, said);
  }
  // Before the first byte nobody knows in which protocol to say it.
  Connection unborn = Connection::server(server_config(), system_environment());
  ASSERT_TRUE(unborn.abort(Alert::access_denied));
  EXPECT_EQ(unborn.failure()->code, Errc::closed);
  EXPECT_EQ(unborn.feed(Bytes(10)), 0U);
}

TEST_P(OpenPair, bears_four_warnings_in_a_row_and_not_five) {
  Forger client{pair, Side::client};
  const Bytes warning = alert(AlertLevel::warning, Alert::user_canceled);
  for (unsigned i = 0; i < limits::kWarningAlerts; ++i)
    pair.inject(Side::server, client.seal(ContentType::alert, warning));
  EXPECT_EQ(pair.server.failure(), nullptr);
  pair.inject(Side::server, client.seal(ContentType::application_data, as_bytes("x")));
  for (unsigned i = 0; i < limits::kWarningAlerts; ++i)
    pair.inject(Side::server, client.seal(ContentType::alert, warning));
  EXPECT_EQ(pair.server.failure(), nullptr);
  pair.inject(Side::server, client.seal(ContentType::alert, warning));
  EXPECT_EQ(server_failure(), Errc::too_many_warnings);
}

TEST_P(OpenPair, bears_32_empty_records_in_a_row_and_not_33) {
  Forger client{pair, Side::client};
  for (unsigned i = 0; i < limits::kEmptyRecords; ++i)
    pair.inject(Side::server, client.seal(ContentType::application_data, {}));
  EXPECT_EQ(pair.server.failure(), nullptr);
  pair.inject(Side::server, client.seal(ContentType::application_data, {}));
  EXPECT_EQ(server_failure(), Errc::too_many_empty_records);
}

TEST_P(OpenPair, refuses_an_empty_handshake_or_alert_record) {
  for (const ContentType type : {ContentType::handshake, ContentType::alert}) {
    Pair p{{.client = client_config({GetParam()}, "NULL-SHA"),
            .server = server_config({GetParam()}, "NULL-SHA")}};
    ASSERT_TRUE(p.run());
    Forger client{p, Side::client};
    p.inject(Side::server, client.seal(type, {}));
    ASSERT_NE(p.server.failure(), nullptr);
    EXPECT_EQ(p.server.failure()->code, Errc::empty_record);
  }
}

TEST_P(OpenPair, refuses_an_alert_of_the_wrong_length_or_level) {
  for (const Bytes& body : {Bytes{1}, Bytes{1, 0, 0}, Bytes{3, 40}, Bytes{0, 0}}) {
    Pair p{{.client = client_config({GetParam()}, "NULL-SHA"),
            .server = server_config({GetParam()}, "NULL-SHA")}};
    ASSERT_TRUE(p.run());
    Forger client{p, Side::client};
    p.inject(Side::server, client.seal(ContentType::alert, body));
    ASSERT_NE(p.server.failure(), nullptr);
    EXPECT_EQ(p.server.failure()->code, Errc::bad_alert);
  }
}

TEST_P(OpenPair, takes_a_full_record_and_refuses_one_byte_more) {
  Forger client{pair, Side::client};
  pair.inject(Side::server,
              client.seal(ContentType::application_data, Bytes(limits::kPlaintext, 'a')));
  EXPECT_EQ(pair.server.failure(), nullptr);
  EXPECT_EQ(pair.server.readable(), limits::kPlaintext);
  pair.inject(Side::server,
              client.seal(ContentType::application_data, Bytes(limits::kPlaintext + 1, 'a')));
  EXPECT_EQ(server_failure(), Errc::record_overflow);
}

TEST_P(OpenPair, an_overlong_record_is_refused_as_that_whatever_follows_it) {
  Forger client{pair, Side::client};
  Bytes stream = client.seal(ContentType::application_data, Bytes(limits::kPlaintext + 1000, 'a'));
  Bytes bad = client.seal(ContentType::application_data, as_bytes("x"));
  bad.back() ^= 1;
  append(stream, bad);
  pair.inject(Side::server, stream);
  EXPECT_EQ(server_failure(), Errc::record_overflow);
  EXPECT_EQ(pair.server.readable(), 0u);
}

TEST_P(OpenPair, says_nothing_more_after_its_close_notify) {
  ASSERT_TRUE(pair.server.close().has_value());
  pair.server.sent(pair.server.outgoing().size());
  Forger client{pair, Side::client};
  const ByteView hello = split_records(pair.from_client.log).front().subspan(5);
  pair.inject(Side::server, client.seal(ContentType::handshake, hello));
  Bytes bad = client.seal(ContentType::application_data, as_bytes("x"));
  bad.back() ^= 1;
  pair.inject(Side::server, bad);
  EXPECT_EQ(server_failure(), Errc::bad_record_mac);
  EXPECT_TRUE(pair.server.outgoing().empty());
}

TEST_P(OpenPair, a_bad_mac_is_fatal_and_answered_by_bad_record_mac) {
  Bytes r = Forger{pair, Side::client}.seal(ContentType::application_data, as_bytes("hello"));
  r.back() ^= 1;
  pair.inject(Side::server, r);
  EXPECT_EQ(server_failure(), Errc::bad_record_mac);
  pair.run();
  EXPECT_EQ(pair.client.failure()->received, Alert::bad_record_mac);
  EXPECT_EQ(pair.server.readable(), 0u);
}

TEST_P(OpenPair, a_replayed_or_dropped_record_is_a_bad_mac) {
  const Bytes r = Forger{pair, Side::client}.seal(ContentType::application_data, as_bytes("pay"));
  pair.inject(Side::server, r);
  EXPECT_EQ(pair.server.failure(), nullptr);
  pair.inject(Side::server, r);
  EXPECT_EQ(server_failure(), Errc::bad_record_mac);
}

TEST_P(OpenPair, the_other_versions_record_header_is_refused) {
  Bytes r = Forger{pair, Side::client}.seal(ContentType::application_data, as_bytes("x"));
  r[2] ^= 1;
  pair.inject(Side::server, r);
  EXPECT_EQ(server_failure(), Errc::wrong_version_number);
}

TEST_P(OpenPair, failure_is_latched_and_data_before_it_is_kept) {
  Forger client{pair, Side::client};
  Bytes stream = client.seal(ContentType::application_data, as_bytes("kept"));
  append(stream, client.seal(ContentType::handshake, Bytes{99, 0, 0, 0}));
  pair.inject(Side::server, stream);
  EXPECT_EQ(server_failure(), Errc::unexpected_message);
  EXPECT_EQ(pair.server.feed(client.seal(ContentType::application_data, as_bytes("late"))), 0u);
  pair.server.end_of_stream();
  EXPECT_EQ(server_failure(), Errc::unexpected_message);
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(pair.server.read(buffer), 4u);
  EXPECT_FALSE(pair.server.write(as_bytes("x")).has_value());
}

TEST_P(OpenPair, closing_is_told_from_truncation) {
  ASSERT_TRUE(pair.client.close().has_value());
  EXPECT_EQ(pair.client.phase(), Phase::closing);
  pair.run();
  EXPECT_TRUE(pair.server.peer_closed());
  pair.server.end_of_stream();
  EXPECT_EQ(pair.server.failure(), nullptr);
  ASSERT_TRUE(pair.server.close().has_value());
  pair.run();
  EXPECT_EQ(pair.client.phase(), Phase::closed);
  EXPECT_EQ(pair.server.phase(), Phase::closed);
  EXPECT_FALSE(pair.client.write(as_bytes("x")).has_value());
}

TEST_P(OpenPair, an_end_without_close_notify_is_a_truncation) {
  pair.server.end_of_stream();
  EXPECT_EQ(server_failure(), Errc::unexpected_eof);
  EXPECT_TRUE(pair.server.outgoing().empty());
}

TEST_P(OpenPair, bytes_after_close_notify_are_left_to_their_owner) {
  ASSERT_TRUE(pair.client.close().has_value());
  Bytes stream = to_bytes(pair.client.outgoing());
  const std::size_t tls = stream.size();
  append(stream, as_bytes("plain text follows"));
  EXPECT_EQ(pair.server.feed(stream), tls);
  EXPECT_TRUE(pair.server.peer_closed());
  EXPECT_EQ(pair.server.feed(as_bytes("more")), 0u);
}

TEST_P(OpenPair, takes_no_more_than_it_can_hold_while_nobody_reads) {
  const Bytes data(1 << 20, 'd');
  std::size_t sent = 0, taken_last = 1;
  while (taken_last != 0 && sent < data.size()) {
    const Result<std::size_t> n = pair.client.write(ByteView{data}.subspan(sent));
    ASSERT_TRUE(n.has_value());
    sent += *n;
    taken_last = pair.deliver(Side::client) ? *n : 0;
  }
  EXPECT_LT(sent, data.size());
  EXPECT_LE(pair.server.readable(), limits::kInput);
  // And nothing is lost once somebody does.
  Bytes got;
  std::array<std::uint8_t, 999> buffer{};
  for (bool moved = true; moved;) {
    moved = pair.deliver(Side::client);
    while (const std::size_t n = pair.server.read(buffer)) {
      append(got, ByteView{buffer}.first(n));
      moved = true;
    }
  }
  EXPECT_EQ(got.size(), sent);
}

TEST_P(OpenPair, a_flood_of_one_byte_records_is_read_in_order_without_loss) {
  Forger client{pair, Side::client};
  Bytes stream;
  for (int i = 0; i < 1000; ++i) {
    const std::uint8_t byte[]{static_cast<std::uint8_t>(i)};
    append(stream, client.seal(ContentType::application_data, byte));
  }
  Bytes got;
  std::array<std::uint8_t, 10> buffer{};
  for (ByteView rest = stream; !rest.empty() || pair.server.readable() != 0;) {
    rest = rest.subspan(pair.server.feed(rest));
    got.insert(got.end(), buffer.begin(),
               buffer.begin() + static_cast<std::ptrdiff_t>(pair.server.read(buffer)));
    ASSERT_EQ(pair.server.failure(), nullptr);
  }
  ASSERT_EQ(got.size(), 1000u);
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<std::uint8_t>(i));
}

TEST(Split, the_first_byte_of_a_cbc_write_travels_alone_unless_switched_off) {
  for (const bool split : {true, false}) {
    const auto client = client_config({ProtocolVersion::tls10}, "AES128-SHA");
    client->split_cbc_records = split;
    Pair p{{.client = client, .server = server_config({}, "AES128-SHA")}};
    ASSERT_TRUE(p.run());
    p.transfer(Side::client, Bytes(100, 'x'));
    const auto& records = p.server_seen.application_records;
    ASSERT_EQ(records.size(), split ? 2u : 1u);
    EXPECT_EQ(records[0].second, split ? 1u : 100u);
  }
}

TEST(Split, streams_are_not_split) {
  Pair p{{.client = client_config({}, "RC4-SHA"), .server = server_config({}, "RC4-SHA")}};
  ASSERT_TRUE(p.run());
  p.transfer(Side::client, Bytes(100, 'x'));
  EXPECT_EQ(p.server_seen.application_records.size(), 1u);
}

TEST(FirstBytes, plain_http_is_named) {
  for (const std::string_view method : {"GET / HTTP/1.0\r\n", "POST /", "HEAD /", "PUT / H"}) {
    Pair p{{.client = client_config(), .server = server_config()}};
    p.inject(Side::server, as_bytes(method));
    ASSERT_NE(p.server.failure(), nullptr) << method;
    EXPECT_EQ(p.server.failure()->code, Errc::http_request);
  }
}

// The first byte may begin a hello of SSL 2.0, for a client that is not to be had.
TEST(FirstBytes, anything_else_is_an_unknown_protocol) {
  for (const std::string_view junk :
       {"SSH-2.0-OpenSSH"sv, "\x80\x2e\x01\x00\x02"sv, "EHLO mail"sv}) {
    Pair p{{.client = client_config(), .server = server_config()}};
    p.inject(Side::server, as_bytes(junk));
    ASSERT_NE(p.server.failure(), nullptr) << junk;
    EXPECT_EQ(p.server.failure()->code, Errc::unknown_protocol);
  }
}

TEST(Limits, a_handshake_message_beyond_its_limit_is_refused_by_its_header) {
  Pair p{{.client = client_config(), .server = server_config()}};
  p.inject(Side::server,
           record(ContentType::handshake, ProtocolVersion::tls10, Bytes{1, 0x01, 0x00, 0x01}));
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::message_too_long);
}

TEST(Limits, a_certificate_message_may_be_larger_but_not_endless) {
  for (const std::uint8_t middle : {std::uint8_t{0x90}, std::uint8_t{0x91}}) {
    Pair p{{.client = client_config({ProtocolVersion::tls10}), .server = server_config()}};
    p.deliver(Side::client);
    const auto flight = to_bytes(p.server.outgoing());
    const ByteView hello = split_records(flight).front();
    const std::size_t n = 4 + (std::size_t{hello[7]} << 8 | hello[8]);
    p.inject(Side::client,
             record(ContentType::handshake, ProtocolVersion::tls10, hello.subspan(5, n)));
    // 0x019000 is the limit, 102400.
    p.inject(Side::client,
             record(ContentType::handshake, ProtocolVersion::tls10, Bytes{11, 0x01, middle, 0x00}));
    EXPECT_EQ(p.client.failure() != nullptr, middle == 0x91);
  }
}

TEST(Rollback, a_premaster_with_another_version_fails_like_any_wrong_key) {
  // A man in the middle lowers client_version: the server sees SSL 3.0 in the hello and TLS 1.0
  // in the premaster secret (RFC 2246 section 7.4.7.1) and must not say which of the two it was.
  const std::vector<ProtocolVersion> old{ProtocolVersion::ssl30, ProtocolVersion::tls10};
  Pair p{{.client = client_config(old, "AES128-SHA"), .server = server_config(old, "AES128-SHA")}};
  p.from_client.tamper = [first = true](Bytes& piece) mutable {
    if (first) piece[10] = 0;
    first = false;
  };
  EXPECT_FALSE(p.run());
  ASSERT_NE(p.server.failure(), nullptr);
  EXPECT_EQ(p.server.failure()->code, Errc::bad_record_mac);
}

}  // namespace
}  // namespace parley::test

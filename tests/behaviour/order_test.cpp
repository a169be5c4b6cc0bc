// Messages out of order: whatever a peer sends at the wrong moment is refused before its body is
// looked at (SMACK, early ChangeCipherSpec, FREAK, interleavings).
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support/forger.hpp"

namespace parley::test {
namespace {

using Phase = Connection::Phase;
constexpr auto kTls = ProtocolVersion::tls10;

constexpr HandshakeType kTypes[]{
    HandshakeType::hello_request,       HandshakeType::client_hello,
    HandshakeType::server_hello,        HandshakeType::certificate,
    HandshakeType::server_key_exchange, HandshakeType::certificate_request,
    HandshakeType::server_hello_done,   HandshakeType::certificate_verify,
    HandshakeType::client_key_exchange, HandshakeType::finished,
    static_cast<HandshakeType>(4),      HandshakeType::certificate_status,
    static_cast<HandshakeType>(99),
};

/// What a victim may legally receive next, one list per record it has already received. From RFC
/// 2246 section 7.3, figure 1, written down here a second time on purpose.
using Allowed = std::vector<std::vector<HandshakeType>>;

/// The records of a recorded run, one handshake message each, so that there is a point between
/// any two messages.
std::vector<Bytes> one_message_per_record(ByteView stream, ProtocolVersion version) {
  std::vector<Bytes> out;
  for (const ByteView r : split_records(stream)) {
    if (r[0] != static_cast<std::uint8_t>(ContentType::handshake)) break;
    for (ByteView rest = r.subspan(5); rest.size() >= 4;) {
      const std::size_t n = 4 + (std::size_t{rest[1]} << 16 | std::size_t{rest[2]} << 8 | rest[3]);
      if (n > rest.size()) break;
      out.push_back(record(ContentType::handshake, version, rest.first(n)));
      rest = rest.subspan(n);
    }
  }
  return out;
}

/// A victim that has sent what it has to say and received the first `points` messages.
struct Victim {
  Victim(Side side, ProtocolVersion version, std::size_t points)
      : pair{{.client = client_config({version}, "RC4-MD5"),
              .server = server_config({version}, "RC4-MD5")}},
        side_{side} {
    // The same seed gives the same messages, so a whole run beforehand says what the peer sends.
    Pair rehearsal{{.client = client_config({version}, "RC4-MD5"),
                    .server = server_config({version}, "RC4-MD5")}};
    rehearsal.run();
    const auto messages = one_message_per_record(rehearsal.wire_from(other(side)).log, version);
    for (std::size_t i = 0; i < points && i < messages.size(); ++i) pair.inject(side, messages[i]);
  }
  Connection& engine() { return pair.at(side_); }
  Pair pair;

 private:
  Side side_;
};

class Order : public testing::TestWithParam<std::tuple<Side, ProtocolVersion>> {};
INSTANTIATE_TEST_SUITE_P(Refusals, Order,
                         testing::Combine(testing::Values(Side::client, Side::server),
                                          testing::ValuesIn(all_versions())),
                         [](const auto& i) {
                           return std::string{side_name(std::get<0>(i.param))} + "_" +
                                  test_name(std::get<1>(i.param));
                         });

TEST_P(Order, every_message_at_every_point_is_let_in_only_where_the_rfc_has_it) {
  const auto [side, version] = GetParam();
  const Allowed allowed =
      side == Side::client
          ? Allowed{{HandshakeType::server_hello},
                    {HandshakeType::certificate},
                    {HandshakeType::certificate_request, HandshakeType::server_hello_done},
                    {}}
          : Allowed{{HandshakeType::client_hello}, {HandshakeType::client_key_exchange}, {}};
  for (std::size_t point = 0; point < allowed.size(); ++point) {
    for (const HandshakeType type : kTypes) {
      // A client passes over HelloRequest while it negotiates; anything else out of turn ends it.
      if (side == Side::client && type == HandshakeType::hello_request) continue;
      Victim v{side, version, point};
      ASSERT_EQ(v.engine().phase(), Phase::handshaking) << "point " << point;
      // An empty body: where the message is due it is refused for that instead.
      v.pair.inject(side, record(ContentType::handshake, version, handshake_message(type, {})));
      const bool due = std::ranges::find(allowed[point], type) != allowed[point].end();
      const Error* e = v.engine().failure();
      const bool wrong_order = e != nullptr && e->code == Errc::unexpected_message;
      if (due)
        EXPECT_FALSE(wrong_order) << "point " << point << ", type " << static_cast<int>(type);
      else
        EXPECT_TRUE(wrong_order) << "point " << point << ", type " << static_cast<int>(type);
    }
  }
}

TEST_P(Order, change_cipher_spec_is_refused_everywhere_but_before_finished) {
  const auto [side, version] = GetParam();
  const std::size_t last = side == Side::client ? 3 : 2;
  const Bytes ccs = record(ContentType::change_cipher_spec, version, Bytes{1});
  for (std::size_t point = 0; point <= last; ++point) {
    Victim v{side, version, point};
    v.pair.inject(side, ccs);
    const Error* e = v.engine().failure();
    if (point == last) {
      EXPECT_EQ(e, nullptr) << e->text();
    } else {
      ASSERT_NE(e, nullptr) << "point " << point;
      EXPECT_EQ(e->code, Errc::unexpected_message);
    }
  }
}

TEST_P(Order, application_data_before_finished_is_refused_everywhere) {
  const auto [side, version] = GetParam();
  const std::size_t last = side == Side::client ? 3 : 2;
  for (std::size_t point = 0; point <= last; ++point) {
    Victim v{side, version, point};
    v.pair.inject(side, record(ContentType::application_data, version, as_bytes("early")));
    ASSERT_NE(v.engine().failure(), nullptr) << "point " << point;
    EXPECT_EQ(v.engine().failure()->code, Errc::data_before_finished);
    EXPECT_EQ(v.engine().readable(), 0u);
  }
}

TEST_P(Order, closing_inside_the_handshake_ends_it_for_good) {
  const auto [side, version] = GetParam();
  for (std::size_t point = 0; point <= 3; ++point) {
    Victim v{side, version, point};
    ASSERT_TRUE(v.engine().close().has_value());
    EXPECT_EQ(v.engine().phase(), Phase::closed);
    EXPECT_EQ(v.engine().feed(record(ContentType::application_data, version, as_bytes("evil"))),
              0u);
    EXPECT_EQ(v.engine().readable(), 0u);
    EXPECT_FALSE(v.engine().write(as_bytes("x")).has_value());
    v.pair.run();
    EXPECT_EQ(v.engine().phase(), Phase::closed);
  }
}

TEST(Order, nothing_may_be_half_received_when_keys_change) {
  Victim v{Side::server, kTls, 2};
  // The first two bytes of a Finished, then ChangeCipherSpec.
  v.pair.inject(Side::server, record(ContentType::handshake, kTls, Bytes{20, 0}));
  v.pair.inject(Side::server, record(ContentType::change_cipher_spec, kTls, Bytes{1}));
  ASSERT_NE(v.engine().failure(), nullptr);
  EXPECT_EQ(v.engine().failure()->code, Errc::unaligned_key_change);
}

TEST(Order, a_refusal_says_what_was_expected) {
  Victim v{Side::server, kTls, 1};
  v.pair.inject(Side::server, record(ContentType::change_cipher_spec, kTls, Bytes{1}));
  ASSERT_NE(v.engine().failure(), nullptr);
  EXPECT_EQ(v.engine().failure()->text(), "unexpected message (expected client_key_exchange)");
}

TEST(Order, change_cipher_spec_must_be_one_byte_of_one) {
  for (const Bytes& body : {Bytes{0}, Bytes{2}, Bytes{1, 1}}) {
    Victim v{Side::server, kTls, 2};
    v.pair.inject(Side::server, record(ContentType::change_cipher_spec, kTls, body));
    EXPECT_NE(v.engine().failure(), nullptr);
  }
}

TEST(Order, a_client_passes_over_hello_request_while_it_negotiates) {
  Victim v{Side::client, kTls, 2};
  v.pair.inject(Side::client, record(ContentType::handshake, kTls,
                                     handshake_message(HandshakeType::hello_request, {})));
  EXPECT_EQ(v.engine().failure(), nullptr);
}

TEST(Order, hello_requests_and_warnings_are_counted_while_a_client_negotiates) {
  const Bytes warning{1, 90};  // user_canceled
  const Bytes request = handshake_message(HandshakeType::hello_request, {});
  Victim v{Side::client, kTls, 2};
  const auto send = [&](ContentType type, const Bytes& body) {
    v.pair.inject(Side::client, record(type, kTls, body));
  };
  for (unsigned i = 0; i < limits::kRenegotiationRequests; ++i)
    send(ContentType::handshake, request);
  EXPECT_EQ(v.engine().failure(), nullptr);
  send(ContentType::handshake, request);
  ASSERT_NE(v.engine().failure(), nullptr);
  EXPECT_EQ(v.engine().failure()->code, Errc::renegotiation_refused);

  // A request between them does not make warnings new ones.
  Victim w{Side::client, kTls, 2};
  for (unsigned i = 0; i <= limits::kWarningAlerts; ++i) {
    w.pair.inject(Side::client, record(ContentType::alert, kTls, warning));
    if (i == 1) w.pair.inject(Side::client, record(ContentType::handshake, kTls, request));
  }
  ASSERT_NE(w.engine().failure(), nullptr);
  EXPECT_EQ(w.engine().failure()->code, Errc::too_many_warnings);
}

class AfterTheHandshake : public testing::TestWithParam<ProtocolVersion> {
 protected:
  AfterTheHandshake()
      : pair{{.client = declining(client_config({GetParam()}, "NULL-SHA")),
              .server = declining(server_config({GetParam()}, "NULL-SHA"))}} {
    pair.run();
  }
  static std::shared_ptr<Config> declining(std::shared_ptr<Config> c) {
    c->renegotiation = Renegotiation::refuse;
    return c;
  }
  /// The alerts `side` has sent.
  std::size_t warnings_from(Side side) {
    pair.run();
    const Recorder& peer = side == Side::client ? pair.server_seen : pair.client_seen;
    return static_cast<std::size_t>(std::ranges::count_if(peer.alerts, [side](const AlertEvent& a) {
      return a.from == side && a.alert == Alert::no_renegotiation;
    }));
  }
  Pair pair;
};
INSTANTIATE_TEST_SUITE_P(Renegotiation, AfterTheHandshake, testing::ValuesIn(all_versions()),
                         [](const auto& i) { return test_name(i.param); });

TEST_P(AfterTheHandshake, a_client_declines_hello_request_and_goes_on) {
  Forger server{pair, Side::server};
  const Bytes request = handshake_message(HandshakeType::hello_request, {});
  for (int i = 0; i < 4; ++i)
    pair.inject(Side::client, server.seal(ContentType::handshake, request));
  EXPECT_EQ(pair.client.phase(), Phase::open);
  // SSL 3.0 has no words for it and says nothing.
  EXPECT_EQ(warnings_from(Side::client), GetParam() != ProtocolVersion::ssl30 ? 4u : 0u);
  pair.inject(Side::client, server.seal(ContentType::handshake, request));
  ASSERT_NE(pair.client.failure(), nullptr);
  EXPECT_EQ(pair.client.failure()->code, Errc::renegotiation_refused);
}

TEST_P(AfterTheHandshake, a_server_declines_a_new_client_hello) {
  Forger client{pair, Side::client};
  const ByteView hello = split_records(pair.from_client.log).front().subspan(5);
  pair.inject(Side::server, client.seal(ContentType::handshake, hello));
  if (GetParam() != ProtocolVersion::ssl30) {
    EXPECT_EQ(pair.server.phase(), Phase::open);
    EXPECT_EQ(warnings_from(Side::server), 1u);
  } else {
    ASSERT_NE(pair.server.failure(), nullptr);
    EXPECT_EQ(pair.server.failure()->code, Errc::renegotiation_refused);
  }
}

TEST_P(AfterTheHandshake, nothing_comes_between_the_parts_of_a_message) {
  const std::pair<ContentType, Bytes> cases[]{{ContentType::application_data, Bytes{'x'}},
                                              {ContentType::alert, Bytes{1, 0}}};
  for (const auto& [type, body] : cases) {
    Pair p{{.client = client_config({GetParam()}, "NULL-SHA"),
            .server = server_config({GetParam()}, "NULL-SHA")}};
    ASSERT_TRUE(p.run());
    Forger client{p, Side::client};
    p.inject(Side::server, client.seal(ContentType::handshake, Bytes{1, 0}));
    p.inject(Side::server, client.seal(type, body));
    ASSERT_NE(p.server.failure(), nullptr);
    EXPECT_EQ(p.server.failure()->code, Errc::unexpected_message);
    EXPECT_FALSE(p.server.peer_closed());
  }
}

TEST_P(AfterTheHandshake, every_other_message_is_out_of_order) {
  for (const Side victim : {Side::client, Side::server}) {
    for (const HandshakeType type : kTypes) {
      if (victim == Side::client && type == HandshakeType::hello_request) continue;
      if (victim == Side::server && type == HandshakeType::client_hello) continue;
      Pair p{{.client = client_config({GetParam()}, "NULL-SHA"),
              .server = server_config({GetParam()}, "NULL-SHA")}};
      ASSERT_TRUE(p.run());
      Forger forger{p, other(victim)};
      p.inject(victim, forger.seal(ContentType::handshake, handshake_message(type, {})));
      ASSERT_NE(p.at(victim).failure(), nullptr) << static_cast<int>(type);
      EXPECT_EQ(p.at(victim).failure()->code, Errc::unexpected_message);
    }
    Pair p{{.client = client_config({GetParam()}, "NULL-SHA"),
            .server = server_config({GetParam()}, "NULL-SHA")}};
    ASSERT_TRUE(p.run());
    Forger forger{p, other(victim)};
    p.inject(victim, forger.seal(ContentType::change_cipher_spec, Bytes{1}));
    ASSERT_NE(p.at(victim).failure(), nullptr);
    EXPECT_EQ(p.at(victim).failure()->code, Errc::unexpected_message);
  }
}

}  // namespace
}  // namespace parley::test

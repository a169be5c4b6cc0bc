// Further handshakes inside a connection (RFC 5746), asked for by either side, and what must not
// come of them (CVE-2009-3555, the triple handshake attack, floods).
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support/pair.hpp"
#include "tests/support/forger.hpp"
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

struct Both {
  std::shared_ptr<Config> client, server;
  explicit Both(ProtocolVersion v = ProtocolVersion::tls10)
      : client(client_config({v})), server(server_config({v})) {
    client->counters = std::make_shared<SessionCounters>();
    server->counters = std::make_shared<SessionCounters>();
  }
  Pair pair() const { return Pair({.client = client, .server = server}); }
};
const std::vector<ProtocolVersion> kVersions = all_versions();

std::string text_of(const Bytes& b) { return std::string{as_text(b)}; }

/// The last message of that step that `r` has seen.
ByteView last(const Recorder& r, Step step) {
  ByteView body;
  for (const Recorder::Seen& m : r.messages)
    if (m.step == step) body = m.body;
  return body;
}

Errc code_of(const Connection& c) { return c.failure() != nullptr ? c.failure()->code : Errc{}; }

// API: 8.renegotiation
TEST(Renegotiation, either_side_may_ask_and_data_flows_before_and_after) {
  for (const ProtocolVersion v : kVersions)
    for (const Side asking : {Side::client, Side::server}) {
      const Both b{v};
      Pair p = b.pair();
      ASSERT_TRUE(p.run());
      ASSERT_TRUE(p.at(asking).secure_renegotiation());
      EXPECT_EQ(text_of(p.transfer(Side::client, as_bytes("before"))), "before");
      const std::size_t messages = p.client_seen.messages.size();
      ASSERT_TRUE(p.at(asking).renegotiate());
      EXPECT_EQ(p.at(asking).renegotiating(), asking == Side::client);
      ASSERT_TRUE(p.run());
      for (const Side s : {Side::client, Side::server}) {
        EXPECT_FALSE(p.at(s).renegotiating());
        EXPECT_EQ(p.at(s).renegotiations(), 1u);
        EXPECT_EQ(p.at(s).phase(), Connection::Phase::open);
        EXPECT_FALSE(p.at(s).resumed());
      }
      EXPECT_GT(p.client_seen.messages.size(), messages + 8);
      EXPECT_EQ(p.client_seen.master_secrets.size(), 2u);
      EXPECT_NE(p.client_seen.master_secrets[0], p.client_seen.master_secrets[1]);
      EXPECT_EQ(text_of(p.transfer(Side::client, as_bytes("after"))), "after");
      EXPECT_EQ(text_of(p.transfer(Side::server, as_bytes("answer"))), "answer");
      EXPECT_EQ(b.client->counters->connect, 2);
      EXPECT_EQ(b.client->counters->connect_good, 2);
      EXPECT_EQ(b.client->counters->connect_renegotiate, 1);
      EXPECT_EQ(b.server->counters->accept, 2);
      EXPECT_EQ(b.server->counters->accept_good, 2);
      EXPECT_EQ(b.server->counters->accept_renegotiate, 1);
      EXPECT_TRUE(p.close());
    }
}

TEST(Renegotiation, works_byte_by_byte_and_again_and_again) {
  const Both b;
  Pair p = b.pair();
  p.from_client.piece = p.from_server.piece = 1;
  ASSERT_TRUE(p.run());
  for (unsigned i = 1; i <= 5; ++i) {
    ASSERT_TRUE(p.at(i % 2 != 0 ? Side::client : Side::server).renegotiate());
    ASSERT_TRUE(p.run());
    EXPECT_EQ(p.client.renegotiations(), i);
    EXPECT_EQ(text_of(p.transfer(Side::server, as_bytes("x"))), "x");
  }
}

TEST(Renegotiation, leaves_one_session_in_the_servers_memory) {
  for (const ProtocolVersion v : kVersions) {
    const Both b{v};
    Pair other = b.pair(), p = b.pair();
    ASSERT_TRUE(other.run() && p.run());
    std::shared_ptr<const Session> before;
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(b.server->sessions->size(), 1U);
      before = p.server.session();
      ASSERT_TRUE(p.client.renegotiate());
      ASSERT_TRUE(p.run());
    }
    const auto knows = [&](const Session& s) {
      return b.server->sessions->find(s.data().id, kNow).session != nullptr;
    };
    EXPECT_FALSE(knows(*before));
    EXPECT_TRUE(knows(*p.server.session()));
    // That of another connection is not this one's to forget.
    Pair again({.client = b.client, .server = b.server, .resume = p.client.session(), .seed = 7});
    ASSERT_TRUE(again.run());
    ASSERT_TRUE(again.client.resumed());
    ASSERT_TRUE(again.client.renegotiate());
    ASSERT_TRUE(again.run());
    EXPECT_TRUE(knows(*p.server.session()));
    EXPECT_EQ(b.server->sessions->size(), 2U);
  }
}

TEST(Renegotiation, the_hellos_carry_the_verify_data_of_the_handshake_before) {
  for (const ProtocolVersion v : kVersions) {
    const Both b{v};
    Pair p = b.pair();
    ASSERT_TRUE(p.run());
    Bytes finished[2];
    for (const Recorder::Seen& m : p.client_seen.messages)
      if (m.step == Step::finished) finished[static_cast<std::size_t>(m.from)] = m.body;
    ASSERT_TRUE(p.client.renegotiate());
    ASSERT_TRUE(p.run());
    ClientHello c;
    ServerHello s;
    ASSERT_TRUE(parse(last(p.client_seen, Step::client_hello), c));
    ASSERT_TRUE(parse(last(p.client_seen, Step::server_hello), s));
    ASSERT_TRUE(c.extensions && s.extensions);
    HelloExtensions asked, answered;
    ASSERT_TRUE(read_extensions(*c.extensions, Place::client_hello, nullptr, asked));
    ASSERT_TRUE(read_extensions(*s.extensions, Place::server_hello, &asked, answered));
    EXPECT_EQ(asked.renegotiated_connection, finished[0]);
    Bytes both = finished[0];
    append(both, finished[1]);
    EXPECT_EQ(answered.renegotiated_connection, both);
    EXPECT_EQ(std::ranges::count(c.cipher_suites, kEmptyRenegotiationInfoScsv), 0);
  }
}

/// A pair under NULL-SHA, so that a Forger can speak for the client.
struct Forged {
  Both b;
  Pair p;
  ClientHello hello;
  explicit Forged(Renegotiation policy = Renegotiation::freely) : b(with(policy)), p(b.pair()) {
    EXPECT_TRUE(p.run());
    EXPECT_TRUE(parse(last(p.client_seen, Step::client_hello), hello));
    std::erase(hello.cipher_suites, kEmptyRenegotiationInfoScsv);
  }
  static Both with(Renegotiation policy) {
    Both made;
    made.client = client_config({ProtocolVersion::tls10}, "NULL-SHA");
    made.server = server_config({ProtocolVersion::tls10}, "NULL-SHA");
    made.server->renegotiation = made.client->renegotiation = policy;
    made.client->extended_master_secret = false;  // which the hellos injected here do not offer
    return made;
  }
  /// The server gets this hello as a renegotiation.
  void inject(const std::optional<Bytes>& renegotiated_connection) {
    HelloExtensions e;
    e.renegotiated_connection = renegotiated_connection;
    Bytes block = write_extensions(e, Place::client_hello);
    hello.extensions.reset();
    if (!block.empty()) hello.extensions = std::move(block);
    Bytes body;
    EXPECT_TRUE(build(hello, body));
    p.inject(Side::server,
             Forger{p, Side::client}.seal(ContentType::handshake,
                                          handshake_message(HandshakeType::client_hello, body)));
  }
};

// CVE-2009-3555: a renegotiation that is not bound to this connection.
TEST(Renegotiation, a_hello_that_is_not_bound_to_the_connection_is_refused) {
  const Bytes wrong(12, 0x5a);
  const std::optional<Bytes> cases[]{std::nullopt, Bytes{}, wrong};
  for (const auto& info : cases) {
    Forged f;
    f.inject(info);
    EXPECT_EQ(code_of(f.p.server), Errc::renegotiation_mismatch);
    EXPECT_EQ(f.p.server_seen.alerts.back().alert, Alert::handshake_failure);
  }
  Forged right;
  const ByteView finished = [&] {
    for (const Recorder::Seen& m : right.p.client_seen.messages)
      if (m.step == Step::finished && m.from == Side::client) return ByteView{m.body};
    return ByteView{};
  }();
  right.inject(to_bytes(finished));
  EXPECT_EQ(right.p.server.failure(), nullptr);
  EXPECT_TRUE(right.p.server.renegotiating());

  Forged signalled;
  signalled.hello.cipher_suites.push_back(kEmptyRenegotiationInfoScsv);
  signalled.inject(to_bytes(finished));
  EXPECT_EQ(code_of(signalled.p.server), Errc::renegotiation_mismatch);
}

TEST(Renegotiation, a_policy_can_refuse_ignore_or_grant_it_once) {
  for (const Side asking : {Side::client, Side::server}) {
    Both b;
    (asking == Side::client ? b.server : b.client)->renegotiation = Renegotiation::refuse;
    Pair p = b.pair();
    ASSERT_TRUE(p.run());
    ASSERT_TRUE(p.at(asking).renegotiate());
    EXPECT_TRUE(p.run());
    EXPECT_EQ(p.at(asking).renegotiations(), 0u);
    EXPECT_FALSE(p.at(asking).renegotiating());
    EXPECT_EQ(p.client_seen.alerts.back().alert, Alert::no_renegotiation);
    EXPECT_EQ(text_of(p.transfer(asking, as_bytes("goes on"))), "goes on");
  }
  Both silent;
  silent.client->renegotiation = Renegotiation::ignore;
  Pair p = silent.pair();
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.server.renegotiate());
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(p.client_seen.alerts.empty());
  EXPECT_EQ(p.client.renegotiations(), 0u);

  Both once;
  once.server->renegotiation = Renegotiation::once;
  Pair q = once.pair();
  ASSERT_TRUE(q.run());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(q.client.renegotiate());
    ASSERT_TRUE(q.run());
    EXPECT_EQ(q.client.renegotiations(), 1u);
  }
}

TEST(Renegotiation, a_peer_that_asks_without_end_is_stopped) {
  const Both b;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  for (unsigned i = 0; i < limits::kRenegotiations; ++i) {
    ASSERT_TRUE(p.client.renegotiate());
    ASSERT_TRUE(p.run());
  }
  EXPECT_EQ(p.server.renegotiations(), limits::kRenegotiations);
  // What the server asks for itself does not count.
  ASSERT_TRUE(p.server.renegotiate());
  ASSERT_TRUE(p.run());
  EXPECT_EQ(p.server.renegotiations(), limits::kRenegotiations + 1);
  ASSERT_TRUE(p.client.renegotiate());
  EXPECT_FALSE(p.run());
  EXPECT_EQ(code_of(p.server), Errc::renegotiation_refused);
}

// The triple handshake attack: another certificate in the second handshake.
TEST(Renegotiation, who_has_shown_a_certificate_cannot_become_another) {
  Both b;
  b.server->verify_mode = VerifyMode::optional;
  b.server->trust = test_trust();
  b.client->identities = {client_identity()};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(p.server.peer_verified());
  b.client->identities = {server_identity()};  // the engine shares the config
  ASSERT_TRUE(p.client.renegotiate());
  EXPECT_FALSE(p.run());
  EXPECT_EQ(code_of(p.server), Errc::renegotiation_mismatch);

  Both c;
  Pair q = c.pair();
  ASSERT_TRUE(q.run());
  c.server->identities = {era_identity(KeyType::rsa, KeyType::rsa)};
  c.client->verify_mode = VerifyMode::none;
  ASSERT_TRUE(q.client.renegotiate());
  EXPECT_FALSE(q.run());
  EXPECT_EQ(code_of(q.client), Errc::renegotiation_mismatch);
}

TEST(Renegotiation, a_server_learns_who_the_client_is_in_the_second_handshake) {
  Both b;
  b.server->trust = test_trust();
  b.client->identities = {client_identity()};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(p.server.peer_chain().empty());
  b.server->verify_mode = VerifyMode::required;
  ASSERT_TRUE(p.server.renegotiate());
  ASSERT_TRUE(p.run());
  EXPECT_TRUE(p.server.peer_verified());
  EXPECT_FALSE(p.server.peer_chain().empty());
}

TEST(Renegotiation, data_crosses_a_hello_and_waits_for_the_rest) {
  const Both b;
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  // The server's data is on its way while our hello is.
  ASSERT_TRUE(p.server.write(as_bytes("crossing")));
  ASSERT_TRUE(p.client.renegotiate());
  EXPECT_EQ(*p.client.write(as_bytes("later")), 0u);
  ASSERT_TRUE(p.run());
  Bytes got(64);
  got.resize(p.client.read(got));
  EXPECT_EQ(text_of(got), "crossing");
  EXPECT_EQ(p.client.renegotiations(), 1u);
}

// RFC 4346 section 6.2.1. Clients of NSS and JSSE send such data after their ClientHello.
TEST(Renegotiation, data_under_the_old_keys_is_taken_inside_the_handshake) {
  Forged f;
  ASSERT_TRUE(f.p.client.renegotiate());
  f.p.deliver(Side::client);  // the server has answered and waits for ClientKeyExchange
  ASSERT_TRUE(f.p.server.renegotiating());
  f.p.inject(Side::server,
             Forger(f.p, Side::client, 2).seal(ContentType::application_data, as_bytes("x")));
  EXPECT_EQ(f.p.server.failure(), nullptr);
  Bytes got(8);
  got.resize(f.p.server.read(got));
  EXPECT_EQ(text_of(got), "x");
  EXPECT_TRUE(f.p.server.renegotiating());
}

TEST(Renegotiation, data_between_the_new_keys_and_finished_is_refused) {
  Forged f;
  ASSERT_TRUE(f.p.client.renegotiate());
  f.p.deliver(Side::client);
  f.p.deliver(Side::server);  // ClientKeyExchange, ChangeCipherSpec and Finished are waiting
  ASSERT_EQ(f.p.client_seen.master_secrets.size(), 2u);
  Forger forger(f.p, Side::client, 0, 1);
  bool inserted = false;
  f.p.from_client.tamper = [&](Bytes& piece) {
    Bytes out;
    for (const ByteView r : split_records(piece)) {
      append(out, r);
      if (r[0] != static_cast<std::uint8_t>(ContentType::change_cipher_spec)) continue;
      append(out, forger.seal(ContentType::application_data, as_bytes("x")));
      inserted = true;
    }
    piece = out;
  };
  f.p.deliver(Side::client);
  EXPECT_TRUE(inserted);
  EXPECT_EQ(code_of(f.p.server), Errc::data_before_finished);
}

TEST(Renegotiation, cannot_be_asked_for_outside_an_open_connection) {
  const Both b;
  Pair p = b.pair();
  EXPECT_EQ(p.client.renegotiate().error().code, Errc::not_open);
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.client.renegotiate());
  EXPECT_EQ(p.client.renegotiate().error().code, Errc::not_open);
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.close());
  EXPECT_EQ(p.client.renegotiate().error().code, Errc::not_open);
}

// RFC 2246 section 7.2.1: what comes after our close_notify is ignored, a handshake too; and it
// spoils no session.
TEST(Renegotiation, closing_in_the_middle_of_one_ends_the_connection) {
  for (const ProtocolVersion v : kVersions)
    for (const Side closing : {Side::client, Side::server})
      for (unsigned steps = 0; steps < 4; ++steps) {
        const Both b{v};
        Pair p = b.pair();
        ASSERT_TRUE(p.run());
        ASSERT_TRUE(p.client.renegotiate());
        for (unsigned i = 0; i < steps; ++i) p.deliver(i % 2 == 0 ? Side::client : Side::server);
        const Side there = other(closing);
        ASSERT_TRUE(p.at(closing).close()) << steps;
        p.run();
        EXPECT_TRUE(p.at(there).peer_closed()) << steps;
        EXPECT_FALSE(p.at(there).renegotiating()) << steps;
        EXPECT_EQ(p.at(there).failure(), nullptr) << steps << p.at(there).failure()->text();
        ASSERT_TRUE(p.at(there).close()) << steps;
        p.run();
        EXPECT_EQ(p.at(closing).failure(), nullptr) << steps << p.at(closing).failure()->text();
        EXPECT_EQ(p.at(closing).phase(), Connection::Phase::closed) << steps;
        EXPECT_FALSE(p.at(closing).session()->revoked());
      }
}

}  // namespace
}  // namespace parley::test

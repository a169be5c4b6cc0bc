// Sessions taken up again by ticket (RFC 5077), from an application's store, and under settings
// chosen by server name. Resumption by id inside one cache: handshake_test.cpp.
#include <gtest/gtest.h>

#include <map>

#include "support/pair.hpp"
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace parley::test {
namespace {

struct Both {
  std::shared_ptr<Config> client = client_config({ProtocolVersion::tls10});
  std::shared_ptr<Config> server = server_config({ProtocolVersion::tls10});
  std::shared_ptr<TicketKeys> keys = std::make_shared<TicketKeys>(7200);
  Both() {
    client->counters = std::make_shared<SessionCounters>();
    server->counters = std::make_shared<SessionCounters>();
    server->ticket_keys = keys;
  }
  Pair pair(std::shared_ptr<const Session> resume = nullptr, std::string name = {}) const {
    const std::uint64_t seed = resume ? 2 : 1;
    return Pair({.client = client,
                 .server = server,
                 .server_name = std::move(name),
                 .resume = std::move(resume),
                 .seed = seed});
  }
};

bool saw(const Recorder& r, Step step) {
  return std::ranges::any_of(r.messages, [step](const auto& m) { return m.step == step; });
}

// API: C8
TEST(Tickets, a_session_in_a_ticket_is_resumed_and_not_stored) {
  const Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  EXPECT_TRUE(saw(first.client_seen, Step::new_session_ticket));
  EXPECT_EQ(b.server->sessions->size(), 0u);
  const std::shared_ptr<const Session> s = first.client.session();
  ASSERT_NE(s, nullptr);
  EXPECT_FALSE(s->data().ticket.empty());
  ASSERT_TRUE(first.close());

  Pair second = b.pair(s);
  ASSERT_TRUE(second.run());
  EXPECT_TRUE(second.client.resumed());
  EXPECT_TRUE(second.server.resumed());
  EXPECT_FALSE(saw(second.client_seen, Step::certificate));
  EXPECT_FALSE(saw(second.client_seen, Step::new_session_ticket));
  EXPECT_EQ(second.client.session(), s);
  EXPECT_EQ(std::string{as_text(second.transfer(Side::client, as_bytes("hello")))}, "hello");
  EXPECT_EQ(b.server->counters->hits, 1);
  EXPECT_EQ(b.server->counters->misses, 0);
}

TEST(Tickets, a_ticket_under_foreign_keys_is_a_full_handshake_and_no_miss) {
  Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  b.server->ticket_keys = std::make_shared<TicketKeys>(7200);
  Pair second = b.pair(first.client.session());
  ASSERT_TRUE(second.run());
  EXPECT_FALSE(second.server.resumed());
  EXPECT_TRUE(saw(second.client_seen, Step::new_session_ticket));
  EXPECT_NE(second.client.session(), first.client.session());
  EXPECT_EQ(b.server->counters->misses, 0);
  EXPECT_EQ(b.server->counters->hits, 0);
}

TEST(Tickets, either_side_can_do_without_them) {
  for (const Side without : {Side::client, Side::server}) {
    Both b;
    (without == Side::client ? b.client : b.server)->session_tickets = false;
    Pair p = b.pair();
    ASSERT_TRUE(p.run());
    EXPECT_FALSE(saw(p.client_seen, Step::new_session_ticket));
    EXPECT_EQ(b.server->sessions->size(), 1u);  // then the cache has it
    Pair again = b.pair(p.client.session());
    ASSERT_TRUE(again.run());
    EXPECT_TRUE(again.client.resumed());
  }
}

TEST(Tickets, ssl30_has_none) {
  Both b;
  b.client->versions = b.server->versions = {ProtocolVersion::ssl30};
  Pair p = b.pair();
  ASSERT_TRUE(p.run());
  EXPECT_FALSE(saw(p.client_seen, Step::new_session_ticket));
  EXPECT_EQ(b.server->sessions->size(), 1u);
}

TEST(Tickets, a_ticket_under_an_old_key_is_taken_and_renewed) {
  const Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  // A key that another server made.
  ASSERT_TRUE(b.keys->add_key(Bytes(TicketKeys::kKeySize, 7), kNow));
  Pair second = b.pair(first.client.session());
  ASSERT_TRUE(second.run());
  EXPECT_TRUE(second.client.resumed());
  EXPECT_TRUE(saw(second.client_seen, Step::new_session_ticket));
  const std::shared_ptr<const Session> renewed = second.client.session();
  ASSERT_NE(renewed, nullptr);
  EXPECT_NE(renewed->data().ticket, first.client.session()->data().ticket);
  EXPECT_EQ(renewed->data().created, first.client.session()->data().created);
  Pair third = b.pair(renewed);
  ASSERT_TRUE(third.run());
  EXPECT_TRUE(third.client.resumed());
}

// Ticketbleed (CVE-2016-9244): the id comes back as long as it went out.
TEST(Tickets, the_id_of_a_resuming_client_is_echoed_as_it_is) {
  const Both b;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  for (const std::size_t size : {0u, 1u, 31u, 32u}) {
    Pair p = b.pair(first.client.session());
    ClientHello m;
    const ByteView hello = split_records(p.client.outgoing()).front().subspan(9);
    ASSERT_TRUE(parse(hello, m));
    m.session_id.assign(size, 0xab);
    Bytes body;
    ASSERT_TRUE(build(m, body));
    p.inject(Side::server, record(ContentType::handshake, ProtocolVersion::tls10,
                                  handshake_message(HandshakeType::client_hello, body)));
    ASSERT_TRUE(p.server.resumed());
    ServerHello answer;
    ASSERT_TRUE(parse(p.server_seen.messages[1].body, answer));
    EXPECT_EQ(answer.session_id, m.session_id);
  }
}

TEST(Tickets, what_the_client_proved_is_remembered_with_them) {
  Both b;
  b.server->verify_mode = VerifyMode::required;
  b.server->trust = test_trust();
  b.client->identities = {client_identity()};
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  Pair second = b.pair(first.client.session());
  ASSERT_TRUE(second.run());
  EXPECT_TRUE(second.server.resumed());
  EXPECT_TRUE(second.server.peer_verified());
  EXPECT_TRUE(
      equal(second.server.peer_chain().front().der(), client_identity().chain.front().der()));
}

TEST(Tickets, what_a_client_proved_elsewhere_counts_only_where_it_is_believed) {
  Both b;
  b.server->verify_mode = VerifyMode::optional;
  b.server->trust = test_trust();
  b.client->identities = {client_identity()};
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  b.server->trust = {};
  b.server->trust.add(era_identity(KeyType::rsa, KeyType::rsa).chain.back());
  b.client->identities.clear();
  Pair second = b.pair(first.client.session());
  ASSERT_TRUE(second.run());
  EXPECT_FALSE(second.server.resumed());
  EXPECT_FALSE(second.server.peer_verified());
}

// RFC 5077 section 3.3.
TEST(Tickets, are_not_offered_after_the_time_that_the_server_said) {
  for (const std::int64_t lifetime : {0, 1, 7200}) {
    Both b;
    b.server->ticket_keys = std::make_shared<TicketKeys>(lifetime);
    Pair first = b.pair();
    ASSERT_TRUE(first.run());
    const std::shared_ptr<const Session> s = first.client.session();
    ASSERT_FALSE(s->data().ticket.empty());
    EXPECT_EQ(s->data().ticket_until, lifetime == 0 ? 0 : kNow + lifetime);
    const std::int64_t end = lifetime == 0 ? 80000 : lifetime;
    for (const auto& [after, offered] :
         {std::pair{std::int64_t{0}, true}, {end - 1, true}, {end, lifetime == 0}}) {
      const FixedClock later(kNow + after);
      SeededRng rng(3);
      Connection c = Connection::client(b.client, "", Environment{rng, later}, s);
      ClientHello m;
      const ByteView hello = split_records(c.outgoing()).front().subspan(9);
      ASSERT_TRUE(parse(hello, m));
      HelloExtensions e;
      ASSERT_TRUE(read_extensions(*m.extensions, Place::client_hello, nullptr, e));
      EXPECT_EQ(!e.session_ticket->empty(), offered) << lifetime << ' ' << after;
    }
  }
}

TEST(Tickets, one_that_came_too_late_is_a_timeout) {
  Both b;
  b.server->ticket_keys = std::make_shared<TicketKeys>(0);
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  Pair second = b.pair(first.client.session());
  ASSERT_TRUE(second.run());
  EXPECT_FALSE(second.server.resumed());
  EXPECT_EQ(b.server->counters->timeouts, 1);
}

// A clock may be wrong, but a session of another year is no session.
TEST(Sessions, made_in_a_far_future_are_not_resumed) {
  for (const std::int64_t ahead : {std::int64_t{3600}, std::int64_t{2} * 24 * 3600}) {
    const Both b;
    Pair first = b.pair();
    ASSERT_TRUE(first.run());
    Bytes encoded = first.client.session()->encode();
    const auto created = static_cast<std::uint64_t>(kNow + ahead);
    for (unsigned i = 0; i < 8; ++i)
      encoded[encoded.size() - 9 - i] = static_cast<std::uint8_t>(created >> (8 * i));
    const auto changed = Session::decode(encoded, b.client->session_scope);
    ASSERT_TRUE(changed);
    Pair second = b.pair(*changed);
    ASSERT_TRUE(second.run());
    EXPECT_EQ(second.client.resumed(), ahead == 3600);
  }
}

// A ticket of one context opens nothing in another, though the keys be the same.
TEST(Tickets, a_ticket_is_bound_to_the_name_it_was_given_for) {
  const Both b;
  Pair first = b.pair(nullptr, "a.example");
  ASSERT_TRUE(first.run());
  const std::shared_ptr<const Session> s = first.client.session();
  Pair p = b.pair(nullptr, "b.example");
  ClientHello m;
  ASSERT_TRUE(parse(split_records(p.client.outgoing()).front().subspan(9), m));
  HelloExtensions e;
  ASSERT_TRUE(read_extensions(*m.extensions, Place::client_hello, nullptr, e));
  e.session_ticket = s->data().ticket;
  m.extensions = write_extensions(e, Place::client_hello);
  Bytes body;
  ASSERT_TRUE(build(m, body));
  p.inject(Side::server, record(ContentType::handshake, ProtocolVersion::tls10,
                                handshake_message(HandshakeType::client_hello, body)));
  EXPECT_EQ(p.server.failure(), nullptr);
  EXPECT_FALSE(p.server.resumed());
}

TEST(Tickets, every_byte_of_the_message_counts) {
  const Both b;
  Pair p = b.pair();
  // The flight with NewSessionTicket is in the clear; its last byte is part of Finished's input.
  p.from_server.tamper = [n = 0](Bytes& piece) mutable {
    if (++n == 2) piece[20] ^= 1;
  };
  EXPECT_FALSE(p.run());
  EXPECT_NE(p.client.failure(), nullptr);
}

/// What an application would write over its own database: byte strings under byte strings.
class Elsewhere final : public SessionStore {
 public:
  std::shared_ptr<const void> scope;
  std::map<Bytes, Bytes> rows;
  Lookup find(ByteView id, std::int64_t) override {
    const auto it = rows.find(to_bytes(id));
    if (it == rows.end()) return {};
    auto s = Session::decode(it->second, scope);
    return s ? Lookup{Outcome::hit, *s} : Lookup{};
  }
  bool put(std::shared_ptr<const Session> s) override {
    rows[s->data().id] = s->encode();
    return false;
  }
  void remove(ByteView id) override { rows.erase(to_bytes(id)); }
  std::size_t size() const override { return rows.size(); }
};

/// Throws whatever it is asked.
class Down final : public SessionStore {
 public:
  int asked = 0;
  Lookup find(ByteView, std::int64_t) override { return fail<Lookup>(); }
  bool put(std::shared_ptr<const Session>) override { return fail<bool>(); }
  void remove(ByteView) override { fail<void>(); }
  std::size_t size() const override { return 0; }

 private:
  template <class T>
  T fail() {
    ++asked;
    throw std::runtime_error("the store is down");
  }
};

TEST(Store, that_throws_costs_a_connection_of_ones_own_no_more_than_the_session) {
  for (const ProtocolVersion v :
       {ProtocolVersion::ssl20, ProtocolVersion::ssl30, ProtocolVersion::tls10}) {
    const bool old = v == ProtocolVersion::ssl20;
    Both b;
    if (old) {
      b.client = client_config({v}, "SSLv2");
      b.server = server_config({v}, "SSLv2");
    }
    b.client->versions = b.server->versions = {v};
    b.server->ticket_keys = nullptr;
    const auto down = std::make_shared<Down>();
    b.server->sessions = down;
    Pair first = b.pair();
    ASSERT_TRUE(first.run());
    Pair second = b.pair(first.client.session());
    ASSERT_TRUE(second.run());
    EXPECT_FALSE(second.client.resumed());
    second.inject(Side::server, Bytes(40000, 0xff));
    EXPECT_NE(second.server.failure(), nullptr);
    EXPECT_EQ(down->asked, 4) << "put, find, put, remove";
  }
}

TEST(Store, an_application_keeps_the_sessions_where_it_likes) {
  Both b;
  const auto store = std::make_shared<Elsewhere>();
  store->scope = b.server->session_scope;
  b.server->sessions = store;
  b.server->session_tickets = false;
  Pair first = b.pair();
  ASSERT_TRUE(first.run());
  EXPECT_EQ(store->size(), 1u);
  // The client's half survives a restart as bytes, too.
  const auto s = Session::decode(first.client.session()->encode(), b.client->session_scope);
  ASSERT_TRUE(s);
  Pair second = b.pair(*s);
  ASSERT_TRUE(second.run());
  EXPECT_TRUE(second.client.resumed());
  // A connection that fails takes its session along (RFC 2246 section 7.2.2).
  second.inject(Side::server, as_bytes("garbage that is no record"));
  EXPECT_EQ(store->size(), 0u);
}

// ---- settings by server name ---------------------------------------------------------------

struct Hosts {
  Both b;
  std::shared_ptr<Config> other = server_config({ProtocolVersion::tls10});
  std::vector<std::string> asked;
  Hosts() {
    other->identities = {era_identity(KeyType::rsa, KeyType::rsa)};
    b.client->verify_mode = VerifyMode::none;
    b.server->session_tickets = false;
    b.server->choose_config =
        [this](std::string_view name) -> Result<std::shared_ptr<const Config>> {
      asked.emplace_back(name);
      if (name == "other.example") return std::shared_ptr<const Config>{other};
      if (name == "nobody.example")
        return Error{.code = Errc::unrecognized_name, .where = "client_hello.server_name"};
      if (name == "secret.example")
        return Error{.code = Errc::unrecognized_name,
                     .where = "client_hello.server_name",
                     .received = Alert::access_denied};
      return std::shared_ptr<const Config>{};
    };
  }
  ByteView leaf(const Pair& p) const { return p.client.peer_chain().front().der(); }
};

TEST(ServerName, decides_which_certificate_a_client_gets) {
  Hosts h;
  for (const auto& [name, identity] :
       {std::pair{"", &server_identity()}, std::pair{"localhost", &server_identity()},
        std::pair{"other.example", &era_identity(KeyType::rsa, KeyType::rsa)}}) {
    Pair p = h.b.pair(nullptr, name);
    ASSERT_TRUE(p.run()) << name;
    EXPECT_TRUE(equal(h.leaf(p), identity->chain.front().der())) << name;
    EXPECT_EQ(p.server.server_name(), name);
  }
  EXPECT_EQ(h.asked, (std::vector<std::string>{"", "localhost", "other.example"}));
  // One listener, one count.
  EXPECT_EQ(h.b.server->counters->accept_good, 3);
}

TEST(ServerName, can_be_refused_with_an_alert_of_choice) {
  Hosts h;
  Pair nobody = h.b.pair(nullptr, "nobody.example");
  EXPECT_FALSE(nobody.run());
  EXPECT_EQ(nobody.client.failure()->received, Alert::unrecognized_name);
  Pair secret = h.b.pair(nullptr, "secret.example");
  EXPECT_FALSE(secret.run());
  EXPECT_EQ(secret.client.failure()->received, Alert::access_denied);
}

// Sessions of one host say nothing to another (virtual host confusion).
TEST(ServerName, a_session_is_resumed_with_the_settings_that_made_it) {
  Hosts h;
  Pair first = h.b.pair(nullptr, "other.example");
  ASSERT_TRUE(first.run());
  EXPECT_EQ(h.other->sessions->size(), 1u);
  EXPECT_EQ(h.b.server->sessions->size(), 0u);
  Pair again = h.b.pair(first.client.session(), "other.example");
  ASSERT_TRUE(again.run());
  EXPECT_TRUE(again.server.resumed());
  Pair elsewhere = h.b.pair(first.client.session(), "localhost");
  ASSERT_TRUE(elsewhere.run());
  EXPECT_FALSE(elsewhere.server.resumed());
}

// RFC 4366 section 3.1: whoever has used the name says so.
TEST(ServerName, is_acknowledged_where_it_was_used_and_the_handshake_is_a_full_one) {
  Hosts h;
  const auto acknowledged = [](const Pair& p) {
    for (const Recorder::Seen& m : p.client_seen.messages) {
      if (m.step != Step::server_hello) continue;
      ServerHello hello;
      EXPECT_TRUE(parse(m.body, hello));
      HelloExtensions offered, answer;
      offered.server_name.emplace();
      offered.renegotiated_connection.emplace();
      offered.ec_point_formats.emplace();
      offered.session_ticket.emplace();
      offered.extended_master_secret = true;
      EXPECT_TRUE(!hello.extensions ||
                  read_extensions(*hello.extensions, Place::server_hello, &offered, answer));
      return answer.server_name.has_value();
    }
    return false;
  };
  Pair first = h.b.pair(nullptr, "other.example");
  ASSERT_TRUE(first.run());
  EXPECT_TRUE(acknowledged(first));
  Pair again = h.b.pair(first.client.session(), "other.example");
  ASSERT_TRUE(again.run());
  ASSERT_TRUE(again.server.resumed());
  EXPECT_FALSE(acknowledged(again));
  Pair nameless = h.b.pair();
  ASSERT_TRUE(nameless.run());
  EXPECT_FALSE(acknowledged(nameless));
  h.b.server->choose_config = nullptr;
  Pair unused = h.b.pair(nullptr, "localhost");
  ASSERT_TRUE(unused.run());
  EXPECT_FALSE(acknowledged(unused));
}

TEST(ServerName, leaves_the_counting_to_the_first_settings) {
  Hosts h;
  h.other->counters = std::make_shared<SessionCounters>();
  Pair first = h.b.pair(nullptr, "other.example");
  ASSERT_TRUE(first.run());
  Pair again = h.b.pair(first.client.session(), "other.example");
  ASSERT_TRUE(again.run());
  ASSERT_TRUE(again.server.resumed());
  const SessionCounters& c = *h.b.server->counters;
  EXPECT_EQ(c.accept, 2);
  EXPECT_EQ(c.accept_good, 2);
  EXPECT_EQ(c.hits, 1);
  EXPECT_EQ(h.other->counters->accept_good + h.other->counters->hits, 0);
}

TEST(ServerName, is_not_asked_again_in_a_renegotiation) {
  Hosts h;
  Pair p = h.b.pair(nullptr, "other.example");
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.client.renegotiate());
  ASSERT_TRUE(p.run());
  EXPECT_EQ(h.asked.size(), 1u);
  EXPECT_EQ(p.client.renegotiations(), 1u);
}

// ---- the last word on a chain --------------------------------------------------------------

TEST(VerifyOverride, can_accept_what_the_checks_refuse_and_refuse_what_they_accept) {
  Both b;
  b.client->trust = {};
  std::vector<Errc> verdicts;
  b.client->verify_override = [&](const Status& verdict, std::span<const Certificate> chain) {
    EXPECT_FALSE(chain.empty());
    verdicts.push_back(verdict ? Errc{} : verdict.error().code);
    return Status{};
  };
  Pair accepted = b.pair();
  ASSERT_TRUE(accepted.run());
  EXPECT_TRUE(accepted.client.peer_verified());
  ASSERT_NE(accepted.client.verify_error(), nullptr);
  EXPECT_EQ(verdicts, std::vector{Errc::unknown_ca});

  b.client->trust = test_trust();
  b.client->verify_override = [](const Status& verdict, std::span<const Certificate>) -> Status {
    EXPECT_TRUE(verdict);
    return Error{.code = Errc::certificate_verify_failed, .where = "pinned key"};
  };
  Pair refused = b.pair();
  EXPECT_FALSE(refused.run());
  EXPECT_EQ(refused.client.failure()->code, Errc::certificate_verify_failed);
  EXPECT_EQ(refused.client.verify_error(), nullptr);
  EXPECT_FALSE(refused.client.peer_verified());
}

// ---- TLS_FALLBACK_SCSV (RFC 7507) ----------------------------------------------------------

TEST(Fallback, a_client_that_says_it_came_down_is_refused_by_a_better_server) {
  Both b;
  b.client->versions = {ProtocolVersion::ssl30};
  b.server->versions = {ProtocolVersion::ssl30, ProtocolVersion::tls10};
  b.client->fallback = true;
  Pair p = b.pair();
  EXPECT_FALSE(p.run());
  EXPECT_EQ(p.server.failure()->code, Errc::inappropriate_fallback);
  EXPECT_EQ(p.client.failure()->received, Alert::inappropriate_fallback);
  b.server->versions = {ProtocolVersion::ssl30};
  Pair as_good_as_it_gets = b.pair();
  EXPECT_TRUE(as_good_as_it_gets.run());
}

TEST(Padding, brings_hellos_of_an_awkward_length_to_512_bytes) {
  for (const bool pad : {true, false}) {
    Both b;
    b.client->pad_hello = pad;
    Pair p = b.pair(nullptr, std::string(200, 'a') + ".example");
    const std::size_t size = split_records(p.client.outgoing()).front().size() - 5;
    EXPECT_EQ(pad, size == 512) << size;
    EXPECT_TRUE(pad || (size > 255 && size < 512)) << size;
  }
}

}  // namespace
}  // namespace parley::test

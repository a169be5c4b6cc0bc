// Memory ends at the first allocation of a connection, at the second, at the third ...: what comes
// out is std::bad_alloc or an Error, nothing is left behind, the connection that it struck has
// failed for good, and everything else goes on.
#include <gtest/gtest.h>

#include "parley/issue.hpp"
#include "parley/ssl.hpp"
#include "support/pair.hpp"
#include "tests/attacks/heap.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;
using Phase = Connection::Phase;

struct Story {
  const char* name;
  V version;
  const char* suite;  ///< empty: whatever the version has
  bool client_certificate = false;
  bool tickets = false;
  bool resumed = false;
  bool renegotiated = false;
};
std::ostream& operator<<(std::ostream& out, const Story& s) { return out << s.name; }

constexpr std::array kStories{
#ifndef PARLEY_NO_SSL2
    Story{.name = "ssl2", .version = V::ssl20, .suite = ""},
    Story{.name = "ssl2_resumed", .version = V::ssl20, .suite = "", .resumed = true},
#endif
    Story{.name = "ssl3", .version = V::ssl30, .suite = "AES128-SHA"},
    Story{.name = "tls10_dhe", .version = V::tls10, .suite = "DHE-RSA-AES128-SHA"},
    Story{.name = "tls10_resumed", .version = V::tls10, .suite = "RC4-SHA", .resumed = true},
    Story{.name = "tls12_client_certificate",
          .version = V::tls12,
          .suite = "ECDHE-RSA-AES128-GCM-SHA256",
          .client_certificate = true},
    Story{.name = "tls12_ticket",
          .version = V::tls12,
          .suite = "AES128-SHA256",
          .tickets = true,
          .resumed = true},
    Story{.name = "tls10_renegotiated",
          .version = V::tls10,
          .suite = "DES-CBC3-SHA",
          .client_certificate = true,
          .renegotiated = true},
};

/// The settings that all connections of a story share, as those of one context do.
struct Settings {
  std::shared_ptr<Config> client, server;
  std::shared_ptr<const Session> session;

  explicit Settings(const Story& s)
      : client(client_config({s.version}, s.suite)), server(server_config({s.version}, s.suite)) {
    if (s.version == V::ssl20)
      for (const auto& c : {client, server})
        c->suites = *parse_cipher_list("ALL", CipherContext::sslv2);
    if (s.tickets) server->ticket_keys = std::make_shared<TicketKeys>(300);
    if (s.client_certificate) {
      server->verify_mode = VerifyMode::required;
      client->identities = {client_identity()};
    }
  }
};

/// One connection from the hellos to the end. Each step may throw; what is thrown comes out of
/// step(), and the connection goes on without the step.
class Talk {
 public:
  Talk(const Story& story, const Settings& s) : story_(story), settings_(s) {}

  /// Everything that happens, in order. Memory may end anywhere in it.
  void run() {
    step([&] {
      client.emplace(Connection::client(settings_.client, "", {client_rng_, clock_, nullptr},
                                        settings_.session));
    });
    step([&] {
      server.emplace(Connection::server(settings_.server, {server_rng_, clock_, nullptr}));
    });
    if (!client || !server) return;
    settle();
    say(*client, *server);
    if (story_.renegotiated) {
      step([&] { (void)client->renegotiate().has_value(); });
      settle();
    }
    say(*server, *client);
    session = client->session();
    for (Connection* c : {&*client, &*server}) step([&] { (void)c->close().has_value(); });
    settle();
  }

  std::optional<Connection> client, server;
  std::shared_ptr<const Session> session;
  Connection* struck = nullptr;
  bool thrown = false;
  unsigned said = 0;

 private:
  template <class Step>
  void step(Step s, Connection* whose = nullptr) {
    try {
      s();
    } catch (const std::bad_alloc&) {
      heap.more();
      thrown = true;
      struck = whose;
    }
  }
  /// Without a buffer that would have to grow: what may run out of memory is the library alone.
  bool move(Connection& from, Connection& to) {
    std::size_t taken = 0;
    step([&] { taken = to.feed(from.outgoing()); }, &to);
    from.sent(taken);
    return taken != 0;
  }
  void settle() {
    while (move(*client, *server) || move(*server, *client)) {
    }
    for (Connection* c : {&*client, &*server})
      if (c->failure() != nullptr)
        step([&] { (c == &*client ? *server : *client).end_of_stream(); },
             c == &*client ? &*server : &*client);
  }
  void say(Connection& from, Connection& to) {
    std::array<std::uint8_t, 300> word{}, heard{};
    word.fill('w');
    step([&] { (void)from.write(word).has_value(); }, &from);
    settle();
    if (to.read(heard) == word.size() && heard == word) ++said;
  }

  const Story& story_;
  const Settings& settings_;
  FixedClock clock_{kNow};
  SeededRng client_rng_{2}, server_rng_{3};
};

class Memory : public testing::TestWithParam<Story> {};
INSTANTIATE_TEST_SUITE_P(Stories, Memory, testing::ValuesIn(kStories),
                         [](const auto& i) { return std::string{i.param.name}; });

TEST_P(Memory, may_end_at_any_allocation_of_a_connection) {
  const Story& story = GetParam();
  Settings settings{story};
  const auto whole = [&] {
    Talk t(story, settings);
    t.run();
    return t.said == 2 && !t.thrown ? t.session : nullptr;
  };
  // What is made once per process is there after this.
  const auto first = whole();
  ASSERT_NE(first, nullptr);
  if (story.resumed) settings.session = first;
  ASSERT_NE(whole(), nullptr);

  // Open all the while, with the same settings.
  Pair neighbour({.client = settings.client, .server = settings.server});
  ASSERT_TRUE(neighbour.run());

  std::size_t n = 0, thrown = 0;
  for (;; ++n) {
    // A connection that was cut short takes its session along.
    if (story.resumed) {
      settings.session = nullptr;
      settings.session = whole();
    }
    const std::size_t known = settings.server->sessions->size();
    const std::size_t before = heap.blocks;
    {
      Talk t(story, settings);
      heap.end_after(n);
      t.run();
      const bool ended = heap.ended;
      heap.more();
      if (!ended) {
        ASSERT_EQ(t.said, 2u);
        EXPECT_EQ(t.client->resumed(), story.resumed && !story.renegotiated);
        break;
      }
      if (t.thrown) ++thrown;
      if (t.struck != nullptr) {
        Connection& c = *t.struck;
        ASSERT_EQ(c.phase(), Phase::failed) << n;
        ASSERT_NE(c.failure(), nullptr) << n;
        // Whatever had failed before stays the reason.
        EXPECT_FALSE(c.write(Bytes{1}).has_value()) << n;
        EXPECT_EQ(c.feed(Bytes{1}), 0u) << n;
        EXPECT_FALSE(c.renegotiate().has_value()) << n;
        EXPECT_FALSE(c.renegotiating()) << n;
        c.end_of_stream();
        EXPECT_FALSE(c.close().has_value()) << n;
      }
      if (!t.thrown) {
        EXPECT_EQ(t.said, 2u) << n << ": somebody has done without";
      }
    }
    // A session may have found its way into the memory of the server, or out; nothing else stays.
    if (settings.server->sessions->size() == known) {
      EXPECT_EQ(heap.blocks, before) << n;
    }
    if (n % 100 == 0) {
      const Bytes word{'h', 'i'};
      ASSERT_EQ(neighbour.transfer(Side::client, word), word) << n;
      ASSERT_EQ(neighbour.transfer(Side::server, word), word) << n;
      ASSERT_NE(whole(), nullptr) << n;
    }
  }
  EXPECT_GT(n, 50u);
  EXPECT_GT(thrown, n / 2);
  EXPECT_TRUE(neighbour.close());
  EXPECT_NE(whole(), nullptr);
}

/// The same by the documented names. What is thrown in place of "want read" has struck nobody.
struct Objects {
  explicit Objects(const SSLContext& client_side, const SSLContext& server_side)
      : client(client_side.wrap_bio(down, up)),
        server(server_side.wrap_bio(up, down, {.server_side = true})) {}
  MemoryBIO up, down;
  SSLObject client, server;
};

/// Whether both have shaken hands and said a word; `ran_out`: std::bad_alloc came out of a call.
bool talk(const SSLContext& client, const SSLContext& server, bool& ran_out) {
  try {
    Objects o(client, server);
    std::array<bool, 2> done{};
    for (int round = 0; round < 20 && !(done[0] && done[1]); ++round)
      for (SSLObject* end : {&o.client, &o.server}) try {
          end->do_handshake();
          done[end == &o.server] = true;
        } catch (const SSLWantReadError&) {
        } catch (const std::bad_alloc&) {
          heap.more();
          ran_out = true;
        }
    if (!done[0] || !done[1]) return false;
    o.client.write("word");
    return as_text(o.server.read()) == "word";
  } catch (const std::bad_alloc&) {
    heap.more();
    ran_out = true;
  } catch (const SSLError& e) {
    heap.more();
    if (!ran_out) ADD_FAILURE() << e.what();
  }
  return false;
}

TEST(Memory, may_end_at_any_allocation_of_the_documented_interface) {
  SSLContext server(PROTOCOL_TLSv1), client(PROTOCOL_TLSv1);
  server.load_cert_chain(server_identity());
  server.set_session_store(nullptr);
  server.set_ticket_keys(nullptr);
  bool ran_out = false;
  ASSERT_TRUE(talk(client, server, ran_out));
  std::size_t n = 0, thrown = 0;
  for (bool ended = true; ended; ++n) {
    const std::size_t before = heap.blocks;
    ran_out = false;
    heap.end_after(n);
    const bool good = talk(client, server, ran_out);
    ended = heap.ended;
    heap.more();
    if (ran_out) ++thrown;
    EXPECT_TRUE(good || ran_out) << n;
    EXPECT_EQ(heap.blocks, before) << n;
    ran_out = false;
    if (n % 100 == 0) {
      ASSERT_TRUE(talk(client, server, ran_out)) << n;
    }
  }
  EXPECT_GT(thrown, 100u);
  EXPECT_TRUE(talk(client, server, ran_out));
}

TEST(Memory, may_end_while_certificates_and_keys_are_written_and_read) {
  const PrivateKey& key = server_identity().key;
  const CertificateRequest request{.common_name = "memory",
                                   .subject_alt_names = {"a.example", "b.example"},
                                   .not_before = kNow,
                                   .not_after = kNow + 1};
  const auto all = [&] {
    SeededRng rng{3};
    const auto certificate = issue_certificate(rng, request, key);
    const auto read = PrivateKey::from_pem(key.to_pem());
    return certificate && read && Certificate::parse(to_bytes(certificate->der()));
  };
  ASSERT_TRUE(all());
  std::size_t n = 0;
  for (bool ended = true; ended; ++n) {
    const std::size_t before = heap.blocks;
    bool good = false;
    heap.end_after(n);
    try {
      good = all();
    } catch (const std::bad_alloc&) {
    }
    ended = heap.ended;
    heap.more();
    EXPECT_NE(good, ended) << n;
    EXPECT_EQ(heap.blocks, before) << n;
  }
  EXPECT_GT(n, 50u);
}

// Else a session that is in one of its two places only would make room for one more each time.
TEST(Memory, may_end_while_a_session_is_remembered) {
  SessionCache cache(300, 3);
  const auto session = [](std::uint8_t id) {
    Session::Data d;
    d.id = Bytes(32, id);
    d.created = kNow;
    return std::make_shared<const Session>(std::move(d));
  };
  std::uint8_t id = 0;
  for (std::size_t n = 0; n < 8; ++n) {
    const auto s = session(++id);
    heap.end_after(n);
    try {
      cache.put(s);
    } catch (const std::bad_alloc&) {
    }
    heap.more();
  }
  for (int i = 0; i < 20; ++i) cache.put(session(++id));
  EXPECT_EQ(cache.size(), 3u);
}

}  // namespace
}  // namespace parley::test

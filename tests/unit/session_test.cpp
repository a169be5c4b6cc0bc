#include "parley/session.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "crypto/hash.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

using Outcome = SessionCache::Outcome;

Bytes id(unsigned n) {
  return {static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
          static_cast<std::uint8_t>(n)};
}
std::shared_ptr<const Session> session(unsigned n, std::int64_t created = 1000) {
  Session::Data d;
  d.version = ProtocolVersion::tls10;
  d.suite = 0x002f;
  d.id = id(n);
  d.master_secret.fill(static_cast<std::uint8_t>(n));
  d.created = created;
  return std::make_shared<const Session>(std::move(d));
}

TEST(SessionCache, gives_back_what_was_put_in) {
  SessionCache cache{300};
  const auto s = session(1);
  EXPECT_FALSE(cache.put(s));
  const auto found = cache.find(id(1), 1001);
  EXPECT_EQ(found.outcome, Outcome::hit);
  EXPECT_EQ(found.session, s);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(SessionCache, misses_what_it_never_saw_and_ids_that_only_begin_alike) {
  SessionCache cache{300};
  cache.put(session(1));
  EXPECT_EQ(cache.find(id(2), 1001).outcome, Outcome::miss);
  EXPECT_EQ(cache.find({}, 1001).outcome, Outcome::miss);
  const Bytes whole = id(1);
  EXPECT_EQ(cache.find(ByteView{whole}.first(2), 1001).outcome, Outcome::miss);
  Bytes longer = whole;
  longer.push_back(0);
  const auto found = cache.find(longer, 1001);
  EXPECT_EQ(found.outcome, Outcome::miss);
  EXPECT_EQ(found.session, nullptr);
}

TEST(SessionCache, an_id_may_hold_zeros) {
  SessionCache cache{300};
  cache.put(session(0));
  cache.put(session(256));
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.find(id(0), 1001).session->data().id, id(0));
}

TEST(SessionCache, a_session_lives_for_its_lifetime_and_not_a_second_longer) {
  SessionCache cache{300};
  cache.put(session(1, 1000));
  EXPECT_EQ(cache.find(id(1), 1299).outcome, Outcome::hit);
  const auto late = cache.find(id(1), 1300);
  EXPECT_EQ(late.outcome, Outcome::expired);
  EXPECT_EQ(late.session, nullptr);
}

TEST(SessionCache, an_expired_session_is_forgotten_by_the_first_who_asks) {
  SessionCache cache{300};
  cache.put(session(1, 1000));
  EXPECT_EQ(cache.find(id(1), 5000).outcome, Outcome::expired);
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.find(id(1), 5000).outcome, Outcome::miss);
}

TEST(SessionCache, finding_does_not_prolong) {
  SessionCache cache{300};
  cache.put(session(1, 1000));
  for (std::int64_t now = 1000; now < 1300; now += 50)
    EXPECT_EQ(cache.find(id(1), now).outcome, Outcome::hit);
  EXPECT_EQ(cache.find(id(1), 1300).outcome, Outcome::expired);
}

TEST(SessionCache, a_clock_that_went_backwards_makes_no_session_older) {
  SessionCache cache{300};
  cache.put(session(1, 1000));
  EXPECT_EQ(cache.find(id(1), 10).outcome, Outcome::hit);
  EXPECT_EQ(cache.find(id(1), -10).outcome, Outcome::hit);
  EXPECT_EQ(cache.find(id(1), 1300).outcome, Outcome::expired);
}

TEST(SessionCache, a_lifetime_of_nothing_lets_nothing_be_found) {
  SessionCache cache{0};
  cache.put(session(1, 1000));
  EXPECT_EQ(cache.find(id(1), 1000).outcome, Outcome::expired);
}

TEST(SessionCache, evicts_the_oldest_when_full_and_says_so) {
  SessionCache cache{300, 3};
  EXPECT_FALSE(cache.put(session(1)));
  EXPECT_FALSE(cache.put(session(2)));
  EXPECT_FALSE(cache.put(session(3)));
  cache.find(id(1), 1001);  // asking for it does not make it younger
  EXPECT_TRUE(cache.put(session(4)));
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.find(id(1), 1001).outcome, Outcome::miss);
  for (const unsigned n : {2U, 3U, 4U}) EXPECT_EQ(cache.find(id(n), 1001).outcome, Outcome::hit);
}

TEST(SessionCache, never_holds_more_than_its_capacity) {
  SessionCache cache{300, 16};
  for (unsigned n = 0; n < 1000; ++n) {
    EXPECT_EQ(cache.put(session(n)), n >= 16);
    EXPECT_LE(cache.size(), 16U);
  }
  for (unsigned n = 984; n < 1000; ++n) EXPECT_EQ(cache.find(id(n), 1001).outcome, Outcome::hit);
}

TEST(SessionCache, a_session_with_a_known_id_replaces_the_old_and_counts_as_new) {
  SessionCache cache{300, 2};
  cache.put(session(1));
  cache.put(session(2));
  const auto again = session(1, 1200);
  EXPECT_FALSE(cache.put(again));  // replaced, so nobody had to go
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.find(id(1), 1400).session, again);
  EXPECT_TRUE(cache.put(session(3)));  // the oldest is now 2
  EXPECT_EQ(cache.find(id(2), 1001).outcome, Outcome::miss);
  EXPECT_EQ(cache.find(id(1), 1201).outcome, Outcome::hit);
}

TEST(SessionCache, removes_one_and_leaves_the_others) {
  SessionCache cache{300, 2};
  cache.put(session(1));
  cache.put(session(2));
  cache.remove(id(1));
  cache.remove(id(77));
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(cache.find(id(1), 1001).outcome, Outcome::miss);
  EXPECT_FALSE(cache.put(session(3)));  // there is room again
  EXPECT_EQ(cache.find(id(2), 1001).outcome, Outcome::hit);
}

TEST(SessionCache, a_holder_keeps_a_session_that_the_cache_let_go) {
  SessionCache cache{300, 1};
  cache.put(session(7));
  const auto held = cache.find(id(7), 1001).session;
  cache.put(session(8));
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->data().master_secret[0], 7);
}

/// The sessions of a file that was written without parley, encoded.
std::vector<test::VectorCase> recorded() { return test::read_vector_file("session/tickets.txt"); }

TEST(SessionEncoding, is_what_its_description_says_field_by_field) {
  const auto scope = std::make_shared<const char>();
  std::size_t certificates = 0;
  for (const test::VectorCase& c : recorded()) {
    SCOPED_TRACE(test::field(c, "name"));
    const auto s = Session::decode(test::hex_field(c, "encoded"), scope);
    ASSERT_TRUE(s);
    const Session::Data& d = (*s)->data();
    EXPECT_EQ(static_cast<std::size_t>(d.version), test::number_field(c, "version"));
    EXPECT_EQ(d.suite, test::number_field(c, "suite"));
    EXPECT_EQ(d.id, test::hex_field(c, "id"));
    const ByteView secret = ByteView{d.master_secret}.first(d.master_secret_size);
    EXPECT_EQ(to_hex(secret), test::field(c, "master_secret"));
    EXPECT_EQ(d.key_arg, test::hex_field(c, "key_arg"));
    EXPECT_EQ(d.ticket, test::hex_field(c, "ticket"));
    EXPECT_EQ(d.server_name, test::field(c, "server_name"));
    std::string chain;
    for (const Certificate& cert : d.peer_chain) {
      if (++certificates; !chain.empty()) chain += " ";
      chain += to_hex(crypto::hash(crypto::HashId::sha256, {cert.der()}).view());
    }
    EXPECT_EQ(chain, test::field(c, "peer_chain"));
    EXPECT_EQ(d.peer_verified ? "1" : "0", test::field(c, "peer_verified"));
    EXPECT_EQ(std::to_string(d.created), test::field(c, "created"));
    EXPECT_EQ(std::to_string(d.ticket_until), test::field(c, "ticket_until"));
    EXPECT_EQ(d.verification, nullptr);
    EXPECT_EQ(d.scope, scope);
    EXPECT_FALSE((*s)->revoked());
    EXPECT_EQ(to_hex((*s)->encode()), test::field(c, "encoded"));
  }
  EXPECT_EQ(certificates, 2U);
}

TEST(SessionEncoding, every_proper_prefix_is_refused) {
  for (const test::VectorCase& c : recorded()) {
    const Bytes encoded = test::hex_field(c, "encoded");
    for (std::size_t n = 0; n < encoded.size(); ++n) {
      const auto s = Session::decode(ByteView{encoded}.first(n), nullptr);
      ASSERT_FALSE(s) << n;
      EXPECT_EQ(s.error().code, Errc::truncated) << n;
    }
  }
}

TEST(SessionEncoding, a_byte_too_many_is_refused) {
  for (const test::VectorCase& c : recorded()) {
    Bytes encoded = test::hex_field(c, "encoded");
    encoded.push_back(0);
    const auto s = Session::decode(encoded, nullptr);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Errc::trailing_bytes);
  }
}

TEST(SessionEncoding, what_nobody_writes_is_refused_where_it_stands) {
  // format 0, version 1-2, suite 3-6, id 7, master secret 8 9-56, key_arg 57, ticket 58-59,
  // server_name 60, chain 61-63, verified 64, created 65-72, ticket_until 73-80
  const Bytes good = session(1)->encode();
  ASSERT_EQ(good.size(), 81U + 3U);  // the id has three bytes
  const auto spoilt = [&](std::size_t at, std::uint8_t value) {
    Bytes b = good;
    b[at] = value;
    return b;
  };
  struct Case {
    Bytes encoded;
    const char* where;
    Errc code;
  };
  const auto long_field = [](std::string_view head, std::size_t zeros) {
    Bytes b = test::from_hex(head);
    b.resize(b.size() + zeros);
    return b;
  };
  const std::string front =
      "030301"
      "0000002f";
  const std::string secret(2 * 48, '7');
  for (const Case& c : {
           Case{spoilt(0, 0), "session.format", Errc::bad_value},
           Case{spoilt(0, 1), "session.format", Errc::bad_value},
           Case{spoilt(0, 2), "session.format", Errc::bad_value},
           Case{spoilt(1, 0x7f), "session.version", Errc::bad_value},
           Case{spoilt(5, 0xfe), "session.suite", Errc::bad_value},
           Case{spoilt(64 + 3, 5 << 2), "session.flags", Errc::bad_value},
           Case{long_field(front + "21", 100), "session.id", Errc::length_out_of_range},
           Case{long_field(front + "0000", 100), "session.master_secret",
                Errc::length_out_of_range},
           Case{long_field(front + "0031", 100), "session.master_secret",
                Errc::length_out_of_range},
           Case{long_field(front + "0030" + secret + "09", 100), "session.key_arg",
                Errc::length_out_of_range},
           // The chain: longer than any is received, one that is no certificate, an empty one.
           Case{long_field(front + "0030" + secret +
                               "00000000"
                               "019001",
                           0x19001 + 9),
                "session.peer_chain", Errc::length_out_of_range},
           Case{long_field(front + "0030" + secret +
                               "00000000"
                               "000003",
                           3 + 9),
                "session.certificate", Errc::length_out_of_range},
       }) {
    const auto s = Session::decode(c.encoded, nullptr);
    ASSERT_FALSE(s) << c.where;
    EXPECT_EQ(s.error().code, c.code) << c.where;
    EXPECT_STREQ(s.error().where, c.where);
  }
  EXPECT_FALSE(Session::decode(long_field(front + "0030" + secret +
                                              "00000000"
                                              "000007"
                                              "000004"
                                              "30020500",
                                          9),
                               nullptr));
}

TEST(SessionEncoding, what_could_not_be_read_back_is_not_written) {
  const auto encoded_size = [](auto change) {
    Session::Data d;
    d.version = ProtocolVersion::tls10;
    d.suite = 0x002f;
    change(d);
    const Session s{std::move(d)};
    const Bytes b = s.encode();
    EXPECT_EQ(Session::decode(b, nullptr).has_value(), !b.empty());
    return b.size();
  };
  constexpr std::size_t kEmpty = 81;
  EXPECT_EQ(encoded_size([](Session::Data&) {}), kEmpty);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.id.resize(32); }), kEmpty + 32);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.id.resize(33); }), 0U);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.master_secret_size = 1; }), kEmpty - 47);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.master_secret_size = 0; }), 0U);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.master_secret_size = 49; }), 0U);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.key_arg.resize(8); }), kEmpty + 8);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.key_arg.resize(9); }), 0U);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.ticket.resize(65535); }), kEmpty + 65535);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.ticket.resize(65536); }), 0U);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.server_name.resize(255, 'a'); }), kEmpty + 255);
  EXPECT_EQ(encoded_size([](Session::Data& d) { d.server_name.resize(256, 'a'); }), 0U);
}

TEST(SessionEncoding, a_chain_has_at_most_100_certificates) {
  Bytes certificate;
  for (const test::VectorCase& c : recorded()) {
    const auto s = Session::decode(test::hex_field(c, "encoded"), nullptr);
    if (!(*s)->data().peer_chain.empty()) certificate = to_bytes((*s)->data().peer_chain[0].der());
  }
  ASSERT_FALSE(certificate.empty());
  ASSERT_LT(certificate.size() + 3, 1014U);  // else the size would be what is refused
  for (const std::size_t n : {100U, 101U}) {
    Session::Data d;
    d.version = ProtocolVersion::tls10;
    d.suite = 0x002f;
    const auto parsed = Certificate::parse(certificate);
    ASSERT_TRUE(parsed);
    d.peer_chain.assign(n, *parsed);
    EXPECT_EQ(Session{std::move(d)}.encode().empty(), n == 101);

    Bytes encoded = Session{[] {
                      Session::Data e;
                      e.version = ProtocolVersion::tls10;
                      e.suite = 0x002f;
                      return e;
                    }()}
                        .encode();
    Bytes chain;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t size = certificate.size();
      append(chain,
             Bytes{0, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
      append(chain, certificate);
    }
    encoded[61] = static_cast<std::uint8_t>(chain.size() >> 16);
    encoded[62] = static_cast<std::uint8_t>(chain.size() >> 8);
    encoded[63] = static_cast<std::uint8_t>(chain.size());
    encoded.insert(encoded.begin() + 64, chain.begin(), chain.end());
    const auto s = Session::decode(encoded, nullptr);
    ASSERT_EQ(s.has_value(), n == 100);
    if (!s) {
      EXPECT_EQ(s.error().code, Errc::length_out_of_range);
      EXPECT_STREQ(s.error().where, "session.peer_chain");
    }
  }
}

/// A store as an application writes one for several processes: all it has are byte strings.
class ByteStore final : public SessionStore {
 public:
  explicit ByteStore(std::shared_ptr<const void> scope) : scope_(std::move(scope)) {}
  Lookup find(ByteView id, std::int64_t now) override {
    const auto it = entries_.find(to_bytes(id));
    if (it == entries_.end()) return {};
    auto s = Session::decode(it->second, scope_);
    if (!s) return {};
    if (now - (*s)->data().created >= 300) return {Outcome::expired, nullptr};
    return {Outcome::hit, *std::move(s)};
  }
  bool put(std::shared_ptr<const Session> s) override {
    entries_[s->data().id] = s->encode();
    return false;
  }
  void remove(ByteView id) override { entries_.erase(to_bytes(id)); }
  std::size_t size() const override { return entries_.size(); }

  std::map<Bytes, Bytes> entries_;

 private:
  std::shared_ptr<const void> scope_;
};

TEST(SessionStore, of_an_application_keeps_sessions_as_bytes) {
  const auto scope = std::make_shared<const char>();
  ByteStore store{scope};
  SessionStore& as_parley_sees_it = store;
  const auto s = session(9);
  EXPECT_FALSE(as_parley_sees_it.put(s));
  EXPECT_EQ(as_parley_sees_it.size(), 1U);
  const auto found = as_parley_sees_it.find(id(9), 1001);
  ASSERT_EQ(found.outcome, Outcome::hit);
  EXPECT_NE(found.session, s);
  EXPECT_EQ(found.session->data().master_secret, s->data().master_secret);
  EXPECT_EQ(found.session->data().scope, scope);
  EXPECT_EQ(as_parley_sees_it.find(id(9), 1300).outcome, Outcome::expired);
  EXPECT_EQ(as_parley_sees_it.find(id(8), 1001).outcome, Outcome::miss);
  store.entries_[id(9)][0] = 99;  // of a parley that is not there yet
  EXPECT_EQ(as_parley_sees_it.find(id(9), 1001).outcome, Outcome::miss);
  as_parley_sees_it.remove(id(9));
  EXPECT_EQ(as_parley_sees_it.size(), 0U);
}

// For the thread sanitizer as much as for the counts: four threads on one small cache.
TEST(SessionCache, is_shared_between_threads) {
  SessionCache cache{300, 64};
  SessionCounters counters;
  const auto work = [&](unsigned first) {
    for (unsigned i = 0; i < 500; ++i) {
      const unsigned n = first + i;
      if (cache.put(session(n))) ++counters.cache_full;
      const auto found = cache.find(id(n), 1001);
      if (found.outcome == Outcome::hit) {
        ++counters.hits;
        EXPECT_EQ(found.session->data().id, id(n));
      } else {
        ++counters.misses;
      }
      if (i % 3 == 0) cache.remove(id(n));
      EXPECT_LE(cache.size(), 64U);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) threads.emplace_back(work, 10000 * t);
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(counters.hits + counters.misses, 2000);
  EXPECT_LE(cache.size(), 64U);
}

}  // namespace
}  // namespace parley

#include "parley/session.hpp"

#include <gtest/gtest.h>

#include <thread>

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

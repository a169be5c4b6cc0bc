// The world fails: randomness at every draw, clocks that jump, key logs on a full disk.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "support/pair.hpp"
#include "support/rngs.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;
using Phase = Connection::Phase;

class NoRandomness : public testing::TestWithParam<std::tuple<Side, const char*>> {};
INSTANTIATE_TEST_SUITE_P(
    Suites, NoRandomness,
    testing::Combine(testing::Values(Side::client, Side::server),
                     testing::Values("RC4-SHA", "DHE-RSA-AES128-SHA", "ECDHE-RSA-AES128-SHA",
                                     "ECDHE-RSA-AES128-GCM-SHA256", "EXP-RC4-MD5",
                                     "EXP-EDH-RSA-DES-CBC-SHA", "ADH-AES128-SHA")),
    [](const auto& i) {
      std::string name{side_name(std::get<0>(i.param))};
      name += std::string{"_"} + std::get<1>(i.param);
      std::ranges::replace(name, '-', '_');
      return name;
    });

TEST_P(NoRandomness, at_any_draw_ends_the_handshake_and_says_nothing_that_should_have_been_random) {
  const auto [who, suite] = GetParam();
  const bool gcm = std::string_view{suite}.find("GCM") != std::string_view::npos;
  const bool exported = std::string_view{suite}.starts_with("EXP");
  const V v = gcm ? V::tls12 : exported ? V::tls10 : V::tls11;
  const auto client = client_config({v}, suite), server = server_config({v}, suite);
  if (std::string_view{suite}.starts_with("ADH")) client->verify_mode = VerifyMode::none;
  server->ticket_keys = std::make_shared<TicketKeys>(300);
  std::size_t works = 0;
  for (bool opened = false; !opened && works < 2000; ++works) {
    FailingRng rng{9, works};
    SeededRng sound{4};
    const FixedClock clock{kNow};
    const auto rng_of = [&, side = who](Side s) -> Rng& {
      return s == side ? static_cast<Rng&>(rng) : sound;
    };
    Connection c = Connection::client(client, "", {rng_of(Side::client), clock, nullptr});
    Connection s = Connection::server(server, {rng_of(Side::server), clock, nullptr});
    Wire up, down;
    settle(c, s, up, down);
    const Connection& victim = who == Side::client ? c : s;
    opened = victim.phase() == Phase::open;
    if (opened) break;
    ASSERT_NE(victim.failure(), nullptr) << works;
    EXPECT_EQ(victim.failure()->code, Errc::no_random) << works << victim.failure()->text();
    const Wire& said = who == Side::client ? up : down;
    // A random of zeros is what a generator that failed unnoticed leaves.
    EXPECT_EQ(std::search_n(said.log.begin(), said.log.end(), 28, 0), said.log.end()) << works;
  }
  EXPECT_GT(works, 0u);
  EXPECT_LT(works, 2000u);
}

/// Every look shows another time.
class JumpingClock final : public Clock {
 public:
  explicit JumpingClock(std::vector<std::int64_t> times) : times_(std::move(times)) {}
  std::int64_t unix_seconds() const override { return times_[at_++ % times_.size()]; }

 private:
  std::vector<std::int64_t> times_;
  mutable std::size_t at_ = 0;
};

TEST(ClockJumps, cost_a_handshake_at_most) {
  using Limits = std::numeric_limits<std::int64_t>;
  const std::vector<std::vector<std::int64_t>> histories{
      {kNow, 0},
      {kNow, Limits::max()},
      {kNow, Limits::min()},
      {Limits::min(), Limits::max(), kNow},
      {kNow, kNow + 86400 * 365, kNow - 86400 * 365},
      {-1, 1},
  };
  for (const auto& history : histories) {
    for (const bool tickets : {false, true}) {
      const auto client = client_config({}, "AES128-SHA"), server = server_config({}, "AES128-SHA");
      if (tickets) server->ticket_keys = std::make_shared<TicketKeys>(300);
      const JumpingClock clock{history};
      SeededRng rng{5}, other_rng{6};
      std::shared_ptr<const Session> session;
      for (int round = 0; round < 6; ++round) {
        Connection c = Connection::client(client, "", {rng, clock, nullptr}, session);
        Connection s = Connection::server(server, {other_rng, clock, nullptr});
        Wire up, down;
        settle(c, s, up, down);
        ASSERT_TRUE(c.phase() == Phase::open || c.phase() == Phase::failed);
        if (c.phase() != Phase::open) continue;
        ASSERT_EQ(s.phase(), Phase::open);
        const Bytes data(10, 'x');
        ASSERT_EQ(transfer(c, s, up, data), data);
        session = c.session();
      }
    }
  }
}

}  // namespace
}  // namespace parley::test

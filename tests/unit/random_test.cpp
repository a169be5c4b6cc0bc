#include "parley/rng.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <thread>

#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

Bytes take(Rng& rng, std::size_t n) {
  Bytes b(n);
  EXPECT_TRUE(rng.fill(b));
  return b;
}

// Twenty thousand bits of a fair coin have 10,000 ones, give or take 71; seven times that does
// not happen by chance.
void expect_balanced(ByteView b) {
  ASSERT_EQ(b.size(), 2500U);
  std::size_t ones = 0;
  std::set<std::uint8_t> values;
  for (const std::uint8_t x : b) {
    ones += static_cast<std::size_t>(std::popcount(x));
    values.insert(x);
  }
  EXPECT_GT(ones, 9500U);
  EXPECT_LT(ones, 10500U);
  EXPECT_GT(values.size(), 240U);
}

TEST(SeededRng, is_the_chacha20_stream_of_its_seed) {
  for (const auto& c : test::read_vector_file("crypto/seeded_rng.txt")) {
    SeededRng rng(std::stoull(test::field(c, "seed"), nullptr, 16));
    EXPECT_EQ(to_hex(take(rng, 300)), test::field(c, "stream"));
  }
}

TEST(SeededRng, same_seed_gives_the_same_bytes_and_another_seed_others) {
  SeededRng a(42);
  SeededRng b(42);
  SeededRng c(43);
  const Bytes first = take(a, 64);
  EXPECT_EQ(first, take(b, 64));
  EXPECT_NE(first, take(c, 64));
  EXPECT_NE(first, take(a, 64)) << "the stream must go on";
}

TEST(SeededRng, does_not_care_how_the_stream_is_asked_for) {
  SeededRng whole_rng(7);
  const Bytes whole = take(whole_rng, 1000);
  for (const std::size_t step : {1U, 5U, 28U, 46U, 63U, 64U, 65U, 100U, 128U, 500U}) {
    SeededRng rng(7);
    Bytes parts;
    while (parts.size() < whole.size()) {
      append(parts, take(rng, std::min(step, whole.size() - parts.size())));
      append(parts, take(rng, 0));
    }
    EXPECT_EQ(parts, whole) << step;
  }
}

TEST(SeededRng, overwrites_what_the_buffer_held) {
  SeededRng a(9);
  SeededRng b(9);
  Bytes dirty(100, 0xa5);
  ASSERT_TRUE(a.fill(dirty));
  EXPECT_EQ(dirty, take(b, 100));
}

TEST(SeededRng, is_balanced) {
  SeededRng rng(1);
  expect_balanced(take(rng, 2500));
}

TEST(SystemRng, fills_and_never_repeats) {
  expect_balanced(take(system_rng(), 2500));
  EXPECT_NE(take(system_rng(), 32), take(system_rng(), 32));
  EXPECT_TRUE(system_rng().fill({}));
}

TEST(SystemRng, serves_several_threads_at_once) {
  std::array<Bytes, 4> got;
  std::vector<std::thread> threads;
  for (Bytes& b : got) {
    threads.emplace_back([&b] { b = take(system_rng(), 64); });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(std::set<Bytes>(got.begin(), got.end()).size(), got.size());
}

}  // namespace
}  // namespace parley

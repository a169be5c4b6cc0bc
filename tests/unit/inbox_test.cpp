#include "engine/inbox.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/byte_queue.hpp"
#include "parley/rng.hpp"

namespace parley {
namespace {

Bytes counting(std::size_t n, std::size_t from = 0) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>((from + i) * 7 + i / 251);
  return b;
}
Bytes read_all(Inbox& in) {
  Bytes out(in.readable());
  EXPECT_EQ(in.read(out), out.size());
  return out;
}

TEST(Inbox, is_empty_at_first) {
  Inbox in;
  EXPECT_TRUE(in.unparsed().empty());
  EXPECT_EQ(in.readable(), 0U);
  EXPECT_EQ(in.free_segments(), Inbox::kSegments);
  Bytes some(4);
  EXPECT_EQ(in.read(some), 0U);
  EXPECT_EQ(in.append({}), 0U);
}

TEST(Inbox, gives_bytes_back_in_order_as_they_are_parsed) {
  Inbox in;
  const Bytes b = counting(100);
  EXPECT_EQ(in.append(ByteView{b}.first(60)), 60U);
  in.parsed(25);
  EXPECT_EQ(in.append(ByteView{b}.subspan(60)), 40U);
  EXPECT_TRUE(equal(in.unparsed(), ByteView{b}.subspan(25)));
  in.parsed(75);
  EXPECT_TRUE(in.unparsed().empty());
}

TEST(Inbox, plaintext_is_read_out_of_where_it_was_opened) {
  Inbox in;
  const Bytes b = counting(50);
  in.append(b);
  in.queue_plaintext(in.unparsed().subspan(5, 20));
  in.parsed(30);
  EXPECT_EQ(in.readable(), 20U);
  EXPECT_TRUE(equal(in.unparsed(), ByteView{b}.subspan(30)));
  EXPECT_TRUE(equal(read_all(in), ByteView{b}.subspan(5, 20)));
  EXPECT_EQ(in.readable(), 0U);
  EXPECT_TRUE(equal(in.unparsed(), ByteView{b}.subspan(30)));
}

TEST(Inbox, reads_across_parts_and_stops_inside_one) {
  Inbox in;
  const Bytes b = counting(40);
  in.append(b);
  in.queue_plaintext(in.unparsed().subspan(5, 10));
  in.queue_plaintext(in.unparsed().subspan(20, 10));
  in.parsed(40);
  Bytes first(13), second(20);
  EXPECT_EQ(in.read(first), 13U);
  EXPECT_TRUE(equal(ByteView{first}.first(10), ByteView{b}.subspan(5, 10)));
  EXPECT_TRUE(equal(ByteView{first}.subspan(10), ByteView{b}.subspan(20, 3)));
  EXPECT_EQ(in.readable(), 7U);
  EXPECT_EQ(in.read(second), 7U);
  EXPECT_TRUE(equal(ByteView{second}.first(7), ByteView{b}.subspan(23, 7)));
}

TEST(Inbox, takes_what_fits_and_one_byte_past_the_limit_stays_outside) {
  Inbox in;
  const Bytes b = counting(limits::kInput + 1);
  EXPECT_EQ(in.append(b), limits::kInput);
  EXPECT_EQ(in.append(ByteView{b}.first(1)), 0U);
  EXPECT_TRUE(equal(in.unparsed(), ByteView{b}.first(limits::kInput)));
  in.parsed(1);
  EXPECT_EQ(in.append(ByteView{b}.subspan(limits::kInput)), 1U);
  EXPECT_TRUE(equal(in.unparsed(), ByteView{b}.subspan(1)));
}

TEST(Inbox, unread_plaintext_counts_against_the_limit) {
  Inbox in;
  const Bytes b = counting(limits::kInput);
  in.append(b);
  in.queue_plaintext(in.unparsed().subspan(1000, 10));
  in.parsed(limits::kInput);
  EXPECT_EQ(in.append(b), 1000U);  // what lies before the plaintext is free again
  Bytes ten(10);
  EXPECT_EQ(in.read(ten), 10U);
  EXPECT_TRUE(equal(ten, ByteView{b}.subspan(1000, 10)));
  EXPECT_EQ(in.append(ByteView{b}.subspan(1000)), limits::kInput - 1000);
  EXPECT_TRUE(equal(in.unparsed(), b));
}

TEST(Inbox, sliding_to_the_front_moves_the_plaintext_with_it) {
  Inbox in;
  const Bytes b = counting(limits::kInput);
  in.append(b);
  const std::size_t half = limits::kInput / 2;
  in.queue_plaintext(in.unparsed().subspan(half, 100));
  in.queue_plaintext(in.unparsed().subspan(half + 200, 100));
  in.parsed(half + 300);
  EXPECT_EQ(in.append(ByteView{b}.first(half)), half);
  const Bytes read = read_all(in);
  EXPECT_TRUE(equal(ByteView{read}.first(100), ByteView{b}.subspan(half, 100)));
  EXPECT_TRUE(equal(ByteView{read}.subspan(100), ByteView{b}.subspan(half + 200, 100)));
  const std::size_t rest = limits::kInput - half - 300;
  EXPECT_TRUE(equal(in.unparsed().first(rest), ByteView{b}.subspan(half + 300)));
  EXPECT_TRUE(equal(in.unparsed().subspan(rest), ByteView{b}.first(half)));
}

TEST(Inbox, untake_gives_back_the_last_bytes) {
  Inbox in;
  const Bytes b = counting(20);
  in.append(b);
  in.parsed(5);
  in.untake(6);
  EXPECT_TRUE(equal(in.unparsed(), ByteView{b}.subspan(5, 9)));
  EXPECT_EQ(in.append(Bytes{1, 2}), 2U);
  EXPECT_EQ(in.unparsed().size(), 11U);
  EXPECT_EQ(in.unparsed().back(), 2);
}

TEST(Inbox, an_empty_part_takes_no_segment) {
  Inbox in;
  in.append(counting(5));
  in.queue_plaintext(in.unparsed().first(0));
  EXPECT_EQ(in.free_segments(), Inbox::kSegments);
  EXPECT_EQ(in.readable(), 0U);
}

TEST(Inbox, segments_run_out_and_come_back_as_they_are_read) {
  Inbox in;
  const Bytes b = counting(2 * Inbox::kSegments);
  in.append(b);
  for (std::size_t i = 0; i < Inbox::kSegments; ++i) {
    EXPECT_EQ(in.free_segments(), Inbox::kSegments - i);
    in.queue_plaintext(in.unparsed().first(1));
    in.parsed(1);
  }
  EXPECT_EQ(in.free_segments(), 0U);
  Bytes one(1);
  for (std::size_t i = 0; i < Inbox::kSegments; ++i) {
    ASSERT_EQ(in.read(one), 1U);
    EXPECT_EQ(one[0], b[i]);
    EXPECT_EQ(in.free_segments(), 1U);
    in.queue_plaintext(in.unparsed().first(1));
    in.parsed(1);
  }
  EXPECT_TRUE(equal(read_all(in), ByteView{b}.subspan(Inbox::kSegments)));
  EXPECT_EQ(in.free_segments(), Inbox::kSegments);
}

// A long random life beside a model that is too simple to be wrong.
TEST(Inbox, behaves_like_two_queues) {
  SeededRng rng{42};
  const auto below = [&](std::size_t n) {
    std::array<std::uint8_t, 4> r{};
    EXPECT_TRUE(rng.fill(r));
    return (std::size_t{r[0]} << 16 | std::size_t{r[1]} << 8 | r[2]) % n;
  };
  Inbox in;
  std::deque<std::uint8_t> unparsed;
  std::deque<std::uint8_t> plain;
  std::size_t fed = 0;
  for (int round = 0; round < 3000; ++round) {
    switch (below(3)) {
      case 0: {
        const Bytes b = counting(below(20000), fed);
        const std::size_t n = in.append(b);
        EXPECT_TRUE(n == b.size() || unparsed.size() + n <= limits::kInput);
        unparsed.insert(unparsed.end(), b.begin(), b.begin() + static_cast<std::ptrdiff_t>(n));
        fed += n;
        break;
      }
      case 1: {
        if (unparsed.empty() || in.free_segments() == 0) break;
        const std::size_t whole = 1 + below(unparsed.size());
        const std::size_t from = below(whole);
        const std::size_t size = below(whole - from + 1);
        in.queue_plaintext(in.unparsed().subspan(from, size));
        in.parsed(whole);
        const auto at = unparsed.begin() + static_cast<std::ptrdiff_t>(from);
        plain.insert(plain.end(), at, at + static_cast<std::ptrdiff_t>(size));
        unparsed.erase(unparsed.begin(), unparsed.begin() + static_cast<std::ptrdiff_t>(whole));
        break;
      }
      default: {
        Bytes out(below(9000));
        const std::size_t n = in.read(out);
        ASSERT_EQ(n, std::min(out.size(), plain.size()));
        ASSERT_TRUE(
            std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n), plain.begin()));
        plain.erase(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(n));
      }
    }
    ASSERT_EQ(in.readable(), plain.size());
    ASSERT_TRUE(std::ranges::equal(in.unparsed(), unparsed));
  }
  EXPECT_GT(fed, limits::kInput * 4);
}

TEST(ByteQueue, is_first_in_first_out_across_growth_and_sliding) {
  ByteQueue q;
  const Bytes b = counting(5000);
  std::size_t put = 0;
  std::size_t taken = 0;
  while (taken < b.size()) {
    const std::size_t n = std::min<std::size_t>(700, b.size() - put);
    q.append(ByteView{b}.subspan(put, n));
    put += n;
    const std::size_t m = std::min<std::size_t>(450, q.size());
    ASSERT_TRUE(equal(q.view().first(m), ByteView{b}.subspan(taken, m)));
    q.drop_front(m);
    taken += m;
    ASSERT_EQ(q.size(), put - taken);
  }
  EXPECT_TRUE(q.empty());
  q.append(ByteView{b}.first(3));
  const ByteSpan room = q.prepare(10);
  ASSERT_EQ(room.size(), 10U);
  std::ranges::copy(ByteView{b}.subspan(3, 4), room.begin());
  q.commit(4);
  EXPECT_TRUE(equal(q.view(), ByteView{b}.first(7)));
  q.clear();
  EXPECT_TRUE(q.empty());
}

}  // namespace
}  // namespace parley

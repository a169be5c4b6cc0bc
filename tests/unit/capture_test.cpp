// Captures: what is written is read, and packets come as networks bring them.
#include "tool/capture.hpp"

#include <gtest/gtest.h>

#include <random>

#include "parley/writer.hpp"
#include "tool/capture_streams.hpp"
#include "tool/failure.hpp"

namespace parley::tool {
namespace {

using explain::Chunk;
using explain::Flow;

std::string said(const Flow& flow, Side s) {
  std::string all;
  for (const Chunk& c : flow)
    if (c.from == s) all += as_text(c.bytes);
  return all;
}

Flow example() {
  return {{Side::client, 1'000'000, to_bytes(as_bytes("hello"))},
          {Side::server, 1'500'000, Bytes(5000, 'x')},
          {Side::client, 1'500'001, to_bytes(as_bytes("bye"))}};
}

TEST(Capture, what_is_written_is_read_with_its_times) {
  const std::string file = capture_of(example());
  ASSERT_TRUE(is_capture(file));
  const auto found = connections_in("file", file).connections;
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].client, "192.0.2.1:40000");
  EXPECT_EQ(found[0].server, "192.0.2.2:443");
  EXPECT_TRUE(found[0].gaps.empty());
  for (const Side s : {Side::client, Side::server})
    EXPECT_EQ(said(found[0].flow, s), said(example(), s));
  EXPECT_EQ(found[0].flow.front().time, 1'000'000);
  EXPECT_EQ(found[0].flow.back().time, 1'500'001);
}

TEST(Capture, one_that_breaks_off_is_read_as_far_as_it_goes) {
  const std::string file = capture_of(example());
  for (std::size_t n = 24; n < file.size(); n += 7) {
    const auto found = connections_in("file", file.substr(0, n)).connections;
    const std::string got = found.empty() ? std::string{} : said(found[0].flow, Side::client);
    EXPECT_EQ(said(example(), Side::client).find(got), 0u);
  }
  EXPECT_THROW(connections_in("file", "no capture at all, but long enough"), Failure);
  EXPECT_FALSE(is_capture("\x16\x03\x01"));
}

/// A packet of TCP from one port to another in raw IPv4, or in IPv6.
Bytes packet(std::uint16_t from, std::uint16_t to, std::uint32_t sequence, std::string_view data,
             std::uint8_t flags = 0x18, bool six = false, std::uint32_t acknowledged = 0) {
  Bytes p;
  Writer w{p};
  const auto size = static_cast<std::uint16_t>(20 + data.size());
  if (six) {
    w.u32(0x60000000);
    w.u16(static_cast<std::uint16_t>(size + 8));
    w.u16(0x0040);  // hop-by-hop options come first
    const std::uint8_t own = from > to ? 1 : 2, peer = from > to ? 2 : 1;
    for (const std::uint8_t last : {own, peer}) {
      w.bytes(Bytes(15, 0x20));
      w.u8(last);
    }
    w.u32(0x06000104);
    w.u32(0);
  } else {
    w.u16(0x4500);
    w.u16(static_cast<std::uint16_t>(20 + size));
    w.u32(0);
    w.u32(0x40060000);
    w.u32(from > to ? 0x0a000001 : 0x0a000002);
    w.u32(from > to ? 0x0a000002 : 0x0a000001);
  }
  w.u16(from);
  w.u16(to);
  w.u32(sequence);
  w.u32(acknowledged);
  w.u8(0x50);
  w.u8(flags);
  w.u32(0);
  w.u16(0);
  w.bytes(as_bytes(data));
  return p;
}

class Sorted : public ::testing::Test {
 protected:
  void add(const Bytes& p) { sorter.add(LinkLayer::raw, p, ++time); }
  std::string client_said() {
    found = sorter.take();
    return found.empty() ? std::string{} : said(found[0].flow, Side::client);
  }
  StreamSorter sorter;
  std::int64_t time = 0;
  std::vector<CapturedConnection> found;
};

TEST_F(Sorted, early_late_doubled_and_overlapping_segments_make_one_stream) {
  add(packet(4000, 443, 99, "", 0x02));
  add(packet(4000, 443, 104, "efgh"));
  add(packet(4000, 443, 100, "ab"));
  add(packet(4000, 443, 100, "abcd"));
  add(packet(4000, 443, 100, "abcd"));
  add(packet(4000, 443, 106, "ghij"));
  EXPECT_EQ(client_said(), "abcdefghij");
  EXPECT_TRUE(found[0].gaps.empty());
}

TEST_F(Sorted, sequence_numbers_wrap) {
  add(packet(4000, 443, 0xfffffffd, "", 0x02));
  add(packet(4000, 443, 0x00000000, "cd"));
  add(packet(4000, 443, 0xfffffffe, "ab"));
  EXPECT_EQ(client_said(), "abcd");
}

TEST_F(Sorted, what_is_missing_ends_the_stream_and_is_counted) {
  add(packet(4000, 443, 100, "ab"));
  add(packet(4000, 443, 104, "efgh"));
  EXPECT_EQ(client_said(), "ab");
  ASSERT_EQ(found[0].gaps.size(), 1u);
  EXPECT_EQ(found[0].gaps[0].from, Side::client);
  EXPECT_EQ(found[0].gaps[0].at, 2u);
  EXPECT_EQ(found[0].gaps[0].size, 4u);
}

TEST_F(Sorted, who_acknowledges_bytes_speaks_after_them) {
  add(packet(4000, 443, 99, "", 0x02));
  add(packet(443, 4000, 499, "", 0x12, false, 100));
  add(packet(4000, 443, 100, "hello", 0x18, false, 500));
  add(packet(4000, 443, 105, "key", 0x18, false, 506));
  add(packet(443, 4000, 500, "answer", 0x18, false, 105));
  add(packet(443, 4000, 506, "done", 0x18, false, 108));
  EXPECT_EQ(client_said(), "hellokey");
  std::string all;
  for (const Chunk& c : found[0].flow) all += std::string{as_text(c.bytes)} + " ";
  EXPECT_EQ(all, "hello answer key done ");
}

TEST_F(Sorted, any_order_of_packets_gives_the_same_stream) {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  std::vector<Bytes> packets;
  for (std::size_t i = 0; i < text.size(); i += 3)
    packets.push_back(packet(4000, 443, static_cast<std::uint32_t>(1 + i), text.substr(i, 4)));
  std::mt19937 dice{1};
  for (int round = 0; round < 50; ++round) {
    add(packet(4000, 443, 0, "", 0x02));
    std::shuffle(packets.begin(), packets.end(), dice);
    for (const Bytes& p : packets) add(p);
    EXPECT_EQ(client_said(), text);
  }
}

TEST_F(Sorted, connections_are_told_apart_also_when_a_port_is_used_again) {
  for (const std::uint16_t port : std::array<std::uint16_t, 3>{4000, 4001, 4000}) {
    add(packet(port, 443, 10, "", 0x02));
    add(packet(port, 443, 11, std::to_string(port)));
    add(packet(443, port, 70, "answer"));
  }
  EXPECT_EQ(client_said(), "4000");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(said(found[2].flow, Side::server), "answer");
}

TEST_F(Sorted, without_a_syn_the_hellos_tell_who_is_the_client) {
  const std::string client{"\x16\x03\x01\x00\x30\x01 hello", 12},
      server{"\x16\x03\x01\x00\x30\x02 hello", 12};
  add(packet(9000, 50000, 1, server));
  add(packet(50000, 9000, 1, client));
  EXPECT_EQ(client_said(), client);
  add(packet(50000, 9000, 1, client));
  EXPECT_EQ(client_said(), client);
}

TEST_F(Sorted, link_layers_and_ipv6_are_read) {
  const Bytes four = packet(4000, 443, 1, "data"), six = packet(4000, 443, 1, "data", 0x18, true);
  const auto behind = [](Bytes header, const Bytes& p) {
    append(header, p);
    return header;
  };
  const Bytes zeros(12), vlan{0x81, 0, 0, 7};
  Bytes sll2{0x86, 0xdd};
  sll2.resize(20);
  const std::vector<std::pair<LinkLayer, Bytes>> cases = {
      {LinkLayer::ethernet, behind(behind(zeros, {0x08, 0}), four)},
      {LinkLayer::ethernet, behind(behind(behind(zeros, vlan), {0x86, 0xdd}), six)},
      {LinkLayer::null, behind(Bytes(4), four)},
      {LinkLayer::raw, six},
      {LinkLayer::linux_sll, behind(behind(Bytes(14), {0x08, 0}), four)},
      {LinkLayer::linux_sll2, behind(sll2, six)}};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    sorter.add(cases[i].first, cases[i].second, 0);
    EXPECT_EQ(client_said(), "data") << i;
    // Cut anywhere, it is no more than less.
    for (std::size_t n = 0; n < cases[i].second.size(); ++n) {
      sorter.add(cases[i].first, ByteView{cases[i].second}.first(n), 0);
      EXPECT_EQ(std::string{"data"}.find(client_said()), 0u);
    }
  }
}

}  // namespace
}  // namespace parley::tool

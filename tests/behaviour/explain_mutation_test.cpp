// Flows that somebody has damaged: 10,000 of them, the same ones each time.
#include <gtest/gtest.h>

#include <random>

#include "support/explained.hpp"
#ifndef PARLEY_NO_SSL2
#include "support/ssl2_pair.hpp"
#endif

namespace parley::test {
namespace {

using namespace explain;
using Dice = std::mt19937;

std::size_t below(Dice& d, std::size_t n) { return n == 0 ? 0 : d() % n; }

void mutate(Flow& flow, Dice& dice) {
  if (flow.empty()) return;
  Chunk& c = flow[below(dice, flow.size())];
  const std::size_t at = below(dice, c.bytes.size());
  const auto where = c.bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (below(dice, 9)) {
    case 0: c.bytes.insert(where, static_cast<std::uint8_t>(dice())); break;
    case 1:
      if (!c.bytes.empty()) c.bytes.erase(where);
      break;
    case 2: c.bytes.resize(at); break;
    case 3: flow.push_back(Chunk{c}); break;
    case 4: flow.erase(flow.begin() + static_cast<std::ptrdiff_t>(below(dice, flow.size()))); break;
    case 5: c.from = other(c.from); break;
    case 6: std::swap(c, flow[below(dice, flow.size())]); break;
    case 7:
      // Early bytes are headers and hellos, where most is to be misunderstood.
      if (!c.bytes.empty()) c.bytes[below(dice, std::min<std::size_t>(12, c.bytes.size()))] ^= 1;
      break;
    default:
      if (!c.bytes.empty()) *where = static_cast<std::uint8_t>(*where ^ (1u << (dice() % 8)));
  }
}

/// Every byte is accounted for, and what is not understood has a reason.
void expect_honest(const Explanation& e) {
  ASSERT_EQ(coverage(e).complaint, "");
  bool unknown = !e.unframed.empty();
  for (const Message& m : e.messages) {
    unknown = unknown || m.kind == MessageKind::unknown || m.error || m.out_of_order;
    for (const Field& f : m.fields) unknown = unknown || f.kind == FieldKind::unknown;
  }
  ASSERT_TRUE(!unknown || !e.stops.empty());
  bool told = e.sealed_records == 0;
  for (const Finding& f : e.findings) told = told || f.what.find("closed") != std::string::npos;
  ASSERT_TRUE(told);
  for (const Stop& s : e.stops) {
    ASSERT_LE(s.offset, e.stream(s.from).size()) << s.text;
    ASSERT_NE(s.text, "");
    ASSERT_NE(s.why.code, Errc::internal) << s.text;
  }
}

void run(const Taped& t, unsigned seed) {
  ASSERT_TRUE(t.open);
  constexpr int kFlows = 2000;
  Dice dice{seed};
  int damaged = 0;
  for (int i = 0; i < kFlows; ++i) {
    Flow flow = t.flow;
    for (std::size_t n = 1 + below(dice, 3); n > 0; --n) mutate(flow, dice);
    const Explanation e = decode(flow, t.secrets);
    ASSERT_NO_FATAL_FAILURE(expect_honest(e)) << write_flow(flow);
    damaged += e.stops.empty() ? 0 : 1;
  }
  EXPECT_GT(damaged, kFlows / 2);
}

Taped tls(ProtocolVersion v, std::string_view suite) {
  return tape_connection(suite_options(*find_cipher_suite(suite), v));
}

TEST(ExplainMutated, ssl30_with_a_stream_cipher) { run(tls(ProtocolVersion::ssl30, "RC4-SHA"), 1); }
TEST(ExplainMutated, tls10_without_encryption_and_renegotiated) {
  const auto client = client_config({ProtocolVersion::tls10}, "NULL-SHA");
  const auto server = server_config({ProtocolVersion::tls10}, "NULL-SHA");
  Taped t;
  Pair p{{.client = client, .server = server}};
  tape(p, t.flow);
  t.open = p.run() && p.client.renegotiate().has_value();
  p.run();
  t.secrets.key_log = key_log_of(p.client_seen);
  run(t, 2);
}
TEST(ExplainMutated, tls11_with_an_anonymous_key_exchange) {
  run(tls(ProtocolVersion::tls11, "AECDH-AES128-SHA"), 3);
}
TEST(ExplainMutated, tls12_with_authenticated_encryption) {
  run(tls(ProtocolVersion::tls12, "ECDHE-ECDSA-AES128-GCM-SHA256"), 4);
}
TEST(ExplainMutated, tls12_resumed_by_ticket) {
  const auto client = client_config({ProtocolVersion::tls12}, "AES128-SHA");
  const auto server = server_config({ProtocolVersion::tls12}, "AES128-SHA");
  server->ticket_keys = std::make_shared<TicketKeys>(7200);
  Pair first{{.client = client, .server = server}};
  ASSERT_TRUE(first.run());
  run(tape_connection(
          {.client = client, .server = server, .resume = first.client.session(), .seed = 2}),
      7);
}
#ifndef PARLEY_NO_SSL2
TEST(ExplainMutated, ssl2) {
  Taped t;
  Ssl2Pair p{{.client = ssl2_config(Side::client), .server = ssl2_config(Side::server)}};
  tape(p, t.flow);
  t.open = p.run();
  p.transfer(Side::client, Bytes(20, 1));
  t.secrets.key_log = key_log_of(p.client_seen);
  run(t, 5);
}
#endif

TEST(ExplainMutated, nothing_and_noise_are_explained_too) {
  EXPECT_TRUE(decode({}).stops.empty());
  Dice dice{6};
  for (int i = 0; i < 500; ++i) {
    Flow flow;
    for (std::size_t n = below(dice, 4); n > 0; --n) {
      Bytes bytes(below(dice, 200));
      for (auto& b : bytes) b = static_cast<std::uint8_t>(dice());
      flow.push_back({dice() % 2 != 0 ? Side::client : Side::server, {}, std::move(bytes)});
    }
    ASSERT_NO_FATAL_FAILURE(expect_honest(decode(flow)));
  }
}

}  // namespace
}  // namespace parley::test

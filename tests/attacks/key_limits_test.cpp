// How much one key protects (SWEET32, CVE-2016-2183; RC4, RFC 7465): after so many bytes there are
// new keys, as long as the peer goes along, and at the end of the limit there is no connection.
#include <gtest/gtest.h>

#include "base/limits.hpp"
#include "support/pair.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr std::string_view kRenewed = "another handshake, for new keys";
constexpr std::string_view kWorn = "the keys have protected more bytes than is good";

/// Counts what travels under each generation of keys, as somebody on the wire would.
class Meter final : public Observer {
 public:
  void on(const Event& e) override {
    recorder.on(e);
    const auto* r = std::get_if<RecordEvent>(&e);
    if (r == nullptr) return;
    if (r->type == ContentType::change_cipher_spec) under_one_key_[r->from == Side::server] = 0;
    std::uint64_t& n = under_one_key_[r->from == Side::server];
    n += r->wire_size;
    most = std::max(most, under_one_key_[0] + under_one_key_[1]);
  }
  Recorder recorder;
  std::uint64_t most = 0;

 private:
  std::array<std::uint64_t, 2> under_one_key_{};
};

bool has(const std::vector<std::string>& lines, std::string_view beginning) {
  return std::ranges::any_of(lines, [&](const auto& l) { return l.starts_with(beginning); });
}

struct Settings {
  std::shared_ptr<Config> client, server;
  explicit Settings(V v, std::string_view suite = "DES-CBC3-SHA")
      : client(client_config({v}, suite)), server(server_config({v}, suite)) {}
  Config& at(Side s) const { return s == Side::client ? *client : *server; }
};

/// Two engines, each watched by a Meter, that write at the same time.
struct Line {
  explicit Line(const Settings& s)
      : client(Connection::client(s.client, "", {client_rng, clock, &client_meter})),
        server(Connection::server(s.server, {server_rng, clock, &server_meter})) {
    settle(client, server, up, down);
  }
  Connection& at(Side s) { return s == Side::client ? client : server; }
  const Recorder& seen(Side s) const {
    return (s == Side::client ? client_meter : server_meter).recorder;
  }

  /// Both write `data` in pieces without waiting for each other and read what there is; what came
  /// out at each end.
  std::array<Bytes, 2> talk(ByteView data, std::size_t piece) {
    std::array<Bytes, 2> got;
    std::array<std::size_t, 2> written{};
    std::array<std::uint8_t, 3000> buffer{};
    for (int idle = 0; idle < 3;) {
      bool moved = false;
      for (const Side s : {Side::client, Side::server}) {
        std::size_t& at = written[s == Side::server];
        const Result<std::size_t> n =
            this->at(s).write(data.subspan(at, std::min(piece, data.size() - at)));
        if (n) at += *n;
        moved = moved || (n && *n != 0);
      }
      moved = deliver(client, server, up) || moved;
      moved = deliver(server, client, down) || moved;
      for (const Side s : {Side::client, Side::server}) {
        const std::size_t n = this->at(s).read(buffer);
        append(got[s == Side::server], ByteView{buffer}.first(n));
        moved = moved || n != 0;
      }
      idle = moved ? 0 : idle + 1;
    }
    return got;
  }

  FixedClock clock{kNow};
  SeededRng client_rng{2}, server_rng{3};
  Meter client_meter, server_meter;
  Connection client, server;
  Wire up, down;
};

Bytes text(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return b;
}

TEST(KeyLimit, of_64_bit_blocks_brings_new_keys_while_data_flows_both_ways) {
  constexpr std::uint64_t kLimit = 30'000;
  const Bytes data = text(100'000);
  for (const V v : all_versions())
    for (const std::string_view suite : {"DES-CBC3-SHA", "IDEA-CBC-SHA", "DES-CBC-SHA"}) {
      const CipherSuite* const row = find_cipher_suite(suite);
      if (v == V::tls12 && row->enc != Enc::des_ede3) continue;  // RFC 5246 appendix A.5 drops them
      // Which ends have the limit.
      for (const std::vector<Side>& ends : {std::vector{Side::client}, std::vector{Side::server},
                                            std::vector{Side::client, Side::server}}) {
        SCOPED_TRACE(test_name(v) + " " + std::string{suite} + " " +
                     (ends.size() == 2          ? "both"
                      : ends[0] == Side::client ? "client"
                                                : "server"));
        const Settings s{v, suite};
        for (const Side e : ends)
          s.at(e).key_limits.blocks_of_64_bits = {.renegotiate_after = kLimit, .end_after = 0};
        Line line{s};
        ASSERT_EQ(line.client.phase(), Connection::Phase::open);
        const auto got = line.talk(data, 1500);
        EXPECT_EQ(got[0], data);
        EXPECT_EQ(got[1], data);
        if (v == V::ssl30 && ends.size() == 1 && ends[0] == Side::client) {
          EXPECT_EQ(line.client.renegotiations(), 0u) << "a server could not decline";
          EXPECT_TRUE(has(line.seen(Side::client).weaknesses, kWorn));
          continue;
        }
        EXPECT_GE(line.client.renegotiations(), 3u);
        EXPECT_EQ(line.client.renegotiations(), line.server.renegotiations());
        bool said = false;
        for (const Side e : ends) said = said || has(line.seen(e).decisions, kRenewed);
        EXPECT_TRUE(said) << "an event says why";
        // What was under way when the limit was reached still comes.
        EXPECT_LT(line.client_meter.most, 2 * kLimit);
        EXPECT_GT(line.client_meter.most, kLimit);
        ASSERT_TRUE(line.client.close() && line.server.close());
        settle(line.client, line.server, line.up, line.down);
        EXPECT_EQ(line.client.phase(), Connection::Phase::closed);
      }
    }
}

TEST(KeyLimit, lets_a_peer_that_does_not_renegotiate_go_on_to_the_hard_one) {
  constexpr std::uint64_t kEnd = 60'000;
  for (const V v : all_versions())
    for (const Side side : {Side::client, Side::server})
      for (const Renegotiation policy : {Renegotiation::refuse, Renegotiation::ignore}) {
        SCOPED_TRACE(test_name(v));
        const Settings s{v};
        s.at(side).key_limits.blocks_of_64_bits = {.renegotiate_after = 5'000, .end_after = kEnd};
        s.at(other(side)).renegotiation = policy;
        Line line{s};
        const Bytes data = text(25'000);
        const auto got = line.talk(data, 1000);
        EXPECT_EQ(got[0], data);
        EXPECT_EQ(got[1], data);
        EXPECT_EQ(line.client.renegotiations() + line.server.renegotiations(), 0u);
        const bool silent = policy == Renegotiation::ignore && side == Side::server;
        if (!silent && !(v == V::ssl30 && side == Side::server)) {
          EXPECT_TRUE(has(line.seen(side).weaknesses, kWorn));
        }
        line.talk(data, 1000);
        const Error* why = line.at(side).failure();
        ASSERT_NE(why, nullptr);
        EXPECT_EQ(why->code, Errc::key_limit_reached) << why->text();
        const auto& alerts = line.seen(side).alerts;
        ASSERT_FALSE(alerts.empty());
        EXPECT_EQ(alerts.back().from, side);
        EXPECT_EQ(alerts.back().level, AlertLevel::fatal);
      }
}

TEST(KeyLimit, asks_once_under_the_same_keys) {
  const Settings s{V::tls10};
  s.server->key_limits.blocks_of_64_bits = {.renegotiate_after = 1'000, .end_after = 0};
  s.client->renegotiation = Renegotiation::refuse;
  Line line{s};
  line.talk(text(40'000), 700);
  EXPECT_EQ(std::ranges::count_if(line.seen(Side::server).decisions,
                                  [](const auto& d) { return d.starts_with(kRenewed); }),
            1);
  EXPECT_EQ(
      std::ranges::count_if(line.seen(Side::client).alerts,
                            [](const AlertEvent& a) { return a.alert == Alert::no_renegotiation; }),
      1);
  EXPECT_EQ(line.client.phase(), Connection::Phase::open);
}

TEST(KeyLimit, of_a_client_waits_until_the_application_reads) {
  const Settings s{V::tls10};
  s.client->key_limits.blocks_of_64_bits = {.renegotiate_after = 1'000, .end_after = 0};
  Line line{s};
  const Bytes data = text(20'000);
  EXPECT_EQ(transfer(line.client, line.server, line.up, data), data);
  EXPECT_FALSE(line.client.renegotiating()) << "it only wrote";
  EXPECT_EQ(to_bytes(as_bytes("answer")),
            transfer(line.server, line.client, line.down, as_bytes("answer")));
  EXPECT_TRUE(line.client.renegotiating());
  settle(line.client, line.server, line.up, line.down);
  EXPECT_EQ(line.client.renegotiations(), 1u);
}

/// One byte in a record of DES-CBC3-SHA in TLS 1.0: data, MAC and padding.
constexpr std::uint64_t kRecord = 24;
/// Finished in each direction: header, 12 bytes, MAC, padding.
constexpr std::uint64_t kFinished = 40;

TEST(KeyLimit, ends_the_connection_where_it_says_and_no_earlier) {
  for (const Side side : {Side::client, Side::server}) {
    const Settings s{V::tls10};
    s.at(side).key_limits.blocks_of_64_bits.end_after = 2 * kFinished + 3 * kRecord;
    Line line{s};
    const auto speak = [&](Side from) {
      return transfer(line.at(from), line.at(other(from)),
                      from == Side::client ? line.up : line.down, Bytes{'x'})
          .size();
    };
    EXPECT_EQ(speak(Side::client), 1u);
    EXPECT_EQ(speak(Side::server), 1u);
    EXPECT_EQ(speak(side), 1u) << "this reaches it";
    EXPECT_EQ(line.at(side).failure(), nullptr);
    if (side == Side::client) {
      EXPECT_EQ(line.client.write(Bytes{'x'}).error().code, Errc::key_limit_reached);
    } else {
      EXPECT_EQ(speak(Side::client), 0u) << "what comes is not opened either";
    }
    ASSERT_NE(line.at(side).failure(), nullptr);
    EXPECT_EQ(line.at(side).failure()->code, Errc::key_limit_reached);
  }
}

TEST(KeyLimit, is_none_for_other_ciphers_and_for_rc4_only_when_it_is_asked_for) {
  for (const std::string_view suite : {"AES128-SHA", "RC4-SHA", "CAMELLIA128-SHA", "SEED-SHA"})
    for (const bool asked_for : {false, true}) {
      SCOPED_TRACE(suite);
      const Settings s{V::tls10, suite};
      s.server->key_limits.blocks_of_64_bits = {.renegotiate_after = 1'000, .end_after = 2'000};
      if (asked_for) s.server->key_limits.rc4 = {.renegotiate_after = 1'000, .end_after = 0};
      Line line{s};
      const Bytes data = text(10'000);
      EXPECT_EQ(line.talk(data, 500)[0], data);
      EXPECT_EQ(line.server.renegotiations() != 0, asked_for && suite == "RC4-SHA");
    }
}

TEST(KeyLimit, is_a_gibibyte_and_thirty_two_unless_set_otherwise) {
  const KeyLimits l;
  EXPECT_EQ(l.blocks_of_64_bits.renegotiate_after, kGiB);
  EXPECT_EQ(l.blocks_of_64_bits.end_after, 32 * kGiB);
  EXPECT_EQ(l.rc4.renegotiate_after, 0u);
  EXPECT_EQ(l.rc4.end_after, 0u);
}

// Else a peer with a limit of its own would be cut off after 32 GiB.
TEST(KeyLimit, of_the_peer_is_no_flood_of_renegotiations) {
  const Settings s{V::tls10, "NULL-SHA"};
  Line line{s};
  const Bytes data(limits::kRenegotiationBytes);
  for (unsigned i = 0; i <= limits::kRenegotiations; ++i) {
    ASSERT_EQ(transfer(line.client, line.server, line.up, data).size(), data.size());
    ASSERT_TRUE(line.client.renegotiate());
    settle(line.client, line.server, line.up, line.down);
  }
  EXPECT_EQ(line.server.failure(), nullptr);
  EXPECT_EQ(line.server.renegotiations(), limits::kRenegotiations + 1);
  // A little less is idle play, and counts.
  const ByteView less = ByteView{data}.first(data.size() / 2);
  for (unsigned i = 0; i <= limits::kRenegotiations && line.server.failure() == nullptr; ++i) {
    ASSERT_EQ(transfer(line.client, line.server, line.up, less).size(), less.size());
    ASSERT_TRUE(line.client.renegotiate());
    settle(line.client, line.server, line.up, line.down);
  }
  ASSERT_NE(line.server.failure(), nullptr);
  EXPECT_EQ(line.server.failure()->code, Errc::renegotiation_refused);
}

}  // namespace
}  // namespace parley::test

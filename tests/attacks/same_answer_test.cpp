// The same failure is answered the same, whatever the secret that it depends on: byte for byte,
// with as much randomness drawn, and nothing left behind.
#include <gtest/gtest.h>

#include "crypto/key.hpp"
#include "crypto/rsa_impl.hpp"
#include "support/forger.hpp"
#include "support/meddler.hpp"
#include "support/rngs.hpp"
#include "trust/key_codec.hpp"

namespace parley::test {
namespace {

using V = ProtocolVersion;

class SameAnswer : public testing::TestWithParam<V> {};
INSTANTIATE_TEST_SUITE_P(Versions, SameAnswer, testing::ValuesIn(all_versions()),
                         [](const auto& i) { return test_name(i.param); });

/// What an onlooker has of a failed server.
struct Seen {
  Bytes sent;
  std::string reason;
  std::size_t draws = 0;
  bool operator==(const Seen&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Seen& s) {
  return out << s.sent.size() << " bytes, " << s.reason << ", " << s.draws << " draws";
}

const crypto::RsaPrivateKey& server_key() {
  return std::get<crypto::RsaPrivateKey>(server_identity().key.impl().key);
}

/// EM = the block that decryption gives; raised to e without further ado.
Bytes encrypt_raw(Bytes block) {
  // An encryption without padding is the opening of a "signature".
  Bytes out(block.size());
  const crypto::RsaPublicKey key = server_key().public_key();
  EXPECT_TRUE(crypto::rsa_open_signature(key.impl(), block, out));
  return out;
}

// Rows 6 and 7: Bleichenbacher, ROBOT, Klima-Pokorny-Rosa.
TEST_P(SameAnswer, to_every_broken_premaster_secret) {
  const V v = GetParam();
  const std::size_t size = server_key().size();
  Bytes good(size, 0x55);
  good[0] = 0;
  good[1] = 2;
  good[size - 49] = 0;
  good[size - 48] = 3;
  good[size - 47] = static_cast<std::uint8_t>(v);
  const auto changed = [&](std::size_t at, std::uint8_t value) {
    Bytes b = good;
    b[at] = value;
    return b;
  };
  Bytes no_zero = good;
  std::ranges::replace(no_zero, std::uint8_t{0}, std::uint8_t{1});
  no_zero[0] = 0;
  const std::vector<std::pair<const char*, Bytes>> blocks{
      {"sound, but not of this client", good},
      {"of type 1", changed(1, 1)},
      {"with a first byte", changed(0, 1)},
      {"with a zero in the first eight", changed(5, 0)},
      {"with a shorter secret", changed(size - 40, 0)},
      {"with a longer secret", changed(size - 60, 0)},
      {"without an end", no_zero},
      {"of another version", changed(size - 47, static_cast<std::uint8_t>(v) ^ 1)},
      {"of another major version", changed(size - 48, 2)},
      {"with nothing in it", changed(size - 1, 0)},
  };
  std::optional<Seen> first;
  for (const auto& [what, block] : blocks) {
    FailingRng rng{7};
    const FixedClock clock{kNow};
    Pair p{{.client = client_config({v}, "RC4-SHA"), .server = server_config({v}, "RC4-SHA")}};
    Recorder heard;
    p.server = Connection::server(server_config({v}, "RC4-SHA"), {rng, clock, &heard});
    const Bytes encrypted = encrypt_raw(block);
    meddle(p, Side::client, [&](HandshakeType t, Bytes& message) {
      if (t == HandshakeType::client_key_exchange)
        std::ranges::copy(encrypted, message.end() - static_cast<std::ptrdiff_t>(size));
    });
    p.run();
    ASSERT_NE(p.server.failure(), nullptr) << what;
    const Seen seen{p.from_server.log, p.server.failure()->text(), rng.draws()};
    if (!first) first = seen;
    EXPECT_EQ(seen, *first) << what;
    EXPECT_EQ(p.server.failure()->code, Errc::bad_record_mac);
  }
}

// Rows 8 and 9: Vaudenay, POODLE, GOLDENDOODLE, Zombie POODLE. The byte before the last block
// changes the padding length to anything, the first the data, the others the MAC.
TEST_P(SameAnswer, to_bad_padding_and_bad_mac) {
  const V v = GetParam();
  for (const std::string_view suite : {"AES128-SHA", "DES-CBC3-SHA"}) {
    Pair p{{.client = client_config({v}, suite), .server = server_config({v}, suite)}};
    ASSERT_TRUE(p.run());
    const std::size_t before = p.from_server.log.size();
    ASSERT_TRUE(p.client.write(Bytes(200, 'x')).has_value());
    const Bytes flight = to_bytes(p.client.outgoing());
    const ByteView target = split_records(flight).back();
    const std::size_t block = suite == "AES128-SHA" ? 16 : 8;
    std::optional<Seen> first;
    int accepted = 0;
    const auto attempt = [&](std::size_t from_end, std::uint8_t flip) {
      Pair q{{.client = client_config({v}, suite), .server = server_config({v}, suite)}};
      ASSERT_TRUE(q.run());
      ASSERT_TRUE(q.client.write(Bytes(200, 'x')).has_value());
      Bytes bad = to_bytes(q.client.outgoing());
      ASSERT_EQ(bad, flight) << "the same seed";
      bad[bad.size() - from_end] ^= flip;
      q.inject(Side::server, bad);
      if (q.server.failure() == nullptr) {
        ++accepted;
        return;
      }
      const Seen seen{to_bytes(q.server.outgoing()), q.server.failure()->text(), before};
      if (!first) first = seen;
      EXPECT_EQ(seen, *first) << suite << " byte " << from_end << " flip " << int{flip};
    };
    // Every length of padding, and lengths beyond the record; then MAC, data, and both.
    for (int flip = 1; flip < 256; flip += 7) attempt(block + 1, static_cast<std::uint8_t>(flip));
    for (std::size_t at : {std::size_t{1}, block, 2 * block, 2 * block + 1, target.size() - 5})
      attempt(at, 0x80);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->reason.substr(0, 35), std::string{"decryption failed or bad record mac"});
    EXPECT_EQ(accepted, 0);
  }
}

// Row 9: nothing is learned from trying again on the same connection.
TEST_P(SameAnswer, to_everything_after_the_first_failure) {
  const V v = GetParam();
  Pair p{{.client = client_config({v}, "AES128-SHA"), .server = server_config({v}, "AES128-SHA")}};
  ASSERT_TRUE(p.run());
  ASSERT_TRUE(p.client.write(Bytes(50, 'x')).has_value());
  Bytes bad = to_bytes(p.client.outgoing());
  const Bytes good = bad;
  bad.back() ^= 1;
  p.inject(Side::server, bad);
  ASSERT_NE(p.server.failure(), nullptr);
  const Bytes said = to_bytes(p.server.outgoing());
  for (const Bytes& again : {good, bad}) {
    EXPECT_EQ(p.server.feed(again), 0u);
    EXPECT_EQ(to_bytes(p.server.outgoing()), said);
  }
}

}  // namespace
}  // namespace parley::test

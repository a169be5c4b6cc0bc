// Every byte that crosses the wire matters: changed, cut or doubled, both ends never agree.
#include <gtest/gtest.h>

#include "support/pair.hpp"

namespace parley::test {
namespace {

using Phase = Connection::Phase;

class Tamper : public testing::TestWithParam<std::tuple<Side, ProtocolVersion>> {
 protected:
  Side from() const { return std::get<0>(GetParam()); }
  Pair make(std::uint64_t seed = 1) const {
    const ProtocolVersion v = std::get<1>(GetParam());
    return Pair{{.client = client_config({v}, "RC4-SHA"),
                 .server = server_config({v}, "RC4-SHA"),
                 .seed = seed}};
  }
  /// Replaces the byte at `offset` of this side's stream.
  static std::function<void(Bytes&)> change_at(std::size_t offset, std::uint8_t flip) {
    return [offset, flip, seen = std::size_t{0}](Bytes& piece) mutable {
      if (offset >= seen && offset < seen + piece.size()) piece[offset - seen] ^= flip;
      seen += piece.size();
    };
  }
};
INSTANTIATE_TEST_SUITE_P(Handshake, Tamper,
                         testing::Combine(testing::Values(Side::client, Side::server),
                                          testing::ValuesIn(all_versions())),
                         [](const auto& i) {
                           return std::string{side_name(std::get<0>(i.param))} + "_" +
                                  test_name(std::get<1>(i.param));
                         });

TEST_P(Tamper, no_changed_byte_goes_unnoticed) {
  auto clean = make();
  ASSERT_TRUE(clean.run());
  const std::size_t size = clean.wire_from(from()).log.size();
  for (std::size_t offset = 0; offset < size; ++offset) {
    auto p = make();
    p.wire_from(from()).tamper = change_at(offset, 0x01);
    const bool both_open = p.run();
    if (both_open) {
      // The version of the record around the first hello is free: any 3.x is let in.
      EXPECT_EQ(offset, 2u) << "offset " << offset;
    }
  }
}

TEST_P(Tamper, a_stream_cut_at_any_byte_ends_in_unexpected_eof_or_waits) {
  auto clean = make();
  ASSERT_TRUE(clean.run());
  const std::size_t size = clean.wire_from(from()).log.size();
  for (std::size_t cut = 0; cut < size; ++cut) {
    auto p = make();
    p.wire_from(from()).tamper = [left = cut](Bytes& piece) mutable {
      piece.resize(std::min(left, piece.size()));
      left -= piece.size();
    };
    EXPECT_FALSE(p.run()) << "cut at " << cut;
    Connection& victim = p.at(other(from()));
    EXPECT_EQ(victim.failure(), nullptr);
    victim.end_of_stream();
    ASSERT_NE(victim.failure(), nullptr);
    EXPECT_EQ(victim.failure()->code, Errc::unexpected_eof);
  }
}

TEST_P(Tamper, random_bytes_are_refused_and_nothing_grows) {
  SeededRng rng{99};
  for (int round = 0; round < 300; ++round) {
    auto p = make();
    Bytes junk(1 + static_cast<std::size_t>(round) * 7);
    ASSERT_TRUE(rng.fill(junk));
    if (round % 3 == 0) {  // get past the record header
      junk[0] = 22;
      if (junk.size() > 2) junk[1] = 3, junk[2] = 1;
    }
    p.inject(other(from()), junk);
    EXPECT_NE(p.at(other(from())).phase(), Phase::open);
    EXPECT_LT(p.at(other(from())).outgoing().size(), 20000u);
  }
}

TEST_P(Tamper, handshake_records_of_one_byte_are_put_together) {
  auto p = make();
  // Only what is not encrypted can be cut anew by an onlooker.
  p.wire_from(from()).tamper = [keyed = false](Bytes& piece) mutable {
    Bytes out;
    for (const ByteView r : split_records(piece)) {
      if (r[0] != 22 || keyed) {
        keyed = keyed || r[0] == 20;
        append(out, r);
        continue;
      }
      const auto version = static_cast<ProtocolVersion>(r[1] << 8 | r[2]);
      for (const std::uint8_t& b : r.subspan(5))
        append(out, record(ContentType::handshake, version, {&b, 1}));
    }
    piece = out;
  };
  EXPECT_TRUE(p.run());
}

}  // namespace
}  // namespace parley::test

// Same seed, same clock, same bytes: every stored flow, from both ends.
#include <gtest/gtest.h>

#include "golden/flow.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::test {
namespace {

std::string stored_text(const FlowCase& c) { return read_text("golden/" + c.name + ".flow"); }

class Golden : public testing::TestWithParam<FlowCase> {};
INSTANTIATE_TEST_SUITE_P(Flow, Golden, testing::ValuesIn(flow_cases()), [](const auto& i) {
  std::string name = i.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST_P(Golden, two_engines_say_what_is_stored) {
  const std::string stored = stored_text(GetParam());
  EXPECT_EQ(to_text(GetParam(), record_flow(GetParam())), stored);
}

TEST_P(Golden, each_engine_answers_the_stored_bytes_with_the_stored_bytes) {
  const Flow stored = from_text(stored_text(GetParam()));
  for (const Side side : {Side::client, Side::server}) {
    Bytes said, expected;
    for (const FlowBlock& b : replay_one_side(GetParam(), stored, side)) append(said, b.bytes);
    for (const FlowBlock& b : stored)
      if (b.from == side) append(expected, b.bytes);
    EXPECT_EQ(to_hex(said), to_hex(expected)) << side_name(side);
  }
}

TEST(GoldenText, survives_a_round_trip) {
  const FlowCase c = flow_cases().front();
  const Recording recording = record_flow(c);
  const Flow& flow = recording.flow;
  const Flow again = from_text(to_text(c, recording));
  ASSERT_EQ(again.size(), flow.size());
  for (std::size_t i = 0; i < flow.size(); ++i) EXPECT_EQ(again[i].bytes, flow[i].bytes);
}

TEST(GoldenStories, are_told_as_they_are_stored) {
  EXPECT_FALSE(stories().empty());
  for (const Story& s : stories()) EXPECT_EQ(s.text, read_text("golden/" + s.name + ".flow"));
}

}  // namespace
}  // namespace parley::test

// A fork in the middle: parent and child never draw the same random bytes, so they never sign,
// encrypt or name a session with the same ones.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/pair.hpp"

namespace parley::test {
namespace {

/// What `make` returns in a child, by way of a pipe; empty when the child failed.
Bytes in_child(const std::function<Bytes()>& make) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    const Bytes made = make();
    const bool ok = write(ends[1], made.data(), made.size()) == static_cast<ssize_t>(made.size());
    _exit(ok ? 0 : 1);
  }
  close(ends[1]);
  Bytes got;
  std::uint8_t buffer[4096];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    got.insert(got.end(), buffer, buffer + n);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? got : Bytes{};
}

/// No 16 bytes of one stand in the other.
void expect_nothing_shared(ByteView a, ByteView b) {
  ASSERT_FALSE(a.empty());
  ASSERT_FALSE(b.empty());
  for (std::size_t i = 0; i + 16 <= a.size(); ++i)
    EXPECT_EQ(std::search(b.begin(), b.end(), &a[i], &a[i] + 16), b.end()) << "at " << i;
}

// Row 48.
TEST(Fork, parent_and_child_draw_different_bytes) {
  const auto draw = [] {
    Bytes b(256);
    EXPECT_TRUE(system_rng().fill(b));
    return b;
  };
  draw();  // the generator is warm
  const Bytes first = in_child(draw), second = in_child(draw), own = draw();
  expect_nothing_shared(first, second);
  expect_nothing_shared(first, own);
  expect_nothing_shared(second, own);
}

/// The random, the share and the signature of a server that goes on after the fork.
TEST(Fork, in_the_middle_of_a_handshake_makes_two_different_ones) {
  for (const std::string_view suite : {"DHE-RSA-AES128-SHA", "ECDHE-RSA-AES128-SHA"}) {
    Recorder heard;
    const auto config = server_config({ProtocolVersion::tls12}, suite);
    Connection server = Connection::server(config, system_environment(&heard));
    SeededRng rng{4};
    const FixedClock clock{kNow};
    const Connection client = Connection::client(client_config({ProtocolVersion::tls12}, suite),
                                                 "localhost", {rng, clock, nullptr});
    const auto answer = [&] {
      Bytes said;
      EXPECT_EQ(server.feed(client.outgoing()), client.outgoing().size());
      for (const Recorder::Seen& m : heard.messages) {
        if (m.step == Step::server_hello) append(said, ByteView{m.body}.subspan(2, 32));
        // After the curve, or the group, which is the same for all.
        if (m.step == Step::server_key_exchange) append(said, ByteView{m.body}.last(128 + 60));
      }
      return said;
    };
    const Bytes theirs = in_child(answer), ours = answer();
    ASSERT_EQ(ours.size(), 32u + 188u);
    expect_nothing_shared(theirs, ours);
  }
}

TEST(Fork, of_a_client_makes_two_different_hellos) {
  const auto hello = [] {
    Recorder heard;
    const Connection c =
        Connection::client(client_config(), "localhost", system_environment(&heard));
    return to_bytes(ByteView{heard.messages.at(0).body}.subspan(2, 32));
  };
  expect_nothing_shared(in_child(hello), hello());
}

}  // namespace
}  // namespace parley::test

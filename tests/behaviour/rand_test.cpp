// RAND_status, RAND_add, RAND_egd: the last against a daemon of the test's own.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <type_traits>

#include "api/rand.hpp"
#include "crypto/entropy.hpp"
#include "facade_support.hpp"
#include "parley/rng.hpp"

namespace parley {
namespace {

using namespace test;

constexpr const char* kEgdError =
    "EGD connection failed or EGD did not return enough data to seed the PRNG";

/// An entropy gathering daemon that serves one connection. It speaks 01 n (what is there now) and
/// 02 n (exactly n) as the Perl original does, from a stock of a given size, and breaks off after
/// a given number of bytes.
class Daemon {
 public:
  struct Habits {
    std::size_t stock = 10000;
    std::size_t most_at_once = 255;
    std::size_t breaks_off_after = 100000;  ///< bytes sent, length octets included
    bool silent = false;                    ///< accepts and reads, but never answers
    bool too_generous = false;              ///< announces more than was asked for
  };

  explicit Daemon(const Habits& habits) : habits_(habits) {
    std::filesystem::remove(path_);
    listener_.bind({.path = path_});
    listener_.listen(1);
    listener_.settimeout(5);
    thread_ = std::thread([this] { serve(); });
  }
  ~Daemon() {
    thread_.join();
    std::filesystem::remove(path_);
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  const std::string& path() const { return path_; }
  /// Commands heard; call it when the client is gone.
  std::size_t commands() {
    while (!done_) std::this_thread::yield();
    return commands_;
  }

 private:
  void serve() {
    try {
      socket s = listener_.accept().first;
      s.settimeout(5);
      std::size_t sent = 0;
      const auto say = [&](const bytes& b) {
        const std::size_t n = std::min(b.size(), habits_.breaks_off_after - sent);
        if (n != 0) s.sendall(ByteView(b).first(n));
        sent += n;
        return n == b.size();
      };
      for (;;) {
        bytes command = s.recv(1);
        if (command.empty()) break;
        command.push_back(s.recv(1).at(0));
        ++commands_;
        if (habits_.silent) continue;
        const bool at_once = command[0] == 1;
        std::size_t k = command[1];
        if (at_once) k = std::min({k, habits_.stock, habits_.most_at_once});
        if (habits_.too_generous) k = std::size_t{command[1]} + 1;
        habits_.stock -= std::min(k, habits_.stock);
        bytes answer;
        if (at_once) answer.push_back(static_cast<std::uint8_t>(k));
        answer.resize(answer.size() + k, 0x5a);
        if (!say(answer)) break;
      }
    } catch (const std::exception&) {
      // The client has gone in the middle: that is what some tests are about.
    }
    done_ = true;
  }

  Habits habits_;
  std::string path_ =
      std::filesystem::temp_directory_path() / ("parley-egd-" + std::to_string(getpid()));
  socket listener_{AF_UNIX};
  std::size_t commands_ = 0;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

static_assert(!std::is_invocable_v<decltype(RAND_egd), int>);

// API: F2, 10.random
TEST(Rand, status_is_a_question_to_the_generator) { EXPECT_TRUE(RAND_status()); }

// API: F4, 10.random
TEST(Rand, add_takes_text_and_bytes_with_any_estimate) {
  RAND_add("this is a random string", 75.0);
  const bytes some{1, 2, 3};
  RAND_add(some, 0.0);
  RAND_add(ByteView{}, 0.0);
  EXPECT_TRUE(RAND_status());
}

bytes drawn(std::size_t n) {
  bytes b(n);
  EXPECT_TRUE(system_rng().fill(b));
  return b;
}

// API: F4
TEST(Rand, what_is_added_never_makes_the_generator_repeat_itself) {
  std::set<bytes> seen;
  for (int i = 0; i < 50; ++i) {
    RAND_add("the same text every time", 1e9);
    EXPECT_TRUE(seen.insert(drawn(32)).second);
    EXPECT_TRUE(seen.insert(drawn(32)).second);
  }
}

// API: F4
TEST(Rand, several_threads_may_add_and_draw_at_once) {
  std::array<std::vector<bytes>, 4> got;
  std::vector<std::thread> threads;
  for (auto& mine : got)
    threads.emplace_back([&mine] {
      for (int i = 0; i < 100; ++i) {
        RAND_add("x", 0.0);
        mine.push_back(drawn(16));
      }
    });
  for (std::thread& t : threads) t.join();
  std::set<bytes> all;
  for (const auto& mine : got) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 400u);
}

// API: F4
TEST(Rand, parent_and_child_draw_different_bytes_after_adding) {
  RAND_add("before the fork", 8.0);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    bytes b(32);
    const bool good = system_rng().fill(b) && write(ends[1], b.data(), b.size()) == 32;
    _exit(good ? 0 : 1);
  }
  const bytes mine = drawn(32);
  bytes theirs(32);
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), 32);
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(mine, theirs);
  close(ends[0]);
  close(ends[1]);
}

// API: F3
TEST(RandEgd, gets_255_bytes_from_a_daemon) {
  Daemon d({});
  EXPECT_EQ(RAND_egd(d.path()), 255);
  EXPECT_EQ(d.commands(), 1u);
}

// API: F3
TEST(RandEgd, asks_again_until_it_has_all) {
  Daemon d({.most_at_once = 100});
  EXPECT_EQ(RAND_egd(d.path()), 255);
  EXPECT_EQ(d.commands(), 3u);
}

// API: F3
TEST(RandEgd, returns_what_came_when_the_daemon_has_no_more) {
  Daemon d({.stock = 70, .most_at_once = 50});
  EXPECT_EQ(RAND_egd(d.path()), 70);
  EXPECT_EQ(d.commands(), 3u);
}

// API: F3
TEST(RandEgd, is_an_error_without_data_or_daemon) {
  EXPECT_EQ(ssl_error([] { RAND_egd("/no/such/socket"); }).strerror(), kEgdError);
  EXPECT_EQ(ssl_error([] { RAND_egd(""); }).strerror(), kEgdError);
  EXPECT_EQ(ssl_error([] { RAND_egd("foo"); }).strerror(), kEgdError);
  EXPECT_EQ(ssl_error([] { RAND_egd(std::string(200, 'x')); }).strerror(), kEgdError);
  Daemon d({.stock = 0});
  const SSLError e = ssl_error([&] { RAND_egd(d.path()); });
  EXPECT_EQ(e.strerror(), kEgdError);
  EXPECT_EQ(e.errno_(), SSL_ERROR_SSL);
  EXPECT_FALSE(e.hint().empty());
}

// API: F3
TEST(RandEgd, is_an_error_when_the_daemon_breaks_off_anywhere) {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{50}, std::size_t{101},
                              std::size_t{102}, std::size_t{257}}) {
    Daemon d({.most_at_once = 100, .breaks_off_after = n});
    EXPECT_EQ(ssl_error([&] { RAND_egd(d.path()); }).strerror(), kEgdError) << n;
  }
}

// API: F3
TEST(RandEgd, is_an_error_when_the_daemon_gives_more_than_it_was_asked_for) {
  Daemon d({.most_at_once = 200, .too_generous = true});
  EXPECT_EQ(gather_from_egd(d.path(), 2), std::nullopt);
}

// API: F3
TEST(RandEgd, does_not_wait_forever) {
  Daemon d({.silent = true});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(gather_from_egd(d.path(), 0.2), std::nullopt);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took.count(), 0.15);
  EXPECT_LT(took.count(), 3);
}

}  // namespace
}  // namespace parley

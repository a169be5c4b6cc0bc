// Two hundred clients at a time, of every version, a tenth of them hostile, for as long as wanted:
// soak SECONDS FACADE_CERTIFICATES. Exit 0 when every good client got what it came for, and the
// server's memory, descriptors and counters are what they should be.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "parley/connection.hpp"
#include "stress/echo_server.hpp"
#include "stress/process.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kClients = 200;
constexpr int kHostile = kClients / 10;
/// Some wait for nothing but their time; they must not keep the good ones waiting.
constexpr int kWorkers = kClients + kHostile;

/// A server in a process of its own, so that its memory is its own.
class Server {
 public:
  explicit Server(const std::string& certificates) {
    std::array<int, 2> up{}, down{};
    if (pipe(up.data()) != 0 || pipe(down.data()) != 0) throw std::runtime_error("pipe");
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) {
      ::close(up[0]);
      ::close(down[1]);
      _exit(serve(certificates, up[1], down[0]));
    }
    ::close(up[1]);
    ::close(down[0]);
    until_ = down[1];
    if (::read(up[0], &port_, sizeof port_) != sizeof port_)
      throw std::runtime_error("the server does not begin");
    ::close(up[0]);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }
  /// Whether its counters agree with each other.
  bool stop() const {
    ::close(until_);
    int status = 0;
    return ::waitpid(pid_, &status, 0) == pid_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  static int serve(const std::string& certificates, int up, int until) try {
    stress::EchoServer server(certificates, kWorkers);
    const std::uint16_t port = server.port();
    if (::write(up, &port, sizeof port) != sizeof port) return 1;
    char byte = 0;
    while (::read(until, &byte, 1) > 0) {
    }
    const int wrong = server.stop();
    const parley::session_stats_t stats = server.stats();
    std::printf("server: %ld handshakes begun, %ld completed, %ld resumed, %ld sessions kept\n",
                stats.accept, stats.accept_good, stats.hits, stats.number);
    std::fflush(stdout);
    return wrong;
  } catch (const std::exception& e) {
    std::cerr << "soak: server: " << e.what() << "\n";
    return 1;
  }

  pid_t pid_ = -1;
  int until_ = -1;
  std::uint16_t port_ = 0;
};

parley::socket dial(std::uint16_t port) {
  parley::socket s;
  s.settimeout(30.0);
  s.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
  s.connect({"127.0.0.1", port});
  return s;
}

using Random = std::mt19937;
void rest(Random& random, unsigned most_ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(random() % most_ms));
}

std::vector<parley::SSLContext> contexts() {
  std::vector<parley::SSLContext> all;
  for (const int protocol :
       {parley::PROTOCOL_SSLv3, parley::PROTOCOL_TLSv1, parley::PROTOCOL_TLSv1_1,
        parley::PROTOCOL_TLSv1_2, parley::PROTOCOL_SSLv23})
    all.emplace_back(protocol);
#ifndef PARLEY_NO_SSL2
  all.emplace_back(parley::PROTOCOL_SSLv2);
#endif
  return all;
}

/// Asks, waits now and then, and leaves politely; full and resumed.
class Good {
 public:
  explicit Good(unsigned seed) : random_(seed) {}

  void connect(std::uint16_t port) {
    const std::size_t which = random_() % contexts_.size();
    parley::socket plain = dial(port);
    parley::SSLSocket s = contexts_[which].wrap_socket(
        plain, {.session = random_() % 2 == 0 ? sessions_[which] : nullptr});
    for (unsigned turns = 1 + random_() % 4; turns > 0; --turns) {
      const parley::bytes question(1 + random_() % (turns == 4 ? 200'000 : 5000), 'q');
      s.sendall(question);
      for (std::size_t got = 0; got < question.size();) {
        const parley::bytes part = s.recv(65536);
        if (part.empty()) throw std::runtime_error("the echo stops short");
        if (std::ranges::any_of(part, [](auto c) { return c != 'q'; }))
          throw std::runtime_error("the echo is wrong");
        got += part.size();
      }
      rest(random_, 2000);
    }
    sessions_[which] = s.session();
    s.unwrap();
  }

 private:
  Random random_;
  std::vector<parley::SSLContext> contexts_ = contexts();
  std::vector<std::shared_ptr<const parley::Session>> sessions_{contexts_.size()};
};

/// Speaks the protocol, but for a byte here and there; or says half of it and waits; or shouts.
class Hostile {
 public:
  explicit Hostile(unsigned seed) : random_(seed) {}

  void connect(std::uint16_t port) {
    parley::socket s = dial(port);
    try {
      switch (random_() % 4) {
        case 0: shout(s); break;
        case 1: wait_in_the_middle(s); break;
        default: talk(s); break;
      }
    } catch (const parley::IOError&) {
      // Thrown out, as it deserves.
    }
  }

 private:
  void shout(parley::socket& s) {
    parley::bytes noise(20'000);
    for (auto& b : noise) b = static_cast<std::uint8_t>(random_());
    if (random_() % 2 == 0) {
      // Records of application data before there are keys.
      const std::array<std::uint8_t, 5> header{23, 3, 1, 0x40, 0};
      std::ranges::copy(header, noise.begin());
    }
    s.sendall(noise);
  }

  void wait_in_the_middle(parley::socket& s) {
    const parley::bytes half{22, 3, 1, 0, 200, 1, 0, 0, 196};
    s.sendall(half);
    rest(random_, 2000);
  }

  void talk(parley::socket& s) {
    const parley::SSLContext& context = contexts_[random_() % contexts_.size()];
    parley::Connection c = parley::Connection::client(context.config(), "", {rng_, clock_});
    while (c.phase() != parley::Connection::Phase::closed) {
      parley::bytes out = parley::to_bytes(c.outgoing());
      c.sent(out.size());
      if (!out.empty() && random_() % 3 == 0)
        out[random_() % out.size()] ^= static_cast<std::uint8_t>(1u << random_() % 8);
      s.sendall(out);
      if (c.phase() == parley::Connection::Phase::open && !c.write(out)) return;
      const parley::bytes in = s.recv(65536);
      if (in.empty()) return;
      c.feed(in);
    }
  }

  Random random_;
  parley::SystemRng rng_{};
  parley::SystemClock clock_{};
  std::vector<parley::SSLContext> contexts_ = contexts();
};

struct Count {
  std::atomic<long> served{0}, let_down{0}, attacks{0};
};

void be_good(unsigned seed, std::uint16_t port, Clock::time_point until, Count& count) {
  Good client(seed);
  while (Clock::now() < until) try {
      client.connect(port);
      ++count.served;
    } catch (const std::exception& e) {
      std::cerr << "soak: a good client: " << e.what() << "\n";
      ++count.let_down;
    }
}
void be_hostile(unsigned seed, std::uint16_t port, Clock::time_point until, Count& count) {
  Hostile client(seed);
  Random random(seed);
  for (; Clock::now() < until; ++count.attacks) {
    client.connect(port);
    rest(random, 1000);
  }
}

/// Of the server: the most in the first quarter of the time, and in the last.
struct Course {
  std::size_t early = 0, late = 0;
  long most_descriptors = 0;

  void watch(pid_t server, Clock::time_point begin, Clock::time_point end) {
    const Clock::duration quarter = (end - begin) / 4;
    while (Clock::now() < end) {
      const std::size_t now = stress::resident(server);
      if (Clock::now() - begin < quarter) early = std::max(early, now);
      if (end - Clock::now() < quarter) late = std::max(late, now);
      most_descriptors = std::max(most_descriptors, stress::descriptors(server));
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }
};

bool complain(bool wrong, const std::string& what) {
  if (wrong) std::cerr << "soak: " << what << "\n";
  return wrong;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return std::cerr << "usage: soak SECONDS CERTIFICATES\n", 2;
  const std::chrono::seconds time{std::stoi(argv[1])};
  const Server server(argv[2]);
  const long descriptors_before = stress::descriptors(server.pid());

  Count count;
  const Clock::time_point begin = Clock::now(), end = begin + time;
  std::vector<std::thread> clients;
  for (unsigned i = 0; i < kClients; ++i)
    clients.emplace_back(
        [&, i] { (i < kHostile ? be_hostile : be_good)(i, server.port(), end, count); });
  Course course;
  course.watch(server.pid(), begin, end);
  for (std::thread& t : clients) t.join();
  // The workers notice within moments that their clients have gone.
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const long descriptors_after = stress::descriptors(server.pid());
  const bool counted = server.stop();

  std::printf(
      "%ld served, %ld let down, %ld attacks; memory %zu KiB early, %zu KiB late; "
      "descriptors %ld before, %ld at most, %ld after\n",
      count.served.load(), count.let_down.load(), count.attacks.load(), course.early / 1024,
      course.late / 1024, descriptors_before, course.most_descriptors, descriptors_after);
  // What the allocator keeps, and sessions up to their number.
  constexpr std::size_t kSlack = 16u << 20;
  bool wrong = complain(count.served == 0 || count.attacks == 0, "nobody came");
  wrong |= complain(count.let_down > 0, "good clients were let down");
  wrong |= complain(course.late > course.early + kSlack, "the server's memory grew");
  wrong |= complain(descriptors_after != descriptors_before, "the server keeps descriptors");
  wrong |= complain(!counted, "the server's counters are wrong");
  return wrong ? 1 : 0;
} catch (const std::exception& e) {
  std::cerr << "soak: " << e.what() << "\n";
  return 1;
}

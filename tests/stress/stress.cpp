// One server context, eight threads, many short connections of every sort over loopback: full and
// resumed, of every version, cut off at every moment. Exit 0 when the counters add up and memory
// does not grow: stress CONNECTIONS FACADE_CERTIFICATES.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "parley/ssl.hpp"

namespace {

constexpr int kWorkers = 8;
constexpr int kClients = 4;

/// What the two sides have seen, to be compared with what the contexts have counted.
struct Tally {
  std::atomic<long> begun{0}, good{0}, resumed{0};
};

/// Accepted connections on their way to a worker; closed when there are no more.
class Queue {
 public:
  void put(parley::socket s) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(s));
    changed_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::optional<parley::socket> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return {};
    parley::socket s = std::move(waiting_.front());
    waiting_.pop_front();
    return s;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<parley::socket> waiting_;
  bool closed_ = false;
};

/// Echoes until the client goes, however it goes.
void serve(Queue& queue, const parley::SSLContext& context, Tally& tally) {
  while (std::optional<parley::socket> plain = queue.take()) {
    try {
      plain->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
      parley::SSLSocket s =
          context.wrap_socket(*plain, {.server_side = true, .do_handshake_on_connect = false});
      s.settimeout(20.0);
      ++tally.begun;
      s.do_handshake();
      ++tally.good;
      if (s.session_reused()) ++tally.resumed;
      for (parley::bytes data = s.recv(); !data.empty(); data = s.recv()) s.sendall(data);
      s.unwrap();
    } catch (const parley::IOError&) {
      // A client that left: what this is about.
    }
  }
}

enum class Way { full, resumed, cut_after_handshake, cut_in_handshake, cut_before, garbage };

struct Client {
  std::vector<parley::SSLContext> contexts;
  std::vector<std::shared_ptr<const parley::Session>> sessions{};
  std::mt19937 random;

  void connect(std::uint16_t port) {
    const std::size_t which = random() % contexts.size();
    const auto way = static_cast<Way>(random() % 8 < 3 ? 1 : random() % 6);
    parley::socket plain;
    plain.settimeout(20.0);
    // Small records would wait for delayed acknowledgements.
    plain.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
    if (way == Way::cut_before || way == Way::garbage) {
      plain.connect({"127.0.0.1", port});
      if (way == Way::garbage) plain.sendall("GARBAGE, not TLS at all");
      return;
    }
    const bool resume = way == Way::resumed;
    parley::SSLSocket s =
        contexts[which].wrap_socket(plain, {.do_handshake_on_connect = way != Way::cut_in_handshake,
                                            .session = resume ? sessions[which] : nullptr});
    s.connect({"127.0.0.1", port});
    if (way == Way::cut_in_handshake) {
      s.setblocking(false);
      try {
        s.do_handshake();
      } catch (const parley::SSLError&) {
      }
      return;
    }
    if (way == Way::cut_after_handshake) return;
    const parley::bytes question(1 + random() % 5000, 'q');
    s.sendall(question);
    for (std::size_t got = 0; got < question.size();) {
      const parley::bytes part = s.recv(65536);
      if (part.empty()) throw std::runtime_error("the echo stops short");
      got += part.size();
    }
    sessions[which] = s.session();
    s.unwrap();
  }
};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

int complain(const char* what, long expected, long got) {
  if (expected == got) return 0;
  std::cerr << "stress: " << what << ": seen " << expected << ", counted " << got << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return std::cerr << "usage: stress CONNECTIONS CERTIFICATES\n", 2;
  const int connections = std::stoi(argv[1]);
  const std::string certificates = argv[2];

  parley::SSLContext context(parley::PROTOCOL_SSLv23);
  context.load_cert_chain(certificates + "/server.pem");
  context.set_ciphers("ALL:!aNULL:!EXPORT");
  Tally served;
  Queue queue;
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) workers.emplace_back([&] { serve(queue, context, served); });

  parley::socket listener;
  listener.bind({"127.0.0.1", 0});
  listener.listen(512);
  const std::uint16_t port = listener.getsockname().port;
  const int per_client = connections / kClients;
  std::thread acceptor([&] {
    for (int i = 0; i < per_client * kClients; ++i) queue.put(listener.accept().first);
    queue.close();
  });

  std::vector<int> protocols{parley::PROTOCOL_SSLv3, parley::PROTOCOL_SSLv23,
                             parley::PROTOCOL_TLSv1};
#ifndef PARLEY_NO_SSL2
  protocols.push_back(parley::PROTOCOL_SSLv2);
#endif
  std::atomic<int> failures{0};
  std::atomic<std::size_t> half_way{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i)
    clients.emplace_back([&, i] {
      Client client{.contexts = {}, .random = std::mt19937(static_cast<unsigned>(i))};
      for (const int p : protocols) client.contexts.emplace_back(p);
      client.sessions.resize(protocols.size());
      for (int n = 0; n < per_client; ++n) {
        try {
          client.connect(port);
        } catch (const std::exception& e) {
          std::cerr << "stress: client: " << e.what() << "\n";
          ++failures;
        }
        if (i == 0 && n == per_client / 2) half_way = resident_bytes();
      }
    });
  for (std::thread& t : clients) t.join();
  acceptor.join();
  for (std::thread& t : workers) t.join();

  const parley::session_stats_t stats = context.session_stats();
  std::printf("%d connections, %ld handshakes begun, %ld completed, %ld resumed, %ld sessions\n",
              per_client * kClients, stats.accept, stats.accept_good, stats.hits, stats.number);
  int wrong = complain("handshakes begun", served.begun, stats.accept) +
              complain("handshakes completed", served.good, stats.accept_good) +
              complain("sessions resumed", served.resumed, stats.hits) +
              complain("client failures", 0, failures);
  // Sessions are kept up to their number; beyond them nothing may pile up.
  const std::size_t at_end = resident_bytes();
  constexpr std::size_t kSessionSize = 2048, kSlack = 16u << 20;
  const std::size_t allowed =
      half_way + kSlack + static_cast<std::size_t>(stats.number) * kSessionSize;
  if (at_end > allowed) {
    std::cerr << "stress: memory grew from " << half_way << " to " << at_end << " bytes\n";
    ++wrong;
  }
  return wrong == 0 ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << "stress: " << e.what() << "\n";
  return 1;
}

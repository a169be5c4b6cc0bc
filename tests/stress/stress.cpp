// One server context, eight threads, many short connections of every sort over loopback: full and
// resumed, of every version, cut off at every moment. Exit 0 when the counters add up and memory
// does not grow: stress CONNECTIONS FACADE_CERTIFICATES.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "stress/echo_server.hpp"
#include "stress/process.hpp"

namespace {

constexpr int kWorkers = 8;
constexpr int kClients = 4;

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

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return std::cerr << "usage: stress CONNECTIONS CERTIFICATES\n", 2;
  const int connections = std::stoi(argv[1]);
  const std::string certificates = argv[2];

  stress::EchoServer server(certificates, kWorkers);
  const int per_client = connections / kClients;
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
          client.connect(server.port());
        } catch (const std::exception& e) {
          std::cerr << "stress: client: " << e.what() << "\n";
          ++failures;
        }
        if (i == 0 && n == per_client / 2) half_way = stress::resident(getpid());
      }
    });
  for (std::thread& t : clients) t.join();
  int wrong = server.stop();
  const parley::session_stats_t stats = server.stats();
  std::printf("%d connections, %ld handshakes begun, %ld completed, %ld resumed, %ld sessions\n",
              per_client * kClients, stats.accept, stats.accept_good, stats.hits, stats.number);
  if (failures > 0) ++wrong;
  // Sessions are kept up to their number; beyond them nothing may pile up.
  const std::size_t at_end = stress::resident(getpid());
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

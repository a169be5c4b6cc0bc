// Opens many connections to an event-loop server, leaves them idle, and says what each costs the
// server in memory: idle COUNT SERVER_PROGRAM FACADE_CERTIFICATES. Exit 0 when every one of them
// still echoes at the end.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "parley/ssl.hpp"
#include "stress/process.hpp"

namespace {

/// The server, killed at the end.
class Server {
 public:
  Server(const char* program, const std::string& certificate) {
    int out[2];
    if (pipe(out) != 0) throw std::runtime_error("pipe");
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], 1);
      close(out[0]);
      execl(program, program, "0", certificate.c_str(), nullptr);
      _exit(127);
    }
    close(out[1]);
    char digits[16]{};
    if (read(out[0], digits, sizeof digits - 1) <= 0) throw std::runtime_error("server is silent");
    close(out[0]);
    port_ = static_cast<std::uint16_t>(std::stoi(digits));
  }
  ~Server() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

void echo(parley::SSLSocket& s) {
  s.sendall("x");
  if (s.recv() != parley::bytes{'x'}) throw std::runtime_error("no echo");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "usage: idle COUNT SERVER_PROGRAM CERTIFICATES\n", 2;
  const std::size_t count = std::stoul(argv[1]);
  const std::string certificates = argv[3];
  stress::allow_descriptors(count + 100);
  const Server server(argv[2], certificates + "/server.pem");

  parley::SSLContext context(parley::PROTOCOL_TLSv1);
  context.verify_mode = parley::CERT_REQUIRED;
  context.load_verify_locations(certificates + "/ca.pem");
  std::vector<parley::SSLSocket> idle;
  idle.reserve(count);
  std::size_t before = 0;
  // The first hundred warm the server up; resuming keeps the rest quick.
  const std::size_t warm = count / 50;
  while (idle.size() < count) {
    parley::socket plain;
    plain.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);  // a small record would wait for an answer
    parley::SSLSocket s =
        context.wrap_socket(plain, {.session = idle.empty() ? nullptr : idle.front().session()});
    s.connect({"127.0.0.1", server.port()});
    echo(s);
    idle.push_back(std::move(s));
    if (idle.size() == warm) before = stress::resident(server.pid());
  }
  const std::size_t after = stress::resident(server.pid());
  for (parley::SSLSocket& s : idle) echo(s);
  std::printf("%zu idle connections, %zu bytes of the server's memory each\n", count,
              (after - before) / (count - warm));
  return 0;
} catch (const std::exception& e) {
  std::cerr << "idle: " << e.what() << "\n";
  return 1;
}

// A server with one thread and any number of connections: the documented non-blocking calls under
// epoll. Echoes until the client closes; prints the port it listens on.
#include <sys/epoll.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <system_error>
#include <unordered_map>

#include "parley/ssl.hpp"

namespace {

struct Client {
  parley::SSLSocket socket;
  parley::bytes unsent{};  // echoed as soon as the client takes it
  bool greeted = false;    // its handshake is done

  /// Goes on as far as it can; returns the event to wait for, 0 at the end.
  std::uint32_t go_on() {
    try {
      if (!greeted) socket.do_handshake();
      greeted = true;
      for (;;) {
        while (!unsent.empty()) {
          const std::size_t n = socket.write(unsent);
          unsent.erase(unsent.begin(), unsent.begin() + static_cast<std::ptrdiff_t>(n));
        }
        unsent = socket.read(16384);
        if (unsent.empty()) return 0;
      }
    } catch (const parley::SSLError& e) {
      if (e.errno_() == parley::SSL_ERROR_WANT_READ) return EPOLLIN;
      if (e.errno_() == parley::SSL_ERROR_WANT_WRITE) return EPOLLOUT;
      std::cerr << e.what() << "\n";
    } catch (const parley::IOError& e) {
      std::cerr << e.what() << "\n";
    }
    return 0;
  }
};

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: poll_server PORT CERT_AND_KEY_FILE\n", 2;
  parley::SSLContext context(parley::PROTOCOL_SSLv23);
  context.load_cert_chain(argv[2]);
  parley::socket listener;
  listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  listener.bind({"127.0.0.1", static_cast<std::uint16_t>(std::stoi(argv[1]))});
  listener.listen(1024);
  listener.setblocking(false);
  std::cout << listener.getsockname().port << std::endl;

  const int poller = epoll_create1(EPOLL_CLOEXEC);
  check(poller, "epoll_create1");
  const auto wait_for = [poller](int operation, int fd, std::uint32_t events) {
    epoll_event e{};
    e.events = events;
    e.data.fd = fd;
    check(epoll_ctl(poller, operation, fd, &e), "epoll_ctl");
  };
  wait_for(EPOLL_CTL_ADD, listener.fileno(), EPOLLIN);

  std::unordered_map<int, Client> clients;
  for (;;) {
    epoll_event event{};
    if (epoll_wait(poller, &event, 1, -1) != 1) continue;
    int fd = event.data.fd;
    if (fd == listener.fileno()) {
      auto [plain, from] = listener.accept();
      plain.setblocking(false);
      fd = plain.fileno();
      clients.emplace(fd, Client{context.wrap_socket(
                              plain, {.server_side = true, .do_handshake_on_connect = false})});
      wait_for(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
    const auto client = clients.find(fd);
    if (client == clients.end()) continue;
    if (const std::uint32_t event_to_come = client->second.go_on())
      wait_for(EPOLL_CTL_MOD, fd, event_to_come);
    else
      clients.erase(client);  // closing takes it off the poller
  }
}

#include "shim_link.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "shim_flags.hpp"

namespace parley::shim {
namespace {

constexpr std::chrono::milliseconds kPatience{1000};  // with a peer that does not close

int connected_socket(std::uint16_t port, bool ipv6) {
  const int fd = ::socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  v6.sin6_addr = in6addr_loopback;
  const void* const address = ipv6 ? static_cast<const void*>(&v6) : &v4;
  if (fd < 0 ||
      ::connect(fd, static_cast<const sockaddr*>(address), ipv6 ? sizeof v6 : sizeof v4) != 0) {
    Failure f{"SYSTEM_ERROR", "connect: " + std::string{std::strerror(errno)}};
    if (fd >= 0) ::close(fd);
    throw f;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

bool try_again() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Link::Link(std::uint16_t port, bool ipv6, bool one_byte)
    : fd_(connected_socket(port, ipv6)), one_byte_(one_byte) {}

Link::~Link() { ::close(fd_); }

void Link::send(Connection& c) {
  const ByteView out = c.outgoing();
  const ssize_t n = ::send(fd_, out.data(), one_byte_ ? 1 : out.size(), MSG_NOSIGNAL);
  if (n > 0) c.sent(static_cast<std::size_t>(n));
  // What the peer said before it went away is still worth reading.
  if (n < 0 && !try_again()) broken_ = true;
}

bool Link::step(Connection& c) {
  if (!received_.empty()) {
    const std::size_t taken = c.feed(received_);
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(taken));
    if (taken != 0) return true;
  }
  const bool reading = received_.empty() && !end_;
  if (!reading && !writable(c)) return false;
  pollfd p{.fd = fd_,
           .events = static_cast<short>((reading ? POLLIN : 0) | (writable(c) ? POLLOUT : 0)),
           .revents = 0};
  if (::poll(&p, 1, -1) < 0) return true;
  if ((p.revents & POLLOUT) != 0) {
    send(c);
    return true;
  }
  std::array<std::uint8_t, 16384> buffer;
  const ssize_t n = ::recv(fd_, buffer.data(), one_byte_ ? 1 : buffer.size(), 0);
  if (n > 0) received_.assign(buffer.begin(), buffer.begin() + n);
  if (n == 0 || (n < 0 && !try_again())) end_ = true;
  return !end_ || writable(c);
}

void Link::close(Connection& c) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + kPatience;
  bool said_all = false;
  while (!end_ || writable(c)) {
    if (!writable(c) && !said_all) {
      ::shutdown(fd_, SHUT_WR);
      said_all = true;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd p{.fd = fd_,
             .events = static_cast<short>((end_ ? 0 : POLLIN) | (writable(c) ? POLLOUT : 0)),
             .revents = 0};
    if (left <= 0 || ::poll(&p, 1, static_cast<int>(left)) == 0) return;
    if ((p.revents & POLLOUT) != 0) send(c);
    std::array<std::uint8_t, 16384> unwanted;
    if (end_ || (p.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    const ssize_t n = ::recv(fd_, unwanted.data(), unwanted.size(), 0);
    if (n == 0 || (n < 0 && !try_again())) end_ = true;
  }
}

}  // namespace parley::shim

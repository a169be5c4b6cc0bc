// The plain socket layer: Python's waiting rules over the calls of posix.hpp.
#include "parley/socket.hpp"

#include <cerrno>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "api/posix.hpp"

namespace parley {
namespace {

void check(int error) {
  if (error != 0) throw socket_error(error);
}

// Beyond this, milliseconds since the clock's start no longer fit.
constexpr double kLongestTimeout = 1e9;

posix::SystemAddress resolve(const socket& s, const address& a, bool to_bind) {
  const posix::Resolved r = posix::resolve(a, s.family(), s.type(), to_bind);
  if (r.gai_error != 0) throw gaierror(r.gai_error, posix::gai_text(r.gai_error));
  check(r.error);
  return r.where;
}

// Makes the call; while it would block, waits as long as the timeout allows.
template <class Call>
auto wait_for(int fd, posix::Ready what, std::optional<double> limit, Call call) {
  for (;;) {
    const auto result = call();
    if (!posix::would_block(result.error) || limit == 0.0) {
      check(result.error);
      return result;
    }
    const int waited = posix::wait(fd, what, limit);
    if (waited == ETIMEDOUT) throw timeout();
    check(waited);
  }
}

}  // namespace

socket::socket(int family, int type, int proto) : family_(family), type_(type), proto_(proto) {
  const posix::Descriptor d = posix::open_socket(family, type, proto);
  check(d.error);
  fd_ = d.fd;
}

socket::socket(const Held& a) noexcept
    : fd_(a.fd), family_(a.family), type_(a.type), proto_(a.proto), timeout_(a.timeout) {}

socket socket::from_fd(int fd) {
  posix::SystemAddress own;
  check(posix::own_name(fd, own));
  Held a{fd, own.storage.ss_family, SOCK_STREAM, 0, {}};
  if (!posix::is_blocking(fd)) a.timeout = 0.0;
  socket s(a);
  try {
    s.type_ = s.getsockopt(SOL_SOCKET, SO_TYPE);
    s.proto_ = s.getsockopt(SOL_SOCKET, SO_PROTOCOL);
  } catch (...) {
    s.fd_ = -1;  // a failure leaves the descriptor to the caller
    throw;
  }
  return s;
}

socket::socket(socket&& o) noexcept : socket(o.give_up()) {}

socket& socket::operator=(socket&& o) noexcept {
  if (this != &o) {
    posix::close(fd_);
    const Held a = o.give_up();
    fd_ = a.fd;
    family_ = a.family;
    type_ = a.type;
    proto_ = a.proto;
    timeout_ = a.timeout;
  }
  return *this;
}

socket::~socket() { posix::close(fd_); }

socket::Held socket::give_up() noexcept {
  return {std::exchange(fd_, -1), family_, type_, proto_, timeout_};
}

std::pair<socket, address> socket::accept() {
  posix::SystemAddress from;
  const posix::Descriptor d =
      wait_for(fd_, posix::Ready::to_read, timeout_, [&] { return posix::accept(fd_, from); });
  return {socket(Held{d.fd, family_, type_, proto_, {}}), posix::to_address(from)};
}

void socket::bind(const address& a) { check(posix::bind(fd_, resolve(*this, a, true))); }

void socket::listen(int backlog) { check(posix::listen(fd_, std::max(backlog, 0))); }

int socket::connect_ex(const address& a) {
  int error = posix::connect(fd_, resolve(*this, a, false));
  if (error != EINPROGRESS || timeout_ == 0.0) return error;
  error = posix::wait(fd_, posix::Ready::to_write, timeout_);
  if (error != 0) return error == ETIMEDOUT ? EAGAIN : error;
  return getsockopt(SOL_SOCKET, SO_ERROR);
}

void socket::connect(const address& a) {
  // socket::, because an SSLSocket asks for the plain connection here.
  const int error = socket::connect_ex(a);
  if (posix::would_block(error) && timeout_ && *timeout_ > 0) throw timeout();
  check(error);
}

bytes socket::recv(std::size_t bufsize, int flags) {
  bytes into(bufsize);
  const posix::Outcome r =
      wait_for(fd_, posix::Ready::to_read, timeout_, [&] { return posix::recv(fd_, into, flags); });
  into.resize(r.n);
  return into;
}

std::size_t socket::recv_into(ByteSpan buffer, std::optional<std::size_t> nbytes, int flags) {
  const std::size_t n = nbytes.value_or(0);
  const ByteSpan into = n == 0 || n > buffer.size() ? buffer : buffer.first(n);
  return wait_for(fd_, posix::Ready::to_read, timeout_,
                  [&] { return posix::recv(fd_, into, flags); })
      .n;
}

std::size_t socket::send(ByteView data, int flags) {
  return wait_for(fd_, posix::Ready::to_write, timeout_,
                  [&] { return posix::send(fd_, data, flags); })
      .n;
}

std::size_t socket::sendall(ByteView data, int flags) {
  const std::optional<double> limit = timeout_ == 0.0 ? std::nullopt : timeout_;
  for (ByteView left = data; !left.empty();) {
    const posix::Outcome r =
        wait_for(fd_, posix::Ready::to_write, limit, [&] { return posix::send(fd_, left, flags); });
    left = left.subspan(r.n);
  }
  return data.size();
}

void socket::settimeout(std::optional<double> seconds) {
  if (seconds && !(*seconds >= 0 && *seconds <= kLongestTimeout))
    throw std::invalid_argument("Timeout value out of range");
  check(posix::set_blocking(fd_, !seconds));
  timeout_ = seconds;
}

void socket::setblocking(bool blocking) {
  settimeout(blocking ? std::nullopt : std::optional<double>(0.0));
}

int socket::getsockopt(int level, int option) const {
  int value = 0;
  check(
      posix::get_option(fd_, level, option, {reinterpret_cast<std::uint8_t*>(&value), sizeof value})
          .error);
  return value;
}

bytes socket::getsockopt(int level, int option, std::size_t buflen) const {
  bytes value(buflen);
  const posix::Outcome r = posix::get_option(fd_, level, option, value);
  check(r.error);
  value.resize(r.n);
  return value;
}

void socket::setsockopt(int level, int option, int value) {
  check(posix::set_option(fd_, level, option,
                          {reinterpret_cast<const std::uint8_t*>(&value), sizeof value}));
}

void socket::setsockopt(int level, int option, ByteView value) {
  check(posix::set_option(fd_, level, option, value));
}

address socket::getpeername() const {
  posix::SystemAddress a;
  check(posix::peer_name(fd_, a));
  return posix::to_address(a);
}

address socket::getsockname() const {
  posix::SystemAddress a;
  check(posix::own_name(fd_, a));
  return posix::to_address(a);
}

int socket::detach() { return std::exchange(fd_, -1); }

void socket::shutdown(int how) { check(posix::shutdown(fd_, how)); }

void socket::close() { posix::close(std::exchange(fd_, -1)); }

std::pair<socket, socket> socketpair() {
  int fds[2];
  check(posix::open_pair(fds));
  return {socket::from_fd(fds[0]), socket::from_fd(fds[1])};
}

}  // namespace parley

// The plain socket layer: Python's waiting rules over the calls of posix.hpp.
#include "parley/socket.hpp"

#include <cerrno>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "api/posix.hpp"
#include "api/repr.hpp"
#include "api/socket_state.hpp"

namespace parley {
namespace {

void check(int error) {
  if (error != 0) throw socket_error(error);
}

// Beyond this, milliseconds since the clock's start no longer fit.
constexpr double kLongestTimeout = 1e9;

posix::SystemAddress resolve(const socket& s, const address& a, bool to_bind) {
  refuse_embedded_null(a.host);
  // Only an abstract name, which begins with NUL, may hold any.
  if (!a.path.empty() && a.path.front() != '\0') refuse_embedded_null(a.path);
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

socket::Shared::~Shared() { posix::close(fd); }

std::size_t socket::Shared::recv(ByteSpan into, int flags) const {
  return wait_for(fd, posix::Ready::to_read, timeout, [&] { return posix::recv(fd, into, flags); })
      .n;
}

std::size_t socket::Shared::send(ByteView data, int flags, std::optional<double> limit) const {
  return wait_for(fd, posix::Ready::to_write, limit, [&] { return posix::send(fd, data, flags); })
      .n;
}

std::size_t socket::Shared::read(ByteSpan into) const {
  return layer ? layer->read(fd, timeout, into) : recv(into, 0);
}

std::size_t socket::Shared::write(ByteView data) const {
  if (!layer) return send(data, 0, timeout);
  layer->write(fd, timeout, data);
  return data.size();
}

socket::socket(int family, int type, int proto) : family_(family), type_(type), proto_(proto) {
  const posix::Descriptor d = posix::open_socket(family, type, proto);
  check(d.error);
  shared_ = std::make_shared<Shared>(d.fd, std::nullopt);
}

socket::socket(std::shared_ptr<Shared> shared, int family, int type, int proto) noexcept
    : shared_(std::move(shared)), family_(family), type_(type), proto_(proto) {}

socket socket::from_fd(int fd) {
  posix::SystemAddress own;
  check(posix::own_name(fd, own));
  socket s(std::make_shared<Shared>(fd, std::nullopt), own.storage.ss_family, SOCK_STREAM, 0);
  if (!posix::is_blocking(fd)) s.shared_->timeout = 0.0;
  try {
    s.type_ = s.getsockopt(SOL_SOCKET, SO_TYPE);
    s.proto_ = s.getsockopt(SOL_SOCKET, SO_PROTOCOL);
  } catch (...) {
    s.shared_->fd = -1;  // a failure leaves the descriptor to the caller
    throw;
  }
  return s;
}

socket::socket(socket&& o) noexcept
    : socket(std::exchange(o.shared_, nullptr), o.family_, o.type_, o.proto_) {}

socket& socket::operator=(socket&& o) noexcept {
  shared_ = std::exchange(o.shared_, nullptr);
  family_ = o.family_;
  type_ = o.type_;
  proto_ = o.proto_;
  return *this;
}

socket::~socket() = default;

socket::Shared& socket::open() const {
  if (!shared_) throw socket_error(EBADF);
  return *shared_;
}

int socket::fileno() const { return shared_ ? shared_->fd : -1; }

std::optional<double> socket::gettimeout() const {
  return shared_ ? shared_->timeout : std::nullopt;
}

std::pair<socket, address> socket::accept() {
  posix::SystemAddress from;
  const int fd = fileno();
  const posix::Descriptor d =
      wait_for(fd, posix::Ready::to_read, gettimeout(), [&] { return posix::accept(fd, from); });
  return {socket(std::make_shared<Shared>(d.fd, std::nullopt), family_, type_, proto_),
          posix::to_address(from)};
}

void socket::bind(const address& a) { check(posix::bind(fileno(), resolve(*this, a, true))); }

void socket::listen(int backlog) { check(posix::listen(fileno(), std::max(backlog, 0))); }

int socket::connect_ex(const address& a) {
  int error = posix::connect(fileno(), resolve(*this, a, false));
  if (error != EINPROGRESS || gettimeout() == 0.0) return error;
  error = posix::wait(fileno(), posix::Ready::to_write, gettimeout());
  if (error != 0) return error == ETIMEDOUT ? EAGAIN : error;
  return getsockopt(SOL_SOCKET, SO_ERROR);
}

void socket::connect(const address& a) {
  // socket::, because an SSLSocket asks for the plain connection here.
  const int error = socket::connect_ex(a);
  if (posix::would_block(error) && gettimeout() > 0.0) throw timeout();
  check(error);
}

bytes socket::recv(std::size_t bufsize, int flags) {
  bytes into(bufsize);
  into.resize(open().recv(into, flags));
  return into;
}

std::size_t socket::recv_into(ByteSpan buffer, std::optional<std::size_t> nbytes, int flags) {
  const std::size_t n = nbytes.value_or(0);
  return open().recv(n == 0 || n > buffer.size() ? buffer : buffer.first(n), flags);
}

std::pair<bytes, address> socket::recvfrom(std::size_t bufsize, int flags) {
  bytes into(bufsize);
  posix::SystemAddress from;
  const posix::Outcome r = wait_for(fileno(), posix::Ready::to_read, gettimeout(),
                                    [&] { return posix::recv_from(fileno(), into, flags, from); });
  into.resize(r.n);
  return {std::move(into), posix::to_address(from)};
}

std::pair<std::size_t, address> socket::recvfrom_into(ByteSpan buffer,
                                                      std::optional<std::size_t> nbytes,
                                                      int flags) {
  const std::size_t n = nbytes.value_or(0);
  const ByteSpan into = n == 0 || n > buffer.size() ? buffer : buffer.first(n);
  posix::SystemAddress from;
  const posix::Outcome r = wait_for(fileno(), posix::Ready::to_read, gettimeout(),
                                    [&] { return posix::recv_from(fileno(), into, flags, from); });
  return {r.n, posix::to_address(from)};
}

std::size_t socket::sendto(ByteView data, const address& a, int flags) {
  const posix::SystemAddress to = resolve(*this, a, false);
  return wait_for(fileno(), posix::Ready::to_write, gettimeout(),
                  [&] { return posix::send_to(fileno(), data, flags, to); })
      .n;
}

std::size_t socket::send(ByteView data, int flags) {
  return open().send(data, flags, gettimeout());
}

std::size_t socket::sendall(ByteView data, int flags) {
  const std::optional<double> limit = gettimeout() == 0.0 ? std::nullopt : gettimeout();
  for (ByteView left = data; !left.empty();) left = left.subspan(open().send(left, flags, limit));
  return data.size();
}

void socket::settimeout(std::optional<double> seconds) {
  if (seconds && !(*seconds >= 0 && *seconds <= kLongestTimeout))
    throw std::invalid_argument("Timeout value out of range");
  Shared& s = open();
  check(posix::set_blocking(s.fd, !seconds));
  s.timeout = seconds;
}

void socket::setblocking(bool blocking) {
  settimeout(blocking ? std::nullopt : std::optional<double>(0.0));
}

int socket::getsockopt(int level, int option) const {
  int value = 0;
  check(posix::get_option(fileno(), level, option,
                          {reinterpret_cast<std::uint8_t*>(&value), sizeof value})
            .error);
  return value;
}

bytes socket::getsockopt(int level, int option, std::size_t buflen) const {
  bytes value(buflen);
  const posix::Outcome r = posix::get_option(fileno(), level, option, value);
  check(r.error);
  value.resize(r.n);
  return value;
}

void socket::setsockopt(int level, int option, int value) {
  check(posix::set_option(fileno(), level, option,
                          {reinterpret_cast<const std::uint8_t*>(&value), sizeof value}));
}

void socket::setsockopt(int level, int option, ByteView value) {
  check(posix::set_option(fileno(), level, option, value));
}

address socket::getpeername() const {
  posix::SystemAddress a;
  check(posix::peer_name(fileno(), a));
  return posix::to_address(a);
}

address socket::getsockname() const {
  posix::SystemAddress a;
  check(posix::own_name(fileno(), a));
  return posix::to_address(a);
}

int socket::detach() {
  if (!shared_) return -1;
  const int fd = std::exchange(shared_->fd, -1);
  shared_.reset();
  return fd;
}

void socket::shutdown(int how) { check(posix::shutdown(fileno(), how)); }

void socket::close() { shared_.reset(); }

std::pair<socket, socket> socketpair() {
  int fds[2];
  check(posix::open_pair(fds));
  return {socket::from_fd(fds[0]), socket::from_fd(fds[1])};
}

}  // namespace parley

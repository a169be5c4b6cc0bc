#include "api/posix.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

namespace parley::posix {
namespace {

constexpr std::size_t kLargestFile = std::size_t{16} << 20;

int status(int returned) { return returned == 0 ? 0 : errno; }

template <class Call>
Outcome moved(Call call) {
  for (;;) {
    const ssize_t n = call();
    if (n >= 0) return {static_cast<std::size_t>(n), 0};
    if (errno != EINTR) return {0, errno};
  }
}

Resolved unix_address(const std::string& path) {
  Resolved r;
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  // An abstract name (leading NUL) has no terminator.
  const bool abstract = !path.empty() && path.front() == '\0';
  if (path.size() + (abstract ? 0 : 1) > sizeof un.sun_path) {
    r.error = ENAMETOOLONG;
    return r;
  }
  std::memcpy(un.sun_path, path.data(), path.size());
  std::memcpy(&r.where.storage, &un, sizeof un);
  r.where.length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  return r;
}

}  // namespace

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

Descriptor open_socket(int family, int type, int proto) {
  const int fd = ::socket(family, type | SOCK_CLOEXEC, proto);
  return {fd, fd < 0 ? errno : 0};
}

int open_pair(int (&fds)[2]) {
  return status(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
}

void close(int fd) {
  // Linux releases the descriptor even when close() reports EINTR: repeating it could hit a
  // descriptor that another thread has just been given.
  if (fd >= 0) ::close(fd);
}

int shutdown(int fd, int how) { return status(::shutdown(fd, how)); }

int set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return errno;
  const int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  return wanted == flags ? 0 : status(::fcntl(fd, F_SETFL, wanted));
}

bool is_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags < 0 || (flags & O_NONBLOCK) == 0;
}

int wait(int fd, Ready what, std::optional<double> seconds) {
  using Clock = std::chrono::steady_clock;
  constexpr double kLongestPoll = 1e6;  // seconds; INT_MAX milliseconds are 24 days
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds.value_or(0)));
  pollfd p{};
  p.fd = fd;
  p.events = static_cast<short>((what != Ready::to_write ? POLLIN : 0) |
                                (what != Ready::to_read ? POLLOUT : 0));
  for (;;) {
    int milliseconds = -1;
    if (seconds) {
      const double left = std::chrono::duration<double>(end - Clock::now()).count();
      milliseconds =
          left <= 0 ? 0 : static_cast<int>(std::ceil(std::min(left, kLongestPoll) * 1000));
    }
    const int n = ::poll(&p, 1, milliseconds);
    if (n > 0) return (p.revents & POLLNVAL) != 0 ? EBADF : 0;
    if (n < 0 && errno != EINTR) return errno;
    if (seconds && Clock::now() >= end) return ETIMEDOUT;
  }
}

Outcome send(int fd, ByteView data, int flags) {
  return moved([&] { return ::send(fd, data.data(), data.size(), flags | MSG_NOSIGNAL); });
}

Outcome recv(int fd, ByteSpan into, int flags) {
  return moved([&] { return ::recv(fd, into.data(), into.size(), flags); });
}

Outcome send_to(int fd, ByteView data, int flags, const SystemAddress& to) {
  return moved([&] {
    return ::sendto(fd, data.data(), data.size(), flags | MSG_NOSIGNAL, to.get(), to.length);
  });
}

Outcome recv_from(int fd, ByteSpan into, int flags, SystemAddress& from) {
  return moved([&] {
    from.length = sizeof from.storage;
    return ::recvfrom(fd, into.data(), into.size(), flags, from.get(), &from.length);
  });
}

address to_address(const SystemAddress& a) {
  address r;
  char text[INET6_ADDRSTRLEN] = "";
  if (a.storage.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &a.storage, sizeof in);
    r.host = ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    r.port = ntohs(in.sin_port);
  } else if (a.storage.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &a.storage, sizeof in);
    r.host = ::inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text);
    r.port = ntohs(in.sin6_port);
    r.flowinfo = ntohl(in.sin6_flowinfo);
    r.scope_id = in.sin6_scope_id;
  } else if (a.storage.ss_family == AF_UNIX) {
    sockaddr_un un{};
    std::memcpy(&un, &a.storage, std::min<std::size_t>(sizeof un, a.length));
    const std::size_t start = offsetof(sockaddr_un, sun_path);
    const std::size_t n = a.length > start ? a.length - start : 0;
    if (n != 0) {
      r.path.assign(un.sun_path, n);
      if (un.sun_path[0] != '\0') r.path.resize(std::strlen(r.path.c_str()));
    }
  }
  return r;
}

Resolved resolve(const address& a, int family, int type, bool to_bind) {
  if (family == AF_UNIX) return unix_address(a.path);
  Resolved r;
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  hints.ai_flags = AI_NUMERICSERV | (to_bind ? AI_PASSIVE : 0);
  addrinfo* list = nullptr;
  const std::string port = std::to_string(a.port);
  r.gai_error =
      ::getaddrinfo(a.host.empty() ? nullptr : a.host.c_str(), port.c_str(), &hints, &list);
  if (r.gai_error != 0) {
    r.error = r.gai_error == EAI_SYSTEM ? errno : EINVAL;
    if (r.gai_error == EAI_SYSTEM) r.gai_error = 0;
    return r;
  }
  std::memcpy(&r.where.storage, list->ai_addr, list->ai_addrlen);
  r.where.length = list->ai_addrlen;
  if (list->ai_family == AF_INET6 && (a.flowinfo != 0 || a.scope_id != 0)) {
    sockaddr_in6 in{};
    std::memcpy(&in, &r.where.storage, sizeof in);
    in.sin6_flowinfo = htonl(a.flowinfo);
    if (a.scope_id != 0) in.sin6_scope_id = a.scope_id;
    std::memcpy(&r.where.storage, &in, sizeof in);
  }
  ::freeaddrinfo(list);
  return r;
}

std::string gai_text(int gai_error) { return ::gai_strerror(gai_error); }

bool is_ip_literal(const std::string& host) {
  in6_addr any{};
  return ::inet_pton(AF_INET, host.c_str(), &any) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

int bind(int fd, const SystemAddress& a) { return status(::bind(fd, a.get(), a.length)); }

int listen(int fd, int backlog) { return status(::listen(fd, backlog)); }

Descriptor accept(int fd, SystemAddress& from) {
  for (;;) {
    from.length = sizeof from.storage;
    const int n = ::accept4(fd, from.get(), &from.length, SOCK_CLOEXEC);
    if (n >= 0) return {n, 0};
    if (errno != EINTR) return {-1, errno};
  }
}

int connect(int fd, const SystemAddress& a) {
  if (::connect(fd, a.get(), a.length) == 0) return 0;
  // An interrupted connect goes on in the background (POSIX), as a non-blocking one does.
  return errno == EINTR ? EINPROGRESS : errno;
}

int peer_name(int fd, SystemAddress& a) {
  a.length = sizeof a.storage;
  return status(::getpeername(fd, a.get(), &a.length));
}

int own_name(int fd, SystemAddress& a) {
  a.length = sizeof a.storage;
  return status(::getsockname(fd, a.get(), &a.length));
}

Outcome get_option(int fd, int level, int option, ByteSpan into) {
  auto length = static_cast<socklen_t>(into.size());
  const int error = status(::getsockopt(fd, level, option, into.data(), &length));
  return {length, error};
}

int set_option(int fd, int level, int option, ByteView value) {
  return status(
      ::setsockopt(fd, level, option, value.data(), static_cast<socklen_t>(value.size())));
}

bool is_directory(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
}

bool is_file(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && !S_ISDIR(s.st_mode);
}

File read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {{}, errno};
  File file;
  crypto::SecretBytes buffer(4096);
  std::size_t used = 0;
  for (;;) {
    if (used == buffer.size()) {
      if (used >= kLargestFile) {
        file.error = EFBIG;
        break;
      }
      crypto::SecretBytes larger(2 * used);
      std::memcpy(larger.span().data(), buffer.span().data(), used);
      buffer = std::move(larger);
    }
    const Outcome got =
        moved([&] { return ::read(fd, buffer.span().data() + used, buffer.size() - used); });
    if (got.error != 0) {
      file.error = got.error;
      break;
    }
    if (got.n == 0) {
      file.content = crypto::SecretBytes(buffer.view().first(used));
      break;
    }
    used += got.n;
  }
  ::close(fd);
  return file;
}

Descriptor open_append(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  return {fd, fd < 0 ? errno : 0};
}

Outcome write(int fd, ByteView data) {
  return moved([&] { return ::write(fd, data.data(), data.size()); });
}

std::optional<std::string> environment(const char* name) {
  const char* value = ::secure_getenv(name);
  if (value == nullptr) return {};
  return value;
}

}  // namespace parley::posix

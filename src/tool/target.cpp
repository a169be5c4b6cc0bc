#include "tool/target.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "tool/failure.hpp"
#include "tool/output.hpp"

namespace parley::tool {
namespace {

constexpr std::string_view kUnix = "unix:";

bool is_v6(const std::string& host) {
  in6_addr a{};
  return inet_pton(AF_INET6, host.c_str(), &a) == 1;
}

bool is_v4(const std::string& host) {
  in_addr a{};
  return inet_pton(AF_INET, host.c_str(), &a) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view s) {
  if (s.empty() || s.size() > 5) return {};
  unsigned n = 0;
  for (const char c : s) {
    if (c < '0' || c > '9') return {};
    n = 10 * n + static_cast<unsigned>(c - '0');
  }
  if (n > 0xffff) return {};
  return static_cast<std::uint16_t>(n);
}

struct Split {
  std::string host;
  std::string_view port;  ///< empty: none given
};

/// Separates host and port; a host in brackets, or with several colons, is an IPv6 address.
Split split(std::string_view s) {
  const auto bad = [s] { return usage_error(fmt::format("'{}' is no address", printable(s))); };
  if (s.starts_with('[')) {
    const std::size_t end = s.find(']');
    if (end == std::string_view::npos) throw bad();
    const std::string host(s.substr(1, end - 1));
    const std::string_view rest = s.substr(end + 1);
    if (!is_v6(host) || (!rest.empty() && (rest[0] != ':' || rest.size() == 1))) throw bad();
    return {host, rest.empty() ? rest : rest.substr(1)};
  }
  const std::size_t colon = s.find(':');
  if (colon == std::string_view::npos) return {std::string(s), {}};
  if (s.find(':', colon + 1) != std::string_view::npos) {
    if (!is_v6(std::string(s))) throw bad();
    return {std::string(s), {}};
  }
  if (colon + 1 == s.size()) throw bad();
  return {std::string(s.substr(0, colon)), s.substr(colon + 1)};
}

std::uint16_t checked_port(std::string_view port, std::string_view whole) {
  const std::optional<std::uint16_t> n = parse_port(port);
  if (!n) throw usage_error(fmt::format("'{}' has no port from 0 to 65535", printable(whole)));
  return *n;
}

Target unix_target(std::string_view s) {
  if (s.size() == kUnix.size()) throw usage_error("'unix:' needs a path after it");
  return {printable(s), {.path = std::string(s.substr(kUnix.size()))}};
}

std::string reason(const parley::socket_error& e) {
  if (e.errno_() == ETIMEDOUT && e.code().category() == std::generic_category()) return "timed out";
  return printable(e.strerror());
}

std::string hint(const parley::socket_error& e) {
  if (dynamic_cast<const gaierror*>(&e) != nullptr) return "check the name, or give an address";
  if (e.errno_() == ECONNREFUSED) return "nothing listens there: check the port";
  if (e.errno_() == ETIMEDOUT) return "a firewall may drop what we send; --timeout waits longer";
  return {};
}

/// A socket file of a server that is gone: nobody accepts there.
bool is_left_over(const parley::address& where) {
  struct stat info {};
  if (::lstat(where.path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
  parley::socket probe(AF_UNIX);
  probe.setblocking(false);
  return probe.connect_ex(where) == ECONNREFUSED;
}

parley::socket bound(int family, const parley::address& where) {
  constexpr int kBacklog = 511;
  parley::socket s(family);
  if (family != AF_UNIX) s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
  if (family == AF_INET6 && where.host.empty()) s.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0);
  s.bind(where);
  s.listen(kBacklog);
  return s;
}

}  // namespace

std::string Target::server_name() const {
  if (local_path() || is_v4(where.host) || is_v6(where.host)) return {};
  // The root's dot is not part of a HostName (RFC 6066 section 3).
  return where.host.ends_with('.') ? where.host.substr(0, where.host.size() - 1) : where.host;
}

Target parse_target(std::string_view s, std::uint16_t default_port) {
  if (s.starts_with(kUnix)) return unix_target(s);
  if (const auto port = parse_port(s))
    return {fmt::format("localhost:{}", *port), {"localhost", *port}};
  const Split parts = split(s);
  if (parts.host.empty()) throw usage_error(fmt::format("'{}' names no host", printable(s)));
  const std::uint16_t port = parts.port.empty() ? default_port : checked_port(parts.port, s);
  return {printable(address_text({parts.host, port})), {parts.host, port}};
}

Target parse_listener(std::string_view s) {
  if (s.starts_with(kUnix)) return unix_target(s);
  if (const auto port = parse_port(s)) return {std::string(s), {"127.0.0.1", *port}};
  const Split parts = split(s);
  const std::uint16_t port = checked_port(parts.port, s);
  return {printable(s), {parts.host, port}};
}

std::string address_text(const parley::address& a) {
  if (!a.path.empty()) return std::string(kUnix) + a.path;
  if (a.host.empty()) return std::string(kUnix);
  return a.host.find(':') == std::string::npos ? fmt::format("{}:{}", a.host, a.port)
                                               : fmt::format("[{}]:{}", a.host, a.port);
}

parley::socket connect_to(const Target& t, double seconds) {
  std::vector<int> families{AF_INET, AF_INET6};
  if (t.local_path()) families = {AF_UNIX};
  if (is_v6(t.where.host)) families = {AF_INET6};
  if (is_v4(t.where.host)) families = {AF_INET};
  std::optional<Failure> first;
  for (const int family : families) {
    try {
      parley::socket s(family);
      s.settimeout(seconds);
      s.connect(t.where);
      return s;
    } catch (const parley::socket_error& e) {
      // A name without an address of this family says nothing about the host.
      const bool telling = dynamic_cast<const gaierror*>(&e) == nullptr;
      if (!first || telling)
        first = Failure(Exit::unreachable, fmt::format("{}: cannot connect: {}", t.text, reason(e)),
                        hint(e));
      if (telling && family == AF_INET && e.errno_() != ECONNREFUSED) break;
    }
  }
  throw *first;
}

parley::socket listen_on(const Target& t) {
  const int family = t.local_path() ? AF_UNIX : is_v6(t.where.host) ? AF_INET6 : AF_INET;
  try {
    if (!t.local_path() && t.where.host.empty()) {
      // One socket for both families; a machine without IPv6 has the other one.
      try {
        return bound(AF_INET6, t.where);
      } catch (const parley::socket_error& e) {
        if (e.errno_() == EADDRINUSE || e.errno_() == EACCES) throw;
      }
    }
    if (family == AF_UNIX && is_left_over(t.where)) ::unlink(t.where.path.c_str());
    return bound(family, t.where);
  } catch (const parley::socket_error& e) {
    const bool resolving = dynamic_cast<const gaierror*>(&e) != nullptr;
    throw Failure(
        resolving ? Exit::unreachable : Exit::local,
        fmt::format("{}: cannot listen: {}", t.text, printable(e.strerror())),
        e.errno_() != EADDRINUSE ? ""
        : t.local_path()
            ? "somebody listens there already, or the file is no socket: give another path"
            : "somebody listens there already; port 0 picks a free one");
  }
}

}  // namespace parley::tool

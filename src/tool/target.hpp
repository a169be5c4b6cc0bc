// Where to connect to or listen on, as people write it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/socket.hpp"

namespace parley::tool {

inline constexpr std::uint16_t kHttps = 443;

struct Target {
  std::string text;       ///< as given, safe to print
  parley::address where;  ///< host and port, or path

  bool local_path() const { return !where.path.empty(); }
  /// What server_name should carry: the host, or nothing for an address or a path.
  std::string server_name() const;
};

/// host[:port], [v6]:port, port (of localhost), unix:/path. Usage failure for anything else.
Target parse_target(std::string_view, std::uint16_t default_port = kHttps);
/// PORT (on the loopback), ADDR:PORT, :PORT (every interface), [v6]:PORT, unix:/path.
Target parse_listener(std::string_view);

/// "127.0.0.1:4433", "[::1]:4433", "unix:/path".
std::string address_text(const parley::address&);

/// A connected socket; each step may take `seconds`. Every family the name may have is tried.
/// Failure (unreachable) that names the target.
parley::socket connect_to(const Target&, double seconds);
/// A listening socket. Failure (unreachable or local) that names the address.
parley::socket listen_on(const Target&);

}  // namespace parley::tool

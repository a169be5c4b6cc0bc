// Captures: TCP connections out of pcap and pcapng files, and one connection into a pcap file.
#pragma once
#include <string>
#include <vector>

#include "parley/explain.hpp"

namespace parley::tool {

/// One TCP connection of a capture: its two streams, put in order by their sequence numbers.
struct CapturedConnection {
  std::string client, server;  ///< "192.0.2.1:40000", "[2001:db8::1]:443"
  explain::Flow flow;          ///< chunks with the times of the packets that completed them
  /// Bytes that are not in the capture, or that wait behind such; the stream of their side ends at
  /// `at`, before them.
  struct Gap {
    Side from;
    std::size_t at = 0, size = 0;
  };
  std::vector<Gap> gaps{};  ///< at most one a side
};
struct Capture {
  std::vector<CapturedConnection> connections{};
  std::string trouble{};  ///< why libpcap could not read all of the file; empty: it could
};

/// The content of a file begins as pcap (of either byte order, micro- or nanoseconds) or pcapng.
bool is_capture(std::string_view content);
/// Those with data, in the order of their first packets; `path` is for messages. Failure: local
/// when libpcap cannot read it or the link type is none of Ethernet, loopback, raw IP and Linux
/// cooked; unsupported in a build without libpcap.
Capture connections_in(const std::string& path, const std::string& content);

/// A pcap file (raw IPv4) with this flow in made-up packets: a handshake of TCP, segments of at
/// most 1400 bytes, and FIN each way. Clocks that are not known start at 0 and go on by a
/// millisecond.
std::string capture_of(const explain::Flow&);

}  // namespace parley::tool

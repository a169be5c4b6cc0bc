// A Connection on a TCP socket.
#pragma once
#include "parley/connection.hpp"

namespace parley::shim {

class Link {
 public:
  /// Connects to this machine. `one_byte`: no step moves more than one. Failure when it cannot.
  Link(std::uint16_t port, bool ipv6, bool one_byte);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Waits until something can be sent or received, and does it once. False when the peer has
  /// closed its stream and everything it sent has been taken.
  bool step(Connection&);
  /// Sends what waits and closes; what the peer still says is thrown away, since bytes left unread
  /// would make the system reset the connection and lose our last alert.
  void close(Connection&);

 private:
  bool writable(const Connection& c) const { return !broken_ && !c.outgoing().empty(); }
  void send(Connection&);

  int fd_ = -1;
  bool one_byte_;
  bool broken_ = false;  // the peer takes nothing more
  bool end_ = false;     // of its stream
  Bytes received_;       // and not yet taken by the connection
};

}  // namespace parley::shim

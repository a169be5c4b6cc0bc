// A TLS stack under test: how a benchmark drives parley and its peers alike.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "parley/bytes.hpp"
#include "parley/group.hpp"
#include "parley/protocol.hpp"

namespace parley::bench {

/// A client and a server of one stack, joined in memory. Each end is made by its first step().
/// Everything aborts the program when the stack reports an error: numbers of a broken
/// connection are worth nothing.
class Pair {
 public:
  virtual ~Pair() = default;
  /// Lets one end work on what has arrived; returns whether its handshake is done.
  virtual bool step(Side) = 0;
  /// Takes one end down.
  virtual void end(Side) = 0;
  virtual bool resumed() const = 0;
  /// One write at the client's end; what it makes of it waits in memory.
  virtual void send(ByteView) = 0;
  /// Reads exactly as many bytes at the server's end.
  virtual void receive(ByteSpan) = 0;
  /// The next client made with resume = true offers this session.
  virtual void remember_session() = 0;
};

/// One stack, set up: a server with a chain of two certificates (leaf and intermediate, RSA-2048)
/// and a session cache, a client that verifies them against the root.
class Stack {
 public:
  virtual ~Stack() = default;
  virtual std::unique_ptr<Pair> pair(bool resume) = 0;
};

/// The certificates all stacks use, in PEM; made once a process.
struct Credentials {
  std::string root, intermediate, leaf, key;
};
const Credentials& credentials();

/// What the stacks do against BEAST when they write CBC records: parley puts the first byte of a
/// write into a record of its own, OpenSSL puts an empty record ahead.
enum class Splitting : std::uint8_t { as_usual, off };

/// What both ends are told.
struct Settings {
  std::string suite;  ///< as OpenSSL or, in `iana`, as the RFC calls it
  std::string iana = suite;
  ProtocolVersion version = ProtocolVersion::tls10;
  NamedGroup group = NamedGroup::secp256r1;  ///< for ECDHE
  Splitting splitting = Splitting::as_usual;
  bool watched = false;  ///< parley only: both ends have an observer, which counts events
};
std::unique_ptr<Stack> make_parley(const Settings&);
/// Null when this OpenSSL does not offer the suite in that version.
std::unique_ptr<Stack> make_openssl(const Settings&);

/// Prints what went wrong and aborts.
[[noreturn]] void give_up(std::string_view what);

/// Heap use so far by everything in this program, OpenSSL included.
struct Heap {
  std::size_t allocations = 0;
  std::ptrdiff_t live_bytes = 0;
};
Heap heap();

}  // namespace parley::bench

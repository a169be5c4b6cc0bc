// One TLS connection over a descriptor that never blocks: the engine of parley/connection.hpp and
// the loop that feeds it. SSLSocket would do as well, but shows neither secrets nor messages.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/connection.hpp"
#include "parley/keylog.hpp"
#include "parley/socket.hpp"
#include "tool/explain_tape.hpp"
#include "tool/failure.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// A moment after which waiting ends; nothing: never.
class Deadline {
 public:
  Deadline() = default;
  explicit Deadline(double seconds);
  /// For poll(): milliseconds that are left, -1 without a limit.
  int poll_timeout() const;
  bool over() const;

 private:
  std::optional<std::chrono::steady_clock::time_point> at_{};
};

/// What the engine chose, and what of it it calls weak.
struct Choices {
  struct Decision {
    std::string what, why, setting;
  };
  struct Weak {
    std::string what, allowed_by;
  };
  std::vector<Decision> decisions{};
  std::vector<Weak> weaknesses{};
};
/// As members "decisions" and "weaknesses".
void tell(Json& document, const Choices&);

/// Ends what all connections of a server wait for; a signal handler may raise it.
struct StopSignal {
  std::atomic<bool> raised{false};
  int fd = -1;  ///< readable for ever once raised
};
/// Thrown by what waits when the signal has been raised.
struct Stopped {};

class Link final : private Observer {
 public:
  struct Setup {
    parley::socket socket;  ///< connected
    std::shared_ptr<const Config> config;
    std::string peer;                         ///< for messages
    Output& out;                              ///< --verbose shows messages there
    KeyLog* keylog = nullptr;                 ///< may be null
    Tape* tape = nullptr;                     ///< may be null
    std::string server_name{};                ///< client only
    std::shared_ptr<const Session> resume{};  ///< client only
    const StopSignal* stop = nullptr;         ///< may be null
  };
  Link(Side, Setup);
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  Connection& tls() { return *tls_; }
  int fd() const { return socket_.fileno(); }
  const Choices& choices() const { return choices_; }

  /// POLLIN and POLLOUT as the connection needs them; `reading` is false when data should wait.
  short events(bool reading) const;
  /// Moves bytes either way as far as that goes without waiting.
  void move();
  /// The peer has said that it is done, or it speaks SSL 2.0, which has no words for that, and its
  /// stream has ended: whether that was the peer's doing nobody can know.
  bool peer_closed() const { return tls_->peer_closed() || (ended_ && speaks_ssl2()); }
  /// Nothing more can come or go.
  bool ended() const { return ended_; }
  /// Bytes have been received that the engine takes once somebody reads: do not wait, move().
  bool backlog() const { return !untaken_.empty(); }
  /// Nothing can be sent any more.
  bool broken() const { return broken_; }
  bool unsent() const { return !broken_ && !tls_->outgoing().empty(); }

  /// Waits for these events, at most until the deadline. Once the signal is raised, not at all.
  void wait(short events, const Deadline&) const;
  bool stopped() const { return stop_ != nullptr && stop_->raised; }

  /// Throws what the connection failed with, if it did.
  void check() const;
  /// Throws after sending the alert, waits for the handshake. Failure (unreachable) at the
  /// deadline.
  void handshake(const Deadline&);
  /// Sends what waits to be sent; gives up at the deadline.
  void drain(const Deadline&);
  /// Tells the peer, once, that nothing more comes from us: close_notify or, in SSL 2.0, the end of
  /// our half of the stream. False while or when it cannot be told.
  bool say_goodbye();
  /// Says goodbye and waits for the peer's or the end of the stream.
  void close(const Deadline&);
  /// Ends the stream so that what was sent last arrives even if the peer still sends.
  void hang_up(const Deadline&);

 private:
  void on(const Event&) override;
  bool speaks_ssl2() const;
  void send();
  void receive();

  parley::socket socket_;
  Output& out_;
  KeyLog* keylog_;
  Tape* tape_;
  const StopSignal* stop_;
  Scene scene_;
  Choices choices_{};
  Bytes untaken_{};  ///< received; the engine had no room for it
  bool said_goodbye_ = false;
  bool finished_ = false;  ///< the handshake is over
  bool broken_ = false;    ///< sending failed; what the peer said before may still be read
  bool ended_ = false;
  std::optional<Connection> tls_{};  ///< last: it reports to this object from the start
};

}  // namespace parley::tool

// The pump between one engine and one descriptor: all waiting of SSLSocket happens here.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "api/context_state.hpp"
#include "api/socket_state.hpp"
#include "parley/connection.hpp"
#include "parley/ssl.hpp"

namespace parley {

/// The TLS side of an SSLSocket. Bytes are peeked at, fed, and only then taken from the
/// descriptor, as many as the engine took: what follows the peer's close_notify stays in the
/// kernel for whoever reads the plain socket next.
///
/// One thread may read while another writes: the mutex guards the engine, and is free while a
/// thread waits. So that nobody waits inside a call, every call on the descriptor is made with
/// MSG_DONTWAIT.
struct SSLSocket::Tls final : socket::Shared::Layer {
  /// Called once, when the handshake begins: until then the cipher list may change.
  using Make = std::function<Connection()>;
  /// `kept` lives as long as the engine: an observer that the engine was given, or null.
  explicit Tls(Make make, std::shared_ptr<const void> alive = nullptr)
      : kept_(std::move(alive)), make_(std::move(make)) {}

  /// What a step lacks to go on. Something only on a non-blocking socket.
  enum class Want { nothing, to_read, to_write };
  /// Names the operation in the message of a timeout.
  enum class Doing { handshake, read, write };
  /// The descriptor, and how long each step may wait on it: 0.0 not at all, nothing forever.
  struct Line {
    int fd;
    std::optional<double> limit;
  };

 private:
  std::shared_ptr<const void> kept_;  // before the engine, which goes first

 public:
  std::optional<Connection> engine;        ///< nothing before the handshake begins
  bool established = false;                ///< the handshake is done
  bool closing = false;                    ///< unwrap() has queued our close_notify
  std::size_t write_taken = 0;             ///< bytes of the unfinished write that the engine has
  bool files_suppress_ragged_eofs = true;  ///< wrap_socket's option, for read() below
  CallbackGuard::Kept kept;                ///< what callbacks threw and chose

  Want handshake(Line, Doing = Doing::handshake);
  /// Fills `into` partly; got = 0 is the end of the stream.
  Want read(Line, ByteSpan into, bool suppress_ragged_eofs, std::size_t& got);
  /// All of it, or what is wanting; the next call must begin with the same bytes.
  Want write(Line, ByteView data);
  Want unwrap(Line);
  void renegotiate(Line);
  /// No handshake is wanted or under way.
  bool settled() const {
    const std::lock_guard lock(mutex_);
    return established && !engine->renegotiating();
  }
  /// Nothing more will come: the peer's close_notify has, or there is none to wait for, as in SSL
  /// 2.0. After the handshake.
  bool over() const {
    return engine->peer_closed() || engine->phase() == Connection::Phase::closed;
  }
  /// Nothing can be written any more. When only the peer's stream has ended, the engine may still.
  bool cannot_write() const {
    const Error* e = engine->failure();
    return e != nullptr && e->code != Errc::unexpected_eof;
  }
  /// Makes the engine, once.
  void begin();

  /// What a callback of the context throws inside is kept, for throw_failure().
  std::size_t feed(ByteView from_peer);
  [[noreturn]] void throw_failure() const;

  std::size_t read(int fd, std::optional<double> limit, ByteSpan into) override;
  void write(int fd, std::optional<double> limit, ByteView data) override;

  static void raise(Want);

  /// Answers a question about the established connection while no other thread moves it; a
  /// default-made answer before the handshake is done.
  template <class Question>
  auto ask(Question question) const -> decltype(question(std::declval<const Connection&>())) {
    const std::lock_guard lock(mutex_);
    if (!established) return {};
    return question(*engine);
  }

 private:
  /// Throws what the engine failed with, after its alert had a chance to leave.
  [[noreturn]] void fail(Line);
  using Lock = std::unique_lock<std::mutex>;
  Want handshake(Lock&, Line, Doing);
  Make make_;  ///< empty once the handshake has begun
  Want flush(Lock&, Line, Doing);
  void flush_without_waiting(Line);
  Want receive(Lock&, Line, Doing);
  Want wait(Lock&, Line, Doing, Want);
  void hear_last_words(Line);
  bool owes_handshake() const;
  [[noreturn]] static void throw_timeout(Doing);
  void wait_for_the_receiver(Lock&, Line, Doing);
  void wait_for_a_reader(Lock&, Line, Doing);

  mutable std::mutex mutex_;
  bool receiving_ = false;  ///< a thread waits for bytes
  std::condition_variable received_;
  std::weak_ptr<const void> reader_{};  ///< the thread that called read() last, while it lives
  std::uint64_t reads_ = 0;             ///< those that took something
  std::condition_variable read_;
  /// The errno that ended the connection: the system tells it once, and then only of an end.
  int broken_ = 0;
  void note(int error);
};

}  // namespace parley

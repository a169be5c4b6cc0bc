#include "api/tls_layer.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "api/context_state.hpp"
#include "api/errors.hpp"
#include "api/posix.hpp"

namespace parley {
namespace {

using Chunk = std::array<std::uint8_t, 32768>;

// How much of a failed connection's input is thrown away, so that closing it does not make TCP
// reset the connection and destroy the alert on its way.
constexpr int kDrainedChunks = 8;

// How long a write that nobody seems to read for gives another thread to begin with it.
constexpr std::chrono::seconds kReaderMayCome{1};

/// Stands for this thread, and ends with it.
const std::shared_ptr<const void>& this_thread() {
  thread_local const std::shared_ptr<const void> life = std::make_shared<char>();
  return life;
}

[[noreturn]] void internal(const char* where) { throw_error(Error{Errc::internal, where}); }

/// Says that whoever waits for the receiver may look again.
class Receiver {
 public:
  Receiver(bool& role, std::condition_variable& done) : role_(role), done_(done) { role_ = true; }
  ~Receiver() {
    role_ = false;
    done_.notify_all();
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

 private:
  bool& role_;
  std::condition_variable& done_;
};

}  // namespace

void SSLSocket::Tls::raise(Want w) {
  if (w == Want::to_read) throw SSLWantReadError();
  if (w == Want::to_write) throw SSLWantWriteError();
}

void SSLSocket::Tls::throw_timeout(Doing doing) {
  throw timeout(doing == Doing::handshake ? "The handshake operation timed out"
                : doing == Doing::read    ? "The read operation timed out"
                                          : "The write operation timed out");
}

// Inside a renegotiation reading can depend on what has not been sent yet.
bool SSLSocket::Tls::owes_handshake() const {
  return engine->renegotiating() && !engine->outgoing().empty();
}

/// Returns what is wanted on a non-blocking socket; else Want::nothing when it is there.
SSLSocket::Tls::Want SSLSocket::Tls::wait(Lock& lock, Line line, Doing doing, Want want) {
  if (line.limit == 0.0) return want;
  const posix::Ready ready = want == Want::to_write ? posix::Ready::to_write
                             : owes_handshake()     ? posix::Ready::either
                                                    : posix::Ready::to_read;
  lock.unlock();
  const int error = posix::wait(line.fd, ready, line.limit);
  lock.lock();
  if (error == ETIMEDOUT) throw_timeout(doing);
  if (error != 0) throw socket_error(error);
  return Want::nothing;
}

// Two threads must not wait for the same bytes: who is woken too late would sleep on, though the
// other one has fed what it waits for.
void SSLSocket::Tls::wait_for_the_receiver(Lock& lock, Line line, Doing doing) {
  if (!line.limit) {
    received_.wait(lock);
  } else if (received_.wait_for(lock, std::chrono::duration<double>(*line.limit)) ==
             std::cv_status::timeout) {
    throw_timeout(doing);
  }
}

// The engine takes nothing more before somebody reads. Who that may be is known only from who has
// read before and is still there.
void SSLSocket::Tls::wait_for_a_reader(Lock& lock, Line line, Doing doing) {
  using Seconds = std::chrono::duration<double>;
  const auto has_read = [this, before = reads_] { return reads_ != before; };
  using Steady = std::chrono::steady_clock;
  const Steady::time_point begin = Steady::now();
  for (;;) {
    const std::shared_ptr<const void> reader = reader_.lock();
    Seconds step = kReaderMayCome;
    if (line.limit) step = std::min(step, Seconds(Seconds(*line.limit) - (Steady::now() - begin)));
    if (read_.wait_for(lock, step, has_read)) return;
    if (step < kReaderMayCome) throw_timeout(doing);
    if (!reader || reader == this_thread())
      throw SSLError(
          SSL_ERROR_SSL, "unread data in a renegotiation",
          {.reason = "UNREAD_DATA_IN_RENEGOTIATION",
           .hint = "The peer has sent more than is kept unread, and the handshake comes after it. "
                   "Read, here or in another thread, then repeat the call with the same bytes."});
  }
}

SSLSocket::Tls::Want SSLSocket::Tls::flush(Lock& lock, Line line, Doing doing) {
  while (!engine->outgoing().empty()) {
    const posix::Outcome r = posix::send(line.fd, engine->outgoing(), MSG_DONTWAIT);
    if (r.error == 0) {
      engine->sent(r.n);
    } else if (posix::would_block(r.error)) {
      if (const Want w = wait(lock, line, doing, Want::to_write); w != Want::nothing) return w;
    } else {
      note(r.error);
      if (r.error == EPIPE || r.error == ECONNRESET) hear_last_words(line);
      throw socket_error(r.error);
    }
  }
  return Want::nothing;
}

void SSLSocket::Tls::note(int error) {
  if (error == ECONNRESET || error == ETIMEDOUT) broken_ = error;
}

void SSLSocket::Tls::flush_without_waiting(Line line) {
  while (!engine->outgoing().empty()) {
    const posix::Outcome r = posix::send(line.fd, engine->outgoing(), MSG_DONTWAIT);
    note(r.error);
    if (r.error != 0) return;
    engine->sent(r.n);
  }
}

// A peer that refuses us often sends its alert and closes while we are still sending: the alert
// says more than "Broken pipe".
void SSLSocket::Tls::hear_last_words(Line line) {
  Chunk chunk;
  for (;;) {
    const posix::Outcome r = posix::recv(line.fd, chunk, MSG_DONTWAIT);
    note(r.error);
    if (r.error != 0 || r.n == 0) return;
    if (feed(ByteView(chunk).first(r.n)) < r.n && engine->failure() == nullptr) return;
    if (engine->failure() != nullptr) fail(line);
  }
}

void SSLSocket::Tls::fail(Line line) {
  flush_without_waiting(line);
  Chunk chunk;
  for (int i = 0; i < kDrainedChunks; ++i) {
    const posix::Outcome r = posix::recv(line.fd, chunk, MSG_DONTWAIT);
    if (r.error != 0 || r.n == 0) break;
  }
  throw_failure();
}

void SSLSocket::Tls::throw_failure() const {
  if (kept.thrown) std::rethrow_exception(kept.thrown);
  throw_error(*engine->failure());
}

std::size_t SSLSocket::Tls::feed(ByteView from_peer) {
  const CallbackGuard guard(kept);
  return engine->feed(from_peer);
}

SSLSocket::Tls::Want SSLSocket::Tls::receive(Lock& lock, Line line, Doing doing) {
  const bool may_wait = line.limit != 0.0;
  if (receiving_ && may_wait) {
    wait_for_the_receiver(lock, line, doing);
    return Want::nothing;
  }
  Chunk chunk;
  const posix::Outcome r = posix::recv(line.fd, chunk, MSG_PEEK | MSG_DONTWAIT);
  if (posix::would_block(r.error)) {
    if (!may_wait) return owes_handshake() ? Want::to_write : Want::to_read;
    const Receiver me(receiving_, received_);
    return wait(lock, line, doing, Want::to_read);
  }
  note(r.error);
  if (r.error != 0) throw socket_error(r.error);
  if (r.n == 0 && broken_ != 0) throw socket_error(broken_);
  if (r.n == 0) {
    engine->end_of_stream();
    return Want::nothing;
  }
  const std::size_t taken = feed(ByteView(chunk).first(r.n));
  for (std::size_t left = taken; left != 0;) {
    const posix::Outcome removed = posix::recv(line.fd, ByteSpan(chunk).first(left), MSG_DONTWAIT);
    if (removed.error != 0) throw socket_error(removed.error);
    if (removed.n == 0) internal("tls_layer.receive");
    left -= removed.n;
  }
  if (taken != 0 || engine->failure() != nullptr || engine->peer_closed()) return Want::nothing;
  if (engine->readable() == 0) internal("tls_layer.feed");
  if (!may_wait) return Want::to_read;
  wait_for_a_reader(lock, line, doing);
  return Want::nothing;
}

void SSLSocket::Tls::begin() {
  if (engine) return;
  engine.emplace(make_());
  make_ = nullptr;  // not before: what memory was too short for can be asked for again
}

SSLSocket::Tls::Want SSLSocket::Tls::handshake(Line line, Doing doing) {
  Lock lock(mutex_);
  return handshake(lock, line, doing);
}

SSLSocket::Tls::Want SSLSocket::Tls::handshake(Lock& lock, Line line, Doing doing) {
  begin();
  for (;;) {
    if (engine->failure() != nullptr) fail(line);
    if (const Want w = flush(lock, line, doing); w != Want::nothing) return w;
    if (engine->phase() != Connection::Phase::handshaking && !engine->renegotiating()) {
      established = true;
      return Want::nothing;
    }
    if (engine->peer_closed()) throw SSLZeroReturnError();
    if (const Want w = receive(lock, line, doing); w != Want::nothing) return w;
  }
}

SSLSocket::Tls::Want SSLSocket::Tls::read(Line line, ByteSpan into, bool suppress_ragged_eofs,
                                          std::size_t& got) {
  got = 0;
  if (into.empty()) return Want::nothing;
  Lock lock(mutex_);
  reader_ = this_thread();
  if (!established)
    if (const Want w = handshake(lock, line, Doing::read); w != Want::nothing) return w;
  for (;;) {
    if (engine->readable() != 0) {
      flush_without_waiting(line);  // what came in before the data may ask for an answer
      got = engine->read(into);
      ++reads_;
      read_.notify_all();
      return Want::nothing;
    }
    if (over()) {
      if (closing) throw SSLZeroReturnError();
      return Want::nothing;
    }
    if (const Error* e = engine->failure()) {
      if (e->code == Errc::unexpected_eof && suppress_ragged_eofs) return Want::nothing;
      fail(line);
    }
    flush_without_waiting(line);
    if (const Want w = receive(lock, line, Doing::read); w != Want::nothing) return w;
  }
}

SSLSocket::Tls::Want SSLSocket::Tls::write(Line line, ByteView data) {
  Lock lock(mutex_);
  if (!established)
    if (const Want w = handshake(lock, line, Doing::write); w != Want::nothing) return w;
  if (data.size() < write_taken)
    throw SSLError(SSL_ERROR_SSL, "bad write retry",
                   {.reason = "BAD_WRITE_RETRY",
                    .hint = "After a send that would block, send the same bytes again."});
  for (;;) {
    if (cannot_write()) fail(line);
    while (write_taken < data.size()) {
      const Result<std::size_t> n = engine->write(data.subspan(write_taken));
      if (!n) throw_error(n.error());
      if (*n == 0) break;
      write_taken += *n;
    }
    if (write_taken < data.size() && engine->outgoing().empty()) {
      // Inside a renegotiation it is the peer's turn.
      if (!engine->renegotiating()) internal("tls_layer.write");
      if (engine->peer_closed()) throw SSLZeroReturnError();
      if (const Want w = receive(lock, line, Doing::write); w != Want::nothing) return w;
      continue;
    }
    if (const Want w = flush(lock, line, Doing::write); w != Want::nothing) return w;
    if (write_taken == data.size()) break;
  }
  write_taken = 0;
  return Want::nothing;
}

std::size_t SSLSocket::Tls::read(int fd, std::optional<double> limit, ByteSpan into) {
  std::size_t got = 0;
  raise(read({fd, limit}, into, files_suppress_ragged_eofs, got));
  return got;
}

void SSLSocket::Tls::write(int fd, std::optional<double> limit, ByteView data) {
  raise(write({fd, limit}, data));
}

void SSLSocket::Tls::renegotiate(Line line) {
  const Lock lock(mutex_);
  if (!established)
    throw SSLError(SSL_ERROR_SSL, "renegotiation before the first handshake is done",
                   {.reason = "NOT_OPEN", .hint = "Call do_handshake() first."});
  if (engine->failure() != nullptr) fail(line);
  if (const Status s = engine->renegotiate(); !s) throw_error(s.error());
  flush_without_waiting(line);
}

SSLSocket::Tls::Want SSLSocket::Tls::unwrap(Line line) {
  Lock lock(mutex_);
  if (!established)
    throw SSLError(SSL_ERROR_SSL, "shutdown while in init",
                   {.reason = "SHUTDOWN_WHILE_IN_INIT", .hint = "Finish do_handshake() first."});
  begin();
  if (!closing) closing = engine->close().has_value();  // why not is seen below
  for (;;) {
    if (engine->readable() != 0)
      throw SSLError(SSL_ERROR_SSL, "application data after close notify",
                     {.reason = "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
                      .hint = "Read everything the peer sends before unwrap()."});
    if (engine->failure() != nullptr && !over()) fail(line);
    if (const Want w = flush(lock, line, Doing::write); w != Want::nothing) return w;
    if (over()) return Want::nothing;
    if (const Want w = receive(lock, line, Doing::read); w != Want::nothing) return w;
  }
}

}  // namespace parley

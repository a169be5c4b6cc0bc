// SSLObject: the engine of an SSLSocket between two buffers instead of on a descriptor.
#include "parley/ssl_object.hpp"

#include <algorithm>

#include "api/errors.hpp"
#include "api/tls_layer.hpp"

namespace parley {

// --- MemoryBIO --------------------------------------------------------------------------------

struct MemoryBIO::State {
  Bytes held{};
  std::size_t read = 0;  ///< of `held`
  bool ended = false;

  ByteView left() const { return ByteView(held).subspan(read); }
  void take(std::size_t n) {
    read += n;
    // Moving what is left costs no more than what has gone was worth.
    if (read < held.size() - read) return;
    held.erase(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(read));
    read = 0;
  }
};

MemoryBIO::MemoryBIO() : state_(std::make_shared<State>()) {}

bytes MemoryBIO::read(std::optional<std::size_t> n) {
  const ByteView left = state_->left();
  bytes out = to_bytes(left.first(std::min(left.size(), n.value_or(left.size()))));
  state_->take(out.size());
  return out;
}

std::size_t MemoryBIO::write(ByteView data) {
  if (state_->ended)
    throw SSLError(SSL_ERROR_SSL, "cannot write() after write_eof()",
                   {.reason = "WRITE_AFTER_EOF", .hint = "Use another MemoryBIO."});
  append(state_->held, data);
  return data.size();
}

void MemoryBIO::write_eof() { state_->ended = true; }
std::size_t MemoryBIO::pending() const { return state_->left().size(); }
bool MemoryBIO::eof() const { return state_->ended && pending() == 0; }

// --- SSLObject --------------------------------------------------------------------------------

/// The questions are those of a socket that never has a descriptor; what moves bytes is here.
struct SSLObject::State {
  SSLSocket socket;
  MemoryBIO incoming, outgoing;

  SSLSocket::Tls& tls() const { return *socket.tls_; }

  void flush() {
    Connection& engine = *tls().engine;
    const ByteView out = engine.outgoing();
    if (out.empty()) return;
    outgoing.write(out);
    engine.sent(out.size());
  }
  /// Throws what the engine failed with, if it has; its alert is on the way then.
  void check() {
    if (tls().engine->failure() == nullptr) return;
    flush();
    tls().throw_failure();
  }
  /// Feeds what has come in, or says that something should.
  void receive() {
    flush();
    Connection& engine = *tls().engine;
    const ByteView in = incoming.state_->left();
    if (in.empty()) {
      if (!incoming.eof()) throw SSLWantReadError();
      engine.end_of_stream();
      return;
    }
    const std::size_t taken = tls().feed(in);
    incoming.state_->take(taken);
    if (taken != 0 || engine.failure() != nullptr || engine.peer_closed()) return;
    if (engine.readable() == 0) throw_error(Error{Errc::internal, "ssl_object.feed"});
    // Nothing moves until somebody reads.
    throw SSLWantReadError();
  }
  void handshake() {
    if (tls().established) return;
    tls().begin();
    for (;;) {
      check();
      flush();
      if (tls().engine->phase() != Connection::Phase::handshaking) break;
      if (tls().engine->peer_closed()) throw SSLZeroReturnError();
      receive();
    }
    tls().established = true;
    socket.follow_context(tls());
  }
};

SSLObject SSLContext::wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing) const {
  return wrap_bio(incoming, outgoing, {});
}

SSLObject SSLContext::wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing,
                               const wrap_bio_options& o) const {
  const context_wrap_options as_socket{
      .server_side = o.server_side, .server_hostname = o.server_hostname, .session = o.session};
  check_options(as_socket);
  SSLSocket s(socket(nullptr, AF_INET, SOCK_STREAM, 0), *this, as_socket);
  s.start_tls();
  return SSLObject(std::make_unique<SSLObject::State>(
      SSLObject::State{.socket = std::move(s), .incoming = incoming, .outgoing = outgoing}));
}

SSLObject::SSLObject(std::unique_ptr<State> s) : state_(std::move(s)) {}
SSLObject::SSLObject(SSLObject&&) noexcept = default;
SSLObject& SSLObject::operator=(SSLObject&&) noexcept = default;
SSLObject::~SSLObject() = default;

void SSLObject::do_handshake() { state_->handshake(); }

bytes SSLObject::read(std::size_t len) {
  bytes into(len);
  into.resize(read(ByteSpan(into)));
  return into;
}

std::size_t SSLObject::read(ByteSpan buffer) {
  if (buffer.empty()) return 0;
  state_->handshake();
  Connection& engine = *state_->tls().engine;
  for (;;) {
    if (engine.readable() != 0) {
      state_->flush();  // what came in before the data may ask for an answer
      return engine.read(buffer);
    }
    if (state_->tls().over()) {
      if (state_->tls().closing) throw SSLZeroReturnError();
      return 0;
    }
    state_->check();
    state_->receive();
  }
}

std::size_t SSLObject::write(ByteView data) {
  if (data.empty()) return 0;
  state_->handshake();
  SSLSocket::Tls& tls = state_->tls();
  // Inside a renegotiation part of the data may have to wait, as on a socket.
  if (data.size() < tls.write_taken)
    throw SSLError(SSL_ERROR_SSL, "bad write retry",
                   {.reason = "BAD_WRITE_RETRY",
                    .hint = "After a write that would block, write the same bytes again."});
  while (tls.write_taken < data.size()) {
    if (tls.cannot_write()) state_->check();
    const Result<std::size_t> n = tls.engine->write(data.subspan(tls.write_taken));
    if (!n) throw_error(n.error());
    tls.write_taken += *n;
    const bool stuck = *n == 0 && tls.engine->outgoing().empty();
    state_->flush();
    if (stuck) state_->receive();
  }
  tls.write_taken = 0;
  return data.size();
}

void SSLObject::unwrap() {
  SSLSocket::Tls& tls = state_->tls();
  if (!tls.established)
    throw SSLError(SSL_ERROR_SSL, "shutdown while in init",
                   {.reason = "SHUTDOWN_WHILE_IN_INIT", .hint = "Finish do_handshake() first."});
  if (!tls.closing) tls.closing = tls.engine->close().has_value();  // why not is seen below
  for (;;) {
    if (tls.engine->readable() != 0)
      throw SSLError(SSL_ERROR_SSL, "application data after close notify",
                     {.reason = "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
                      .hint = "Read everything the peer sends before unwrap()."});
    if (!tls.over()) state_->check();
    state_->flush();
    if (tls.over()) return;
    state_->receive();
  }
}

std::optional<cert_dict> SSLObject::getpeercert() const { return state_->socket.getpeercert(); }
std::optional<bytes> SSLObject::getpeercert(binary_form_t f) const {
  return state_->socket.getpeercert(f);
}
std::optional<std::tuple<std::string, std::string, int>> SSLObject::cipher() const {
  return state_->socket.cipher();
}
std::optional<std::vector<std::tuple<std::string, std::string, int>>> SSLObject::shared_ciphers()
    const {
  return state_->socket.shared_ciphers();
}
std::optional<std::string> SSLObject::version() const { return state_->socket.version(); }
std::optional<std::string> SSLObject::selected_alpn_protocol() const {
  return state_->socket.selected_alpn_protocol();
}
std::optional<bytes> SSLObject::ocsp_response() const { return state_->socket.ocsp_response(); }
std::optional<bytes> SSLObject::get_channel_binding(std::string_view cb_type) const {
  return state_->socket.get_channel_binding(cb_type);
}
bytes SSLObject::export_keying_material(std::string_view label, std::size_t length,
                                        const std::optional<bytes>& context) const {
  return state_->socket.export_keying_material(label, length, context);
}
std::size_t SSLObject::pending() const { return state_->socket.pending(); }
std::shared_ptr<const Session> SSLObject::session() const { return state_->socket.session(); }
bool SSLObject::session_reused() const { return state_->socket.session_reused(); }
bool SSLObject::server_side() const { return state_->socket.server_side(); }
const std::optional<std::string>& SSLObject::server_hostname() const {
  return state_->socket.server_hostname();
}
SSLContext SSLObject::context() const { return state_->socket.context(); }
const Connection* SSLObject::connection() const { return state_->socket.connection(); }

}  // namespace parley

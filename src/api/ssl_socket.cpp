// SSLSocket: its life from wrap to close, and the questions it answers.
#include <cerrno>
#include <stdexcept>

#include "api/context_state.hpp"
#include "api/errors.hpp"
#include "api/idna.hpp"
#include "api/posix.hpp"
#include "api/repr.hpp"
#include "api/tls_layer.hpp"

namespace parley {
namespace {

// RFC 1035 section 2.3.4
constexpr std::size_t kLongestName = 255;

/// The name as server_name carries it (RFC 6066 section 3).
std::string host_name_on_the_wire(std::string_view name) {
  std::string ascii = to_ascii(name);
  if (ascii.size() > kLongestName) throw std::invalid_argument("server_hostname is too long");
  for (const char c : ascii)
    if (c <= 0x20 || c == 0x7f)
      throw std::invalid_argument("server_hostname must not hold blanks or control characters");
  return ascii;
}

using CipherTuple = std::tuple<std::string, std::string, int>;

/// The middle part is a property of the suite: only SSL 2.0's kinds, whose numbers have three
/// bytes, are not of "TLSv1/SSLv3".
CipherTuple described(const CipherSuite& s) {
  return {std::string(s.openssl_name), s.id > 0xffff ? "SSLv2" : "TLSv1/SSLv3", int{s.secret_bits}};
}

bool is_connected(const socket& s) {
  posix::SystemAddress peer;
  const int error = posix::peer_name(s.fileno(), peer);
  if (error != 0 && error != ENOTCONN) throw socket_error(error);
  return error == 0;
}

}  // namespace

void SSLContext::check_options(const context_wrap_options& o) const {
  const bool named = o.server_hostname && !o.server_hostname->empty();
  if (o.server_side && named)
    throw std::invalid_argument("server_hostname can only be specified in client mode");
  if (o.server_side && o.session)
    throw std::invalid_argument("session can only be specified in client mode");
  if (o.server_side && o.fallback_scsv)
    throw std::invalid_argument("fallback_scsv can only be specified in client mode");
  if (named) host_name_on_the_wire(*o.server_hostname);  // refused before anything else happens
  if (check_hostname && !named)
    throw std::invalid_argument("check_hostname requires server_hostname");
  if (o.session && o.session->data().scope != config()->session_scope)
    throw std::invalid_argument("Session refers to a different SSLContext.");
}

SSLSocket SSLContext::wrap_socket(socket& sock, const context_wrap_options& o) const {
  check_options(o);
  const bool connected = is_connected(sock);
  if (connected && o.do_handshake_on_connect && sock.gettimeout() == 0.0)
    throw std::invalid_argument(
        "do_handshake_on_connect should not be specified for non-blocking sockets");
  SSLSocket s(std::move(sock), *this, o);
  if (connected) {
    s.start_tls();
    ++s.shared()->epoch;  // not in connect(): nothing has come or gone before
    s.connected_ = true;
    if (o.do_handshake_on_connect) s.do_handshake();
  }
  return s;
}

SSLSocket::SSLSocket(socket&& s, const SSLContext& c, const context_wrap_options& o)
    : socket(std::move(s)), context(c), options_(o) {}

/// Files made from this socket go the way that it goes.
void SSLSocket::tell_files() {
  struct Refusal final : Shared::Layer {
    explicit Refusal(std::exception_ptr e) : why(std::move(e)) {}
    std::size_t read(int, std::optional<double>, ByteSpan) override { std::rethrow_exception(why); }
    void write(int, std::optional<double>, ByteView) override { std::rethrow_exception(why); }
    const std::exception_ptr why;
  };
  if (!shared()) return;
  if (refused_)
    shared()->layer = std::make_shared<Refusal>(refused_);
  else
    shared()->layer = tls_;
}

/// And hold what they have from before back.
void SSLSocket::end_tls() {
  if (tls_ && shared()) ++shared()->epoch;
  tls_.reset();
  tell_files();
}

SSLSocket::SSLSocket(SSLSocket&&) noexcept = default;
SSLSocket& SSLSocket::operator=(SSLSocket&&) noexcept = default;
SSLSocket::~SSLSocket() = default;

void SSLSocket::start_tls() {
  // RFC 6066 section 3: literal addresses are not permitted in server_name.
  std::string name = options_.server_hostname.value_or("");
  const bool address = posix::is_ip_literal(name);
  std::string host = address || name.empty() ? name : host_name_on_the_wire(name);
  name = address ? "" : host;
  if (!context.check_hostname) host.clear();
  // It may have been switched on since the socket was wrapped.
  else if (host.empty())
    throw std::invalid_argument("check_hostname needs server_hostname argument");
  SSLContext::State& state = *context.state_;
  const auto given = state.get(&SSLContext::State::environment);
  const Environment base = given ? *given : system_environment();
  std::shared_ptr<KeyLogObserver> keylog;
  if (auto log = state.get(&SSLContext::State::keylog))
    keylog = std::make_shared<KeyLogObserver>(std::move(log), base.observer);
  const Environment world{
      .rng = base.rng, .clock = base.clock, .observer = keylog ? keylog.get() : base.observer};
  const std::shared_ptr<const Config> as_wrapped = context.config();
  auto make = [server = options_.server_side, name = std::move(name), host = std::move(host),
               session = options_.session, fallback = options_.fallback_scsv, world,
               context = context, as_wrapped] {
    std::shared_ptr<const Config> settings = as_wrapped;
    CipherList suites = context.config()->suites;
    if (fallback || !host.empty() || suites != settings->suites) {
      auto changed = std::make_shared<Config>(*settings);
      changed->verify_policy.host = host;
      changed->fallback = fallback;
      changed->suites = std::move(suites);
      settings = std::move(changed);
    }
    return server ? Connection::server(std::move(settings), world)
                  : Connection::client(std::move(settings), name, world, session);
  };
  tls_ = std::make_shared<Tls>(std::move(make), std::move(keylog));
  tls_->kept.verify_mode = as_wrapped->verify_mode;
  tls_->files_suppress_ragged_eofs = options_.suppress_ragged_eofs;
  tell_files();
}

std::pair<SSLSocket, address> SSLSocket::accept() {
  auto [plain, from] = socket::accept();
  SSLSocket s =
      context.wrap_socket(plain, {.server_side = true,
                                  .do_handshake_on_connect = options_.do_handshake_on_connect,
                                  .suppress_ragged_eofs = options_.suppress_ragged_eofs});
  s.wrapped_with_ = wrapped_with_;
  return {std::move(s), from};
}

void SSLSocket::begin_connect() {
  if (options_.server_side) throw std::invalid_argument("can't connect in server-side mode");
  if (connected_) throw std::invalid_argument("attempt to connect already-connected SSLSocket!");
  if (!tls_) start_tls();
}

/// The system answered connect() so. While the connection stands or may come about, TLS stays.
void SSLSocket::settle_connect(int error) {
  const bool under_way = error == 0 || error == EINPROGRESS || error == EALREADY;
  if (under_way) refused_ = nullptr;
  if (!under_way && error != EISCONN && !posix::would_block(error)) tls_.reset();
  tell_files();
}

// The descriptor is connected, or may be in a moment, and the caller may not see what became of
// TLS: what is meant for it must not go out in clear.
void SSLSocket::refuse_from_now_on() {
  refused_ = std::current_exception();
  end_tls();
}

void SSLSocket::finish_connect() {
  try {
    if (options_.do_handshake_on_connect) do_handshake();
    connected_ = true;
  } catch (const SSLError& e) {
    const bool can_go_on = e.errno_() == SSL_ERROR_WANT_READ || e.errno_() == SSL_ERROR_WANT_WRITE;
    if (!can_go_on) refuse_from_now_on();
    throw;
  } catch (...) {
    refuse_from_now_on();
    throw;
  }
}

void SSLSocket::connect(const address& a) {
  begin_connect();
  try {
    socket::connect(a);
  } catch (const timeout&) {
    refuse_from_now_on();
    throw;
  } catch (const socket_error& e) {
    settle_connect(e.errno_());
    throw;
  } catch (...) {
    settle_connect(EINVAL);
    throw;
  }
  settle_connect(0);
  finish_connect();
}

int SSLSocket::connect_ex(const address& a) {
  begin_connect();
  try {
    const int error = socket::connect_ex(a);
    settle_connect(error);
    if (error != 0) return error;
  } catch (...) {
    settle_connect(EINVAL);
    throw;
  }
  finish_connect();
  return 0;
}

socket SSLSocket::unwrap() {
  if (plain())
    throw std::invalid_argument("No SSL wrapper around the socket with descriptor " +
                                std::to_string(fileno()));
  Tls::raise(tls_or_not_connected().unwrap({fileno(), gettimeout()}));
  end_tls();
  return socket(std::move(static_cast<socket&>(*this)));
}

int SSLSocket::detach() {
  refused_ = nullptr;
  end_tls();
  return socket::detach();
}

void SSLSocket::shutdown(int how) {
  end_tls();
  socket::shutdown(how);
}

// Without end_tls(): what is open still goes through TLS.
void SSLSocket::close() {
  refused_ = nullptr;
  tls_.reset();
  socket::close();
}

std::optional<cert_dict> SSLSocket::getpeercert() const {
  if (!tls_) return {};
  return tls_->ask([&kept = tls_->kept](const Connection& c) -> std::optional<cert_dict> {
    if (c.peer_chain().empty()) return {};
    // The verification of this connection counts, not what the context asks for today, nor what
    // that of a session asked for.
    if (!c.peer_verified() || kept.verify_mode == VerifyMode::none) return cert_dict{};
    return cert_to_dict(c.peer_chain().front());
  });
}

std::optional<bytes> SSLSocket::getpeercert(binary_form_t) const {
  if (!tls_) return {};
  return tls_->ask([](const Connection& c) -> std::optional<bytes> {
    if (c.peer_chain().empty()) return {};
    return to_bytes(c.peer_chain().front().der());
  });
}

std::optional<CipherTuple> SSLSocket::cipher() const {
  if (!tls_) return {};
  return tls_->ask(
      [](const Connection& c) -> std::optional<CipherTuple> { return described(*c.suite()); });
}

std::optional<std::vector<CipherTuple>> SSLSocket::shared_ciphers() const {
  if (!tls_ || !options_.server_side) return {};
  return tls_->ask([](const Connection& c) -> std::optional<std::vector<CipherTuple>> {
    std::vector<CipherTuple> all;
    for (const CipherSuite* s : c.shared_suites()) all.push_back(described(*s));
    return all;
  });
}

std::optional<std::string> SSLSocket::version() const {
  if (!tls_) return {};
  return tls_->ask([](const Connection& c) -> std::optional<std::string> {
    return std::string(version_name(*c.version()));
  });
}

std::optional<std::string> SSLSocket::selected_alpn_protocol() const {
  if (!tls_) return {};
  return tls_->ask([](const Connection& c) -> std::optional<std::string> {
    if (c.alpn_protocol().empty()) return {};
    return std::string(c.alpn_protocol());
  });
}

std::optional<bytes> SSLSocket::ocsp_response() const {
  if (!tls_) return {};
  return tls_->ask([](const Connection& c) -> std::optional<bytes> {
    if (c.ocsp_response().empty()) return {};
    return to_bytes(c.ocsp_response());
  });
}

std::optional<bytes> SSLSocket::get_channel_binding(std::string_view cb_type) const {
  if (cb_type != CHANNEL_BINDING_TYPES.front())
    throw std::invalid_argument(repr(cb_type) + " channel binding type not implemented");
  if (!tls_) return {};
  return tls_->ask([](const Connection& c) -> std::optional<bytes> {
    if (c.tls_unique().empty()) return {};
    return to_bytes(c.tls_unique());
  });
}

bytes SSLSocket::export_keying_material(std::string_view label, std::size_t length,
                                        const std::optional<bytes>& given) const {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  if (length > kMost) throw std::invalid_argument("export_keying_material: length beyond 2^20");
  bytes out(length);
  const std::optional<ByteView> view = given ? std::optional<ByteView>{*given} : std::nullopt;
  const std::optional<Status> done =
      !tls_ ? std::nullopt : tls_->ask([&](const Connection& c) -> std::optional<Status> {
        return c.export_keying_material(label, view, out);
      });
  if (!done) throw std::invalid_argument("export_keying_material: no handshake is done");
  if (*done) return out;
  if (done->error().code == Errc::bad_argument)
    throw std::invalid_argument(std::string{done->error().where});
  throw_error(done->error());
}

std::size_t SSLSocket::pending() const {
  return tls_ ? tls_->ask([](const Connection& c) { return c.readable(); }) : 0;
}

std::shared_ptr<const Session> SSLSocket::session() const {
  return tls_ ? tls_->ask([](const Connection& c) { return c.session(); }) : nullptr;
}

bool SSLSocket::session_reused() const {
  return tls_ && tls_->ask([](const Connection& c) { return c.resumed(); });
}

std::optional<std::string> SSLSocket::keyfile() const {
  return wrapped_with_ ? wrapped_with_->keyfile : std::nullopt;
}
std::optional<std::string> SSLSocket::certfile() const {
  return wrapped_with_ ? wrapped_with_->certfile : std::nullopt;
}
int SSLSocket::cert_reqs() const {
  return wrapped_with_ ? wrapped_with_->cert_reqs : int{context.verify_mode};
}
int SSLSocket::ssl_version() const { return context.protocol; }
std::optional<std::string> SSLSocket::ca_certs() const {
  return wrapped_with_ ? wrapped_with_->ca_certs : std::nullopt;
}
std::optional<std::string> SSLSocket::ciphers() const {
  return wrapped_with_ ? wrapped_with_->ciphers : std::nullopt;
}
bool SSLSocket::do_handshake_on_connect() const { return options_.do_handshake_on_connect; }
bool SSLSocket::suppress_ragged_eofs() const { return options_.suppress_ragged_eofs; }

bool SSLSocket::server_side() const { return options_.server_side; }

const std::optional<std::string>& SSLSocket::server_hostname() const {
  return options_.server_hostname;
}

const Connection* SSLSocket::connection() const {
  return tls_ && tls_->engine ? &*tls_->engine : nullptr;
}

}  // namespace parley

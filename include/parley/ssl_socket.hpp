// SSLSocket: a socket with TLS on it.
#pragma once
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "parley/connection.hpp"
#include "parley/export.hpp"
#include "parley/ssl_context.hpp"
#include "parley/ssl_error.hpp"

namespace PARLEY_PUBLIC parley {

/// A socket with TLS on it. "Plain" means without TLS: before connect() and after shutdown();
/// methods then do what `socket` does. Timeouts hold for each blocking step. On a non-blocking
/// socket whatever cannot go on throws SSLWantReadError or SSLWantWriteError and can be repeated.
///
/// When TLS fails for good, the alert for the peer is sent (as far as that goes without waiting)
/// before the SSLError is thrown.
class SSLSocket : public socket {
 public:
  SSLSocket(SSLSocket&&) noexcept;
  SSLSocket& operator=(SSLSocket&&) noexcept;
  ~SSLSocket() override;

  /// A connection from a listening socket, wrapped as server with this one's options. When its
  /// handshake fails, that is thrown, the new connection is closed, and this one still listens.
  std::pair<SSLSocket, address> accept();
  /// std::invalid_argument for a server or when connected already. After EINPROGRESS on a
  /// non-blocking socket, or EALREADY or EISCONN from calling it again, go on with do_handshake().
  ///
  /// When TLS refuses the peer in it, or the time is over, the descriptor stays open, but nothing
  /// is sent or received in clear: every later call that would do so throws the same failure again,
  /// until close(), detach(), or a connect() that succeeds.
  void connect(const address&) override;
  int connect_ex(const address&) override;

  /// To completion, or until it would block. `block` waits even on a non-blocking socket.
  /// Repeating it after success does nothing. An end of stream is SSLEOFError.
  void do_handshake(bool block = false);
  /// Asks for a new handshake inside this connection; do_handshake(), or any reading and writing,
  /// then carries it on. A server asks with HelloRequest, which a client may pass over: there
  /// do_handshake() returns at once, and the handshake begins with the client's hello. Once begun
  /// and until it is over, writing waits for the peer, and on a non-blocking socket write() may
  /// throw SSLWantReadError and read() SSLWantWriteError. What the peer sent before is to be read
  /// then: writing waits for the thread that reads, and where no other thread does, it ends after
  /// a second with SSLError UNREAD_DATA_IN_RENEGOTIATION: read, then write the same bytes again.
  /// SSLError with a peer that does not speak RFC 5746 (unless
  /// OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION), or in SSL 2.0, which has none.
  void renegotiate();

  /// Decrypted bytes of one or more records, at most `buflen`; empty at the end. flags must be 0
  /// with TLS (std::invalid_argument). Before a handshake it makes one.
  bytes recv(std::size_t buflen = 1024, int flags = 0) override;
  std::size_t recv_into(ByteSpan buffer, std::optional<std::size_t> nbytes = {},
                        int flags = 0) override;
  /// Like recv; ENOTCONN when plain.
  bytes read(std::size_t nbytes = 1024);
  std::size_t read(ByteSpan buffer);

  /// std::invalid_argument with TLS, which knows its peer.
  std::pair<bytes, address> recvfrom(std::size_t bufsize, int flags = 0) override;
  std::pair<std::size_t, address> recvfrom_into(ByteSpan buffer,
                                                std::optional<std::size_t> nbytes = {},
                                                int flags = 0) override;
  using socket::sendto;
  std::size_t sendto(ByteView data, const address& to, int flags = 0) override;

  using socket::send;
  using socket::sendall;
  /// All or nothing. On a non-blocking socket that is full: 0, and part of the data may have left,
  /// so that the next call must begin with the same bytes (it may add more).
  std::size_t send(ByteView data, int flags = 0) override;
  std::size_t sendall(ByteView data, int flags = 0) override;
  /// Like send, but throws SSLWantWriteError (or -Read) instead of returning 0; ENOTCONN when
  /// plain.
  std::size_t write(ByteView data);
  std::size_t write(std::string_view data) { return write(as_bytes(data)); }

  /// Sends close_notify, waits for the peer's, and gives back the plain socket, which then reads
  /// whatever the peer sent after its close_notify. Flush files before: what they hold does not
  /// leave in clear (socket_file). std::invalid_argument when plain; SSLEOFError when the peer
  /// leaves without close_notify; SSLError when it sends data instead (read it and try again).
  socket unwrap();

  /// No close_notify is sent by any of these three.
  int detach() override;
  void shutdown(int how) override;
  void close() override;

  /// Nothing before the handshake or when the peer sent no certificate. Empty when the
  /// certificate was not checked (CERT_NONE).
  std::optional<cert_dict> getpeercert() const;
  /// The DER encoding, checked or not.
  std::optional<bytes> getpeercert(binary_form_t) const;
  /// ("AES128-SHA", "TLSv1/SSLv3", 128); nothing before the handshake. The middle one belongs to
  /// the suite, not to the connection: that is version().
  std::optional<std::tuple<std::string, std::string, int>> cipher() const;
  /// Server: what the client offered and the context has, in the client's order, each as cipher()
  /// describes it. Nothing before the handshake and on a client.
  std::optional<std::vector<std::tuple<std::string, std::string, int>>> shared_ciphers() const;
  /// "SSLv2", "SSLv3", "TLSv1", "TLSv1.1" or "TLSv1.2"; nothing before the handshake.
  std::optional<std::string> version() const;
  /// What ALPN has chosen; nothing when it has not, and before the handshake.
  std::optional<std::string> selected_alpn_protocol() const;
  /// Client: the OCSP response that the server has stapled to its certificate, as it came; see
  /// SSLContext::set_request_status(). Nothing for none, in a resumed session, and before the
  /// handshake.
  std::optional<bytes> ocsp_response() const;
  /// "tls-unique" (RFC 5929 section 3.1); nothing before the handshake and in SSL 2.0.
  /// std::invalid_argument for another type.
  std::optional<bytes> get_channel_binding(std::string_view cb_type = "tls-unique") const;
  /// Keying material for another protocol (RFC 5705 section 4); no context is not the same as an
  /// empty one. SSLError (NO_EXPORTER) in SSL 2.0 and 3.0; std::invalid_argument for a label of
  /// TLS's own, a context beyond 65535 bytes, a length beyond 2^20, and before the handshake.
  bytes export_keying_material(std::string_view label, std::size_t length,
                               const std::optional<bytes>& context = {}) const;
  /// Decrypted bytes that recv() has at hand.
  std::size_t pending() const;

  /// For context_wrap_options::session of a later connection; null when there is none.
  std::shared_ptr<const Session> session() const;
  bool session_reused() const;

  // What it was wrapped with. The first six are those of the module's wrap_socket(); a context's
  // keeps no files, and has its own protocol and verify_mode.
  std::optional<std::string> keyfile() const;
  std::optional<std::string> certfile() const;
  int cert_reqs() const;
  int ssl_version() const;
  std::optional<std::string> ca_certs() const;
  std::optional<std::string> ciphers() const;
  bool server_side() const;
  const std::optional<std::string>& server_hostname() const;
  bool do_handshake_on_connect() const;
  bool suppress_ragged_eofs() const;

  /// The context it was made from, or that the server name callback answered with; cannot be
  /// assigned.
  class Context : public SSLContext {
   public:
    Context(const Context&) = default;
    /// socket.context() and socket.context are the same.
    SSLContext operator()() const { return *this; }

   private:
    friend class SSLSocket;
    explicit Context(const SSLContext& c) : SSLContext(c) {}
    Context& operator=(const Context&) = default;
  };
  Context context;

  /// The engine, to look at: chain, alerts, phase. Null when plain or before the handshake begins.
  const Connection* connection() const;

 private:
  friend class SSLContext;
  friend SSLSocket wrap_socket(socket&, const wrap_socket_options&);
  friend class SSLObject;
  struct Tls;
  SSLSocket(socket&&, const SSLContext&, const context_wrap_options&);
  void start_tls();
  void tell_files();
  void end_tls();
  void begin_connect();
  void settle_connect(int error);
  void finish_connect();
  void refuse_from_now_on();
  bool plain() const;
  void follow_context(const Tls&);
  Tls& tls_or_not_connected() const;

  context_wrap_options options_;
  /// Null when wrapped by a context.
  std::shared_ptr<const wrap_socket_options> wrapped_with_;
  bool connected_ = false;
  /// Why connect() failed, when the connection may stand without TLS.
  std::exception_ptr refused_{};
  std::shared_ptr<Tls> tls_;  ///< null when plain; shared with the files of makefile()
};

}  // namespace parley

// The engine: bytes in, bytes out. No sockets, no clock, no randomness of its own.
#pragma once
#include <memory>
#include <string>

#include "parley/config.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

class Engine;

/// One TLS connection without its transport.
///
///   loop: send outgoing() and call sent(); if failure() stop; if phase() != handshaking go on;
///         receive bytes and feed() them, or end_of_stream().
///
/// Failure is latched: the first one stays, the fatal alert that tells the peer about it waits
/// in outgoing(), and feed() takes nothing more. After Errc::unexpected_eof in Phase::open write()
/// still goes on: a peer may have closed its side only. Not thread-safe; one connection, one
/// thread.
///
/// Nothing here throws but std::bad_alloc, where memory ends, and what an Observer or another of
/// the application's objects throws. Whichever call that comes out of has been left half done, and
/// the connection has failed: Errc::out_of_memory, without an alert. Everything else goes on.
class Connection {
 public:
  enum class Phase : std::uint8_t {
    handshaking,  ///< no application data yet
    open,         ///< application data both ways
    closing,      ///< our close_notify is queued or sent; the peer's has not come
    closed,       ///< both close_notify seen
    failed,       ///< see failure()
  };

  /// `server_name` goes into the server_name extension unless empty. `resume`, when given, is
  /// offered to the server.
  static Connection client(std::shared_ptr<const Config>, std::string server_name, Environment,
                           std::shared_ptr<const Session> resume = nullptr);
  static Connection server(std::shared_ptr<const Config>, Environment);

  // --- the transport's side ---

  /// Takes bytes from the peer and works on them; returns how many it took. Fewer than given
  /// when unread application data fills the buffer (read() first), or after close or failure.
  /// Bytes that follow the peer's close_notify are never taken.
  std::size_t feed(ByteView from_peer);
  /// The peer closed its stream. Without a close_notify before it that is a truncation:
  /// Errc::unexpected_eof.
  void end_of_stream();
  /// Bytes to send now; they stay until sent().
  ByteView outgoing() const;
  /// The first n bytes of outgoing() have left.
  void sent(std::size_t n);

  // --- the application's side ---

  /// Decrypted bytes that read() would give now.
  std::size_t readable() const;
  std::size_t read(ByteSpan into);
  /// Protects bytes into outgoing(); returns how many it took, fewer than given when much is
  /// still unsent. Errc::not_open outside Phase::open.
  Result<std::size_t> write(ByteView plaintext);
  /// Asks for a new handshake inside this connection: a client begins it, a server sends
  /// HelloRequest, which the client may pass over. Errc::not_open outside Phase::open,
  /// Errc::renegotiation_refused with a peer that does not speak RFC 5746 (unless
  /// Config::unsafe_legacy_renegotiation), or in SSL 2.0, which has none. The connection stays
  /// open; write() takes nothing while renegotiating().
  Status renegotiate();
  /// Queues close_notify. Nothing can be written afterwards; reading goes on. Inside the
  /// handshake it gives up: Phase::closed at once.
  Status close();
  /// Ends the connection with a fatal alert of the application's choice, which waits in outgoing()
  /// behind what was written; its session cannot be resumed any more. failure() is then
  /// Errc::closed at "abort"; read() still gives what has come. A version that lacks the alert says
  /// the nearest it has; SSL 2.0, a connection whose protocol is not known yet, and one that has
  /// said close_notify say nothing. The failure there was before; Errc::bad_argument for
  /// close_notify, which is close(); Errc::not_open after Phase::closed.
  Status abort(Alert);

  // --- questions ---

  Side side() const;
  Phase phase() const;
  /// A further handshake is under way; feed() and outgoing() carry it on.
  bool renegotiating() const;
  /// Those completed.
  unsigned renegotiations() const;
  /// The peer speaks RFC 5746.
  bool secure_renegotiation() const;
  /// The peer said close_notify: after readable() bytes comes the regular end.
  bool peer_closed() const;
  /// The first failure, or null. Stays after the alert has been sent.
  const Error* failure() const;

  /// Null or empty before the handshake has settled the matter.
  std::optional<ProtocolVersion> version() const;
  const CipherSuite* suite() const;
  bool resumed() const;
  /// The master secret depends on the whole handshake (RFC 7627).
  bool extended_master_secret() const;
  /// What ALPN has chosen; empty for nothing.
  std::string_view alpn_protocol() const;
  /// Once open: fills `out` with keying material for another protocol (RFC 5705 section 4), which
  /// both ends can make and nobody else. No context is not the same as an empty one.
  /// Errc::not_open, Errc::no_exporter in SSL 2.0 and 3.0, Errc::bad_argument for a label of TLS's
  /// own or a context beyond 65535 bytes.
  Status export_keying_material(std::string_view label, std::optional<ByteView> context,
                                ByteSpan out) const;
  /// Once open: the channel binding tls-unique (RFC 5929 section 3.1), the first Finished of the
  /// last handshake. Empty in SSL 2.0.
  ByteView tls_unique() const;
  /// As the peer sent it, leaf first.
  std::span<const Certificate> peer_chain() const;
  /// Once open: the chain was checked and found good under Config::verify_mode, and the peer has
  /// the key of its leaf.
  bool peer_verified() const;
  /// Why the checks of parley refused the chain, also where Config::verify_override let it pass;
  /// null when they did not.
  const Error* verify_error() const;
  /// Client: the OCSP response (parley/ocsp.hpp) that the server has stapled to its certificate, as
  /// it came; checked if the chain was (Config::request_status). Empty for none and in a resumed
  /// session.
  ByteView ocsp_response() const;
  /// Server: the suites that the client offered and the configuration has, in the client's order.
  std::span<const CipherSuite* const> shared_suites() const;
  /// What the client asked for (server_name), on either side.
  std::string_view server_name() const;
  /// Once open: what a later client connection can resume. Null when the server gave no id.
  std::shared_ptr<const Session> session() const;

  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

 private:
  Connection(Side, std::unique_ptr<Engine>);
  Side side_;
  bool left_half_done_ = false;
  std::unique_ptr<Engine> engine_;
};

}  // namespace parley

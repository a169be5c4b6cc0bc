// TLS without sockets by the names of Python 3.5: SSLContext::wrap_bio, SSLObject, MemoryBIO.
#pragma once
#include "parley/export.hpp"
#include "parley/ssl_socket.hpp"

namespace PARLEY_PUBLIC parley {

/// Bytes on their way between an SSLObject and whatever carries them: written at one end, read at
/// the other. A handle: copies are the same buffer.
class MemoryBIO {
 public:
  MemoryBIO();

  /// Up to `n` bytes, all by default; empty when there are none, whether or not more may come.
  bytes read(std::optional<std::size_t> n = {});
  /// Takes all of it and returns the length. SSLError after write_eof().
  std::size_t write(ByteView data);
  std::size_t write(std::string_view data) { return write(as_bytes(data)); }
  /// Nothing more will be written.
  void write_eof();

  /// How many bytes can be read now.
  std::size_t pending() const;
  /// Everything has been read and nothing more will come.
  bool eof() const;

  friend bool operator==(const MemoryBIO& a, const MemoryBIO& b) { return a.state_ == b.state_; }

 private:
  friend class SSLObject;
  struct State;
  std::shared_ptr<State> state_;
};

/// The options of wrap_bio, in the order of Python's parameters.
struct wrap_bio_options {
  bool server_side = false;
  std::optional<std::string> server_hostname{};
  std::shared_ptr<const Session> session{};
};

/// A TLS connection between two MemoryBIOs, as SSLSocket is one over a descriptor. Nothing waits:
/// what cannot go on without bytes from the peer throws SSLWantReadError; put them into the
/// incoming BIO and call again. What is to be sent is in the outgoing BIO after every call, also
/// after one that threw: a handshake's answer, an alert. At the end of the incoming BIO without
/// close_notify: SSLEOFError. Move-only; one thread at a time.
class SSLObject {
 public:
  SSLObject(SSLObject&&) noexcept;
  SSLObject& operator=(SSLObject&&) noexcept;
  ~SSLObject();

  /// Until it is complete; repeating it after success does nothing.
  void do_handshake();
  /// Up to `len` decrypted bytes; empty when the peer has said close_notify.
  bytes read(std::size_t len = 1024);
  std::size_t read(ByteSpan buffer);
  /// All of it; the outgoing BIO has no limit. Returns the length. Inside a renegotiation it may
  /// throw SSLWantReadError with bytes in the incoming BIO: then read() what the peer has sent
  /// before, and write the same bytes again.
  std::size_t write(ByteView data);
  std::size_t write(std::string_view data) { return write(as_bytes(data)); }
  /// Sends close_notify and returns when the peer's has come. What the peer sent behind it stays
  /// in the incoming BIO. SSL 2.0 has no close_notify: returns at once.
  void unwrap();

  /// As the methods of SSLSocket.
  std::optional<cert_dict> getpeercert() const;
  std::optional<bytes> getpeercert(binary_form_t) const;
  std::optional<std::tuple<std::string, std::string, int>> cipher() const;
  std::optional<std::vector<std::tuple<std::string, std::string, int>>> shared_ciphers() const;
  std::optional<std::string> version() const;
  std::optional<std::string> selected_alpn_protocol() const;
  std::optional<bytes> ocsp_response() const;
  std::optional<bytes> get_channel_binding(std::string_view cb_type = "tls-unique") const;
  bytes export_keying_material(std::string_view label, std::size_t length,
                               const std::optional<bytes>& context = {}) const;
  std::size_t pending() const;
  std::shared_ptr<const Session> session() const;
  bool session_reused() const;
  bool server_side() const;
  const std::optional<std::string>& server_hostname() const;
  SSLContext context() const;
  /// The engine, to look at; null before the handshake begins.
  const Connection* connection() const;

 private:
  friend class SSLContext;
  struct State;
  explicit SSLObject(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace parley

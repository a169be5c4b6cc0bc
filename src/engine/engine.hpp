// What stands behind a Connection: the engine of SSL 3.0 and TLS, that of SSL 2.0, or the door
// that finds out which.
#pragma once
#include "parley/connection.hpp"

namespace parley {

/// Connection's comments say what the functions promise.
class Engine {
 public:
  using Phase = Connection::Phase;
  virtual ~Engine() = default;

  /// Sends the first flight of a client. Called once, before anything else. Connection has counted
  /// the handshake as begun.
  virtual void start() = 0;
  virtual std::size_t feed(ByteView from_peer) = 0;
  virtual void end_of_stream() = 0;
  virtual ByteView outgoing() const = 0;
  virtual void sent(std::size_t n) = 0;

  virtual std::size_t readable() const = 0;
  virtual std::size_t read(ByteSpan into) = 0;
  virtual Result<std::size_t> write(ByteView plaintext) = 0;
  virtual Status renegotiate() = 0;
  virtual Status close() = 0;
  /// Fails with `why`, and tells the peer of it with this alert.
  virtual void abort(const Error& why, Alert) = 0;

  virtual Phase phase() const = 0;
  virtual bool renegotiating() const = 0;
  virtual bool peer_closed() const = 0;
  virtual const Error* failure() const = 0;

  virtual Status export_keying_material(std::string_view label, std::optional<ByteView> context,
                                        ByteSpan out) const = 0;

  /// What the handshake has settled so far; it outlives the handshake's own state, which dies with
  /// its secrets.
  struct Outcome {
    std::optional<ProtocolVersion> version{};
    const CipherSuite* suite = nullptr;
    bool resumed = false;
    bool peer_verified = false;
    bool secure_renegotiation = false;
    bool extended_master_secret = false;
    unsigned renegotiations = 0;
    std::optional<Error> verify_error{};
    std::vector<Certificate> peer_chain{};
    Bytes ocsp_response{};
    std::string server_name{};
    std::string alpn_protocol{};
    Bytes first_finished{};  ///< verify_data, of the last handshake
    CipherList shared_suites{};
    std::shared_ptr<const Session> session{};
  };
  virtual const Outcome& outcome() const = 0;
};

}  // namespace parley

// What a handshake knows, and who makes and takes each message.
#pragma once
#include <memory>
#include <optional>

#include "crypto/rsa.hpp"
#include "crypto/secret.hpp"
#include "parley/config.hpp"
#include "ssl2/script.hpp"

namespace parley::ssl2 {

struct Handshake {
  Handshake(Side s, std::shared_ptr<const Config> c, Environment e)
      : side(s), config(std::move(c)), counters(config->counters), env(e), cursor(script_of(s)) {}

  // The world.
  const Side side;
  std::shared_ptr<const Config> config;       ///< a server may change it (Config::choose_config)
  std::shared_ptr<SessionCounters> counters;  ///< of the first config; may be null
  Environment env;

  // The order; moved by the engine alone.
  Facts facts;
  Cursor cursor;

  // The offer. `kinds`: on a client what it offered, on a server what both have; in the client's
  // order.
  CipherList kinds;
  Bytes challenge, connection_id;
  Bytes certificate_challenge;  ///< CERT-CHALLENGE
  /// The client says, and the server looks whether it says, that it knows something newer.
  bool marked = false;

  // The choice.
  const CipherSuite* suite = nullptr;
  Bytes session_id;                                ///< of the session made or resumed
  std::shared_ptr<const Session> offered_session;  ///< client: what we ask to resume
  std::shared_ptr<const Session> resumed_session;  ///< null in a full handshake

  // The two ends.
  const Identity* identity = nullptr;  ///< ours, null when there is none
  Bytes server_certificate;            ///< what a client's signature covers
  std::vector<Certificate> peer_chain;
  std::optional<crypto::RsaPublicKey> peer_key;
  bool peer_verified = false;
  std::optional<Error> verify_error;

  // The secrets.
  crypto::SecretBytes master_key;
  Bytes key_arg;
  crypto::SecretBytes key_material;

  bool resumed() const { return resumed_session != nullptr; }
};

/// Null when we have no RSA key with a certificate.
const Identity* rsa_identity(const Config&);
/// Those of the configuration that SSL 2.0 has, in its order.
CipherList configured_kinds(const Config&);
/// Master key and IV are known: the keys of both directions.
void make_key_material(Handshake&);
/// Takes the peer's one certificate and, where the configuration wants it, checks it.
Status take_certificate(Handshake&, ByteView der, Purpose);
/// What a client signs: MD5 over key material, CERT-CHALLENGE and the server's certificate.
Bytes certificate_digest(const Handshake&);
/// What both sides ask of a session before they resume it.
bool still_good(const Handshake&, const Session&);
/// Takes over what a session remembers. Calls make_key_material().
void resume(Handshake&, std::shared_ptr<const Session>);

// Messages, with their type and without record header. What is sent is appended to an empty
// buffer. The script has let each of them in before.
Status send_client_hello(Handshake&, Bytes&);
Status receive_client_hello(Handshake&, ByteView);
Status send_server_hello(Handshake&, Bytes&);
Status receive_server_hello(Handshake&, ByteView);
Status send_client_master_key(Handshake&, Bytes&);
Status receive_client_master_key(Handshake&, ByteView);
Status send_client_finished(Handshake&, Bytes&);
Status receive_client_finished(Handshake&, ByteView);
Status send_server_verify(Handshake&, Bytes&);
Status receive_server_verify(Handshake&, ByteView);
Status send_request_certificate(Handshake&, Bytes&);
Status receive_request_certificate(Handshake&, ByteView);
/// ERROR (no certificate) when we have none.
Status send_client_certificate(Handshake&, Bytes&);
Status receive_client_certificate(Handshake&, ByteView);
/// ERROR (no certificate) in its place.
Status accept_no_certificate(const Handshake&);
Status send_server_finished(Handshake&, Bytes&);
Status receive_server_finished(Handshake&, ByteView);

/// The server's optional message.
bool wants_certificate(const Handshake&);

/// The other half of make_client_after_hello(): what the hello that has left says.
Status adopt_client_hello(Handshake&, ByteView message);

}  // namespace parley::ssl2

// What a handshake knows, grouped: the world, the order, the offer, the choice, the peer, the
// secrets.
#pragma once
#include <memory>
#include <optional>
#include <variant>

#include "base/limits.hpp"
#include "base/once.hpp"
#include "crypto/dh.hpp"
#include "crypto/key.hpp"
#include "crypto/secret.hpp"
#include "handshake/transcript.hpp"
#include "parley/config.hpp"
#include "protocol/profile.hpp"
#include "record/half.hpp"
#include "suite/suite.hpp"
#include "wire/extension.hpp"

namespace parley {

/// What a handshake leaves for the next one inside the same connection.
struct Renegotiated {
  ProtocolVersion version{};
  bool extended_master_secret = false;
  bool encrypt_then_mac = false;
  /// RFC 5746 section 3.1: the verify_data of the last Finished of each side, and whether the peer
  /// binds its next hello to them.
  bool secure = false;
  Bytes client_verify_data, server_verify_data;
  std::string server_name;
  std::vector<Certificate> peer_chain;
};

struct Handshake {
  Handshake(Side s, std::shared_ptr<const Config> c, Environment e, Half& r, Half& w)
      : side(s), config(std::move(c)), counters(config->counters), env(e), read(r), write(w) {}

  // The world.
  const Side side;
  std::shared_ptr<const Config> config;       ///< a server may change it by server_name
  std::shared_ptr<SessionCounters> counters;  ///< of the first config; may be null
  Environment env;
  Half& read;
  Half& write;
  const Renegotiated* renegotiated = nullptr;  ///< null in the first handshake of a connection

  // The order of messages; moved by the driver alone.
  Facts facts;
  Cursor cursor{kFullHandshake};
  Transcript transcript;

  // The offer: ours on a client, the client's on a server.
  HelloForm hello_form = HelloForm::v3;  ///< client: how it was written
  ProtocolVersion offered_version{};     ///< client_version
  std::array<std::uint8_t, 32> client_random{};
  std::array<std::uint8_t, 32> server_random{};
  std::string server_name;        ///< host_name, empty when there is none
  bool server_name_used = false;  ///< server: Config::choose_config was asked with it
  HelloExtensions offered;
  Bytes offered_session_id;                        ///< server: what stood in the hello
  std::shared_ptr<const Session> offered_session;  ///< client: what we ask to resume

  // The choice.
  const ProtocolProfile* profile = nullptr;
  const CipherSuite* suite = nullptr;
  Bytes session_id;                                ///< of the session made or resumed; may be empty
  std::shared_ptr<const Session> resumed_session;  ///< null in a full handshake
  bool peer_renegotiation_info = false;            ///< the peer speaks RFC 5746
  bool extended_master_secret = false;
  bool encrypt_then_mac = false;
  std::size_t max_fragment = limits::kPlaintext;  ///< bytes of plaintext in a record
  std::uint8_t max_fragment_code = 0;             ///< the same in the extension; 0: not there
  std::string alpn_protocol;                      ///< empty: none
  Bytes ticket;                                   ///< client: the server's new one; may be empty
  std::uint32_t ticket_lifetime = 0;              ///< of it, seconds; 0: not told
  CipherList shared_suites;                       ///< server: ours that the client has offered
  /// What the peer can check (SignatureScheme), best first; from TLS 1.2 on.
  std::vector<std::uint16_t> peer_schemes;

  // The peer.
  std::vector<Certificate> peer_chain;
  std::optional<crypto::PublicKey> peer_key;
  bool peer_verified = false;
  std::optional<Error> verify_error;  ///< what our own checks said of the chain
  Bytes ocsp_response;                ///< client: as the server stapled it; empty: it did not

  // Who we are: the identity that fits the suite (server) or CertificateRequest (client); null
  // when there is none.
  const Identity* identity = nullptr;

  // The key agreement: our share from when we make it, the server's from when a client reads it.
  std::variant<std::monostate, crypto::RsaPrivateKey, crypto::DhPrivateKey, crypto::EcPrivateKey>
      own_share;
  struct DhShare {
    crypto::DhGroup group;
    Bytes public_value;
  };
  std::variant<std::monostate, crypto::RsaPublicKey, DhShare, crypto::EcPublicKey> server_share;

  bool signed_with_sha1 = false;  ///< a signature of TLS 1.2, ours or the peer's

  // The secrets.
  crypto::SecretBytes pre_master_secret;  ///< from ClientKeyExchange to derive_master_secret()
  Once<crypto::SecretBytes> master_secret;
  Bytes client_verify_data, server_verify_data;  ///< of the Finished messages; no secrets

  Randoms randoms() const { return {.client = client_random, .server = server_random}; }
  bool resumed() const { return resumed_session != nullptr; }
};

}  // namespace parley

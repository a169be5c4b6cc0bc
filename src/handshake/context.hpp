// What a handshake knows, grouped: the world, the order, the offer, the choice, the peer, the
// secrets.
#pragma once
#include <memory>
#include <optional>
#include <variant>

#include "base/once.hpp"
#include "crypto/dh.hpp"
#include "crypto/key.hpp"
#include "crypto/secret.hpp"
#include "handshake/transcript.hpp"
#include "parley/config.hpp"
#include "protocol/profile.hpp"
#include "record/half.hpp"
#include "wire/extension.hpp"

namespace parley {

struct Handshake {
  Handshake(Side s, const Config& c, Environment e, Half& r, Half& w)
      : side(s), config(c), env(e), read(r), write(w) {}

  // The world.
  const Side side;
  const Config& config;
  Environment env;
  Half& read;
  Half& write;

  // The order of messages; moved by the driver alone.
  Facts facts;
  Cursor cursor{kFullHandshake};
  Transcript transcript;

  // The offer: ours on a client, the client's on a server.
  ProtocolVersion offered_version{};  ///< client_version
  std::array<std::uint8_t, 32> client_random{};
  std::array<std::uint8_t, 32> server_random{};
  std::string server_name;  ///< host_name, empty when there is none
  HelloExtensions offered;
  std::shared_ptr<const Session> offered_session;  ///< client: what we ask to resume

  // The choice.
  const ProtocolProfile* profile = nullptr;
  const CipherSuite* suite = nullptr;
  Bytes session_id;                                ///< of the session made or resumed; may be empty
  std::shared_ptr<const Session> resumed_session;  ///< null in a full handshake
  bool peer_renegotiation_info = false;            ///< the peer speaks RFC 5746

  // The peer.
  std::vector<Certificate> peer_chain;
  std::optional<crypto::PublicKey> peer_key;
  bool peer_verified = false;

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

  // The secrets.
  Once<crypto::SecretBytes> master_secret;

  Randoms randoms() const { return {.client = client_random, .server = server_random}; }
  bool resumed() const { return resumed_session != nullptr; }
};

}  // namespace parley

// A client and a server engine joined by a pipe.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "parley/connection.hpp"
#include "support/pipe.hpp"

namespace parley::test {

/// Remembers what an onlooker sees.
class Recorder final : public Observer {
 public:
  void on(const Event&) override;

  struct Seen {
    Side from;
    Step step;
    Bytes body{};  ///< without the handshake header
  };
  std::vector<Seen> messages;
  std::vector<AlertEvent> alerts;
  std::vector<std::string> key_log;  ///< every secret, premaster secrets too
  std::vector<std::string> master_secrets, weaknesses;
  std::vector<std::string> decisions;                             ///< what, and why
  std::vector<std::pair<Side, std::size_t>> application_records;  ///< plaintext sizes
};

/// Every version that has a profile, oldest first.
std::vector<ProtocolVersion> all_versions();
/// "TLSv1_2": its name, with nothing that a test's name must not have.
std::string test_name(ProtocolVersion);
/// What parley speaks in this version, which is not SSL 2.0.
CipherList suites_of(ProtocolVersion);

/// Two engines over seeded randomness and a clock that stands still.
class Pair {
 public:
  struct Options {
    std::shared_ptr<const Config> client;
    std::shared_ptr<const Config> server;
    std::string server_name;
    std::shared_ptr<const Session> resume;
    std::uint64_t seed = 1;  ///< the same seed makes the same randoms, keys and session id
  };
  explicit Pair(Options);

  /// Moves bytes both ways until nothing moves any more; returns whether both are open.
  bool run();
  /// Moves what `from` has to say, once; returns whether anything moved.
  bool deliver(Side from);
  /// Hands bytes to one side as if its peer had sent them.
  void inject(Side to, ByteView);
  /// Writes at one end, runs, and reads everything at the other end.
  Bytes transfer(Side from, ByteView);
  /// Both send close_notify; returns whether both ended closed.
  bool close();

  Connection& at(Side s) { return s == Side::client ? client : server; }
  Wire& wire_from(Side s) { return s == Side::client ? from_client : from_server; }

 private:
  FixedClock clock_;
  SeededRng client_rng_, server_rng_;

 public:
  Recorder client_seen, server_seen;
  Connection client, server;
  Wire from_client, from_server;
};

/// Second 0 of the tests: 2026-01-01T00:00:00Z, inside the validity of every test certificate.
inline constexpr std::int64_t kNow = 1767225600;

/// A chain of two (leaf for localhost, signed by a root) with RSA keys of 1024 bits, the same in
/// every process since it is made from a seed.
const Identity& server_identity();
const Identity& client_identity();
/// Holds the root of both.
const TrustStore& test_trust();
/// For localhost, with a key of one kind and a root of its own of another: the chain is leaf and
/// root. Made once per process, the same in every one.
const Identity& era_identity(KeyType, KeyType signed_by);

/// A config for tests: these versions and suites, the server with identity and session cache.
std::shared_ptr<Config> client_config(std::vector<ProtocolVersion> versions = {},
                                      std::string_view suites = {});
std::shared_ptr<Config> server_config(std::vector<ProtocolVersion> versions = {},
                                      std::string_view suites = {});

/// The identity whose kind serves a suite; nothing for an anonymous one.
std::optional<Identity> suite_identity(const CipherSuite&);
/// A pair that agrees on exactly this suite in this version, with what it needs of identities and
/// trust, and a session cache.
Pair::Options suite_options(const CipherSuite&, ProtocolVersion);

/// A record as it stands on the wire, unprotected.
Bytes record(ContentType, ProtocolVersion, ByteView fragment);
/// A handshake message with its header.
Bytes handshake_message(HandshakeType, ByteView body);
/// Records cut out of a stream of bytes; each with its header.
std::vector<ByteView> split_records(ByteView stream);

}  // namespace parley::test

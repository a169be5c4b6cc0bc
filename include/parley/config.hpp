// Everything a connection needs to know before it starts.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "parley/cipher.hpp"
#include "parley/clock.hpp"
#include "parley/group.hpp"
#include "parley/key.hpp"
#include "parley/observer.hpp"
#include "parley/rng.hpp"
#include "parley/session.hpp"
#include "parley/trust.hpp"
#include "parley/x509.hpp"

namespace parley {

/// How much the other side's certificate matters. The values are those of
/// CERT_NONE, CERT_OPTIONAL and CERT_REQUIRED.
enum class VerifyMode : std::uint8_t { none, optional, required };

/// A certificate chain, leaf first, and the key of its leaf.
struct Identity {
  std::vector<Certificate> chain;
  PrivateKey key;
};

/// A connection's settings; immutable once shared. Build one, then hand out
/// shared_ptr<const Config>.
struct Config {
  /// The versions that may be spoken. A hole switches off everything above it for a client,
  /// whose hello can only name a maximum.
  std::vector<ProtocolVersion> versions{ProtocolVersion::ssl30, ProtocolVersion::tls10};
  /// Suites in order of preference. The client's order decides unless prefer_server_suites.
  CipherList suites = default_cipher_list();
  bool prefer_server_suites = false;
  /// At most one of each kind of key; a server picks by suite, a client by what the server asks
  /// for.
  std::vector<Identity> identities;
  VerifyMode verify_mode = VerifyMode::none;
  TrustStore trust;
  /// Curves for ephemeral key exchange, best first. A server's order decides.
  std::vector<NamedGroup> groups{kNamedGroups.begin(), kNamedGroups.end()};
  /// Server: instead of a well-known group as strong as the key that signs it.
  std::optional<DhParameters> dh_parameters;
  /// Client: the primes that a server may bring, in bits; to suites of export strength from 512 on
  /// (Logjam, CVE-2015-4000).
  std::size_t min_dh_bits = 1024;
  std::size_t max_dh_bits = 8192;
  /// The 1/n-1 split of CBC records in SSL 3.0 and TLS 1.0 against BEAST.
  bool split_cbc_records = true;
  /// Sessions are resumed only under configs of the scope that made them: what one context
  /// verified says nothing to another. A copy of a Config shares its scope.
  std::shared_ptr<const void> session_scope = std::make_shared<char>();
  /// Server only; without one every handshake is a full one.
  std::shared_ptr<SessionCache> sessions;
  /// Counts handshakes; may be null. Shared by all connections of one context.
  std::shared_ptr<SessionCounters> counters;
};

/// The world outside the engine. The references must outlive the connection.
struct Environment {
  Rng& rng;
  const Clock& clock;
  Observer* observer = nullptr;
};

/// The system's generator and clock.
Environment system_environment(Observer* = nullptr);

}  // namespace parley

// Everything a connection needs to know before it starts.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "parley/cipher.hpp"
#include "parley/clock.hpp"
#include "parley/export.hpp"
#include "parley/group.hpp"
#include "parley/key.hpp"
#include "parley/observer.hpp"
#include "parley/rng.hpp"
#include "parley/session.hpp"
#include "parley/signature_scheme.hpp"
#include "parley/trust.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// How much the other side's certificate matters. The values are those of
/// CERT_NONE, CERT_OPTIONAL and CERT_REQUIRED.
enum class VerifyMode : std::uint8_t { none, optional, required };

/// A certificate chain, leaf first, and the key of its leaf.
struct Identity {
  std::vector<Certificate> chain;
  PrivateKey key;
  /// Server: what a responder has said of the leaf (parley/ocsp.hpp), in DER; sent as it is to
  /// clients that ask for it. Empty: nothing is sent.
  Bytes ocsp_response{};
};

struct Config;

/// What happens when the peer asks for another handshake inside a connection. Without RFC 5746 on
/// both sides it is refused in any case, unless Config::unsafe_legacy_renegotiation.
enum class Renegotiation : std::uint8_t {
  refuse,  ///< no_renegotiation; in SSL 3.0, which has no such alert, a server ends the connection
  ignore,  ///< a client passes over HelloRequest; a server refuses
  once,    ///< the first is granted, the next one is refused
  freely,  ///< as often as limits::kRenegotiations allows
};

/// How many bytes one pair of keys (one for each direction) may protect, both directions and what
/// records add counted; 0: no limit.
struct KeyLimit {
  /// From here on the connection asks for another handshake, if the peer speaks RFC 5746: a server
  /// by HelloRequest, which a client may pass over; a client by its hello, when application data
  /// has been read (and not in SSL 3.0, where a server could not decline). When the peer declines,
  /// the connection goes on. Some servers end it instead: for them, let this be 0.
  std::uint64_t renegotiate_after = 0;
  /// Here it ends: Errc::key_limit_reached.
  std::uint64_t end_after = 0;
};

/// By kind of cipher; the others outlast any connection.
struct KeyLimits {
  /// DES, 3DES, IDEA and RC2 (SWEET32, CVE-2016-2183). That two blocks are alike, and tell
  /// something of what they encrypt, has a probability of 2^-11 after 1 GiB; after 32 GiB one
  /// should be surprised if none were.
  KeyLimit blocks_of_64_bits{.renegotiate_after = std::uint64_t{1} << 30,
                             .end_after = std::uint64_t{1} << 35};
  KeyLimit rc4{};
};

/// Decides which settings a server goes on with, by the server_name of a client (empty when it sent
/// none): null to keep those it has, or an Error whose alert the client gets (Errc::
/// unrecognized_name). Called once, in each first handshake, before anything else is chosen.
using ChooseConfig =
    std::function<Result<std::shared_ptr<const Config>>(std::string_view server_name)>;

/// Has the last word on the peer's chain, unless verify_mode is none: `verdict` is what the checks
/// of parley came to, and what is returned is what counts. Not called for a resumed session, which
/// remembers the verdict, unless it came out of a ticket or Session::decode(). Called once more
/// when a stapled OCSP response speaks against a chain that passed.
using VerifyOverride =
    std::function<Status(const Status& verdict, std::span<const Certificate> chain)>;

/// A connection's settings; immutable once shared. Build one, then hand out
/// shared_ptr<const Config>.
struct Config {
  /// The versions that may be spoken. A hole switches off everything above it for a client,
  /// whose hello can only name a maximum.
  std::vector<ProtocolVersion> versions{ProtocolVersion::ssl30, ProtocolVersion::tls10,
                                        ProtocolVersion::tls11, ProtocolVersion::tls12};
  /// Suites in order of preference. The client's order decides unless prefer_server_suites.
  CipherList suites = default_cipher_list();
  bool prefer_server_suites = false;
  /// The ClientHello in the form of SSL 2.0 (RFC 2246 appendix E). A server understands it; a
  /// client sends it when `versions` has ssl20, `suites` one of its kinds, and nothing has to be
  /// said that the form has no room for. Without it a client of ssl20 alone offers that and no
  /// more.
  bool v2_hello = true;
  /// CHALLENGE of such a hello, bytes: 16 to 32.
  std::size_t v2_challenge_size = 16;
  /// Client: brings a hello of 256 to 511 bytes to 512 (RFC 7685), which some servers hang on.
  bool pad_hello = true;
  /// Client: says that it could do better than `versions` and comes down after a failure
  /// (TLS_FALLBACK_SCSV, RFC 7507).
  bool fallback = false;
  /// At most one of each kind of key; a server picks by suite, a client by what the server asks
  /// for.
  std::vector<Identity> identities;
  VerifyMode verify_mode = VerifyMode::none;
  TrustStore trust;
  /// How the peer's chain is checked, and whom it must be for; moment and purpose are those of the
  /// connection. Of `host` and `email` a session is asked before it is resumed, too.
  VerifyPolicy verify_policy{};
  VerifyOverride verify_override;  ///< may be empty
  /// Stands for what `trust`, `verify_policy` and `verify_override` are: a copy of a Config shares
  /// it, and who changes one of them in the copy gives it another. A session whose peer was
  /// verified under another is not resumed.
  std::shared_ptr<const void> verification = std::make_shared<char>();
  /// Curves for ephemeral key exchange, best first. A server's order decides.
  std::vector<NamedGroup> groups{kNamedGroups.begin(), kNamedGroups.end()};
  /// How handshake messages are signed from TLS 1.2 on, and what is believed of the peer's; best
  /// first. The peer's order decides what we sign with.
  std::vector<SignatureScheme> signature_schemes{kSignatureSchemes.begin(),
                                                 kSignatureSchemes.end()};
  /// Server: instead of a well-known group as strong as the key that signs it.
  std::optional<DhParameters> dh_parameters;
  /// Client: the primes that a server may bring, in bits; to suites of export strength from 512 on
  /// (Logjam, CVE-2015-4000).
  std::size_t min_dh_bits = 1024;
  std::size_t max_dh_bits = 8192;
  /// The 1/n-1 split of CBC records in SSL 3.0 and TLS 1.0 against BEAST; and in SSL 3.0 no data in
  /// records that end in a block of nothing but padding, which is what POODLE needs.
  bool split_cbc_records = true;
  /// Sessions are resumed only under configs of the scope that made them: what one context
  /// verified says nothing to another. A copy of a Config shares its scope.
  std::shared_ptr<const void> session_scope = std::make_shared<char>();
  /// Server only; without one every handshake is a full one.
  std::shared_ptr<SessionStore> sessions;
  /// Client: takes tickets and gives them back. Server: gives them, if it also has ticket_keys, to
  /// clients that take them; a session in a ticket is not stored in `sessions`.
  bool session_tickets = true;
  std::shared_ptr<TicketKeys> ticket_keys;
  /// Binds the master secret to the whole handshake (RFC 7627) wherever the peer does, from TLS 1.0
  /// on: without it two handshakes can be made to share one (3SHAKE).
  bool extended_master_secret = true;
  /// Puts the MAC of a CBC record around the ciphertext (RFC 7366), from TLS 1.0 on: a server does
  /// so when asked, a client asks.
  bool encrypt_then_mac = false;
  /// Client: asks for records of at most so many bytes (RFC 6066 section 4): 512, 1024, 2048 or
  /// 4096. 0: does not ask. A server does as it is asked.
  std::size_t max_fragment_length = 0;
  /// ALPN (RFC 7301): a client offers these, best first; a server takes the first of its own that
  /// the client has. Empty: does without.
  std::vector<std::string> alpn_protocols{};
  /// Server: a client that offers protocols and none of ours is refused (no_application_protocol,
  /// as RFC 7301 section 3.2 has it); else the handshake goes on without.
  bool require_alpn = false;
  /// Client: asks for an OCSP response beside the server's certificate (RFC 6066 section 8), from
  /// TLS 1.0 on, and checks it unless VerifyMode::none: Errc::certificate_revoked, ocsp_invalid,
  /// ocsp_unknown. Without one the handshake goes on unless the certificate promises it (RFC 7633,
  /// "must-staple") or require_status is set, which asks, too: Errc::ocsp_missing. A resumed
  /// session is not asked again.
  bool request_status = false;
  bool require_status = false;
  Renegotiation renegotiation = Renegotiation::freely;
  /// Deals with peers that do not speak RFC 5746: anybody can then put bytes in front of theirs
  /// (CVE-2009-3555).
  bool unsafe_legacy_renegotiation = false;
  /// When keys have to make place for others. In SSL 2.0, which cannot renegotiate, end_after alone
  /// counts.
  KeyLimits key_limits{};
  /// Server; may be empty.
  ChooseConfig choose_config;
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

// SSLContext: the settings of many connections.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "parley/cert_dict.hpp"
#include "parley/config.hpp"
#include "parley/export.hpp"
#include "parley/session.hpp"
#include "parley/socket.hpp"
#include "parley/ssl_constants.hpp"

namespace PARLEY_PUBLIC parley {

/// What SSLSocket::session() gives, by Python's name.
using SSLSession = Session;

class SSLSocket;
class SSLObject;
class MemoryBIO;
class SSLContext;
struct wrap_bio_options;
struct wrap_socket_options;

/// The counters, also by name: stats["hits"].
struct session_stats_t : SessionStats {
  static constexpr std::array<std::string_view, 11> kKeys{
      "number", "connect",     "connect_good",       "connect_renegotiate",
      "accept", "accept_good", "accept_renegotiate", "hits",
      "misses", "timeouts",    "cache_full"};
  /// std::out_of_range for a name that is not in kKeys.
  long operator[](std::string_view key) const;
  bool operator==(const session_stats_t&) const = default;
};

/// Certificates and revocation lists that a context holds.
struct cert_store_stats_t {
  std::size_t x509 = 0;     ///< certificates
  std::size_t crl = 0;      ///< revocation lists, without those of directories
  std::size_t x509_ca = 0;  ///< of the certificates, those that may sign others
  bool operator==(const cert_store_stats_t&) const = default;
};

/// The password of a private key, or who knows it: asked once, if the key has one. There is never a
/// prompt.
using Password = std::variant<std::string, std::function<std::string()>>;

/// What a server goes on with: what it has, another context, or not at all but with that alert.
using ServerNameAnswer = std::variant<std::monostate, SSLContext, Alert>;
/// Asked once in each first handshake, with the server_name of the client if it sent one. When it
/// answers with another context, that becomes SSLSocket::context of the connection. What it
/// throws ends the handshake with handshake_failure and comes out of the call that made it.
using ServerNameCallback = std::function<ServerNameAnswer(const std::optional<std::string>& name)>;

/// Members in the order of Python's parameters.
struct context_wrap_options {
  bool server_side = false;
  /// Handshake inside wrap_socket (connected sockets), connect() or accept().
  bool do_handshake_on_connect = true;
  /// Reading turns an end of stream without close_notify into an ordinary one.
  bool suppress_ragged_eofs = true;
  /// Goes into the server_name extension; clients only. Nothing is sent for an IP address.
  std::optional<std::string> server_hostname{};
  /// A session of an earlier connection, to be resumed; clients only.
  std::shared_ptr<const Session> session{};
  /// Says that this is a second try below the versions that it could speak (TLS_FALLBACK_SCSV, RFC
  /// 7507); clients only.
  bool fallback_scsv = false;
};

/// Settings shared by connections, and the server's session cache. A handle: copies share the
/// state, == asks whether they do, and every socket made sees the settings of the moment in which
/// its TLS side was created, and the cipher list of that in which its handshake begins. Safe to use
/// from several threads.
class SSLContext {
 public:
  struct State;  ///< private to src/api

  /// A PROTOCOL_ constant; std::invalid_argument "invalid protocol version" otherwise.
  explicit SSLContext(int protocol);
  SSLContext(const SSLContext&) = default;
  SSLContext& operator=(const SSLContext&);

  // The attributes below read and write the shared state like plain members. They cannot be copied
  // out: `auto saved = context.verify_mode` would not be a value but the attribute itself, and does
  // not compile. `auto saved = context.verify_mode()` and `int saved = context.verify_mode` do.

  /// context.options: the OP_ bits, like an integer.
  class Options {
   public:
    operator std::uint64_t() const;
    std::uint64_t operator()() const { return *this; }
    Options& operator=(std::uint64_t bits);
    Options& operator=(const Options& o) { return *this = std::uint64_t{o}; }
    Options& operator|=(std::uint64_t bits);
    Options& operator&=(std::uint64_t bits);

   private:
    friend class SSLContext;
    Options(const Options&) = default;
    explicit Options(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.verify_mode, likewise; std::invalid_argument for anything that is no CERT_ constant.
  class Mode {
   public:
    operator int() const;
    int operator()() const { return *this; }
    Mode& operator=(int mode);
    Mode& operator=(const Mode& o) { return *this = int{o}; }
    Mode& operator|=(int bits);
    Mode& operator&=(int bits);

   private:
    friend class SSLContext;
    Mode(const Mode&) = default;
    explicit Mode(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.check_hostname, likewise; std::invalid_argument for true with CERT_NONE.
  class CheckHostname {
   public:
    CheckHostname(const CheckHostname&) = default;
    operator bool() const;
    CheckHostname& operator=(bool on);
    CheckHostname& operator=(const CheckHostname& o) { return *this = bool{o}; }

   private:
    friend class SSLContext;
    explicit CheckHostname(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.minimum_version and maximum_version, likewise.
  class VersionBound {
   public:
    operator TLSVersion() const;
    TLSVersion operator()() const { return *this; }
    VersionBound& operator=(TLSVersion);
    VersionBound& operator=(const VersionBound& o) { return *this = TLSVersion{o}; }

   private:
    friend class SSLContext;
    VersionBound(const VersionBound&) = default;
    VersionBound(std::shared_ptr<State> s, bool upper) : state_(std::move(s)), upper_(upper) {}
    std::shared_ptr<State> state_;
    bool upper_;
  };
  /// context.keylog_filename, likewise; nothing when no log is kept.
  class KeylogFilename {
   public:
    operator std::optional<std::string>() const;
    std::optional<std::string> operator()() const { return *this; }
    /// IOError when the file cannot be opened for appending.
    KeylogFilename& operator=(const std::optional<std::string>& path);
    KeylogFilename& operator=(const KeylogFilename& o) { return *this = o(); }

   private:
    friend class SSLContext;
    KeylogFilename(const KeylogFilename&) = default;
    explicit KeylogFilename(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.sni_callback: assigning is set_servername_callback().
  class SniCallback {
   public:
    explicit operator bool() const;
    operator ServerNameCallback() const;
    SniCallback& operator=(ServerNameCallback);
    SniCallback& operator=(const SniCallback&);

   private:
    friend class SSLContext;
    SniCallback(const SniCallback&) = default;
    explicit SniCallback(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.verify_flags, likewise.
  class VerifyFlags {
   public:
    VerifyFlags(const VerifyFlags&) = default;
    operator unsigned() const;
    VerifyFlags& operator=(unsigned bits);
    VerifyFlags& operator=(const VerifyFlags& o) { return *this = unsigned{o}; }
    VerifyFlags& operator|=(unsigned bits);
    VerifyFlags& operator&=(unsigned bits);

   private:
    friend class SSLContext;
    explicit VerifyFlags(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// An attribute that cannot be assigned; context.protocol and context.protocol() are the same.
  class ReadOnlyInt {
   public:
    operator int() const { return value_; }
    int operator()() const { return value_; }

   private:
    friend class SSLContext;
    explicit ReadOnlyInt(int v) : value_(v) {}
    ReadOnlyInt(const ReadOnlyInt&) = default;
    ReadOnlyInt& operator=(const ReadOnlyInt&) = default;
    int value_;
  };

  /// The constructor's argument.
  ReadOnlyInt protocol;
  /// OP_ bits; OP_ALL at first.
  Options options;
  /// CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED; CERT_NONE at first. CERT_NONE is
  /// std::invalid_argument while check_hostname is on.
  Mode verify_mode;
  /// Whether the server's certificate must be for server_hostname, which must then be given: strict
  /// (parley/hostname.hpp), in the handshake, before any data. match_hostname() asks something
  /// else. Off at first.
  CheckHostname check_hostname;
  /// Narrow what the protocol and the OP_NO_ bits allow; MINIMUM_SUPPORTED and MAXIMUM_SUPPORTED at
  /// first. With nothing left every handshake fails with "unsupported protocol".
  VersionBound minimum_version, maximum_version;
  /// Secrets of every later connection are appended here, a line of an NSS key log each, for
  /// whoever is to decrypt a capture. Nothing at first.
  KeylogFilename keylog_filename;
  SniCallback sni_callback;
  /// VERIFY_ bits; VERIFY_X509_TRUSTED_FIRST at first.
  VerifyFlags verify_flags;

  /// PEM: the first certificate is the leaf, the others are sent after it in their order. The key
  /// is in keyfile, or else in certfile. IOError for a file that cannot be read; SSLError "PEM
  /// lib" for one without what it should hold, "key values mismatch" for a key of another
  /// certificate. On an error nothing changes. An RSA, a DSA and an EC certificate can be in force
  /// at once, and a server picks by suite; a second one of a kind takes the place of the first.
  void load_cert_chain(const std::string& certfile, const std::optional<std::string>& keyfile = {});
  /// The same with a key that may be encrypted: SSLError "bad decrypt" for another password than
  /// its own, "bad password read" for an encrypted key without one above. std::invalid_argument for
  /// a password of more than 1023 bytes. What a callable throws comes out.
  void load_cert_chain(const std::string& certfile, const std::optional<std::string>& keyfile,
                       const Password& password);
  /// The same from memory.
  void load_cert_chain(const Identity&);
  /// Adds anchors; one of the two must be given (std::invalid_argument). `cafile`: every
  /// certificate of a PEM file, and its revocation lists, which are consulted when verify_flags
  /// says so. Errors as load_cert_chain. `capath`: directories, separated by ':', in which a
  /// certificate is looked for when a chain needs it, under the hash of its subject (HHHHHHHH.0,
  /// HHHHHHHH.1, ... in PEM, as c_rehash names them), and a list under that of its issuer
  /// (HHHHHHHH.r0 and so on). A directory need not exist; an empty string is SSLError "invalid
  /// directory". What has been found there stays known. On an error nothing changes.
  void load_verify_locations(const std::optional<std::string>& cafile,
                             const std::optional<std::string>& capath = {});
  /// The certificates of $SSL_CERT_FILE, else /etc/ssl/cert.pem, and of the directories of
  /// $SSL_CERT_DIR, else /etc/ssl/certs. Whatever is missing or unreadable is passed over.
  void set_default_verify_paths();
  /// What the anchors hold; a directory counts with what has been found in it so far.
  cert_store_stats_t cert_store_stats() const;
  /// Those that may sign others.
  std::vector<cert_dict> get_ca_certs() const;
  std::vector<bytes> get_ca_certs(binary_form_t) const;
  /// The same as a cafile, from PEM text: what Python's load_verify_locations does with cadata.
  void load_verify_data(std::string_view pem);
  /// Parameters for ephemeral Diffie-Hellman, PEM (DH PARAMETERS), in place of the well-known
  /// groups a server uses by itself. Errors as load_cert_chain; the prime is tested, which takes a
  /// second or so at 2048 bits.
  void load_dh_params(const std::string& path);
  /// The one curve for ephemeral ECDH: a name such as prime256v1, secp384r1 or x25519, else
  /// std::invalid_argument.
  void set_ecdh_curve(std::string_view name);
  /// ALPN (RFC 7301): a client offers these, best first; a server takes the first of its own that
  /// the client has, and goes on without when there is none. std::invalid_argument unless each has
  /// 1 to 255 bytes.
  void set_alpn_protocols(std::vector<std::string> protocols);
  /// Server: staples what a responder has said of a certificate (an OCSP response, DER) to the
  /// certificates loaded so far that it is about, for clients that ask; an empty one takes all
  /// staples off. SSLError when it cannot be read or is about none of them ("OCSP verification
  /// failed"). Whether a client will believe it is not asked, see check_ocsp() in
  /// parley/ocsp_check.hpp.
  void set_ocsp_response(ByteView response);
  /// The same from a file. IOError when it cannot be read.
  void load_ocsp_response(const std::string& path);
  /// Client: asks for a stapled OCSP response and, unless CERT_NONE, refuses a certificate of which
  /// it says anything but good, and one that promises a response (RFC 7633) and brings none; with
  /// `require`, any without a response. Neither at first.
  void set_request_status(bool request, bool require = false);
  /// How handshakes are signed from TLS 1.2 on, best first; std::invalid_argument when empty.
  void set_signature_schemes(std::vector<SignatureScheme> schemes);
  /// Client: asks for the MAC of CBC records around the ciphertext (RFC 7366); a server grants it.
  void set_encrypt_then_mac(bool ask);
  /// Client: asks for records of at most so many bytes (RFC 6066 section 4): 512, 1024, 2048, 4096,
  /// else std::invalid_argument; 0 asks for nothing.
  void set_max_fragment_length(std::size_t size);
  /// Many settings by one name. "modern": TLS 1.2 only, ECDHE with AES-GCM or ChaCha20-Poly1305,
  /// certificates with 2048 bits (224 on curves) and SHA-256 at least. It says nothing about whom
  /// to believe: see create_default_context(). std::invalid_argument for any other name, and for a
  /// context of an older version alone.
  void set_policy(std::string_view name);
  /// Client: the shortest and the longest prime, in bits, that a server's ephemeral Diffie-Hellman
  /// may bring; 1024 and 8192 at first. Export suites may have as few as 512 whatever this says.
  /// std::invalid_argument unless 512 <= shortest <= longest <= 8192.
  void set_dh_limits(std::size_t shortest, std::size_t longest = 8192);
  /// A cipher list in OpenSSL 1.0.1's language, such as "HIGH:RC4-SHA:!aNULL:@STRENGTH"; the
  /// protocol of the context decides which suites there are to select from. SSLError "No cipher
  /// can be selected." when it selects none that parley speaks (reason NO_CIPHER_MATCH) or breaks
  /// the grammar (INVALID_COMMAND); the list in force then stays. Words nobody knows are ignored.
  void set_ciphers(std::string_view string);
  /// The suites in force, most preferred first.
  std::vector<const CipherSuite*> get_ciphers() const;
  session_stats_t session_stats() const;

  /// Server: decides by the name that a client asks for. Null keeps what there is.
  void set_servername_callback(ServerNameCallback);
  /// Has the last word on the peer's chain, unless verify_mode is CERT_NONE; null leaves it to
  /// parley's verdict. What it throws ends the handshake and comes out of the call that made it.
  void set_verify_callback(VerifyOverride);
  /// Server: where sessions are kept; null: nowhere. At first a SessionCache of 20480 sessions that
  /// live five minutes (PROTOCOL_SSLv23, PROTOCOL_SSLv2) or two hours.
  void set_session_store(std::shared_ptr<SessionStore>);
  /// Server: the keys under which sessions are handed out as tickets; null: none are. At first keys
  /// of this context alone, whose tickets live as long as its sessions. OP_NO_TICKET comes first.
  void set_ticket_keys(std::shared_ptr<TicketKeys>);
  /// What happens when the peer asks for another handshake; Renegotiation::freely at first.
  void set_renegotiation(Renegotiation);
  /// How many bytes one key may protect before there is another, and before the connection ends:
  /// 1 GiB and 32 GiB at first with the ciphers whose blocks have 64 bits, no limit with others.
  /// std::invalid_argument for an end before the renegotiation.
  void set_key_limits(const KeyLimits&);
  /// Generator, clock and observer of every later connection; the three must outlive them;
  /// std::nullopt brings the system's back.
  void set_environment(const std::optional<Environment>&);
  /// A session that Session::encode wrote, for connections of this context. SSLError when it
  /// cannot be read.
  std::shared_ptr<const Session> session_from_bytes(ByteView) const;

  /// Takes the descriptor over: afterwards `sock` is detached and the SSLSocket has its family
  /// and timeout. A connected socket starts TLS now; an unconnected one in connect(), or, as a
  /// server, in each accept(). std::invalid_argument is thrown before anything happens to `sock`.
  SSLSocket wrap_socket(socket& sock, const context_wrap_options& = {}) const;
  SSLSocket wrap_socket(socket&& sock, const context_wrap_options& = {}) const;

  /// TLS between two buffers instead of on a socket (ssl_object.hpp). Errors as wrap_socket.
  SSLObject wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing) const;
  SSLObject wrap_bio(const MemoryBIO& incoming, const MemoryBIO& outgoing,
                     const wrap_bio_options&) const;

  /// Identity: the same context, not an equal one.
  friend bool operator==(const SSLContext& a, const SSLContext& b) { return a.state_ == b.state_; }

  /// The settings as they stand now: what a Connection of your own can be made from. The
  /// snapshot does not change any more.
  std::shared_ptr<const Config> config() const;

 private:
  friend class SSLSocket;
  void check_options(const context_wrap_options&) const;
  std::shared_ptr<State> state_;
};

}  // namespace parley

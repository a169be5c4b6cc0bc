// The documented interface: SSLContext, SSLSocket and the module functions, spelled as in Python's
// ssl module. This header alone is enough for programs that talk TLS over sockets.
//
//   parley::SSLContext context(parley::PROTOCOL_SSLv23);
//   context.verify_mode = parley::CERT_REQUIRED;      // the default is CERT_NONE: no protection
//   context.load_verify_locations("ca.pem");          // against an active attacker
//   parley::socket plain;
//   parley::SSLSocket s = context.wrap_socket(plain);
//   s.connect({"localhost", 4433});
//   s.sendall("hello\n");
//   parley::bytes answer = s.recv();
//
// Wrong arguments throw std::invalid_argument; everything else derives from IOError (socket.hpp).
// One context may be used by several threads at once; one socket by one thread that reads and one
// that writes, once its handshake is done.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "parley/config.hpp"
#include "parley/connection.hpp"
#include "parley/error.hpp"
#include "parley/export.hpp"
#include "parley/session.hpp"
#include "parley/socket.hpp"
#include "parley/version.hpp"

namespace PARLEY_PUBLIC parley {

class SSLSocket;
class SSLContext;
struct wrap_socket_options;
class SSLObject;
class MemoryBIO;
struct wrap_bio_options;

// --- constants ------------------------------------------------------------------------------

inline constexpr int CERT_NONE = 0;  ///< the peer's certificate is not looked at
/// Clients: as CERT_REQUIRED, unless an anonymous suite is agreed, which set_ciphers() must have
/// allowed; servers ask and accept none.
inline constexpr int CERT_OPTIONAL = 1;
inline constexpr int CERT_REQUIRED = 2;  ///< the chain must end in an anchor of the context

#ifndef PARLEY_NO_SSL2
/// SSL 2.0 and nothing else: broken, for the study of old machines only.
inline constexpr int PROTOCOL_SSLv2 = 0;
#endif
inline constexpr int PROTOCOL_SSLv3 = 1;  ///< SSL 3.0 and nothing else
/// The highest version both sides have. SSL 2.0 is among them only where set_ciphers() selected
/// suites of it; `options |= OP_NO_SSLv2` rules it out.
inline constexpr int PROTOCOL_SSLv23 = 2;
inline constexpr int PROTOCOL_TLSv1 = 3;  ///< TLS 1.0 and nothing else
inline constexpr int PROTOCOL_TLS = PROTOCOL_SSLv23;

/// "SSLv2", "SSLv3", "SSLv23", "TLSv1"; "<unknown>" for a number that is no PROTOCOL_ constant.
std::string get_protocol_name(int protocol);

/// Bits for SSLContext::options. Bits without an effect are accepted and remembered.
inline constexpr std::uint64_t OP_ALL = 0x800003FF;  ///< the default; leaves CBC splitting on
inline constexpr std::uint64_t OP_DONT_INSERT_EMPTY_FRAGMENTS = 0x800;  ///< no 1/n-1 CBC split
inline constexpr std::uint64_t OP_NO_TICKET = 0x4000;  ///< neither give nor take session tickets
inline constexpr std::uint64_t OP_NO_COMPRESSION = 0x20000;  ///< there is none in any case
/// Deals with peers that do not speak RFC 5746: CVE-2009-3555.
inline constexpr std::uint64_t OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION = 0x40000;
inline constexpr std::uint64_t OP_SINGLE_ECDH_USE = 0x80000;
inline constexpr std::uint64_t OP_SINGLE_DH_USE = 0x100000;
inline constexpr std::uint64_t OP_CIPHER_SERVER_PREFERENCE = 0x400000;
inline constexpr std::uint64_t OP_NO_SSLv2 = 0x01000000;  ///< the OP_NO_ bits matter with
inline constexpr std::uint64_t OP_NO_SSLv3 = 0x02000000;  ///< PROTOCOL_SSLv23 only
inline constexpr std::uint64_t OP_NO_TLSv1 = 0x04000000;
inline constexpr std::uint64_t OP_NO_TLSv1_2 = 0x08000000;
inline constexpr std::uint64_t OP_NO_TLSv1_1 = 0x10000000;
inline constexpr std::uint64_t OP_NO_RENEGOTIATION = 0x40000000;  ///< as Renegotiation::refuse

/// What SSLContext::minimum_version and maximum_version hold.
enum class TLSVersion {
  MINIMUM_SUPPORTED = -2,
  MAXIMUM_SUPPORTED = -1,
  SSLv2 = 0x0002,
  SSLv3 = 0x0300,
  TLSv1 = 0x0301,
  TLSv1_1 = 0x0302,
  TLSv1_2 = 0x0303,
};

inline constexpr bool HAS_SNI = true;

/// SSLError::code().value().
inline constexpr int SSL_ERROR_SSL = 1;
inline constexpr int SSL_ERROR_WANT_READ = 2;
inline constexpr int SSL_ERROR_WANT_WRITE = 3;
inline constexpr int SSL_ERROR_WANT_X509_LOOKUP = 4;
inline constexpr int SSL_ERROR_SYSCALL = 5;
inline constexpr int SSL_ERROR_ZERO_RETURN = 6;
inline constexpr int SSL_ERROR_WANT_CONNECT = 7;
inline constexpr int SSL_ERROR_EOF = 8;
inline constexpr int SSL_ERROR_INVALID_ERROR_CODE = 10;

// --- errors ---------------------------------------------------------------------------------

/// The category of the SSL_ERROR_ numbers.
const std::error_category& ssl_category() noexcept;

/// TLS refused something, here or at the peer. what() is "[Errno 1] certificate verify failed".
class SSLError : public socket_error {
 public:
  struct Details {
    std::string reason{};          ///< empty: none
    std::string hint{};            ///< empty: none
    std::optional<Error> cause{};  ///< the engine's own words
    std::string library = "SSL";
  };
  SSLError(int code, std::string strerror);
  SSLError(int code, std::string strerror, Details);

  /// "SSL", "PEM" or "X509".
  const std::string& library() const noexcept { return details_->library; }
  /// A stable name for programs: "NO_SHARED_CIPHER".
  const std::string& reason() const noexcept { return details_->reason; }
  /// What to try, in one sentence; may be empty.
  const std::string& hint() const noexcept { return details_->hint; }
  /// The engine's own reason, when it came from there: code, place and offset, received alert.
  const std::optional<Error>& cause() const noexcept { return details_->cause; }

 private:
  std::shared_ptr<const Details> details_;
};

/// SSL_ERROR_WANT_READ: wait until the socket is readable, then call again.
class SSLWantReadError : public SSLError {
 public:
  SSLWantReadError();
};
/// SSL_ERROR_WANT_WRITE: wait until the socket is writable, then call again.
class SSLWantWriteError : public SSLError {
 public:
  SSLWantWriteError();
};
/// SSL_ERROR_ZERO_RETURN: both sides have closed; there is nothing to read.
class SSLZeroReturnError : public SSLError {
 public:
  SSLZeroReturnError();
};
/// SSL_ERROR_SYSCALL. parley itself reports such failures as socket_error with their errno.
class SSLSyscallError : public SSLError {
 public:
  explicit SSLSyscallError(std::string strerror);
};
/// SSL_ERROR_EOF: the stream ended without close_notify.
class SSLEOFError : public SSLError {
 public:
  explicit SSLEOFError(std::optional<Error> cause = {});
};
/// The peer's chain was refused: "certificate verify failed: certificate has expired".
class SSLCertVerificationError : public SSLError {
 public:
  SSLCertVerificationError(std::string strerror, Details, int verify_code,
                           std::string verify_message);
  /// X509_V_ERR_ number: 10 has expired, 20 unable to get local issuer certificate, ...
  int verify_code() const noexcept { return verify_code_; }
  const std::string& verify_message() const noexcept { return *verify_message_; }

 private:
  int verify_code_;
  std::shared_ptr<const std::string> verify_message_;
};

/// A certificate is not for the host name asked for.
class CertificateError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// --- certificates as data -------------------------------------------------------------------

/// What getpeercert() returns; the members are the dictionary's keys in its order.
struct cert_dict {
  /// One relative distinguished name: (attribute, value) pairs in the order of the encoding.
  using RDN = std::vector<std::pair<std::string, std::string>>;
  using Name = std::vector<RDN>;
  /// ("DNS", "example.org"), or ("DirName", a Name).
  using AltName = std::pair<std::string, std::variant<std::string, Name>>;

  Name subject{};  ///< attributes by long name ("commonName") or dotted number
  Name issuer{};
  int version = 0;             ///< 1 to 3; 0 when absent
  std::string serialNumber{};  ///< upper-case hex, two digits an octet
  std::string notBefore{};     ///< "Oct  5 23:01:56 2020 GMT"
  std::string notAfter{};
  std::optional<std::vector<AltName>> subjectAltName{};

  /// No key at all: what an unvalidated peer certificate gives.
  bool empty() const { return keys().empty(); }
  /// The keys present, in the documented order.
  std::vector<std::string_view> keys() const;
  bool contains(std::string_view key) const;
  bool operator==(const cert_dict&) const = default;
};

/// Asks getpeercert() and get_ca_certs() for the DER encoding.
struct binary_form_t {};
inline constexpr binary_form_t binary_form{};

/// The dictionary of one certificate. SSLError when a name cannot be decoded.
cert_dict cert_to_dict(const Certificate&);
/// The dictionary of the first certificate of a PEM file, for tests; SSLError "Can't open file",
/// "Error decoding PEM-encoded file".
cert_dict _test_decode_cert(const std::string& path);
/// Seconds since the epoch, in UTC, of a notBefore or notAfter: "May  9 00:00:00 2007 GMT". Months
/// in English whatever the locale. std::invalid_argument for anything else.
double cert_time_to_seconds(std::string_view time);

// --- SSLContext -----------------------------------------------------------------------------

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
  std::size_t crl = 0;      ///< revocation lists; nothing consults them
  std::size_t x509_ca = 0;  ///< of the certificates, those that may sign others
  bool operator==(const cert_store_stats_t&) const = default;
};

/// What a server goes on with: what it has, another context, or not at all but with that alert.
using ServerNameAnswer = std::variant<std::monostate, SSLContext, Alert>;
/// Asked once in each first handshake, with the server_name of the client if it sent one. What it
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

  /// context.options: reads and writes the shared state like an integer.
  class Options {
   public:
    Options(const Options&) = default;
    operator std::uint64_t() const;
    Options& operator=(std::uint64_t bits);
    Options& operator=(const Options& o) { return *this = std::uint64_t{o}; }
    Options& operator|=(std::uint64_t bits);
    Options& operator&=(std::uint64_t bits);

   private:
    friend class SSLContext;
    explicit Options(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.verify_mode, likewise; std::invalid_argument for anything that is no CERT_ constant.
  class Mode {
   public:
    Mode(const Mode&) = default;
    operator int() const;
    Mode& operator=(int mode);
    Mode& operator=(const Mode& o) { return *this = int{o}; }

   private:
    friend class SSLContext;
    explicit Mode(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.minimum_version and maximum_version, likewise.
  class VersionBound {
   public:
    VersionBound(const VersionBound&) = default;
    operator TLSVersion() const;
    VersionBound& operator=(TLSVersion);
    VersionBound& operator=(const VersionBound& o) { return *this = TLSVersion{o}; }

   private:
    friend class SSLContext;
    VersionBound(std::shared_ptr<State> s, bool upper) : state_(std::move(s)), upper_(upper) {}
    std::shared_ptr<State> state_;
    bool upper_;
  };
  /// context.keylog_filename, likewise; nothing when no log is kept.
  class KeylogFilename {
   public:
    KeylogFilename(const KeylogFilename&) = default;
    operator std::optional<std::string>() const;
    std::optional<std::string> operator()() const { return *this; }
    /// IOError when the file cannot be opened for appending.
    KeylogFilename& operator=(const std::optional<std::string>& path);
    KeylogFilename& operator=(const KeylogFilename& o) { return *this = o(); }

   private:
    friend class SSLContext;
    explicit KeylogFilename(std::shared_ptr<State> s) : state_(std::move(s)) {}
    std::shared_ptr<State> state_;
  };
  /// context.sni_callback: assigning is set_servername_callback().
  class SniCallback {
   public:
    SniCallback(const SniCallback&) = default;
    explicit operator bool() const;
    SniCallback& operator=(ServerNameCallback);
    SniCallback& operator=(const SniCallback&);

   private:
    friend class SSLContext;
    explicit SniCallback(std::shared_ptr<State> s) : state_(std::move(s)) {}
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
  /// CERT_NONE, CERT_OPTIONAL or CERT_REQUIRED; CERT_NONE at first.
  Mode verify_mode;
  /// Narrow what the protocol and the OP_NO_ bits allow; MINIMUM_SUPPORTED and MAXIMUM_SUPPORTED at
  /// first. With nothing left every handshake fails with "unsupported protocol".
  VersionBound minimum_version, maximum_version;
  /// Secrets of every later connection are appended here, a line of an NSS key log each, for
  /// whoever is to decrypt a capture. Nothing at first.
  KeylogFilename keylog_filename;
  SniCallback sni_callback;

  /// PEM: the first certificate is the leaf, the others are sent after it in their order. The key
  /// is in keyfile, or else in certfile. IOError for a file that cannot be read; SSLError "PEM
  /// lib" for one without what it should hold, "key values mismatch" for a key of another
  /// certificate. On an error nothing changes. An RSA, a DSA and an EC certificate can be in force
  /// at once, and a server picks by suite; a second one of a kind takes the place of the first.
  void load_cert_chain(const std::string& certfile, const std::optional<std::string>& keyfile = {});
  /// The same from memory.
  void load_cert_chain(const Identity&);
  /// Adds anchors; one of the two must be given (std::invalid_argument). `cafile`: every
  /// certificate of a PEM file; its revocation lists are kept, but nothing consults them. Errors as
  /// load_cert_chain. `capath`: directories, separated by ':', in which a certificate is looked for
  /// when a chain needs it, under the hash of its subject (HHHHHHHH.0, HHHHHHHH.1, ... in PEM, as
  /// c_rehash names them). A directory need not exist; an empty string is SSLError "invalid
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
  /// The same as a cafile, from PEM text (Python's cadata).
  void load_verify_data(std::string_view pem);
  /// Parameters for ephemeral Diffie-Hellman, PEM (DH PARAMETERS), in place of the well-known
  /// groups a server uses by itself. Errors as load_cert_chain; the prime is tested, which takes a
  /// second or so at 2048 bits.
  void load_dh_params(const std::string& path);
  /// The one curve for ephemeral ECDH: a name such as prime256v1, secp384r1 or x25519, else
  /// std::invalid_argument.
  void set_ecdh_curve(std::string_view name);
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
  /// Generator, clock and observer of every later connection; the three must outlive them. Nothing
  /// brings the system's back.
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

// --- SSLSocket ------------------------------------------------------------------------------

/// A socket with TLS on it. "Plain" means without TLS: before connect() and after shutdown();
/// methods then do what `socket` does. Timeouts hold for each blocking step. On a non-blocking
/// socket whatever cannot go on throws SSLWantReadError or SSLWantWriteError and can be repeated.
///
/// When TLS fails for good, the alert for the peer is sent (as far as that goes without waiting)
/// before the SSLError is thrown.
class SSLSocket : public socket {
 public:
  SSLSocket(SSLSocket&&) noexcept;
  SSLSocket& operator=(SSLSocket&&) noexcept;
  ~SSLSocket() override;

  /// A connection from a listening socket, wrapped as server with this one's options. When its
  /// handshake fails, that is thrown, the new connection is closed, and this one still listens.
  std::pair<SSLSocket, address> accept();
  /// std::invalid_argument for a server or when connected already. After EINPROGRESS on a
  /// non-blocking socket, go on with do_handshake().
  void connect(const address&) override;
  int connect_ex(const address&) override;

  /// To completion, or until it would block. `block` waits even on a non-blocking socket.
  /// Repeating it after success does nothing. An end of stream is SSLEOFError.
  void do_handshake(bool block = false);
  /// Asks for a new handshake inside this connection; do_handshake(), or any reading and writing,
  /// then carries it on. A server asks with HelloRequest, which a client may pass over. Until it is
  /// over, writing waits for the peer, and on a non-blocking socket write() may throw
  /// SSLWantReadError and read() SSLWantWriteError. SSLError with a peer that does not
  /// speak RFC 5746 (unless OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION), or in SSL 2.0, which has none.
  void renegotiate();

  /// Decrypted bytes of one or more records, at most `buflen`; empty at the end. flags must be 0
  /// with TLS (std::invalid_argument). Before a handshake it makes one.
  bytes recv(std::size_t buflen = 1024, int flags = 0) override;
  std::size_t recv_into(ByteSpan buffer, std::optional<std::size_t> nbytes = {},
                        int flags = 0) override;
  /// Like recv; ENOTCONN when plain.
  bytes read(std::size_t nbytes = 1024);
  std::size_t read(ByteSpan buffer);

  /// std::invalid_argument with TLS, which knows its peer.
  std::pair<bytes, address> recvfrom(std::size_t bufsize, int flags = 0) override;
  std::pair<std::size_t, address> recvfrom_into(ByteSpan buffer,
                                                std::optional<std::size_t> nbytes = {},
                                                int flags = 0) override;
  using socket::sendto;
  std::size_t sendto(ByteView data, const address& to, int flags = 0) override;

  using socket::send;
  using socket::sendall;
  /// All or nothing. On a non-blocking socket that is full: 0, and part of the data may have left,
  /// so that the next call must begin with the same bytes (it may add more).
  std::size_t send(ByteView data, int flags = 0) override;
  std::size_t sendall(ByteView data, int flags = 0) override;
  /// Like send, but throws SSLWantWriteError (or -Read) instead of returning 0; ENOTCONN when
  /// plain.
  std::size_t write(ByteView data);
  std::size_t write(std::string_view data) { return write(as_bytes(data)); }

  /// Sends close_notify, waits for the peer's, and gives back the plain socket, which then reads
  /// whatever the peer sent after its close_notify. std::invalid_argument when plain; SSLEOFError
  /// when the peer leaves without close_notify; SSLError when it sends data instead (read it and
  /// try again).
  socket unwrap();

  /// No close_notify is sent by any of these three.
  int detach() override;
  void shutdown(int how) override;
  void close() override;

  /// Nothing before the handshake or when the peer sent no certificate. Empty when the
  /// certificate was not checked (CERT_NONE).
  std::optional<cert_dict> getpeercert() const;
  /// The DER encoding, checked or not.
  std::optional<bytes> getpeercert(binary_form_t) const;
  /// ("AES128-SHA", "TLSv1/SSLv3", 128); nothing before the handshake. The middle one belongs to
  /// the suite, not to the connection: that is version().
  std::optional<std::tuple<std::string, std::string, int>> cipher() const;
  /// Server: what the client offered and the context has, in the client's order, each as cipher()
  /// describes it. Nothing before the handshake and on a client.
  std::optional<std::vector<std::tuple<std::string, std::string, int>>> shared_ciphers() const;
  /// "SSLv2", "SSLv3" or "TLSv1"; nothing before the handshake.
  std::optional<std::string> version() const;
  /// Decrypted bytes that recv() has at hand.
  std::size_t pending() const;

  /// For context_wrap_options::session of a later connection; null when there is none.
  std::shared_ptr<const Session> session() const;
  bool session_reused() const;

  // What it was wrapped with. The first six are those of the module's wrap_socket(); a context's
  // keeps no files, and has its own protocol and verify_mode.
  std::optional<std::string> keyfile() const;
  std::optional<std::string> certfile() const;
  int cert_reqs() const;
  int ssl_version() const;
  std::optional<std::string> ca_certs() const;
  std::optional<std::string> ciphers() const;
  bool server_side() const;
  const std::optional<std::string>& server_hostname() const;
  bool do_handshake_on_connect() const;
  bool suppress_ragged_eofs() const;

  /// The context it was made from; cannot be assigned.
  class Context : public SSLContext {
   public:
    Context(const Context&) = default;
    /// socket.context() and socket.context are the same.
    SSLContext operator()() const { return *this; }

   private:
    friend class SSLSocket;
    explicit Context(const SSLContext& c) : SSLContext(c) {}
    Context& operator=(const Context&) = default;
  };
  Context context;

  /// The engine, to look at: chain, alerts, phase. Null when plain or before the handshake begins.
  const Connection* connection() const;

 private:
  friend class SSLContext;
  friend SSLSocket wrap_socket(socket&, const wrap_socket_options&);
  friend class SSLObject;
  struct Tls;
  SSLSocket(socket&&, const SSLContext&, const context_wrap_options&);
  void start_tls();
  void tell_files();
  void begin_connect();
  void finish_connect();
  Tls& tls_or_not_connected() const;

  context_wrap_options options_;
  /// Null when wrapped by a context.
  std::shared_ptr<const wrap_socket_options> wrapped_with_;
  bool connected_ = false;
  std::shared_ptr<Tls> tls_;  ///< null when plain; shared with the files of makefile()
};

// --- module functions -----------------------------------------------------------------------

/// Members in the order of Python's parameters. An empty string counts as not given.
struct wrap_socket_options {
  std::optional<std::string> keyfile{};
  std::optional<std::string> certfile{};
  bool server_side = false;
  int cert_reqs = CERT_NONE;
  /// Not given: PROTOCOL_SSLv3 for a client, PROTOCOL_SSLv23 for a server.
  std::optional<int> ssl_version{};
  std::optional<std::string> ca_certs{};
  bool do_handshake_on_connect = true;
  bool suppress_ragged_eofs = true;
  std::optional<std::string> ciphers{};
};

/// A context of its own for one socket, then SSLContext::wrap_socket. A keyfile needs a certfile,
/// and so does a server (std::invalid_argument). Files are read now.
SSLSocket wrap_socket(socket& sock, const wrap_socket_options& = {});
SSLSocket wrap_socket(socket&& sock, const wrap_socket_options& = {});

/// The certificate of the server at that address, as PEM; checked against ca_certs if given.
std::string get_server_certificate(const address&, int ssl_version = PROTOCOL_SSLv3,
                                   const std::optional<std::string>& ca_certs = {});

inline constexpr std::string_view PEM_HEADER = "-----BEGIN CERTIFICATE-----";
inline constexpr std::string_view PEM_FOOTER = "-----END CERTIFICATE-----";
/// Base64 in lines of 64 between the two; the DER is not looked at.
std::string DER_cert_to_PEM_cert(ByteView der);
/// The text must begin with PEM_HEADER and end with PEM_FOOTER and white space; one certificate
/// only. std::invalid_argument otherwise.
bytes PEM_cert_to_DER_cert(std::string_view pem);

/// Whether the certificate is for this host: CertificateError when it is not, naming what it is
/// for. Any label of a name in it may hold one '*', for characters other than dots; when there is
/// no DNS name, the subject's commonNames count. IP addresses never match. A host name that is not
/// ASCII is also tried in its xn-- form. std::invalid_argument "empty or no certificate" for what
/// an unchecked peer gives, so that CERT_NONE cannot look like success.
void match_hostname(const cert_dict& cert, std::string_view hostname);
void match_hostname(const std::optional<cert_dict>& cert, std::string_view hostname);

/// Whether the random generator can be used: asks it.
bool RAND_status();
/// Mixes bytes into the generator. However predictable they are, it never becomes worse: they
/// come on top of what the operating system gives. `entropy` is accepted for old programs; a
/// generator that always asks the system has no use for an estimate.
void RAND_add(ByteView data, double entropy);
void RAND_add(std::string_view data, double entropy);
/// Asks an entropy gathering daemon at a UNIX socket for 255 bytes, adds what it gives, and returns
/// how many bytes that was. SSLError when there is no such daemon, or it gives nothing, breaks off
/// or takes longer than ten seconds.
int RAND_egd(const std::string& path);

}  // namespace parley

// What two ends remember so that the next handshake can be short.
#pragma once
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/protocol.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// A resumable session. Shared and, but for being revoked, immutable; the master secret is wiped
/// when the last holder lets go.
class Session {
 public:
  struct Data {
    ProtocolVersion version{};
    std::uint32_t suite = 0;  ///< CipherSuite::id
    Bytes id;                 ///< 1 to 32 bytes; empty on a server when a ticket holds the session
    std::array<std::uint8_t, 48> master_secret{};
    /// Bytes of it in use. SSL 2.0 has a MASTER-KEY as long as the key of its cipher.
    std::size_t master_secret_size = 48;
    Bytes key_arg{};  ///< SSL 2.0: KEY-ARG-DATA, the IV of block ciphers
    Bytes ticket{};   ///< client: what the server wants back (RFC 5077); empty when it gave none
    bool extended_master_secret = false;   ///< the secret is bound to its handshake (RFC 7627)
    std::uint8_t max_fragment_length = 0;  ///< the code agreed (RFC 6066 section 4); 0: none
    std::string server_name;               ///< the host_name of the first handshake, may be empty
    std::shared_ptr<const void> scope;     ///< Config::session_scope of the connection that made it
    std::vector<Certificate> peer_chain;   ///< as received, leaf first
    bool peer_verified = false;
    /// Config::verification of that connection; null after decode(): then the chain is verified
    /// again before the session is resumed.
    std::shared_ptr<const void> verification{};
    std::int64_t created = 0;  ///< Unix seconds
    /// Client: when the server forgets the ticket (ticket_lifetime_hint), Unix seconds; 0: it did
    /// not say.
    std::int64_t ticket_until = 0;
  };
  /// Takes the data over and wipes the master secret it leaves behind in `d`.
  explicit Session(Data&& d);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  const Data& data() const { return data_; }

  /// Everything above but `scope` and `verification`, for a store outside this process. It holds
  /// the master secret: keep it as a key is kept, and wipe it. Empty when a field is longer than
  /// any handshake makes it (src/session/README.md has the bounds).
  Bytes encode() const;
  /// The reverse. `scope` is the Config::session_scope under which it may be resumed. Refuses
  /// everything that encode() does not write: Errc::truncated, trailing_bytes,
  /// length_out_of_range, bad_value, or why a certificate does not parse. Tells nothing of who
  /// wrote it: what comes from where others can write needs a MAC, as TicketKeys puts around it.
  static Result<std::shared_ptr<const Session>> decode(ByteView, std::shared_ptr<const void> scope);

  /// Its connection failed or was cut short: nobody may resume it any more, whoever holds it
  /// (RFC 2246 sections 7.2.1 and 7.2.2).
  void revoke() const { revoked_ = true; }
  bool revoked() const { return revoked_; }

 private:
  Data data_;
  mutable std::atomic<bool> revoked_{false};
};

/// Counters with the names and meanings of Python's SSLContext.session_stats.
struct SessionStats {
  long number = 0, connect = 0, connect_good = 0, connect_renegotiate = 0, accept = 0,
       accept_good = 0, accept_renegotiate = 0, hits = 0, misses = 0, timeouts = 0, cache_full = 0;
  bool operator==(const SessionStats&) const = default;
};

/// The live counters behind SessionStats; connections on several threads count into one.
struct SessionCounters {
  std::atomic<long> connect{0}, connect_good{0}, connect_renegotiate{0}, accept{0}, accept_good{0},
      accept_renegotiate{0}, hits{0}, misses{0}, timeouts{0}, cache_full{0};
};

/// Where a server keeps its sessions: to share them between processes (Session::encode), or to
/// choose what is kept. Called from every thread that has a connection, several at a time. What
/// find, put or remove throw is dropped: a miss, not stored, not removed.
class SessionStore {
 public:
  virtual ~SessionStore() = default;

  enum class Outcome : std::uint8_t { hit, miss, expired };
  struct Lookup {
    Outcome outcome = Outcome::miss;
    std::shared_ptr<const Session> session{};  ///< with Outcome::hit
  };
  /// `now` in Unix seconds.
  virtual Lookup find(ByteView id, std::int64_t now) = 0;
  /// Stores a session; returns whether another had to go for it.
  virtual bool put(std::shared_ptr<const Session>) = 0;
  /// Forgets it, known or not.
  virtual void remove(ByteView id) = 0;
  /// Sessions held now.
  virtual std::size_t size() const = 0;
};

/// The store that a context has by itself: in memory, bounded, timed.
class SessionCache final : public SessionStore {
 public:
  static constexpr std::size_t kDefaultCapacity = 20480;

  explicit SessionCache(std::int64_t lifetime_seconds, std::size_t capacity = kDefaultCapacity)
      : lifetime_(lifetime_seconds), capacity_(capacity) {}

  Lookup find(ByteView id, std::int64_t now) override;
  /// Evicts the oldest when full.
  bool put(std::shared_ptr<const Session>) override;
  void remove(ByteView id) override;
  std::size_t size() const override;

 private:
  using Order = std::list<std::shared_ptr<const Session>>;
  mutable std::mutex mutex_;
  std::int64_t lifetime_;
  std::size_t capacity_;
  Order oldest_first_;
  std::unordered_map<std::string, Order::iterator> by_id_;
};

/// The keys under which a server hands sessions out as tickets (RFC 5077), so that it need not
/// remember them. They rotate: a new one seals after half the lifetime, and the one before it still
/// opens, until every ticket under it has run out. Safe to share between threads, and between
/// contexts: a handshake checks the certificate of a client in a ticket again, under its own
/// settings.
class TicketKeys {
 public:
  /// Of a key from outside, bytes.
  static constexpr std::size_t kKeySize = 80;
  /// No ticket is longer, bytes: it has to fit into a ClientHello, which peers take up to 2^14.
  static constexpr std::size_t kMaxTicketSize = 14336;

  /// `lifetime_seconds`: how long a session can be used, from when it was made.
  explicit TicketKeys(std::int64_t lifetime_seconds);
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  std::int64_t lifetime() const { return lifetime_; }
  /// Makes a key the newest, for servers that open each other's tickets: 16 bytes of name, 32 for
  /// AES-256, 32 for HMAC-SHA256, all of them random; wipe yours. One of a name that is known
  /// replaces it. Errc::bad_argument unless `key` has kKeySize bytes.
  Status add_key(ByteView key, std::int64_t now);
  /// Errc::no_random, or Errc::length_out_of_range when the session (its peer_chain) is too long
  /// for a ticket.
  Result<Bytes> seal(const Session&, Rng&, std::int64_t now);
  /// Null for a ticket that is damaged, expired, or under a key not held (any more): then the
  /// handshake is a full one.
  struct Opened {
    std::shared_ptr<const Session> session{};
    bool renew = false;    ///< sealed under a key that seals no more
    bool expired = false;  ///< genuine, and too old
  };
  Opened open(ByteView ticket, std::shared_ptr<const void> scope, std::int64_t now);

 private:
  struct Key;
  bool seals(const Key&, std::int64_t now) const;
  void drop_old(std::int64_t now);
  void make_newest(std::shared_ptr<const Key>, std::int64_t now);
  std::shared_ptr<const Key> sealing_key(std::int64_t now) const;
  Result<std::shared_ptr<const Key>> key_to_seal_with(Rng&, std::int64_t now);

  mutable std::mutex mutex_;  ///< of what follows; a key itself never changes
  std::int64_t lifetime_;
  std::vector<std::shared_ptr<const Key>> newest_first_;
};

}  // namespace parley

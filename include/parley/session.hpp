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
#include "parley/protocol.hpp"
#include "parley/x509.hpp"

namespace parley {

/// A resumable session. Shared and, but for being revoked, immutable; the master secret is wiped
/// when the last holder lets go.
class Session {
 public:
  struct Data {
    ProtocolVersion version{};
    std::uint16_t suite = 0;  ///< cipher suite number
    Bytes id;                 ///< 1 to 32 bytes
    std::array<std::uint8_t, 48> master_secret{};
    std::string server_name;              ///< the host_name of the first handshake, may be empty
    std::shared_ptr<const void> scope;    ///< Config::session_scope of the connection that made it
    std::vector<Certificate> peer_chain;  ///< as received, leaf first
    bool peer_verified = false;
    std::int64_t created = 0;  ///< Unix seconds
  };
  /// Takes the data over and wipes the master secret it leaves behind in `d`.
  explicit Session(Data&& d);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  const Data& data() const { return data_; }

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

/// The server's memory of sessions: bounded, timed, safe to share between threads.
class SessionCache {
 public:
  static constexpr std::size_t kDefaultCapacity = 20480;

  explicit SessionCache(std::int64_t lifetime_seconds, std::size_t capacity = kDefaultCapacity)
      : lifetime_(lifetime_seconds), capacity_(capacity) {}

  enum class Outcome : std::uint8_t { hit, miss, expired };
  struct Lookup {
    Outcome outcome = Outcome::miss;
    std::shared_ptr<const Session> session;
  };
  Lookup find(ByteView id, std::int64_t now);
  /// Stores a session, evicting the oldest when full; returns whether one was evicted.
  bool put(std::shared_ptr<const Session>);
  void remove(ByteView id);
  std::size_t size() const;

 private:
  using Order = std::list<std::shared_ptr<const Session>>;
  mutable std::mutex mutex_;
  std::int64_t lifetime_;
  std::size_t capacity_;
  Order oldest_first_;
  std::unordered_map<std::string, Order::iterator> by_id_;
};

}  // namespace parley

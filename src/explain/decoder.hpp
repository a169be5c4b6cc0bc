// What an onlooker knows, and the functions that learn more of it. Nothing in here refuses: what is
// wrong becomes a Stop or a Finding, and reading goes on where that makes sense.
#pragma once
#include <deque>
#include <map>
#include <memory>

#include "crypto/secret.hpp"
#include "explain/keylog.hpp"
#include "parley/explain.hpp"
#include "protocol/profile.hpp"
#include "record/protection.hpp"
#include "record/reassembly.hpp"
#include "suite/suite.hpp"
#include "wire/extension.hpp"

namespace parley {
struct Agreement;
}

namespace parley::explain {

/// Fields of one Explanation: what a flow of kMaxFlow honest bytes needs, and hostile ones do not
/// exceed.
inline constexpr std::size_t kMaxFields = std::size_t{1} << 19;
/// Messages and records likewise.
inline constexpr std::size_t kMaxMessages = std::size_t{1} << 17;
/// Handshakes in one connection: the first and as many more as parley itself would grant.
inline constexpr unsigned kMaxHandshakes = 33;

/// What protects a direction.
struct Keys {
  std::unique_ptr<Protection> protection;  ///< null: it is not known
  const ProtocolProfile* profile = nullptr;
  const CipherSuite* suite = nullptr;
  Bytes mac_secret, iv;  ///< for whom the steps of a MAC are told
  bool encrypt_then_mac = false;
  bool compressed = false;
};

/// One side's stream.
struct Direction {
  std::size_t framed = 0;      ///< bytes of the stream that stand in records
  bool lost = false;           ///< no more records can be found
  bool keyed = false;          ///< behind ChangeCipherSpec
  bool wrong_keys = false;     ///< a record did not open: neither will those behind it
  bool messages_lost = false;  ///< no more handshake messages can be cut out
  std::uint64_t sequence = 0;
  Keys active, pending;
  Reassembly reassembly;
  std::deque<Piece> waiting;  ///< where the bytes in `reassembly` stand
};

/// One handshake.
struct Negotiation {
  unsigned index = 0;
  Cursor cursor{kFullHandshake};
  Facts facts;
  bool hello_seen = false;  ///< the client's: without it there is no order to check
  bool in_order = true;
  bool done = false;
  std::uint16_t offered_version = 0;
  std::vector<std::uint32_t> offered_suites;
  HelloExtensions offered, answered;
  Bytes offered_id, session_id, client_random, server_random;
  const ProtocolProfile* profile = nullptr;
  const CipherSuite* suite = nullptr;
  bool resumed = false, compressed = false;
  std::size_t server_key_bits = 0;                ///< of an RSA key in the server's certificate
  std::vector<Bytes> server_chain, client_chain;  ///< DER
  bool server_params = false;                     ///< ServerKeyExchange was seen
  Bytes transcript;
  std::vector<std::size_t> covered;
  crypto::SecretBytes master;
  Bytes client_verify_data, server_verify_data;
};

/// How the records of a connection are framed.
enum class Framing : std::uint8_t { undecided, tls, ssl2 };

struct Ssl2State;
struct Decoder {
  explicit Decoder(const Secrets& s);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder();

  const KeyLog key_log;
  const bool has_log;  ///< one was given, whatever it held
  const std::optional<PrivateKey>& server_key;
  Explanation out;
  std::array<Direction, 2> directions;
  std::optional<std::int64_t> now;  ///< of the chunk that is being read
  Framing framing = Framing::undecided;
  Negotiation hs;
  const ProtocolProfile* hello = nullptr;  ///< of the version in the hello that is being read
  std::map<std::string, Bytes> sessions;   ///< master secrets by session id, within this connection
  std::size_t field_budget = kMaxFields;
  std::unique_ptr<Ssl2State> ssl2;

  Direction& direction(Side s) { return directions[static_cast<std::size_t>(s)]; }
  ByteView unframed(Side s) const {
    return out.stream(s).subspan(directions[static_cast<std::size_t>(s)].framed);
  }
  /// Profile of the handshake; before its ServerHello that of what the client offers; may be null.
  const ProtocolProfile* profile() const { return hs.profile != nullptr ? hs.profile : hello; }
};

// decode.cpp
void stop(Decoder&, Side, std::size_t offset, const Error&);
/// At a byte of a message.
void stop_in(Decoder&, std::size_t message, const Error&);
void find(Decoder&, FindingKind, std::optional<std::size_t> message, std::string what,
          std::string why = {}, std::string specification = {}, std::string setting = {});
/// Appends an empty message and returns its index.
std::size_t add_message(Decoder&, Side, MessageKind, std::string name);
/// Adds bytes of a record to a message, in both directions of the index.
void add_piece(Decoder&, std::size_t message, const Piece&);

// records.cpp: SSL 3.0 and later
void read_records(Decoder&, Side);
/// A record for bytes that stand at the front of unframed(); its header is described.
Record make_record(Decoder&, Side, std::size_t header_size, std::size_t size);

// protection.cpp
/// Opens a protected record where that is possible, and describes its fragment.
void open_record(Decoder&, Record&);

// content.cpp
/// Whatever an open record holds, by its type.
void take_plaintext(Decoder&, std::size_t record);
/// A record that stays closed.
void take_sealed(Decoder&, std::size_t record);
/// Half a message at the end of everything, or where it must not be.
void flush_reassembly(Decoder&, Side);

// handshake.cpp
void take_handshake_message(Decoder&, std::size_t message, HandshakeType);
void take_change_cipher_spec(Decoder&, std::size_t message);
/// Moves the script; describes the state in the message.
void advance(Decoder&, std::size_t message, Step);
/// After advance() and what the message says: what comes next, and whether that is all.
void settle(Decoder&, std::size_t message);
/// A sealed handshake record: the first one behind ChangeCipherSpec can only be Finished.
void presume_finished(Decoder&, std::size_t message);
/// A ClientHello in the form of SSL 2.0 (RFC 2246 appendix E).
void take_v2_client_hello(Decoder&, std::size_t message);
/// Appends a message to the transcript.
void cover(Decoder&, std::size_t message);

// bodies.cpp
/// Reads the body of a handshake message into fields, and what it says into the handshake.
Status read_body(Decoder&, std::size_t message, HandshakeType);

// keys.cpp
void derive_from_key_exchange(Decoder&, std::size_t message);
void derive_from_session(Decoder&, std::size_t message);

// transcript.cpp
void check_finished(Decoder&, std::size_t message);
void check_certificate_verify(Decoder&, std::size_t message, std::optional<std::uint16_t> algorithm,
                              ByteView signature);
void check_server_key_exchange(Decoder&, std::size_t message,
                               std::optional<std::uint16_t> algorithm, ByteView params,
                               ByteView signature);

// findings.cpp
/// A finding for each weakness of what is known; `detail` is put behind it.
void judge(Decoder&, std::optional<std::size_t> message, const Agreement&,
           std::string_view detail = {});
void judge_server_hello(Decoder&, std::size_t message);
void judge_dh_prime(Decoder&, std::size_t message, std::size_t bits);
void judge_chain(Decoder&, std::size_t message, const std::vector<Bytes>& chain, Side owner);
void judge_alert(Decoder&, std::size_t message);

// ssl2.cpp; without SSL 2.0 in the build its records are unknown bytes
void begin_ssl2(Decoder&);
void read_ssl2_records(Decoder&, Side);

}  // namespace parley::explain

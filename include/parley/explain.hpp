// What went over a wire, byte by byte: records, messages, fields, keys, and why.
//
// decode() is an onlooker. It reads a recorded flow with the library's own parsers, follows the
// script of the handshake, and, given secrets, derives every key and opens every record. One model
// serves live connections, captures and stored flows: a live connection is a flow somebody has
// recorded, with the key log of its observer.
//
// Rules of the model
// - Offsets count bytes from 0. A record's count in the stream of its side, a record's fields in
//   the record, a message's fields in the message.
// - Fields are leaves. Those of a record cover each of its bytes exactly once, those of a message
//   likewise. Length prefixes are fields of their own. Where understanding stops, the rest is a
//   field of the kind `unknown`.
// - Records and unframed() cover each byte of both streams exactly once; Message::pieces cover each
//   plaintext exactly once, and each record that stays closed is a message of the kind `sealed`.
// - Indexes (Message::pieces, Record::messages, Derivation::message ...) point into the vectors of
//   the same Explanation.
// - Everything marked `secret` is to be hidden unless the reader of the output asked for it.
//   Application data and what a closed record holds are for the renderer to judge: Kind says which.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/cipher.hpp"
#include "parley/export.hpp"
#include "parley/key.hpp"
#include "parley/observer.hpp"
#include "parley/protocol.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {
namespace explain {

// ---- what goes in --------------------------------------------------------------------------

/// Bytes that one side has sent, in the order in which an onlooker saw them. How a stream is cut
/// into chunks does not matter; what one side had said when the other answered does.
struct Chunk {
  Side from;
  /// Microseconds since 1970, or since anything else that serves all chunks; nothing when unknown.
  std::optional<std::int64_t> time;
  Bytes bytes;
};
using Flow = std::vector<Chunk>;

/// A flow as text (vectors/golden/*.flow): a line "client" or "server", then lines of hex; empty
/// lines and those that begin with '#' are passed over. Errc::bad_value at the byte that is
/// neither.
Result<Flow> parse_flow(std::string_view text);
/// The same text.
std::string write_flow(const Flow&);
/// Bytes as hex: white space, ':' between bytes and "0x" in front are fine. Errc::bad_value.
Result<Bytes> parse_hex(std::string_view text);

/// What opens records. Without any, handshakes are explained up to the first ChangeCipherSpec.
struct Secrets {
  /// A key log: CLIENT_RANDOM (master secret), PMS_CLIENT_RANDOM (premaster secret), and of SSL 2.0
  /// SSL2_CLIENT_CHALLENGE (master key). Lines of other kinds and of other connections are passed
  /// over.
  std::string key_log;
  /// The server's RSA key opens handshakes with RSA key exchange, and those of SSL 2.0.
  std::optional<PrivateKey> server_key;
};

// ---- fields --------------------------------------------------------------------------------

/// What a run of bytes is.
enum class FieldKind : std::uint8_t {
  value,    ///< a number or bytes with a meaning of their own
  length,   ///< the length prefix of what follows
  iv,       ///< explicit IV or nonce of a record
  content,  ///< of a record: the fragment, or the plaintext within it; messages explain it further
  mac,      ///< MAC or tag of a record
  padding,  ///< padding and its length byte
  sealed,   ///< encrypted, and no key is known
  unknown,  ///< not understood
};
std::string_view kind_name(FieldKind);

struct Field {
  /// Dotted, outermost first: "client_hello.extensions.server_name.host_name". The last part is the
  /// name, the number of dots the depth. Elements of a list share one path.
  std::string path;
  FieldKind kind = FieldKind::value;
  std::size_t offset = 0, size = 0;  ///< size may be 0, as of an empty session_id
  /// In plain words: "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS 1.0", "47 bytes". Empty where the bytes
  /// say all there is.
  std::string meaning;
  std::string specification;  ///< "RFC 2246 section 7.4.1.2"
  bool secret = false;
};

// ---- keys ----------------------------------------------------------------------------------

/// How an output follows from its inputs. Anybody can compute it again.
enum class Operation : std::uint8_t {
  given,        ///< it was in the secrets; no inputs
  rsa_decrypt,  ///< PKCS #1 v1.5 of the input with the server's key
  concat,       ///< the inputs one after another
  slice,        ///< output.size() bytes of input 0 from Derivation::at on
  exclusive_or,
  md5,  ///< of all inputs one after another; so the other hashes
  sha1,
  sha256,
  sha384,
  hmac_md5,  ///< input 0 is the key; the others are the text, one after another
  hmac_sha1,
  hmac_sha256,
  hmac_sha384,
};
std::string_view operation_name(Operation);  ///< "hmac_sha1"

struct Input {
  std::string name;  ///< "client_random", "A(1)", "label"
  Bytes value;
  bool secret = false;
};
/// One step. Steps stand in the order in which they can be computed: whatever is an input has been
/// an output, a field of a message, or a constant. Those with `depth` 1 lead to the next one with
/// 0.
struct Derivation {
  std::string name;  ///< "master_secret", "client_write_key", "A(1)"
  std::string
      function;  ///< "PRF(pre_master_secret, \"master secret\", client_random + server_random)"
  Operation operation{};
  std::vector<Input> inputs;
  std::size_t at = 0;  ///< for `slice`
  Bytes output;
  std::string specification;
  unsigned depth = 0;
  bool secret = false;
  unsigned handshake = 0;
  std::size_t message = 0;  ///< after which it could be computed
};

// ---- records and messages ------------------------------------------------------------------

struct Record {
  Side from;
  std::optional<std::int64_t> time;  ///< of the chunk that brought its last byte
  std::size_t offset = 0, size = 0;  ///< in Explanation::streams[from]; header and fragment
  std::size_t header_size = 0;       ///< 5; 2 or 3 in SSL 2.0
  bool ssl2 = false;                 ///< then it has no type and no version
  ContentType type{};
  std::uint16_t version = 0;  ///< as on the wire
  std::vector<Field> fields;

  bool is_protected = false;   ///< after ChangeCipherSpec (SSL 2.0: after the keys are known)
  bool opened = false;         ///< decrypted, and its MAC is right; also true when not protected
  std::uint64_t sequence = 0;  ///< of its direction since the keys changed
  /// A protected record that was opened: the whole record after decryption, so that `fields` holds
  /// for it, too (IV and MAC stand where they stood). Else empty.
  Bytes decrypted;
  std::size_t plaintext_offset = 0, plaintext_size = 0;  ///< in the record, when `opened`
  std::vector<std::size_t> messages;                     ///< those with bytes in here
  /// Of a protected record that was opened: what its MAC was computed from, the last step is the
  /// MAC; of an AEAD the nonce and the additional data.
  std::vector<Derivation> mac;
};

/// Where bytes of a message stand: `offset` counts in the plaintext of the record.
struct Piece {
  std::size_t record = 0, offset = 0, size = 0;
};

enum class MessageKind : std::uint8_t {
  handshake,  ///< of SSL 3.0 and later, with its four bytes of header
  change_cipher_spec,
  alert,
  application_data,
  ssl2,     ///< a message of SSL 2.0, and a ClientHello in its form
  sealed,   ///< a protected record that no key opens; `bytes` are its fragment
  unknown,  ///< bytes of an opened record that make no message
};
std::string_view kind_name(MessageKind);

struct Message {
  Side from;
  std::optional<std::int64_t> time;
  MessageKind kind{};
  std::string name;  ///< "client_hello", "hello_request", "alert", "client_master_key"
  std::vector<Piece> pieces;
  Bytes bytes;  ///< raw, with its header
  std::vector<Field> fields;
  std::string specification;
  std::string summary;  ///< one line in plain words; may be empty

  unsigned handshake = 0;      ///< 0 for the first of the connection, 1 for the first renegotiation
  bool in_transcript = false;  ///< Finished and CertificateVerify cover it
  /// The state of the handshake. `line`: of the script, from 1, when the message was allowed there;
  /// nothing for messages that are in no script, and for those out of order.
  std::optional<std::size_t> line;
  bool out_of_order = false;
  std::string state;  ///< "line 2 of the full handshake: server certificate"
  std::string next;   ///< who may say what now: "client: client_key_exchange"; empty when done
  /// Nothing wrong, or what its parser had against it.
  std::optional<Error> error;
};

/// A value that covers the handshake so far: Finished, CertificateVerify, the session hash.
struct TranscriptUse {
  std::size_t message = 0;  ///< the message that carries it (session hash: the last covered)
  std::string what;         ///< "client finished", "certificate_verify", "session_hash"
  std::vector<std::size_t> covers;  ///< exactly these messages, in order
  std::size_t bytes = 0;            ///< of them all
  /// verify_data, or the digest that is signed; empty when a secret is missing.
  Bytes computed;
  Bytes received;             ///< Finished only
  std::optional<bool> equal;  ///< Finished only, when it could be computed
};

// ---- findings ------------------------------------------------------------------------------

enum class FindingKind : std::uint8_t {
  decision,  ///< a choice, and what it was made from
  weakness,  ///< a choice that a careful reader would question
  alert,     ///< in plain words
  surprise,  ///< what a conforming peer does not do
  note,
};
std::string_view kind_name(FindingKind);

struct Finding {
  FindingKind kind{};
  std::optional<std::size_t> message;
  std::string what;  ///< "the server chose TLS 1.0 of at most TLS 1.2"
  std::string why;   ///< may be empty
  std::string specification;
  std::string setting;  ///< what allows or narrows it where an end is parley; may be empty
};

/// Where understanding stopped, and why.
struct Stop {
  Side from;
  std::size_t offset = 0;  ///< in the stream of that side
  Error why;
  std::string text;  ///< why.text(), or something plainer
};

// ---- all of it -----------------------------------------------------------------------------

/// Bytes that no record header claims: behind a Stop, or an incomplete record at the end.
struct Unframed {
  Side from;
  std::size_t offset = 0, size = 0;
};

struct Explanation {
  std::array<Bytes, 2> streams;    ///< by side: all bytes it sent
  std::vector<Record> records;     ///< in the order in which they were complete
  std::vector<Message> messages;   ///< likewise
  std::vector<Unframed> unframed;  ///< at most one a side
  std::vector<Derivation> derivations;
  std::vector<TranscriptUse> checks;
  std::vector<Finding> findings;
  /// Empty: everything was understood, or was closed for want of a key (MessageKind::sealed). The
  /// first is where a conforming peer would have stopped. A message that cannot be parsed does not
  /// keep the next ones from being explained; a record that cannot be framed ends its side.
  std::vector<Stop> stops;

  std::optional<ProtocolVersion> version;  ///< agreed
  const CipherSuite* suite = nullptr;      ///< agreed; null when unknown to the catalogue
  bool resumed = false;                    ///< the last handshake resumed a session
  unsigned handshakes_done = 0;            ///< up to both Finished, as far as visible
  std::size_t sealed_records = 0;          ///< for which a key is missing
  std::vector<Bytes> client_randoms;       ///< one a handshake; what a key log calls it by

  ByteView stream(Side s) const { return streams[static_cast<std::size_t>(s)]; }
  ByteView wire(const Record& r) const { return stream(r.from).subspan(r.offset, r.size); }
  /// What a record holds; empty when it was not opened.
  ByteView plaintext(const Record& r) const {
    if (!r.opened) return {};
    return (r.decrypted.empty() ? wire(r) : ByteView{r.decrypted})
        .subspan(r.plaintext_offset, r.plaintext_size);
  }
  /// The bytes of a field of a record: decrypted where that is possible.
  ByteView value(const Record& r, const Field& f) const {
    return (r.decrypted.empty() ? wire(r) : ByteView{r.decrypted}).subspan(f.offset, f.size);
  }
  static ByteView value(const Message& m, const Field& f) {
    return ByteView{m.bytes}.subspan(f.offset, f.size);
  }
};

/// Never fails: what it cannot understand is in Explanation::stops. Linear in the flow, and takes
/// no more than kMaxFlow bytes of it. The result holds secrets that are not wiped; who gives key
/// logs away knows.
Explanation decode(const Flow&, const Secrets& = {});
inline constexpr std::size_t kMaxFlow = std::size_t{1} << 26;

// ---- numbers in plain words ----------------------------------------------------------------

/// A name and what there is to say about it, in reading order.
struct Words {
  std::string title;                                       ///< "alert 40: handshake_failure"
  std::vector<std::pair<std::string, std::string>> lines;  ///< "meaning", "..."
};
/// Of an AlertDescription, registered or not.
Words describe_alert(std::uint8_t number);
/// A suite by its number (two bytes, or three of SSL 2.0): its IANA name, the SCSVs and GREASE
/// included; "unknown suite 0x1234" for others.
std::string suite_words(std::uint32_t number);
/// What is weak about a suite by itself, spoken here or not.
std::vector<WeaknessEvent> weaknesses(const CipherSuite&);

}  // namespace explain
}  // namespace parley

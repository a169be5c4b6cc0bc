// The messages of SSL 2.0 other than CLIENT-HELLO (SSL 2.0 sections 2.5 to 2.7). A message is a
// record, or in theory several; it has no length of its own, so each has to fill its record.
#pragma once
#include "parley/reader.hpp"

namespace parley::ssl2 {

enum class MessageType : std::uint8_t {
  error = 0,
  client_hello = 1,
  client_master_key = 2,
  client_finished = 3,
  server_hello = 4,
  server_verify = 5,
  server_finished = 6,
  request_certificate = 7,
  client_certificate = 8,
  end = 9,  ///< of the handshake; no message
};

/// ERROR-CODE. The first three may leave a handshake alive in theory; only no_certificate does.
enum class ErrorCode : std::uint16_t {
  no_cipher = 0x0001,
  no_certificate = 0x0002,
  bad_certificate = 0x0004,
  unsupported_certificate_type = 0x0006,
};

inline constexpr std::uint16_t kVersion = 0x0002;
inline constexpr std::uint8_t kX509Certificate = 1;
inline constexpr std::uint8_t kMd5WithRsa = 1;
inline constexpr std::size_t kSessionIdSize = 16;
inline constexpr std::size_t kMinConnectionId = 16, kMaxConnectionId = 32;

struct ErrorMessage {
  std::uint16_t code = 0;
};
struct ServerHello {
  bool session_id_hit = false;
  std::uint8_t certificate_type = 0;
  std::uint16_t version = kVersion;
  Bytes certificate;                        ///< X.509 in DER; empty with a hit
  std::vector<std::uint32_t> cipher_specs;  ///< empty with a hit, or when no kind is common
  Bytes connection_id;                      ///< kMinConnectionId to kMaxConnectionId bytes
};
struct ClientMasterKey {
  std::uint32_t cipher_kind = 0;
  Bytes clear_key;      ///< the part of an export kind's key that is no secret
  Bytes encrypted_key;  ///< the rest, under the server's RSA key
  Bytes key_arg;        ///< IV of block ciphers
};
/// CONNECTION-ID, CHALLENGE or SESSION-ID, as long as the record has it.
struct ClientFinished {
  Bytes connection_id;
};
struct ServerVerify {
  Bytes challenge;
};
struct ServerFinished {
  Bytes session_id;  ///< kSessionIdSize bytes
};
struct RequestCertificate {
  std::uint8_t authentication_type = kMd5WithRsa;
  Bytes challenge;  ///< 16 to 32 bytes, as CHALLENGE
};
struct ClientCertificate {
  std::uint8_t certificate_type = kX509Certificate;
  Bytes certificate;
  Bytes response;  ///< the signature
};

/// `message` begins with its type.
Status parse(ByteView message, ErrorMessage&, FieldSink* sink = nullptr);
Status parse(ByteView message, ServerHello&, FieldSink* sink = nullptr);
Status parse(ByteView message, ClientMasterKey&, FieldSink* sink = nullptr);
Status parse(ByteView message, ClientFinished&, FieldSink* sink = nullptr);
Status parse(ByteView message, ServerVerify&, FieldSink* sink = nullptr);
Status parse(ByteView message, ServerFinished&, FieldSink* sink = nullptr);
Status parse(ByteView message, RequestCertificate&, FieldSink* sink = nullptr);
Status parse(ByteView message, ClientCertificate&, FieldSink* sink = nullptr);

/// Appends the message, its type in front. Errc::length_out_of_range for what its field cannot
/// hold.
Status build(const ErrorMessage&, Bytes& message);
Status build(const ServerHello&, Bytes& message);
Status build(const ClientMasterKey&, Bytes& message);
Status build(const ClientFinished&, Bytes& message);
Status build(const ServerVerify&, Bytes& message);
Status build(const ServerFinished&, Bytes& message);
Status build(const RequestCertificate&, Bytes& message);
Status build(const ClientCertificate&, Bytes& message);

}  // namespace parley::ssl2

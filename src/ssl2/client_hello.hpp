// CLIENT-HELLO in the form of SSL 2.0: of SSL 2.0 itself, and of later versions that a client wraps
// in it for the sake of old servers (RFC 2246 appendix E.1).
#pragma once
#include "parley/reader.hpp"

namespace parley::ssl2 {

/// TLS_FALLBACK_SCSV (RFC 7507 section 2) among cipher specs.
inline constexpr std::uint32_t kFallbackScsvKind = 0x005600;

/// MSG-CLIENT-HELLO.
inline constexpr std::uint8_t kClientHelloType = 1;
/// CHALLENGE-LENGTH, bytes (SSL 2.0 section 2.5).
inline constexpr std::size_t kMinChallenge = 16, kMaxChallenge = 32;

struct ClientHello {
  std::uint16_t version = 0;                ///< 0x0002, or the highest of a later client
  std::vector<std::uint32_t> cipher_specs;  ///< three bytes each; 0x0000xx.. are suites of SSL 3.0
  Bytes session_id;                         ///< 0 or 16 bytes
  Bytes challenge;                          ///< kMinChallenge to kMaxChallenge bytes
};

/// `message` begins with the message type and holds no record header.
Status parse(ByteView message, ClientHello&, FieldSink* sink = nullptr);
/// Appends the message, without record header.
Status build(const ClientHello&, Bytes& message);

}  // namespace parley::ssl2

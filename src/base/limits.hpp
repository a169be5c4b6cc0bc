// Every limit of the library in one place. Each has a test at the limit and one past it.
#pragma once
#include <cstddef>

namespace parley::limits {

/// TLSPlaintext.length (RFC 2246 section 6.2.1), bytes.
inline constexpr std::size_t kPlaintext = 1u << 14;
/// TLSCiphertext.length (RFC 2246 section 6.2.3), bytes.
inline constexpr std::size_t kCiphertext = kPlaintext + 2048;
inline constexpr std::size_t kRecordHeader = 5;

/// A handshake message other than the next two, bytes of its body: as Go has it.
inline constexpr std::size_t kHandshakeMessage = 65536;
/// A Certificate or a CertificateRequest, which may name hundreds of authorities, bytes of its
/// body.
inline constexpr std::size_t kCertificateMessage = 102400;
/// Certificates in one chain.
inline constexpr std::size_t kChainLength = 100;

/// Certificates above the leaf in a path. What the search for one may cost stands in parley::Budget
/// (parley/trust.hpp), which callers may set.
inline constexpr std::size_t kPathLength = 100;

/// Rounds of a function that makes keys of passwords: about a second. Files choose how many.
inline constexpr unsigned long kPasswordIterations = 1'000'000;

/// Consecutive records that carry nothing.
inline constexpr unsigned kEmptyRecords = 32;
/// Consecutive warning alerts (CVE-2016-8610).
inline constexpr unsigned kWarningAlerts = 4;
/// Requests to renegotiate that are refused or ignored, in one connection.
inline constexpr unsigned kRenegotiationRequests = 4;
/// Renegotiations in one connection that the peer has asked for: each costs a server more than a
/// client. One that replaces keys after so many bytes under them does not count: these have cost
/// the peer more.
inline constexpr unsigned kRenegotiations = 32;
inline constexpr unsigned kRenegotiationBytes = 1u << 20;

/// Unread input an engine holds, bytes: room for a run of four full records.
inline constexpr std::size_t kInput = 4 * (kRecordHeader + kCiphertext);
/// Unsent application data an engine holds before write() takes no more, bytes.
inline constexpr std::size_t kQueuedPlaintext = 4 * kPlaintext;

/// All that a peer can make one connection hold, bytes, while it negotiates and once it is open: no
/// count that anything keeps, but what comes of the limits here, measured (tests/attacks).
inline constexpr std::size_t kConnection = 3u << 20;
inline constexpr std::size_t kOpenConnection = 1u << 18;

/// PreMasterSecret and master secret (RFC 2246 sections 7.4.7.1 and 8.1), bytes.
inline constexpr std::size_t kMasterSecret = 48;
inline constexpr std::size_t kSessionId = 32;
/// The longest host_name in server_name: a domain name in text form (RFC 1035 section 2.3.4).
inline constexpr std::size_t kHostName = 255;
/// A session older than this is not resumed (RFC 2246 section F.1.4), seconds.
inline constexpr unsigned long kSessionAge = 24 * 60 * 60;
/// The chain of a client in a session that a server stores, bytes.
inline constexpr std::size_t kStoredChain = 16384;

}  // namespace parley::limits

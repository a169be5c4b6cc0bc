// Protocols in which TLS begins in the middle of a conversation in clear.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/socket.hpp"
#include "tool/link.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// What --starttls takes: "smtp, imap, pop3, ftp, xmpp, ldap or postgres".
inline constexpr std::string_view kStarttlsWords = "smtp, imap, pop3, ftp, xmpp, ldap or postgres";

struct StarttlsProtocol;

/// The protocol of that name. Usage failure if there is none.
const StarttlsProtocol& starttls_protocol(std::string_view name);

/// The port that the protocol's servers listen on in clear.
std::uint16_t starttls_port(const StarttlsProtocol&);

/// Speaks in clear on a connected socket until the server is ready for our ClientHello. Nothing the
/// server says is kept: a byte beyond its go-ahead is a failure. `target` is for messages,
/// `domain` (printable ASCII) is who an XMPP client asks for. Failure (unreachable) when the server
/// does not want TLS, is gone or silent, (protocol) when it says what nobody may say.
void start_tls(const StarttlsProtocol&, parley::socket&, const std::string& target,
               std::string_view domain, const Deadline&, Output&);

}  // namespace parley::tool

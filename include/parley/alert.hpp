// Alerts of every version, by their registered numbers.
#pragma once
#include <cstdint>
#include <string_view>

#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// AlertLevel (RFC 5246 section 7.2).
enum class AlertLevel : std::uint8_t { warning = 1, fatal = 2 };

/// AlertDescription: RFC 6101 section 5.4, RFC 2246 section 7.2, and later registrations.
/// Which of them exist in which version is the profile's business (src/protocol/alerts.cpp).
enum class Alert : std::uint8_t {
  close_notify = 0,
  unexpected_message = 10,
  bad_record_mac = 20,
  decryption_failed = 21,
  record_overflow = 22,
  decompression_failure = 30,
  handshake_failure = 40,
  no_certificate = 41,
  bad_certificate = 42,
  unsupported_certificate = 43,
  certificate_revoked = 44,
  certificate_expired = 45,
  certificate_unknown = 46,
  illegal_parameter = 47,
  unknown_ca = 48,
  access_denied = 49,
  decode_error = 50,
  decrypt_error = 51,
  export_restriction = 60,
  protocol_version = 70,
  insufficient_security = 71,
  internal_error = 80,
  inappropriate_fallback = 86,
  user_canceled = 90,
  no_renegotiation = 100,
  unsupported_extension = 110,
  certificate_unobtainable = 111,
  unrecognized_name = 112,
  bad_certificate_status_response = 113,
  bad_certificate_hash_value = 114,
  unknown_psk_identity = 115,
  no_application_protocol = 120,
};

/// The RFC's spelling, "handshake_failure"; "unknown" for a number nobody registered.
std::string_view alert_name(Alert a);

}  // namespace parley

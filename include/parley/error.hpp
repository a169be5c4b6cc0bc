// What can go wrong below the facade, and the one table from reason to alert.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "parley/alert.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// Every reason the library refuses something for. The row of each (its stable upper-case name,
/// the documented text and the alert it causes) stands in src/protocol/errors.cpp.
enum class Errc : std::uint16_t {
  // Encodings: messages, DER, PEM.
  truncated,
  trailing_bytes,
  length_out_of_range,
  bad_value,
  too_deep,
  bad_der,
  bad_string,
  bad_time,
  bad_base64,
  no_start_line,
  no_end_line,
  bad_password_read,
  bad_decrypt,
  too_many_iterations,
  // Records.
  wrong_version_number,
  unknown_protocol,
  http_request,
  bad_record_type,
  record_overflow,
  bad_record_mac,
  empty_record,
  too_many_empty_records,
  too_many_warnings,
  sequence_overflow,
  key_limit_reached,
  // Order.
  unexpected_message,
  unaligned_key_change,
  message_too_long,
  bad_change_cipher_spec,
  bad_alert,
  data_before_finished,
  renegotiation_refused,
  // Negotiation.
  unsupported_protocol,
  inappropriate_fallback,
  no_shared_cipher,
  no_shared_signature_scheme,
  no_ciphers_available,
  no_cipher_match,
  invalid_command,
  wrong_cipher_returned,
  wrong_signature_type,
  downgraded,
  bad_max_fragment_length,
  no_application_protocol,
  no_exporter,
  bad_compression,
  unsolicited_extension,
  duplicate_extension,
  bad_extension,
  renegotiation_mismatch,
  session_mismatch,
  unrecognized_name,
  non_sslv2_initial_packet,
  no_cipher_list,
  peer_error_no_cipher,
  peer_error_no_certificate,
  peer_error_certificate,
  peer_error_unsupported_certificate_type,
  // Authentication and keys.
  no_certificate,
  peer_did_not_return_certificate,
  anonymous_certificate_request,
  bad_certificate,
  certificate_type,
  certificate_verify_failed,
  certificate_expired,
  certificate_not_yet_valid,
  unknown_ca,
  bad_certificate_signature,
  not_a_ca,
  path_too_long,
  unknown_critical_extension,
  invalid_extension,
  bad_certificate_key,
  certificate_rejected,
  certificate_revoked,
  crl_missing,
  crl_not_yet_valid,
  crl_expired,
  bad_crl_signature,
  crl_signer,
  crl_scope,
  unsupported_crl,
  ocsp_missing,
  ocsp_invalid,
  ocsp_unknown,
  name_not_permitted,
  name_excluded,
  unsupported_name_constraint,
  no_explicit_policy,
  weak_key,
  weak_signature,
  hostname_mismatch,
  email_address_mismatch,
  ip_address_mismatch,
  unsupported_key,
  unsupported_algorithm,
  key_too_small,
  key_too_large,
  bad_point,
  point_at_infinity,
  wrong_curve,
  bad_scalar,
  bad_group,
  dh_key_too_small,
  dh_key_too_large,
  bad_dh_value,
  signature_out_of_range,
  bad_signature,
  decrypt_failed,
  finished_mismatch,
  key_values_mismatch,
  key_type_mismatch,
  // The rest.
  peer_alert,
  unexpected_eof,
  closed,
  not_open,
  no_random,
  out_of_memory,
  unreadable_file,
  bad_argument,
  internal,
  count_,
};

/// One row of the reason table.
struct ErrcRow {
  Errc code;
  std::string_view name;    ///< "NO_SHARED_CIPHER": stable, for programs
  std::string_view reason;  ///< "no shared cipher": OpenSSL's phrase, which callers match on
  Alert alert;              ///< what a peer is told
};

const ErrcRow& errc_row(Errc);
inline std::string_view errc_name(Errc e) { return errc_row(e).name; }
inline std::string_view errc_reason(Errc e) { return errc_row(e).reason; }
/// The one mapping from reason to alert. A version that lacks the alert substitutes another
/// (ProtocolProfile::alerts).
inline Alert alert_for(Errc e) { return errc_row(e).alert; }

/// A refusal: why, where, and how far in. Trivially copyable; never allocates.
struct [[nodiscard]] Error {
  Errc code{};
  const char* where = "";    ///< static string naming message and field: "client_hello.session_id"
  std::uint32_t offset = 0;  ///< byte offset inside that message or file, when known
  /// With Errc::peer_alert: what the peer sent. With Errc::unrecognized_name: what to send in place
  /// of that alert, if anything else than close_notify.
  Alert received{};

  Alert alert() const {
    return code == Errc::unrecognized_name && received != Alert::close_notify ? received
                                                                              : alert_for(code);
  }
  /// "length out of range (client_hello.session_id at 35)"
  std::string text() const;
};
static_assert(std::is_trivially_copyable_v<Error>);

}  // namespace parley

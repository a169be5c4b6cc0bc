// The reason table: name, documented text, alert. Every Errc has exactly one row, in order.
#include <array>
#include <utility>

#include "parley/error.hpp"

namespace parley {
namespace {

constexpr std::array kRows{
    ErrcRow{Errc::truncated, "LENGTH_MISMATCH", "length mismatch", Alert::decode_error},
    ErrcRow{Errc::trailing_bytes, "EXCESSIVE_DATA", "excessive data", Alert::decode_error},
    ErrcRow{Errc::length_out_of_range, "BAD_LENGTH", "bad length", Alert::decode_error},
    ErrcRow{Errc::bad_value, "BAD_VALUE", "bad value", Alert::illegal_parameter},
    ErrcRow{Errc::too_deep, "NESTED_TOO_DEEP", "nested too deep", Alert::bad_certificate},
    ErrcRow{Errc::bad_der, "BAD_DER_ENCODING", "bad DER encoding", Alert::bad_certificate},
    ErrcRow{Errc::bad_string, "BAD_STRING_ENCODING", "bad string encoding", Alert::bad_certificate},
    ErrcRow{Errc::bad_time, "BAD_TIME_VALUE", "bad time value", Alert::bad_certificate},
    ErrcRow{Errc::bad_base64, "BAD_BASE64_DECODE", "bad base64 decode", Alert::internal_error},
    ErrcRow{Errc::no_start_line, "NO_START_LINE", "no start line", Alert::internal_error},
    ErrcRow{Errc::no_end_line, "BAD_END_LINE", "bad end line", Alert::internal_error},
    ErrcRow{Errc::bad_password_read, "BAD_PASSWORD_READ", "bad password read",
            Alert::internal_error},
    ErrcRow{Errc::wrong_version_number, "WRONG_VERSION_NUMBER", "wrong version number",
            Alert::protocol_version},
    ErrcRow{Errc::unknown_protocol, "UNKNOWN_PROTOCOL", "unknown protocol",
            Alert::protocol_version},
    ErrcRow{Errc::http_request, "HTTP_REQUEST", "http request", Alert::unexpected_message},
    ErrcRow{Errc::bad_record_type, "UNEXPECTED_RECORD", "unexpected record",
            Alert::unexpected_message},
    ErrcRow{Errc::record_overflow, "DATA_LENGTH_TOO_LONG", "data length too long",
            Alert::record_overflow},
    ErrcRow{Errc::bad_record_mac, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
            "decryption failed or bad record mac", Alert::bad_record_mac},
    ErrcRow{Errc::empty_record, "BAD_EMPTY_RECORD", "bad empty record", Alert::unexpected_message},
    ErrcRow{Errc::too_many_empty_records, "TOO_MANY_EMPTY_FRAGMENTS", "too many empty fragments",
            Alert::unexpected_message},
    ErrcRow{Errc::too_many_warnings, "TOO_MANY_WARNING_ALERTS", "too many warning alerts",
            Alert::unexpected_message},
    ErrcRow{Errc::sequence_overflow, "SEQUENCE_NUMBER_EXHAUSTED", "sequence number exhausted",
            Alert::internal_error},
    ErrcRow{Errc::unexpected_message, "UNEXPECTED_MESSAGE", "unexpected message",
            Alert::unexpected_message},
    ErrcRow{Errc::unaligned_key_change, "EXCESS_HANDSHAKE_DATA", "excess handshake data",
            Alert::unexpected_message},
    ErrcRow{Errc::message_too_long, "EXCESSIVE_MESSAGE_SIZE", "excessive message size",
            Alert::illegal_parameter},
    ErrcRow{Errc::bad_change_cipher_spec, "BAD_CHANGE_CIPHER_SPEC", "bad change cipher spec",
            Alert::illegal_parameter},
    ErrcRow{Errc::bad_alert, "BAD_ALERT", "bad alert", Alert::decode_error},
    ErrcRow{Errc::data_before_finished, "APPLICATION_DATA_BEFORE_FINISHED",
            "application data before finished", Alert::unexpected_message},
    ErrcRow{Errc::renegotiation_refused, "NO_RENEGOTIATION", "no renegotiation",
            Alert::handshake_failure},
    ErrcRow{Errc::unsupported_protocol, "UNSUPPORTED_PROTOCOL", "unsupported protocol",
            Alert::protocol_version},
    ErrcRow{Errc::inappropriate_fallback, "INAPPROPRIATE_FALLBACK", "inappropriate fallback",
            Alert::inappropriate_fallback},
    ErrcRow{Errc::no_shared_cipher, "NO_SHARED_CIPHER", "no shared cipher",
            Alert::handshake_failure},
    ErrcRow{Errc::no_ciphers_available, "NO_CIPHERS_AVAILABLE", "no ciphers available",
            Alert::internal_error},
    ErrcRow{Errc::no_cipher_match, "NO_CIPHER_MATCH", "no cipher match", Alert::internal_error},
    ErrcRow{Errc::invalid_command, "INVALID_COMMAND", "invalid command", Alert::internal_error},
    ErrcRow{Errc::wrong_cipher_returned, "WRONG_CIPHER_RETURNED", "wrong cipher returned",
            Alert::illegal_parameter},
    ErrcRow{Errc::bad_compression, "UNSUPPORTED_COMPRESSION_ALGORITHM",
            "unsupported compression algorithm", Alert::illegal_parameter},
    ErrcRow{Errc::unsolicited_extension, "UNEXPECTED_EXTENSION", "unexpected extension",
            Alert::unsupported_extension},
    ErrcRow{Errc::duplicate_extension, "DUPLICATE_EXTENSION", "duplicate extension",
            Alert::decode_error},
    ErrcRow{Errc::bad_extension, "BAD_EXTENSION", "bad extension", Alert::decode_error},
    ErrcRow{Errc::renegotiation_mismatch, "RENEGOTIATION_MISMATCH", "renegotiation mismatch",
            Alert::handshake_failure},
    ErrcRow{Errc::session_mismatch, "OLD_SESSION_MISMATCH", "old session mismatch",
            Alert::illegal_parameter},
    ErrcRow{Errc::unrecognized_name, "UNRECOGNIZED_NAME", "unrecognized name",
            Alert::unrecognized_name},
    ErrcRow{Errc::non_sslv2_initial_packet, "NON_SSLV2_INITIAL_PACKET", "non sslv2 initial packet",
            Alert::protocol_version},
    ErrcRow{Errc::no_cipher_list, "NO_CIPHER_LIST", "no cipher list", Alert::handshake_failure},
    ErrcRow{Errc::peer_error_no_cipher, "PEER_ERROR_NO_CIPHER", "peer error no cipher",
            Alert::handshake_failure},
    ErrcRow{Errc::peer_error_no_certificate, "PEER_ERROR_NO_CERTIFICATE",
            "peer error no certificate", Alert::handshake_failure},
    ErrcRow{Errc::peer_error_certificate, "PEER_ERROR_CERTIFICATE", "peer error certificate",
            Alert::handshake_failure},
    ErrcRow{Errc::peer_error_unsupported_certificate_type,
            "PEER_ERROR_UNSUPPORTED_CERTIFICATE_TYPE", "peer error unsupported certificate type",
            Alert::handshake_failure},
    ErrcRow{Errc::no_certificate, "NO_CERTIFICATE_SET", "no certificate set",
            Alert::handshake_failure},
    ErrcRow{Errc::peer_did_not_return_certificate, "PEER_DID_NOT_RETURN_A_CERTIFICATE",
            "peer did not return a certificate", Alert::handshake_failure},
    ErrcRow{Errc::anonymous_certificate_request, "TLS_CLIENT_CERT_REQ_WITH_ANON_CIPHER",
            "tls client cert req with anon cipher", Alert::handshake_failure},
    ErrcRow{Errc::bad_certificate, "BAD_CERTIFICATE", "bad certificate", Alert::bad_certificate},
    ErrcRow{Errc::certificate_type, "WRONG_CERTIFICATE_TYPE", "wrong certificate type",
            Alert::unsupported_certificate},
    ErrcRow{Errc::certificate_verify_failed, "CERTIFICATE_VERIFY_FAILED",
            "certificate verify failed", Alert::bad_certificate},
    ErrcRow{Errc::certificate_expired, "CERTIFICATE_HAS_EXPIRED", "certificate has expired",
            Alert::certificate_expired},
    ErrcRow{Errc::certificate_not_yet_valid, "CERTIFICATE_IS_NOT_YET_VALID",
            "certificate is not yet valid", Alert::certificate_expired},
    ErrcRow{Errc::unknown_ca, "UNKNOWN_CA", "unable to get local issuer certificate",
            Alert::unknown_ca},
    ErrcRow{Errc::bad_certificate_signature, "CERTIFICATE_SIGNATURE_FAILURE",
            "certificate signature failure", Alert::bad_certificate},
    ErrcRow{Errc::not_a_ca, "INVALID_CA_CERTIFICATE", "invalid CA certificate", Alert::unknown_ca},
    ErrcRow{Errc::path_too_long, "PATH_LENGTH_CONSTRAINT_EXCEEDED",
            "path length constraint exceeded", Alert::unknown_ca},
    ErrcRow{Errc::unknown_critical_extension, "UNHANDLED_CRITICAL_EXTENSION",
            "unhandled critical extension", Alert::unsupported_certificate},
    ErrcRow{Errc::unsupported_key, "UNSUPPORTED_KEY", "unsupported key",
            Alert::unsupported_certificate},
    ErrcRow{Errc::unsupported_algorithm, "UNSUPPORTED_ALGORITHM", "unsupported algorithm",
            Alert::unsupported_certificate},
    ErrcRow{Errc::key_too_small, "KEY_TOO_SMALL", "key too small", Alert::insufficient_security},
    ErrcRow{Errc::key_too_large, "KEY_TOO_LARGE", "key too large", Alert::bad_certificate},
    ErrcRow{Errc::bad_point, "BAD_ECPOINT", "bad ecpoint", Alert::illegal_parameter},
    ErrcRow{Errc::point_at_infinity, "POINT_AT_INFINITY", "point at infinity",
            Alert::illegal_parameter},
    ErrcRow{Errc::wrong_curve, "WRONG_CURVE", "wrong curve", Alert::illegal_parameter},
    ErrcRow{Errc::bad_scalar, "INVALID_PRIVATE_KEY", "invalid private key", Alert::internal_error},
    ErrcRow{Errc::bad_group, "BAD_GROUP_PARAMETERS", "bad group parameters",
            Alert::illegal_parameter},
    ErrcRow{Errc::dh_key_too_small, "DH_KEY_TOO_SMALL", "dh key too small",
            Alert::insufficient_security},
    ErrcRow{Errc::dh_key_too_large, "DH_P_TOO_LONG", "dh p too long", Alert::illegal_parameter},
    ErrcRow{Errc::bad_dh_value, "BAD_DH_VALUE", "bad dh value", Alert::illegal_parameter},
    ErrcRow{Errc::signature_out_of_range, "SIGNATURE_OUT_OF_RANGE", "signature out of range",
            Alert::decrypt_error},
    ErrcRow{Errc::bad_signature, "BAD_SIGNATURE", "bad signature", Alert::decrypt_error},
    ErrcRow{Errc::decrypt_failed, "DECRYPTION_FAILED", "decryption failed", Alert::decrypt_error},
    ErrcRow{Errc::finished_mismatch, "DIGEST_CHECK_FAILED", "digest check failed",
            Alert::decrypt_error},
    ErrcRow{Errc::key_values_mismatch, "KEY_VALUES_MISMATCH", "key values mismatch",
            Alert::internal_error},
    ErrcRow{Errc::key_type_mismatch, "KEY_TYPE_MISMATCH", "key type mismatch",
            Alert::internal_error},
    ErrcRow{Errc::peer_alert, "PEER_ALERT", "fatal alert from the peer", Alert::internal_error},
    ErrcRow{Errc::unexpected_eof, "UNEXPECTED_EOF", "EOF occurred in violation of protocol",
            Alert::internal_error},
    ErrcRow{Errc::closed, "CONNECTION_CLOSED", "TLS/SSL connection has been closed",
            Alert::close_notify},
    ErrcRow{Errc::not_open, "NOT_OPEN", "connection is not open for data", Alert::internal_error},
    ErrcRow{Errc::no_random, "RANDOM_GENERATOR_FAILED", "random generator failed",
            Alert::internal_error},
    ErrcRow{Errc::unreadable_file, "FILE_CANNOT_BE_READ", "file cannot be read",
            Alert::internal_error},
    ErrcRow{Errc::bad_argument, "BAD_ARGUMENT", "bad argument", Alert::internal_error},
    ErrcRow{Errc::internal, "INTERNAL_ERROR", "internal error", Alert::internal_error},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].code) != i) return false;
  return kRows.size() == static_cast<std::size_t>(Errc::count_);
}
static_assert(in_order(), "one row per Errc, in the order of the enumeration");

}  // namespace

const ErrcRow& errc_row(Errc e) {
  const auto i = static_cast<std::size_t>(e);
  return i < kRows.size() ? kRows[i] : kRows.back();
}

std::string Error::text() const {
  std::string s{errc_reason(code)};
  if (code == Errc::peer_alert) {
    s += ": ";
    s += alert_name(received);
  }
  if (*where != '\0') {
    s += " (";
    s += where;
    if (offset != 0) s += " at " + std::to_string(offset);
    s += ")";
  }
  return s;
}

}  // namespace parley

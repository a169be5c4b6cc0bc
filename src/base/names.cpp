// Text for the code points of include/parley/alert.hpp and protocol.hpp.
#include "parley/alert.hpp"
#include "parley/protocol.hpp"

namespace parley {

std::string_view alert_name(Alert a) {
  switch (a) {
    case Alert::close_notify: return "close_notify";
    case Alert::unexpected_message: return "unexpected_message";
    case Alert::bad_record_mac: return "bad_record_mac";
    case Alert::decryption_failed: return "decryption_failed";
    case Alert::record_overflow: return "record_overflow";
    case Alert::decompression_failure: return "decompression_failure";
    case Alert::handshake_failure: return "handshake_failure";
    case Alert::no_certificate: return "no_certificate";
    case Alert::bad_certificate: return "bad_certificate";
    case Alert::unsupported_certificate: return "unsupported_certificate";
    case Alert::certificate_revoked: return "certificate_revoked";
    case Alert::certificate_expired: return "certificate_expired";
    case Alert::certificate_unknown: return "certificate_unknown";
    case Alert::illegal_parameter: return "illegal_parameter";
    case Alert::unknown_ca: return "unknown_ca";
    case Alert::access_denied: return "access_denied";
    case Alert::decode_error: return "decode_error";
    case Alert::decrypt_error: return "decrypt_error";
    case Alert::export_restriction: return "export_restriction";
    case Alert::protocol_version: return "protocol_version";
    case Alert::insufficient_security: return "insufficient_security";
    case Alert::internal_error: return "internal_error";
    case Alert::inappropriate_fallback: return "inappropriate_fallback";
    case Alert::user_canceled: return "user_canceled";
    case Alert::no_renegotiation: return "no_renegotiation";
    case Alert::unsupported_extension: return "unsupported_extension";
    case Alert::certificate_unobtainable: return "certificate_unobtainable";
    case Alert::unrecognized_name: return "unrecognized_name";
    case Alert::bad_certificate_status_response: return "bad_certificate_status_response";
    case Alert::bad_certificate_hash_value: return "bad_certificate_hash_value";
    case Alert::unknown_psk_identity: return "unknown_psk_identity";
    case Alert::no_application_protocol: return "no_application_protocol";
  }
  return "unknown";
}

std::string_view version_name(ProtocolVersion v) {
  switch (v) {
    case ProtocolVersion::ssl20: return "SSLv2";
    case ProtocolVersion::ssl30: return "SSLv3";
    case ProtocolVersion::tls10: return "TLSv1";
    case ProtocolVersion::tls11: return "TLSv1.1";
    case ProtocolVersion::tls12: return "TLSv1.2";
  }
  return "unknown";
}

std::string_view content_type_name(ContentType t) {
  switch (t) {
    case ContentType::change_cipher_spec: return "change_cipher_spec";
    case ContentType::alert: return "alert";
    case ContentType::handshake: return "handshake";
    case ContentType::application_data: return "application_data";
  }
  return "unknown";
}

}  // namespace parley

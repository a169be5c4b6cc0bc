// TLS 1.0, whole (RFC 2246); what its functions compute is in tls10.cpp and tls_secrets.hpp.
#pragma once
#include "protocol/tls_secrets.hpp"

namespace parley {
namespace tls10 {

void prf(crypto::HashId, ByteView secret, std::string_view label,
         std::initializer_list<ByteView> seed, ByteSpan out);
/// MD5 and SHA-1 of the messages, whatever hash is asked for.
VerifyData handshake_hash(crypto::HashId, ByteView transcript);
void export_keys(Side writer, ByteView write_key, Randoms, ByteSpan final_key, ByteSpan iv);
RecordMac record_mac(crypto::HashId, ByteView mac_secret);
VerifyData certificate_verify(ByteView transcript, ByteView master);

/// Section 7.2. decryption_failed (21) is left out on purpose: telling bad padding from a bad
/// MAC is the padding oracle, so parley answers both with bad_record_mac.
inline constexpr std::array kAlerts{
    Alert::close_notify,
    Alert::unexpected_message,
    Alert::bad_record_mac,
    Alert::record_overflow,
    Alert::decompression_failure,
    Alert::handshake_failure,
    Alert::bad_certificate,
    Alert::unsupported_certificate,
    Alert::certificate_revoked,
    Alert::certificate_expired,
    Alert::certificate_unknown,
    Alert::illegal_parameter,
    Alert::unknown_ca,
    Alert::access_denied,
    Alert::decode_error,
    Alert::decrypt_error,
    Alert::protocol_version,
    Alert::insufficient_security,
    Alert::internal_error,
    Alert::inappropriate_fallback,  // RFC 7507
    Alert::user_canceled,
    Alert::no_renegotiation,
    Alert::unsupported_extension,            // RFC 4366
    Alert::unrecognized_name,                // RFC 4366
    Alert::bad_certificate_status_response,  // RFC 4366
    Alert::no_application_protocol,          // RFC 7301
    Alert::export_restriction,  // last: it goes with the export suites (RFC 4346 section 7.2)
};

}  // namespace tls10

inline constexpr ProtocolProfile kTls10{
    .version = ProtocolVersion::tls10,
    .name = "TLSv1",
    .hello_record_version = ProtocolVersion::tls10,
    .prf = tls10::prf,
    .master_secret = tls::master_secret<tls10::prf>,
    .extended_master_secret = tls::extended_master_secret<tls10::prf, tls10::handshake_hash>,
    .key_block = tls::key_block<tls10::prf>,
    .export_keys = tls10::export_keys,
    .record_mac = tls10::record_mac,
    .mac_covers_version = true,
    .padding = PaddingRule::tls_filled,
    .explicit_iv = false,
    .split_cbc_records = true,
    .finished = tls::finished<tls10::prf, tls10::handshake_hash>,
    .certificate_verify = tls10::certificate_verify,
    .bare_dsa_signatures = false,
    .no_client_certificate = NoCertRule::empty_message,
    .rsa_premaster = RsaPremaster::length_prefixed,
    .hello_extensions = true,
    .close_notify_needed_to_resume = true,
    .alerts = tls10::kAlerts,
    .full = kFullHandshake,
    .resumed = kResumption,
};

}  // namespace parley

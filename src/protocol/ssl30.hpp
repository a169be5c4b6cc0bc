// SSL 3.0, whole (RFC 6101); what its functions compute is in ssl30.cpp.
#pragma once
#include "protocol/profile.hpp"

namespace parley {
namespace ssl30 {

void master_secret(crypto::HashId, ByteView premaster, Randoms, ByteSpan out);
void key_block(crypto::HashId, ByteView master, Randoms, ByteSpan out);
void export_keys(Side writer, ByteView write_key, Randoms, ByteSpan final_key, ByteSpan iv);
RecordMac record_mac(crypto::HashId, ByteView mac_secret);
VerifyData finished(crypto::HashId, ByteView transcript, ByteView master, Side);
VerifyData certificate_verify(ByteView transcript, ByteView master);

/// RFC 6101 section 5.4.
inline constexpr std::array kAlerts{
    Alert::close_notify,          Alert::unexpected_message,      Alert::bad_record_mac,
    Alert::decompression_failure, Alert::handshake_failure,       Alert::no_certificate,
    Alert::bad_certificate,       Alert::unsupported_certificate, Alert::certificate_revoked,
    Alert::certificate_expired,   Alert::certificate_unknown,     Alert::illegal_parameter,
};

}  // namespace ssl30

inline constexpr ProtocolProfile kSsl30{
    .version = ProtocolVersion::ssl30,
    .name = "SSLv3",
    .hello_record_version = ProtocolVersion::ssl30,
    .prf = nullptr,
    .master_secret = ssl30::master_secret,
    .extended_master_secret = nullptr,
    .key_block = ssl30::key_block,
    .export_keys = ssl30::export_keys,
    .record_mac = ssl30::record_mac,
    .mac_covers_version = false,
    .padding = PaddingRule::ssl3_length_only,
    .explicit_iv = false,
    .split_cbc_records = true,
    .finished = ssl30::finished,
    .certificate_verify = ssl30::certificate_verify,
    .bare_dsa_signatures = true,
    .no_client_certificate = NoCertRule::warning_alert,
    .rsa_premaster = RsaPremaster::bare,
    .hello_extensions = false,
    .close_notify_needed_to_resume = true,
    .alerts = ssl30::kAlerts,
    .full = kFullHandshake,
    .resumed = kResumption,
};

}  // namespace parley

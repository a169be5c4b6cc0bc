// TLS 1.0, whole (RFC 2246).
#include "crypto/kdf.hpp"
#include "crypto/secret.hpp"
#include "protocol/profile.hpp"

namespace parley {
namespace {

using crypto::Hasher;
using crypto::HashId;

void master_secret(ByteView premaster, Randoms r, ByteSpan out) {  // section 8.1
  crypto::tls10_prf(premaster, "master secret", {r.client, r.server}, out);
}
void key_block(ByteView master, Randoms r, ByteSpan out) {  // section 6.3
  crypto::tls10_prf(master, "key expansion", {r.server, r.client}, out);
}

void export_keys(Side writer, ByteView write_key, Randoms r, ByteSpan final_key,
                 ByteSpan iv) {  // section 6.3.1
  const bool client = writer == Side::client;
  crypto::tls10_prf(write_key, client ? "client write key" : "server write key",
                    {r.client, r.server}, final_key);
  // iv_block holds the client's IV and then the server's.
  std::array<std::uint8_t, 32> block{};
  const ByteSpan ivs = ByteSpan{block}.first(2 * iv.size());
  crypto::tls10_prf({}, "IV block", {r.client, r.server}, ivs);
  std::ranges::copy(ivs.subspan(client ? 0 : iv.size(), iv.size()), iv.begin());
}

/// HMAC (section 6.2.3.1), opened up into its two states so that they are keyed only once.
RecordMac record_mac(HashId id, ByteView mac_secret) {
  crypto::Secret<crypto::kMaxHashBlock> pad;
  const ByteSpan block = pad.span().first(crypto::block_size(id));
  const auto keyed = [&](std::uint8_t fill) {
    std::ranges::fill(block, fill);
    for (std::size_t i = 0; i < mac_secret.size(); ++i)
      block[i] = static_cast<std::uint8_t>(fill ^ mac_secret[i]);
    Hasher h{id};
    h.update(block);
    return h;
  };
  return {keyed(0x36), keyed(0x5c)};
}

VerifyData md5_and_sha1(ByteView transcript) {
  VerifyData v;
  v.size = 36;
  Hasher md5{HashId::md5}, sha{HashId::sha1};
  md5.update(transcript);
  md5.finish(ByteSpan{v.bytes}.first(16));
  sha.update(transcript);
  sha.finish(ByteSpan{v.bytes}.subspan(16));
  return v;
}

VerifyData finished(ByteView transcript, ByteView master, Side side) {  // section 7.4.9
  const VerifyData digests = md5_and_sha1(transcript);
  VerifyData v;
  v.size = 12;
  crypto::tls10_prf(master, side == Side::client ? "client finished" : "server finished", {digests},
                    ByteSpan{v.bytes}.first(v.size));
  return v;
}
VerifyData certificate_verify(ByteView transcript, ByteView) {  // section 7.4.8
  return md5_and_sha1(transcript);
}

/// Section 7.2. decryption_failed (21) is left out on purpose: telling bad padding from a bad
/// MAC is the padding oracle, so parley answers both with bad_record_mac.
constexpr std::array kAlerts{
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
    Alert::export_restriction,
    Alert::protocol_version,
    Alert::insufficient_security,
    Alert::internal_error,
    Alert::inappropriate_fallback,  // RFC 7507
    Alert::user_canceled,
    Alert::no_renegotiation,
    Alert::unsupported_extension,  // RFC 4366
    Alert::unrecognized_name,      // RFC 4366
};

}  // namespace

constinit const ProtocolProfile kTls10{
    .version = ProtocolVersion::tls10,
    .name = "TLSv1",
    .hello_record_version = ProtocolVersion::tls10,
    .master_secret = master_secret,
    .key_block = key_block,
    .export_keys = export_keys,
    .record_mac = record_mac,
    .mac_covers_version = true,
    .padding = PaddingRule::tls_filled,
    .split_cbc_records = true,
    .finished = finished,
    .certificate_verify = certificate_verify,
    .no_client_certificate = NoCertRule::empty_message,
    .rsa_premaster = RsaPremaster::length_prefixed,
    .hello_extensions = true,
    .close_notify_needed_to_resume = true,
    .alerts = kAlerts,
    .full = kFullHandshake,
    .resumed = kResumption,
};

}  // namespace parley

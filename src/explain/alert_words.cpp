#include "explain/alert_words.hpp"

#include <array>

#include "parley/alert_text.hpp"
#include "parley/explain.hpp"

namespace parley::explain {
namespace {

struct Row {
  Alert alert;
  std::string_view meaning;  ///< what the sender says
  std::string_view usual;    ///< why it mostly comes, and what helps
  std::string_view specification;
};

constexpr std::array kRows{
    Row{Alert::close_notify, "the sender will send nothing more on this connection",
        "the orderly end; without it an end of stream may be a truncation",
        "RFC 5246 section 7.2.1"},
    Row{Alert::unexpected_message, "a message came that has no place here",
        "a broken or confused implementation, or bytes of another protocol",
        "RFC 5246 section 7.2.2"},
    Row{Alert::bad_record_mac, "a record failed its integrity check",
        "keys that differ, damage on the way, or a padding the receiver refuses",
        "RFC 5246 section 7.2.2"},
    Row{Alert::decryption_failed, "a record could not be decrypted",
        "TLS 1.0 alone; told apart from bad_record_mac it is a padding oracle",
        "RFC 2246 section 7.2.2"},
    Row{Alert::record_overflow, "a record is longer than it may be",
        "a peer that ignores max_fragment_length, or bytes of another protocol",
        "RFC 5246 section 7.2.2"},
    Row{Alert::decompression_failure, "compressed data could not be expanded",
        "compression, which nobody should use", "RFC 5246 section 7.2.2"},
    Row{Alert::handshake_failure, "there are no settings that both sides accept",
        "no suite, group or signature algorithm in common, or a certificate that suits no suite",
        "RFC 5246 section 7.2.2"},
    Row{Alert::no_certificate, "the client has no certificate to show",
        "SSL 3.0 alone; later versions send an empty Certificate", "RFC 6101 section 5.4.2"},
    Row{Alert::bad_certificate, "a certificate is corrupt or its signature is wrong",
        "a damaged chain, or an intermediate that does not fit", "RFC 5246 section 7.2.2"},
    Row{Alert::unsupported_certificate, "a certificate is of a kind the sender cannot use",
        "a purpose or key type that does not fit", "RFC 5246 section 7.2.2"},
    Row{Alert::certificate_revoked, "the signer of a certificate has taken it back",
        "a revocation list or an OCSP response says so", "RFC 5246 section 7.2.2"},
    Row{Alert::certificate_expired, "a certificate is not valid at this time",
        "it has expired, or a clock is wrong", "RFC 5246 section 7.2.2"},
    Row{Alert::certificate_unknown, "a certificate is not acceptable for another reason",
        "often a name that does not match, or a person who said no", "RFC 5246 section 7.2.2"},
    Row{Alert::illegal_parameter, "a field has a value that it must not have",
        "a broken implementation, or somebody in between", "RFC 5246 section 7.2.2"},
    Row{Alert::unknown_ca, "the chain leads to no authority that the sender trusts",
        "a self-signed certificate, a missing intermediate, or a missing root",
        "RFC 5246 section 7.2.2"},
    Row{Alert::access_denied, "the certificate is fine, but its owner may not enter",
        "a rule of the application", "RFC 5246 section 7.2.2"},
    Row{Alert::decode_error, "a message could not be read",
        "a length that does not fit, a field out of range", "RFC 5246 section 7.2.2"},
    Row{Alert::decrypt_error, "a signature or a Finished is wrong",
        "handshakes that differ on both ends: a wrong key, or somebody in between",
        "RFC 5246 section 7.2.2"},
    Row{Alert::export_restriction, "a key is longer than export rules allowed",
        "relics of the nineties", "RFC 2246 section 7.2.2"},
    Row{Alert::protocol_version, "the sender does not speak that version",
        "one end is too old, or has the old versions switched off", "RFC 5246 section 7.2.2"},
    Row{Alert::insufficient_security, "the sender wants stronger ciphers than are on offer",
        "the list of suites", "RFC 5246 section 7.2.2"},
    Row{Alert::internal_error, "something went wrong that is not the peer's fault",
        "the log of the sender knows", "RFC 5246 section 7.2.2"},
    Row{Alert::inappropriate_fallback, "the client asks for less than both could do",
        "a client that tried again with an older version after a failure", "RFC 7507 section 3"},
    Row{Alert::user_canceled, "a person has ended the handshake", "a dialogue",
        "RFC 5246 section 7.2.2"},
    Row{Alert::no_renegotiation, "the sender will not negotiate again",
        "renegotiation is switched off; the connection goes on", "RFC 5246 section 7.2.2"},
    Row{Alert::unsupported_extension, "the server has answered an extension nobody offered",
        "a broken server", "RFC 5246 section 7.2.2"},
    Row{Alert::certificate_unobtainable, "a certificate could not be fetched from its address",
        "client_certificate_url, which hardly anybody uses", "RFC 6066 section 9"},
    Row{Alert::unrecognized_name, "the server does not know the name that the client asked for",
        "server_name: a wrong name, or a server without that site", "RFC 6066 section 3"},
    Row{Alert::bad_certificate_status_response, "the stapled OCSP response is not acceptable",
        "it is stale, for another certificate, or says revoked", "RFC 6066 section 8"},
    Row{Alert::bad_certificate_hash_value, "a fetched certificate has another hash",
        "client_certificate_url", "RFC 6066 section 9"},
    Row{Alert::unknown_psk_identity, "the server does not know that identity",
        "suites with pre-shared keys", "RFC 4279 section 2"},
    Row{Alert::no_application_protocol, "no application protocol is common to both",
        "application_layer_protocol_negotiation", "RFC 7301 section 3.2"},
};

const Row* find(std::uint8_t number) {
  for (const Row& r : kRows)
    if (static_cast<std::uint8_t>(r.alert) == number) return &r;
  return nullptr;
}

}  // namespace

std::string alert_sentence(std::uint8_t number) {
  const Row* r = find(number);
  if (r == nullptr) return std::string{"unknown alert "}.append(std::to_string(number));
  return std::string{alert_name(r->alert)}.append(": ").append(r->meaning);
}

Words describe_alert(std::uint8_t number) {
  const auto alert = static_cast<Alert>(number);
  const Row* r = find(number);
  Words w;
  w.title.append("alert ").append(std::to_string(number)).append(": ");
  w.title.append(r != nullptr ? alert_name(alert) : "nobody has registered it");
  if (r == nullptr) return w;
  w.lines.emplace_back("says", r->meaning);
  w.lines.emplace_back("usually", r->usual);
  w.lines.emplace_back("OpenSSL calls it", received_alert_text(alert));
  std::string causes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Errc::count_); ++i) {
    const ErrcRow& row = errc_row(static_cast<Errc>(i));
    if (row.alert != alert || alert == Alert::close_notify) continue;
    causes.append(causes.empty() ? "" : "; ").append(row.reason);
  }
  if (!causes.empty()) w.lines.emplace_back("parley sends it for", std::move(causes));
  w.lines.emplace_back("specification", r->specification);
  return w;
}

}  // namespace parley::explain

// The registries of IANA, as far as anybody meets them in hellos of these versions.
#include <array>

#include "explain/meaning.hpp"
#include "parley/cipher.hpp"
#include "parley/explain.hpp"
#include "parley/group.hpp"
#include "suite/signature_schemes.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

struct Entry {
  std::uint16_t number;
  std::string_view name;
};

constexpr std::array kVersions{
    Entry{0x0002, "SSL 2.0"}, Entry{0x0300, "SSL 3.0"}, Entry{0x0301, "TLS 1.0"},
    Entry{0x0302, "TLS 1.1"}, Entry{0x0303, "TLS 1.2"}, Entry{0x0304, "TLS 1.3"},
};

constexpr std::array kExtensions{
    Entry{0, "server_name"},
    Entry{1, "max_fragment_length"},
    Entry{2, "client_certificate_url"},
    Entry{3, "trusted_ca_keys"},
    Entry{4, "truncated_hmac"},
    Entry{5, "status_request"},
    Entry{6, "user_mapping"},
    Entry{7, "client_authz"},
    Entry{8, "server_authz"},
    Entry{9, "cert_type"},
    Entry{10, "supported_groups"},
    Entry{11, "ec_point_formats"},
    Entry{12, "srp"},
    Entry{13, "signature_algorithms"},
    Entry{14, "use_srtp"},
    Entry{15, "heartbeat"},
    Entry{16, "application_layer_protocol_negotiation"},
    Entry{17, "status_request_v2"},
    Entry{18, "signed_certificate_timestamp"},
    Entry{19, "client_certificate_type"},
    Entry{20, "server_certificate_type"},
    Entry{21, "padding"},
    Entry{22, "encrypt_then_mac"},
    Entry{23, "extended_master_secret"},
    Entry{24, "token_binding"},
    Entry{27, "compress_certificate"},
    Entry{28, "record_size_limit"},
    Entry{34, "delegated_credential"},
    Entry{35, "session_ticket"},
    Entry{41, "pre_shared_key"},
    Entry{42, "early_data"},
    Entry{43, "supported_versions"},
    Entry{44, "cookie"},
    Entry{45, "psk_key_exchange_modes"},
    Entry{47, "certificate_authorities"},
    Entry{49, "post_handshake_auth"},
    Entry{50, "signature_algorithms_cert"},
    Entry{51, "key_share"},
    Entry{13172, "next_protocol_negotiation"},
    Entry{17513, "application_settings"},
    Entry{30032, "channel_id"},
    Entry{0xfe0d, "encrypted_client_hello"},
    Entry{0xff01, "renegotiation_info"},
};

constexpr std::array kGroups{
    Entry{1, "sect163k1"},        Entry{2, "sect163r1"},        Entry{3, "sect163r2"},
    Entry{4, "sect193r1"},        Entry{5, "sect193r2"},        Entry{6, "sect233k1"},
    Entry{7, "sect233r1"},        Entry{8, "sect239k1"},        Entry{9, "sect283k1"},
    Entry{10, "sect283r1"},       Entry{11, "sect409k1"},       Entry{12, "sect409r1"},
    Entry{13, "sect571k1"},       Entry{14, "sect571r1"},       Entry{15, "secp160k1"},
    Entry{16, "secp160r1"},       Entry{17, "secp160r2"},       Entry{18, "secp192k1"},
    Entry{19, "secp192r1"},       Entry{20, "secp224k1"},       Entry{21, "secp224r1"},
    Entry{22, "secp256k1"},       Entry{23, "secp256r1"},       Entry{24, "secp384r1"},
    Entry{25, "secp521r1"},       Entry{26, "brainpoolP256r1"}, Entry{27, "brainpoolP384r1"},
    Entry{28, "brainpoolP512r1"}, Entry{29, "x25519"},          Entry{30, "x448"},
    Entry{256, "ffdhe2048"},      Entry{257, "ffdhe3072"},      Entry{258, "ffdhe4096"},
    Entry{259, "ffdhe6144"},      Entry{260, "ffdhe8192"},      Entry{4588, "X25519MLKEM768"},
};

/// HashAlgorithm and SignatureAlgorithm (RFC 5246 section 7.4.1.4.1).
constexpr std::array<std::string_view, 7> kHashes{"none",   "md5",    "sha1",  "sha224",
                                                  "sha256", "sha384", "sha512"};
constexpr std::array<std::string_view, 4> kSignatures{"anonymous", "rsa", "dsa", "ecdsa"};

template <std::size_t N>
std::string_view find(const std::array<Entry, N>& table, std::uint16_t number) {
  for (const Entry& e : table)
    if (e.number == number) return e.name;
  return {};
}

/// Reserved for those who try whether peers pass over what they do not know (RFC 8701).
bool is_grease(std::uint32_t n) {
  return n <= 0xffff && (n & 0x0f0f) == 0x0a0a && n >> 8 == (n & 0xff);
}

std::string number_words(std::string_view what, std::uint32_t number) {
  std::string s{what};
  const std::array<std::uint8_t, 3> bytes{static_cast<std::uint8_t>(number >> 16),
                                          static_cast<std::uint8_t>(number >> 8),
                                          static_cast<std::uint8_t>(number)};
  return s.append(" 0x").append(to_hex(ByteView{bytes}.subspan(number > 0xffff ? 0 : 1)));
}

std::string named_or(std::string_view name, std::string_view what, std::uint32_t number) {
  if (!name.empty()) return std::string{name};
  if (is_grease(number)) return number_words("GREASE", number);
  return number_words(what, number);
}

}  // namespace

std::string version_words(std::uint16_t number) {
  return named_or(find(kVersions, number), "version", number);
}

std::string suite_words(std::uint32_t number) {
  if (number == kEmptyRenegotiationInfoScsv) return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV";
  if (number == kFallbackScsv) return "TLS_FALLBACK_SCSV";
  const CipherSuite* s = find_cipher_suite(number);
  return named_or(s != nullptr ? s->iana_name : std::string_view{}, "unknown suite", number);
}

std::string extension_name(std::uint16_t number) {
  const std::string_view name = find(kExtensions, number);
  if (!name.empty()) return std::string{name};
  if (is_grease(number)) return std::string{"grease_"}.append(std::to_string(number));
  return std::string{"extension_"}.append(std::to_string(number));
}

std::string group_words(std::uint16_t number) {
  return named_or(find(kGroups, number), "unknown group", number);
}

std::string scheme_words(std::uint16_t number) {
  if (const SchemeTraits* s = find_signature_scheme(number)) return std::string{s->name};
  const std::size_t hash = number >> 8, signature = number & 0xff;
  if (hash < kHashes.size() && signature < kSignatures.size())
    return std::string{kSignatures[signature]}.append(" with ").append(kHashes[hash]);
  return named_or({}, "unknown scheme", number);
}

}  // namespace parley::explain

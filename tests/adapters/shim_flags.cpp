#include "shim_flags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include "parley/alert_text.hpp"

namespace parley::shim {
namespace {

[[noreturn]] void malformed(std::string_view value) {
  throw Failure{std::string{errc_name(Errc::bad_argument)}, "'" + std::string{value} + "'"};
}

template <class Number>
Number number(std::string_view text) {
  Number n{};
  const char* const end = text.data() + text.size();
  if (const auto [rest, error] = std::from_chars(text.data(), end, n);
      error != std::errc{} || rest != end)
    malformed(text);
  return n;
}

/// RFC 4648 section 4.
Bytes from_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string_view rest = text;
  while (!rest.empty() && rest.back() == '=') rest.remove_suffix(1);
  if (text.size() % 4 != 0 || text.size() - rest.size() > 2) malformed(text);
  Bytes out;
  unsigned bits = 0, value = 0;
  for (const char c : rest) {
    const std::size_t at = kAlphabet.find(c);
    if (at == std::string_view::npos) malformed(text);
    value = (value << 6 | static_cast<unsigned>(at)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(value >> bits));
  }
  return out;
}

std::vector<ProtocolVersion> spoken_versions() { return Config{}.versions; }

std::uint16_t version(std::string_view text) {
  const auto v = number<std::uint16_t>(text);
  const std::vector<ProtocolVersion> spoken = spoken_versions();
  if (std::ranges::find(spoken, static_cast<ProtocolVersion>(v)) == spoken.end())
    throw Unimplemented{"version " + std::string{text}};
  return v;
}

std::string cipher_string(std::string_view text) {
  // Groups of equal preference: "[AES128-SHA|AES256-SHA]".
  if (text.find('[') != std::string_view::npos)
    throw Unimplemented{"cipher string " + std::string{text}};
  return std::string{text};
}

/// ProtocolNameList (RFC 7301 section 3.1) without its own length: "\3foo\3bar".
std::vector<std::string> protocols(std::string_view text) {
  std::vector<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t size = static_cast<std::uint8_t>(rest.front());
    if (size == 0 || size >= rest.size()) malformed(text);
    names.emplace_back(rest.substr(1, size));
    rest.remove_prefix(1 + size);
  }
  return names;
}

struct Row {
  std::string_view name;                               ///< without its dash
  std::string_view argument;                           ///< empty: takes none
  std::string_view meaning;                            ///< or why it is not implemented
  void (*set)(Settings&, std::string_view) = nullptr;  ///< null: not implemented
};

using S = Settings;
using V = std::string_view;
constexpr V kOneList = "parley has one list of signature schemes, for signing and checking";
constexpr V kNoDtls = "parley has no DTLS";

constexpr std::array kRows{
    Row{"port", "N", "connect to 127.0.0.1:N",
        [](S& s, V v) { s.port = number<std::uint16_t>(v); }},
    Row{"ipv6", "", "connect to ::1 instead", [](S& s, V) { s.ipv6 = true; }},
    Row{"server", "", "play the TLS server", [](S& s, V) { s.server = true; }},
    Row{"key-file", "F", "private key, PEM", [](S& s, V v) { s.key_file = v; }},
    Row{"cert-file", "F", "certificate chain, PEM, leaf first", [](S& s, V v) { s.cert_file = v; }},
    Row{"resume-count", "N",
        "N more connections; each must resume the session before it, or see -expect-session-miss",
        [](S& s, V v) { s.resume_count = number<unsigned>(v); }},
    Row{"async", "", "one byte in or out at a time", [](S& s, V) { s.async = true; }},
    Row{"implicit-handshake", "", "the handshake happens inside the first read or write",
        [](S& s, V) { s.implicit_handshake = true; }},
    Row{"shim-writes-first", "", "say \"hello\" before the first read",
        [](S& s, V) { s.shim_writes_first = true; }},
    Row{"shim-shuts-down", "", "close_notify instead of reading",
        [](S& s, V) { s.shim_shuts_down = true; }},
    Row{"check-close-notify", "", "the peer must send close_notify, too",
        [](S& s, V) { s.check_close_notify = true; }},
    Row{"send-alert", "", "decompression_failure, fatal, instead of reading",
        [](S& s, V) { s.send_alert = true; }},
    Row{"min-version", "N", "lowest version, as on the wire: 768 is SSL 3.0",
        [](S& s, V v) { s.min_version = version(v); }},
    Row{"max-version", "N", "highest version", [](S& s, V v) { s.max_version = version(v); }},
    Row{"no-ssl3", "", "switches SSL 3.0 off", [](S& s, V) { s.versions_off.insert(0x0300); }},
    Row{"no-tls1", "", "switches TLS 1.0 off", [](S& s, V) { s.versions_off.insert(0x0301); }},
    Row{"no-tls11", "", "switches TLS 1.1 off", [](S& s, V) { s.versions_off.insert(0x0302); }},
    Row{"no-tls12", "", "switches TLS 1.2 off", [](S& s, V) { s.versions_off.insert(0x0303); }},
    Row{"no-tls13", "", "switches TLS 1.3 off", [](S& s, V) { s.versions_off.insert(0x0304); }},
    Row{"cipher", "STRING", "cipher string, without groups in brackets",
        [](S& s, V v) { s.cipher = cipher_string(v); }},
    Row{"enable-all-curves", "", "every named group (so it is without)",
        [](S& s, V) { s.enable_all_curves = true; }},
    Row{"fallback-scsv", "", "client: TLS_FALLBACK_SCSV", [](S& s, V) { s.fallback = true; }},
    Row{"cbc-record-splitting", "", "1/n-1 split (so it is without)",
        [](S& s, V) { s.split_records = true; }},
    Row{"no-ticket", "", "no session tickets", [](S& s, V) { s.no_ticket = true; }},
    Row{"renegotiate-freely", "", "grant what the peer asks; without a flag it is refused",
        [](S& s, V) { s.renegotiation = Renegotiation::freely; }},
    Row{"renegotiate-once", "", "grant the first",
        [](S& s, V) { s.renegotiation = Renegotiation::once; }},
    Row{"renegotiate-ignore", "", "pass over HelloRequest",
        [](S& s, V) { s.renegotiation = Renegotiation::ignore; }},
    Row{"require-any-client-certificate", "", "the peer must have a certificate; any will do",
        [](S& s, V) { s.require_certificate = true; }},
    Row{"verify-peer", "", "take any certificate; a server asks for one",
        [](S& s, V) { s.verify_peer = true; }},
    Row{"verify-fail", "", "refuse every certificate instead; without a flag that checks, note it",
        [](S& s, V) { s.verify_fail = true; }},
    Row{"host-name", "NAME", "client: server_name to send", [](S& s, V v) { s.host_name = v; }},
    Row{"expect-server-name", "NAME", "server_name of the client",
        [](S& s, V v) { s.expect_server_name = v; }},
    Row{"expect-total-renegotiations", "N", "renegotiations completed",
        [](S& s, V v) { s.expect_renegotiations = number<unsigned>(v); }},
    Row{"expect-session-miss", "", "later connections must not resume",
        [](S& s, V) { s.expect_session_miss = true; }},
    Row{"expect-verify-result", "", "the peer is verified, or, with -verify-fail, is not",
        [](S& s, V) { s.expect_verify_result = true; }},
    Row{"expect-certificate-types", "B64", "client: certificate_types of CertificateRequest",
        [](S& s, V v) { s.expect_certificate_types = from_base64(v); }},
    Row{"advertise-alpn", "LIST",
        "client: ALPN protocols to offer, each after a byte with its size",
        [](S& s, V v) { s.advertise_alpn = protocols(v); }},
    Row{"select-alpn", "NAME", "server: the ALPN protocol to choose if it is offered",
        [](S& s, V v) { s.select_alpn = v; }},
    Row{"expect-alpn", "NAME", "the protocol chosen", [](S& s, V v) { s.expect_alpn = v; }},
    Row{"expect-advertised-alpn", "LIST", "server: the protocols that the client offers",
        [](S& s, V v) { s.expect_advertised_alpn = protocols(v); }},
    Row{"expect-extended-master-secret", "", "the master secret depends on the whole handshake",
        [](S& s, V) { s.expect_extended_master_secret = true; }},
    Row{"enable-ocsp-stapling", "", "client: status_request",
        [](S& s, V) { s.ocsp_stapling = true; }},
    Row{"ocsp-response", "B64", "server: what to staple to the certificate",
        [](S& s, V v) { s.ocsp_response = from_base64(v); }},
    Row{"expect-ocsp-response", "B64", "client: the staple, in each handshake that is a full one",
        [](S& s, V v) { s.expect_ocsp_response = from_base64(v); }},
    Row{"export-keying-material", "N", "say N bytes of it (RFC 5705) before anything else",
        [](S& s, V v) { s.export_bytes = number<std::size_t>(v); }},
    Row{"export-label", "TEXT", "for that", [](S& s, V v) { s.export_label = v; }},
    Row{"export-context", "TEXT", "for that, with -use-export-context",
        [](S& s, V v) { s.export_context = v; }},
    Row{"use-export-context", "", "a context even if it is empty",
        [](S& s, V) { s.use_export_context = true; }},
    Row{"tls-unique", "", "then say tls-unique (RFC 5929)", [](S& s, V) { s.tls_unique = true; }},
    Row{"signing-prefs", "", kOneList},
    Row{"verify-prefs", "", kOneList},
    Row{"expect-peer-signature-algorithm", "", "parley does not tell how its peer has signed"},
    Row{"dtls", "", kNoDtls},
    Row{"initial-timeout-duration-ms", "", kNoDtls},
};

constexpr std::string_view kOnInitial = "-on-initial-";
constexpr std::string_view kOnResume = "-on-resume-";

const Row* find_row(std::string_view name) {
  const auto row = std::ranges::find(kRows, name, &Row::name);
  return row == kRows.end() ? nullptr : row;
}

std::string file_text(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw Failure{std::string{errc_name(Errc::unreadable_file)}, path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

template <class T>
T value_or_failure(Result<T> r) {
  if (!r) throw failure_of(r.error());
  return *std::move(r);
}

}  // namespace

Failure failure_of(const Error& e) {
  if (e.code == Errc::peer_alert)
    return {received_alert_name(e.received), received_alert_text(e.received)};
  return {std::string{errc_name(e.code)}, e.text()};
}

Flags read_flags(std::span<char* const> arguments) {
  Flags f;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view flag = arguments[i];
    const bool initial = flag.starts_with(kOnInitial), resumed = flag.starts_with(kOnResume);
    const std::size_t prefix = initial   ? kOnInitial.size()
                               : resumed ? kOnResume.size()
                                         : std::min<std::size_t>(1, flag.size());
    const Row* const row = flag.starts_with('-') ? find_row(flag.substr(prefix)) : nullptr;
    if (row == nullptr) throw Unimplemented{std::string{flag} + ": unknown"};
    if (row->set == nullptr)
      throw Unimplemented{std::string{flag} + ": " + std::string{row->meaning}};
    std::string_view value;
    if (!row->argument.empty()) {
      if (++i == arguments.size())
        throw Failure{std::string{errc_name(Errc::bad_argument)},
                      std::string{flag} + " without its value"};
      value = arguments[i];
    }
    if (!resumed) row->set(f.initial, value);
    if (!initial) row->set(f.resumed, value);
  }
  if (f.initial.port == 0)
    throw Failure{std::string{errc_name(Errc::bad_argument)}, "-port is missing"};
  return f;
}

std::string flag_table() {
  std::string out = "| flag | | meaning |\n|---|---|---|\n| ";
  for (auto row = kRows.begin(); row != kRows.end(); ++row) {
    out.append("`-").append(row->name);
    if (!row->argument.empty()) out.append(" ").append(row->argument);
    out += "` ";
    // Flags that lack the same thing share a line.
    const auto next = row + 1;
    if (next != kRows.end() && next->meaning == row->meaning) continue;
    out += row->set != nullptr ? "| done | " : "| 89 | ";
    out.append(row->meaning).append(next != kRows.end() ? " |\n| " : " |\n");
  }
  return out;
}

Config config_of(const Settings& s) {
  Config c;
  std::erase_if(c.versions, [&](ProtocolVersion version) {
    const auto v = static_cast<std::uint16_t>(version);
    return v < s.min_version || v > s.max_version || s.versions_off.contains(v);
  });
  if (s.cipher) c.suites = value_or_failure(parse_cipher_list(*s.cipher, CipherContext::sslv3));
  if (s.enable_all_curves) c.groups.assign(kNamedGroups.begin(), kNamedGroups.end());
  c.fallback = s.fallback;
  c.split_cbc_records = s.split_records.value_or(c.split_cbc_records);
  c.session_tickets = !s.no_ticket;
  c.renegotiation = s.renegotiation;
  c.alpn_protocols = s.advertise_alpn;
  if (s.select_alpn) c.alpn_protocols = {*s.select_alpn};
  c.request_status = s.ocsp_stapling;
  if (!s.cert_file.empty() || !s.key_file.empty()) {
    // One file may hold both.
    const std::string& cert = s.cert_file.empty() ? s.key_file : s.cert_file;
    const std::string& key = s.key_file.empty() ? s.cert_file : s.key_file;
    c.identities.push_back({.chain = value_or_failure(certificates_from_pem(file_text(cert))),
                            .key = value_or_failure(PrivateKey::from_pem(file_text(key))),
                            .ocsp_response = s.ocsp_response});
  }
  c.verify_mode = s.require_certificate ? VerifyMode::required
                  : !s.verify_peer      ? VerifyMode::none
                  : s.server            ? VerifyMode::optional
                                        : VerifyMode::required;
  c.verify_override = [refuse = s.verify_fail](const Status&, std::span<const Certificate>) {
    if (!refuse) return Status{};
    return Status{Error{.code = Errc::certificate_verify_failed, .where = "-verify-fail"}};
  };
  return c;
}

}  // namespace parley::shim

#include "explain/meaning.hpp"

#include <array>

#include "explain/alert_words.hpp"
#include "parley/explain.hpp"
#include "parley/x509.hpp"
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace parley::explain {
namespace {

std::uint32_t number(ByteView v) {
  std::uint32_t n = 0;
  for (const std::uint8_t b : v) n = n << 8 | b;
  return n;
}
std::uint16_t number16(ByteView v) { return static_cast<std::uint16_t>(number(v)); }

std::string count(std::size_t n, std::string_view what) {
  std::string s = std::to_string(n);
  s.append(" ").append(what);
  if (n != 1) s.append("s");
  return s;
}

/// Of a big-endian number.
std::size_t bits(ByteView v) {
  while (!v.empty() && v.front() == 0) v = v.subspan(1);
  if (v.empty()) return 0;
  std::size_t n = 8 * (v.size() - 1);
  for (unsigned top = v.front(); top != 0; top >>= 1) ++n;
  return n;
}

std::string version(ByteView v) { return version_words(number16(v)); }
std::string suite(ByteView v) { return suite_words(number(v)); }
std::string group(ByteView v) { return group_words(number16(v)); }
std::string scheme(ByteView v) { return scheme_words(number16(v)); }
std::string extension(ByteView v) { return extension_name(number16(v)); }
std::string text(ByteView v) { return printable(v); }
std::string byte_count(ByteView v) { return count(v.size(), "byte"); }
std::string bit_count(ByteView v) { return count(bits(v), "bit"); }
std::string length(ByteView v) { return length_words(v); }

/// A list of bytes, each with a name of its own.
template <std::size_t N>
std::string each(ByteView v, const std::array<std::string_view, N>& names) {
  std::string s;
  for (const std::uint8_t b : v.first(std::min<std::size_t>(v.size(), 32))) {
    if (!s.empty()) s.append(", ");
    if (b < N && !names[b].empty())
      s.append(names[b]);
    else
      s.append("unknown ").append(std::to_string(b));
  }
  return s;
}

std::string compression(ByteView v) {
  return each(v, std::array<std::string_view, 2>{"null", "DEFLATE"});
}
std::string point_formats(ByteView v) {
  return each(v, std::array<std::string_view, 3>{"uncompressed", "ansiX962_compressed_prime",
                                                 "ansiX962_compressed_char2"});
}
std::string certificate_types(ByteView v) {
  std::array<std::string_view, 67> names{};
  names[1] = "rsa_sign";
  names[2] = "dss_sign";
  names[3] = "rsa_fixed_dh";
  names[4] = "dss_fixed_dh";
  names[5] = "rsa_ephemeral_dh";
  names[6] = "dss_ephemeral_dh";
  names[20] = "fortezza_dms";
  names[64] = "ecdsa_sign";
  names[65] = "rsa_fixed_ecdh";
  names[66] = "ecdsa_fixed_ecdh";
  return each(v, names);
}
std::string curve_type(ByteView v) {
  return each(
      v, std::array<std::string_view, 4>{"", "explicit_prime", "explicit_char2", "named_curve"});
}
std::string status_type(ByteView v) {
  return each(v, std::array<std::string_view, 3>{"", "ocsp", "ocsp_multi"});
}
std::string name_type(ByteView v) { return each(v, std::array<std::string_view, 1>{"host_name"}); }
std::string fragment_length(ByteView v) {
  const auto n = v.empty() ? std::nullopt : max_fragment_bytes(v[0]);
  return n ? std::string{"at most "}.append(count(*n, "byte")) : std::string{};
}

std::string certificate(ByteView v) {
  const auto c = Certificate::parse(to_bytes(v));
  if (!c) return std::string{"no certificate that can be read: "}.append(c.error().text());
  const auto subject = c->subject();
  const auto issuer = c->issuer();
  std::string s{"certificate"};
  if (subject) s.append(" of ").append(printable(as_bytes(subject->text())));
  if (issuer) s.append(", issued by ").append(printable(as_bytes(issuer->text())));
  return s.append(", until ").append(c->not_after_text());
}
std::string name(ByteView v) {
  const auto n = parse_name(v);
  return n ? printable(as_bytes(n->text())) : std::string{};
}

std::string session_id(ByteView v) { return v.empty() ? "none" : byte_count(v); }
/// The first four bytes were meant to be a clock (RFC 2246 section 7.4.1.2); few are.
std::string random(ByteView v) {
  constexpr std::size_t kDownOffset = 24;
  std::string s = byte_count(v);
  if (v.size() == 32 && as_text(v.subspan(kDownOffset, 7)) == "DOWNGRD")
    s.append("; the end says: the server could do better (RFC 8446 section 4.1.3)");
  return s;
}
std::string verify_data(ByteView v) { return byte_count(v); }
std::string renegotiated(ByteView v) {
  return v.empty() ? "none: this is the first handshake" : byte_count(v);
}
std::string seconds(ByteView v) {
  return number(v) == 0 ? "the client decides" : count(number(v), "second");
}
std::string alert_level(ByteView v) {
  return each(v, std::array<std::string_view, 3>{"", "warning", "fatal"});
}
std::string alert_description(ByteView v) {
  return v.empty() ? std::string{} : alert_sentence(v[0]);
}
std::string ccs_type(ByteView v) {
  return number(v) == 1 ? "change_cipher_spec: what follows is under the new keys" : "";
}
// SSL 2.0
std::string hit(ByteView v) { return number(v) != 0 ? "the session is resumed" : "a new session"; }
std::string ssl2_certificate_type(ByteView v) {
  return each(v, std::array<std::string_view, 2>{"none", "X.509"});
}
std::string ssl2_message(ByteView v) {
  return each(v, std::array<std::string_view, 9>{"ERROR", "CLIENT-HELLO", "CLIENT-MASTER-KEY",
                                                 "CLIENT-FINISHED", "SERVER-HELLO", "SERVER-VERIFY",
                                                 "SERVER-FINISHED", "REQUEST-CERTIFICATE",
                                                 "CLIENT-CERTIFICATE"});
}
std::string ssl2_authentication(ByteView v) {
  return each(v, std::array<std::string_view, 2>{"", "MD5 with RSA"});
}
std::string ssl2_error(ByteView v) {
  return each(
      v.last(std::min<std::size_t>(1, v.size())),
      std::array<std::string_view, 7>{"", "no cipher in common", "no certificate", "",
                                      "bad certificate", "", "unsupported certificate type"});
}

struct Row {
  std::string_view name;
  std::string (*words)(ByteView);
};
// The names are those of the parsers (wire, ssl2, this folder).
constexpr std::array kRows{
    Row{"client_hello.client_version", version},
    Row{"client_hello.version", version},
    Row{"server_hello.server_version", version},
    Row{"server_hello.version", version},
    Row{"record.version", version},
    Row{"supported_versions.version", version},
    Row{"client_hello.random", random},
    Row{"server_hello.random", random},
    Row{"client_hello.session_id", session_id},
    Row{"server_hello.session_id", session_id},
    Row{"client_hello.cipher_suites", suite},
    Row{"client_hello.cipher_specs", suite},
    Row{"server_hello.cipher_suite", suite},
    Row{"server_hello.cipher_specs", suite},
    Row{"client_master_key.cipher_kind", suite},
    Row{"client_hello.compression_methods", compression},
    Row{"server_hello.compression_method", compression},
    Row{"extension.type", extension},
    Row{"extension.data", byte_count},
    Row{"server_name.name_type", name_type},
    Row{"server_name.host_name", text},
    Row{"alpn.protocol_name", text},
    Row{"supported_groups.named_group", group},
    Row{"signature_algorithms.signature_and_hash", scheme},
    Row{"status_request.status_type", status_type},
    Row{"status_request.responder_id", byte_count},
    Row{"session_ticket.ticket", byte_count},
    Row{"padding.padding_bytes", byte_count},
    Row{"max_fragment_length", fragment_length},
    Row{"ec_point_formats.ec_point_format_list", point_formats},
    Row{"renegotiation_info.renegotiated_connection", renegotiated},
    Row{"certificate.asn1_cert", certificate},
    Row{"server_hello.certificate", certificate},
    Row{"client_certificate.certificate", certificate},
    Row{"certificate_status.status_type", status_type},
    Row{"certificate_status.response", byte_count},
    Row{"server_key_exchange.dh_p", bit_count},
    Row{"server_key_exchange.dh_g", bit_count},
    Row{"server_key_exchange.dh_Ys", bit_count},
    Row{"client_key_exchange.dh_Yc", bit_count},
    Row{"server_key_exchange.rsa_modulus", bit_count},
    Row{"server_key_exchange.rsa_exponent", bit_count},
    Row{"server_key_exchange.curve_type", curve_type},
    Row{"server_key_exchange.named_curve", group},
    Row{"server_key_exchange.point", byte_count},
    Row{"client_key_exchange.ecdh_Yc", byte_count},
    Row{"server_key_exchange.algorithm", scheme},
    Row{"server_key_exchange.signature", byte_count},
    Row{"certificate_verify.algorithm", scheme},
    Row{"certificate_verify.signature", byte_count},
    Row{"certificate_request.certificate_types", certificate_types},
    Row{"certificate_request.supported_signature_algorithms", scheme},
    Row{"certificate_request.distinguished_name", name},
    Row{"client_key_exchange.encrypted_pre_master_secret", byte_count},
    Row{"new_session_ticket.ticket_lifetime_hint", seconds},
    Row{"new_session_ticket.ticket", byte_count},
    Row{"finished.verify_data", verify_data},
    Row{"alert.level", alert_level},
    Row{"alert.description", alert_description},
    Row{"change_cipher_spec.type", ccs_type},
    Row{"msg_type", ssl2_message},
    Row{"client_hello.msg_type", ssl2_message},
    Row{"server_hello.session_id_hit", hit},
    Row{"server_hello.certificate_type", ssl2_certificate_type},
    Row{"client_certificate.certificate_type", ssl2_certificate_type},
    Row{"request_certificate.authentication_type", ssl2_authentication},
    Row{"error.error_code", ssl2_error},
};

}  // namespace

std::string length_words(ByteView big_endian) { return count(number(big_endian), "byte"); }

std::string printable(ByteView v) {
  constexpr std::size_t kMost = 256;
  std::string s;
  for (const std::uint8_t b : v.first(std::min(v.size(), kMost))) {
    if (b >= 0x20 && b < 0x7f)
      s.push_back(static_cast<char>(b));
    else
      s.append("\\x").append(to_hex({&b, 1}));
  }
  if (v.size() > kMost) s.append(" ...");
  return s;
}

std::string meaning_of(std::string_view field, ByteView value) {
  for (const Row& r : kRows)
    if (r.name == field) return r.words(value);
  if (field.ends_with("_length")) return length(value);  // SSL 2.0 has its lengths apart
  return {};
}

}  // namespace parley::explain

// The messages of SSL 3.0 to TLS 1.2 and their schemas, in the order of the specifications.
#pragma once
#include <array>

#include "parley/alert.hpp"
#include "parley/protocol.hpp"
#include "wire/schema.hpp"

namespace parley {

/// TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 section 3.3).
inline constexpr std::uint16_t kEmptyRenegotiationInfoScsv = 0x00ff;
inline constexpr std::uint16_t kFallbackScsv = 0x5600;  // RFC 7507 section 2
/// CompressionMethod.null (RFC 2246 section 7.4.1.2), the only one parley speaks (CRIME).
inline constexpr std::uint8_t kCompressionNull = 0;
/// ClientCertificateType (RFC 2246 section 7.4.4, RFC 4492 section 5.5).
inline constexpr std::uint8_t kRsaSign = 1;
inline constexpr std::uint8_t kDssSign = 2;
inline constexpr std::uint8_t kEcdsaSign = 64;
/// ECCurveType.named_curve (RFC 4492 section 5.4), the only one parley speaks.
inline constexpr std::uint8_t kNamedCurve = 3;
/// ECPointFormat.uncompressed (RFC 4492 section 5.1.2), the only one parley sends.
inline constexpr std::uint8_t kUncompressedPoint = 0;

/// RFC 2246 section 7.4.1.2; RFC 6101 section 5.6.1.2.
struct ClientHello {
  static constexpr const char* kName = "client_hello";
  std::uint16_t client_version = 0;
  std::array<std::uint8_t, 32> random{};
  Bytes session_id;
  std::vector<std::uint16_t> cipher_suites;
  Bytes compression_methods;
  std::optional<Bytes> extensions;  ///< the block of RFC 4366 section 2.3, without its length
  bool operator==(const ClientHello&) const = default;
};
template <class Io, class M>
void wire_client_hello(Io io, M& m) {
  io.u16("client_hello.client_version", m.client_version);
  io.fixed("client_hello.random", m.random);
  io.opaque("client_hello.session_id", 1, m.session_id, 0, 32);
  io.list16("client_hello.cipher_suites", 2, m.cipher_suites, 2, 65534);
  io.opaque("client_hello.compression_methods", 1, m.compression_methods, 1, 255);
  io.optional_tail("client_hello.extensions", m.extensions);
}

/// RFC 2246 section 7.4.1.3.
struct ServerHello {
  static constexpr const char* kName = "server_hello";
  std::uint16_t server_version = 0;
  std::array<std::uint8_t, 32> random{};
  Bytes session_id;
  std::uint16_t cipher_suite = 0;
  std::uint8_t compression_method = 0;
  std::optional<Bytes> extensions;
  bool operator==(const ServerHello&) const = default;
};
template <class Io, class M>
void wire_server_hello(Io io, M& m) {
  io.u16("server_hello.server_version", m.server_version);
  io.fixed("server_hello.random", m.random);
  io.opaque("server_hello.session_id", 1, m.session_id, 0, 32);
  io.u16("server_hello.cipher_suite", m.cipher_suite);
  io.u8("server_hello.compression_method", m.compression_method);
  io.optional_tail("server_hello.extensions", m.extensions);
}

/// RFC 2246 section 7.4.2. SSL 3.0 allows the empty list too.
struct CertificateMessage {
  static constexpr const char* kName = "certificate";
  std::vector<Bytes> certificate_list;  ///< DER, the sender's own first
  bool operator==(const CertificateMessage&) const = default;
};
template <class Io, class M>
void wire_certificate(Io io, M& m) {
  io.list_of_opaque("certificate.certificate_list", 3, 0, (1u << 24) - 1, "certificate.asn1_cert",
                    3, 1, m.certificate_list);
}

/// CertificateStatusType.ocsp (RFC 6066 section 8), the only one there is before ocsp_multi.
inline constexpr std::uint8_t kStatusTypeOcsp = 1;
/// RFC 6066 section 8.
struct CertificateStatusMessage {
  static constexpr const char* kName = "certificate_status";
  std::uint8_t status_type = kStatusTypeOcsp;
  Bytes response;  ///< OCSPResponse, DER
  bool operator==(const CertificateStatusMessage&) const = default;
};
template <class Io, class M>
void wire_certificate_status(Io io, M& m) {
  io.u8("certificate_status.status_type", m.status_type);
  io.opaque("certificate_status.response", 3, m.response, 1, (1u << 24) - 1);
}

/// ServerKeyExchange (RFC 2246 section 7.4.3): ServerDHParams, ServerRSAParams of export suites,
/// and ServerECDHParams (RFC 4492 section 5.4). The signature covers what stands before it and is
/// missing in anonymous suites. From TLS 1.2 on `algorithm` stands before it (RFC 5246
/// section 4.7): whoever parses engages it beforehand.
struct ServerKeyExchangeDh {
  static constexpr const char* kName = "server_key_exchange";
  Bytes dh_p, dh_g, dh_ys;
  std::optional<std::uint16_t> algorithm{};
  std::optional<Bytes> signature{};
  bool operator==(const ServerKeyExchangeDh&) const = default;
};
template <class Io, class M>
void wire_server_key_exchange_dh(Io io, M& m) {
  io.opaque("server_key_exchange.dh_p", 2, m.dh_p, 1, 65535);
  io.opaque("server_key_exchange.dh_g", 2, m.dh_g, 1, 65535);
  io.opaque("server_key_exchange.dh_Ys", 2, m.dh_ys, 1, 65535);
  io.announced_u16("server_key_exchange.algorithm", m.algorithm);
  io.optional_tail("server_key_exchange.signature", m.signature);
}
struct ServerKeyExchangeRsa {
  static constexpr const char* kName = "server_key_exchange";
  Bytes rsa_modulus, rsa_exponent;
  std::optional<std::uint16_t> algorithm{};
  std::optional<Bytes> signature{};
  bool operator==(const ServerKeyExchangeRsa&) const = default;
};
template <class Io, class M>
void wire_server_key_exchange_rsa(Io io, M& m) {
  io.opaque("server_key_exchange.rsa_modulus", 2, m.rsa_modulus, 1, 65535);
  io.opaque("server_key_exchange.rsa_exponent", 2, m.rsa_exponent, 1, 65535);
  io.announced_u16("server_key_exchange.algorithm", m.algorithm);
  io.optional_tail("server_key_exchange.signature", m.signature);
}
struct ServerKeyExchangeEcdh {
  static constexpr const char* kName = "server_key_exchange";
  std::uint8_t curve_type = kNamedCurve;
  std::uint16_t named_curve = 0;
  Bytes point;
  std::optional<std::uint16_t> algorithm{};
  std::optional<Bytes> signature{};
  bool operator==(const ServerKeyExchangeEcdh&) const = default;
};
template <class Io, class M>
void wire_server_key_exchange_ecdh(Io io, M& m) {
  io.u8("server_key_exchange.curve_type", m.curve_type);
  io.u16("server_key_exchange.named_curve", m.named_curve);
  io.opaque("server_key_exchange.point", 1, m.point, 1, 255);
  io.announced_u16("server_key_exchange.algorithm", m.algorithm);
  io.optional_tail("server_key_exchange.signature", m.signature);
}

/// RFC 2246 section 7.4.4; RFC 5246 section 7.4.4, where the algorithms are there: whoever parses
/// engages them beforehand.
struct CertificateRequestMessage {
  static constexpr const char* kName = "certificate_request";
  Bytes certificate_types;
  std::optional<std::vector<std::uint16_t>> supported_signature_algorithms{};
  std::vector<Bytes> certificate_authorities;  ///< DER names
  bool operator==(const CertificateRequestMessage&) const = default;
};
template <class Io, class M>
void wire_certificate_request(Io io, M& m) {
  io.opaque("certificate_request.certificate_types", 1, m.certificate_types, 1, 255);
  io.announced_list16("certificate_request.supported_signature_algorithms", 2,
                      m.supported_signature_algorithms, 2, 65534);
  io.list_of_opaque("certificate_request.certificate_authorities", 2, 0, 65535,
                    "certificate_request.distinguished_name", 2, 1, m.certificate_authorities);
}

/// RFC 2246 section 7.4.5.
struct ServerHelloDone {
  static constexpr const char* kName = "server_hello_done";
  bool operator==(const ServerHelloDone&) const = default;
};
template <class Io, class M>
void wire_server_hello_done(Io, M&) {}

/// RFC 2246 section 7.4.7.1, as TLS sends it.
struct ClientKeyExchangeRsa {
  static constexpr const char* kName = "client_key_exchange";
  Bytes encrypted_pre_master_secret;
  bool operator==(const ClientKeyExchangeRsa&) const = default;
};
template <class Io, class M>
void wire_client_key_exchange_rsa(Io io, M& m) {
  io.opaque("client_key_exchange.encrypted_pre_master_secret", 2, m.encrypted_pre_master_secret, 0,
            65535);
}
/// RFC 6101 section 5.6.7.1: SSL 3.0 leaves the length out.
struct ClientKeyExchangeRsaSsl30 {
  static constexpr const char* kName = "client_key_exchange";
  Bytes encrypted_pre_master_secret;
  bool operator==(const ClientKeyExchangeRsaSsl30&) const = default;
};
template <class Io, class M>
void wire_client_key_exchange_rsa_ssl30(Io io, M& m) {
  io.rest("client_key_exchange.encrypted_pre_master_secret", m.encrypted_pre_master_secret);
}

/// ClientDiffieHellmanPublic, explicit (RFC 2246 section 7.4.7.2).
struct ClientKeyExchangeDh {
  static constexpr const char* kName = "client_key_exchange";
  Bytes dh_yc;
  bool operator==(const ClientKeyExchangeDh&) const = default;
};
template <class Io, class M>
void wire_client_key_exchange_dh(Io io, M& m) {
  io.opaque("client_key_exchange.dh_Yc", 2, m.dh_yc, 1, 65535);
}
/// ClientECDiffieHellmanPublic, explicit (RFC 4492 section 5.7).
struct ClientKeyExchangeEcdh {
  static constexpr const char* kName = "client_key_exchange";
  Bytes ecdh_yc;
  bool operator==(const ClientKeyExchangeEcdh&) const = default;
};
template <class Io, class M>
void wire_client_key_exchange_ecdh(Io io, M& m) {
  io.opaque("client_key_exchange.ecdh_Yc", 1, m.ecdh_yc, 1, 255);
}

/// RFC 2246 section 7.4.8; with `algorithm` as in ServerKeyExchange.
struct CertificateVerifyMessage {
  static constexpr const char* kName = "certificate_verify";
  std::optional<std::uint16_t> algorithm;
  Bytes signature;
  bool operator==(const CertificateVerifyMessage&) const = default;
};
template <class Io, class M>
void wire_certificate_verify(Io io, M& m) {
  io.announced_u16("certificate_verify.algorithm", m.algorithm);
  io.opaque("certificate_verify.signature", 2, m.signature, 0, 65535);
}

/// RFC 5077 section 3.3. An empty ticket: the server, which has promised one, gives none.
struct NewSessionTicket {
  static constexpr const char* kName = "new_session_ticket";
  std::uint32_t ticket_lifetime_hint = 0;  ///< seconds; 0: the client decides
  Bytes ticket;
  bool operator==(const NewSessionTicket&) const = default;
};
template <class Io, class M>
void wire_new_session_ticket(Io io, M& m) {
  io.u32("new_session_ticket.ticket_lifetime_hint", m.ticket_lifetime_hint);
  io.opaque("new_session_ticket.ticket", 2, m.ticket, 0, 65535);
}

/// RFC 2246 section 7.4.9: 12 bytes; RFC 6101 section 5.6.9: 36 bytes. The handler knows which.
struct Finished {
  static constexpr const char* kName = "finished";
  Bytes verify_data;
  bool operator==(const Finished&) const = default;
};
template <class Io, class M>
void wire_finished(Io io, M& m) {
  io.rest("finished.verify_data", m.verify_data);
}

/// RFC 2246 section 7.2.
struct AlertMessage {
  static constexpr const char* kName = "alert";
  std::uint8_t level = 0;
  std::uint8_t description = 0;
  bool operator==(const AlertMessage&) const = default;
};
template <class Io, class M>
void wire_alert(Io io, M& m) {
  io.u8("alert.level", m.level);
  io.u8("alert.description", m.description);
}

/// RFC 2246 section 7.1.
struct ChangeCipherSpec {
  static constexpr const char* kName = "change_cipher_spec";
  std::uint8_t type = 1;
  bool operator==(const ChangeCipherSpec&) const = default;
};
template <class Io, class M>
void wire_change_cipher_spec(Io io, M& m) {
  io.u8("change_cipher_spec.type", m.type);
}

/// Every message with its schema; messages.cpp makes parse() and build() of each.
#define PARLEY_MESSAGES(X)                                         \
  X(ClientHello, wire_client_hello)                                \
  X(ServerHello, wire_server_hello)                                \
  X(CertificateMessage, wire_certificate)                          \
  X(CertificateStatusMessage, wire_certificate_status)             \
  X(ServerKeyExchangeDh, wire_server_key_exchange_dh)              \
  X(ServerKeyExchangeRsa, wire_server_key_exchange_rsa)            \
  X(ServerKeyExchangeEcdh, wire_server_key_exchange_ecdh)          \
  X(CertificateRequestMessage, wire_certificate_request)           \
  X(ServerHelloDone, wire_server_hello_done)                       \
  X(ClientKeyExchangeRsa, wire_client_key_exchange_rsa)            \
  X(ClientKeyExchangeRsaSsl30, wire_client_key_exchange_rsa_ssl30) \
  X(ClientKeyExchangeDh, wire_client_key_exchange_dh)              \
  X(ClientKeyExchangeEcdh, wire_client_key_exchange_ecdh)          \
  X(CertificateVerifyMessage, wire_certificate_verify)             \
  X(NewSessionTicket, wire_new_session_ticket)                     \
  X(Finished, wire_finished)                                       \
  X(AlertMessage, wire_alert)                                      \
  X(ChangeCipherSpec, wire_change_cipher_spec)

#define PARLEY_DECLARE_MESSAGE(M, schema)                                  \
  /** Reads the whole body into `m`; every byte must belong to a field. */ \
  Status parse(ByteView body, M& m, FieldSink* sink = nullptr);            \
  /** Appends the body to `out`. */                                        \
  Status build(const M& m, Bytes& out);
PARLEY_MESSAGES(PARLEY_DECLARE_MESSAGE)
#undef PARLEY_DECLARE_MESSAGE

/// A row of the message table: which number a step has on the wire.
struct MessageRow {
  Step step;
  HandshakeType type;
  const char* section;  ///< of RFC 2246 unless it says otherwise
};
std::span<const MessageRow> message_table();
const MessageRow* find_message(HandshakeType);
const MessageRow* find_message(Step);  ///< null for change_cipher_spec and end

}  // namespace parley

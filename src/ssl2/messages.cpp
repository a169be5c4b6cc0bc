#include "ssl2/messages.hpp"

#include "parley/writer.hpp"
#include "ssl2/client_hello.hpp"

namespace parley::ssl2 {
namespace {

/// Lengths stand together in front and what they measure behind them, so that neither Reader::vec
/// nor Writer::Vec serves.
class Fields {
 public:
  Fields(ByteView message, MessageType type, const char* what, FieldSink* sink)
      : r_(message, sink), what_(what) {
    if (r_.u8("msg_type") != static_cast<std::uint8_t>(type) && r_.ok())
      r_.fail(Errc::unexpected_message, what);
  }
  Reader& reader() { return r_; }
  std::size_t length(const char* field, std::size_t lo, std::size_t hi) {
    const std::size_t n = r_.u16(field);
    if (r_.ok() && (n < lo || n > hi)) r_.fail(Errc::length_out_of_range, field);
    return n;
  }
  void bytes(const char* field, std::size_t n, Bytes& v) { v = to_bytes(r_.bytes(field, n)); }
  /// The only field without a length: what is left of the record.
  void rest(const char* field, Bytes& v, std::size_t lo, std::size_t hi) {
    v = to_bytes(r_.rest(field));
    if (r_.ok() && (v.size() < lo || v.size() > hi)) r_.fail(Errc::length_out_of_range, field);
  }
  Status finish() { return r_.finish(what_); }

 private:
  Reader r_;
  const char* what_;
};

constexpr std::size_t kAny = 0xffff;

void begin(Writer& w, MessageType t) { w.u8(static_cast<std::uint8_t>(t)); }

Status check_lengths(const char* what, std::initializer_list<std::size_t> sizes) {
  for (const std::size_t n : sizes)
    if (n > kAny) return Error{.code = Errc::length_out_of_range, .where = what};
  return {};
}

}  // namespace

Status parse(ByteView message, ErrorMessage& m, FieldSink* sink) {
  Fields f{message, MessageType::error, "error", sink};
  m.code = f.reader().u16("error.error_code");
  return f.finish();
}

Status parse(ByteView message, ServerHello& m, FieldSink* sink) {
  Fields f{message, MessageType::server_hello, "server_hello", sink};
  m.session_id_hit = f.reader().u8("server_hello.session_id_hit") != 0;
  m.certificate_type = f.reader().u8("server_hello.certificate_type");
  m.version = f.reader().u16("server_hello.version");
  const std::size_t certificate = f.length("server_hello.certificate_length", 0, kAny);
  const std::size_t specs = f.length("server_hello.cipher_specs_length", 0, kAny);
  if (specs % 3 != 0)
    f.reader().fail(Errc::length_out_of_range, "server_hello.cipher_specs_length");
  const std::size_t connection_id =
      f.length("server_hello.connection_id_length", kMinConnectionId, kMaxConnectionId);
  f.bytes("server_hello.certificate", certificate, m.certificate);
  m.cipher_specs.clear();
  m.cipher_specs.reserve(specs / 3);
  for (std::size_t n = specs / 3; n > 0 && f.reader().ok(); --n)
    m.cipher_specs.push_back(f.reader().u24("server_hello.cipher_specs"));
  f.bytes("server_hello.connection_id", connection_id, m.connection_id);
  return f.finish();
}

Status parse(ByteView message, ClientMasterKey& m, FieldSink* sink) {
  Fields f{message, MessageType::client_master_key, "client_master_key", sink};
  m.cipher_kind = f.reader().u24("client_master_key.cipher_kind");
  const std::size_t clear = f.length("client_master_key.clear_key_length", 0, kAny);
  const std::size_t encrypted = f.length("client_master_key.encrypted_key_length", 0, kAny);
  const std::size_t key_arg = f.length("client_master_key.key_arg_length", 0, kAny);
  f.bytes("client_master_key.clear_key", clear, m.clear_key);
  f.bytes("client_master_key.encrypted_key", encrypted, m.encrypted_key);
  f.bytes("client_master_key.key_arg", key_arg, m.key_arg);
  return f.finish();
}

Status parse(ByteView message, ClientFinished& m, FieldSink* sink) {
  Fields f{message, MessageType::client_finished, "client_finished", sink};
  f.rest("client_finished.connection_id", m.connection_id, kMinConnectionId, kMaxConnectionId);
  return f.finish();
}

Status parse(ByteView message, ServerVerify& m, FieldSink* sink) {
  Fields f{message, MessageType::server_verify, "server_verify", sink};
  f.rest("server_verify.challenge", m.challenge, kMinChallenge, kMaxChallenge);
  return f.finish();
}

Status parse(ByteView message, ServerFinished& m, FieldSink* sink) {
  Fields f{message, MessageType::server_finished, "server_finished", sink};
  f.rest("server_finished.session_id", m.session_id, kSessionIdSize, kSessionIdSize);
  return f.finish();
}

Status parse(ByteView message, RequestCertificate& m, FieldSink* sink) {
  Fields f{message, MessageType::request_certificate, "request_certificate", sink};
  m.authentication_type = f.reader().u8("request_certificate.authentication_type");
  f.rest("request_certificate.challenge", m.challenge, kMinChallenge, kMaxChallenge);
  return f.finish();
}

Status parse(ByteView message, ClientCertificate& m, FieldSink* sink) {
  Fields f{message, MessageType::client_certificate, "client_certificate", sink};
  m.certificate_type = f.reader().u8("client_certificate.certificate_type");
  const std::size_t certificate = f.length("client_certificate.certificate_length", 1, kAny);
  const std::size_t response = f.length("client_certificate.response_length", 1, kAny);
  f.bytes("client_certificate.certificate", certificate, m.certificate);
  f.bytes("client_certificate.response", response, m.response);
  return f.finish();
}

Status build(const ErrorMessage& m, Bytes& message) {
  Writer w{message};
  begin(w, MessageType::error);
  w.u16(m.code);
  return {};
}

Status build(const ServerHello& m, Bytes& message) {
  PARLEY_CHECK(check_lengths(
      "server_hello", {m.certificate.size(), 3 * m.cipher_specs.size(), m.connection_id.size()}));
  Writer w{message};
  begin(w, MessageType::server_hello);
  w.u8(m.session_id_hit ? 1 : 0);
  w.u8(m.certificate_type);
  w.u16(m.version);
  w.u16(static_cast<std::uint16_t>(m.certificate.size()));
  w.u16(static_cast<std::uint16_t>(3 * m.cipher_specs.size()));
  w.u16(static_cast<std::uint16_t>(m.connection_id.size()));
  w.bytes(m.certificate);
  for (const std::uint32_t kind : m.cipher_specs) w.u24(kind);
  w.bytes(m.connection_id);
  return {};
}

Status build(const ClientMasterKey& m, Bytes& message) {
  PARLEY_CHECK(check_lengths("client_master_key",
                             {m.clear_key.size(), m.encrypted_key.size(), m.key_arg.size()}));
  Writer w{message};
  begin(w, MessageType::client_master_key);
  w.u24(m.cipher_kind);
  w.u16(static_cast<std::uint16_t>(m.clear_key.size()));
  w.u16(static_cast<std::uint16_t>(m.encrypted_key.size()));
  w.u16(static_cast<std::uint16_t>(m.key_arg.size()));
  w.bytes(m.clear_key);
  w.bytes(m.encrypted_key);
  w.bytes(m.key_arg);
  return {};
}

Status build(const ClientFinished& m, Bytes& message) {
  Writer w{message};
  begin(w, MessageType::client_finished);
  w.bytes(m.connection_id);
  return {};
}

Status build(const ServerVerify& m, Bytes& message) {
  Writer w{message};
  begin(w, MessageType::server_verify);
  w.bytes(m.challenge);
  return {};
}

Status build(const ServerFinished& m, Bytes& message) {
  Writer w{message};
  begin(w, MessageType::server_finished);
  w.bytes(m.session_id);
  return {};
}

Status build(const RequestCertificate& m, Bytes& message) {
  Writer w{message};
  begin(w, MessageType::request_certificate);
  w.u8(m.authentication_type);
  w.bytes(m.challenge);
  return {};
}

Status build(const ClientCertificate& m, Bytes& message) {
  PARLEY_CHECK(check_lengths("client_certificate", {m.certificate.size(), m.response.size()}));
  Writer w{message};
  begin(w, MessageType::client_certificate);
  w.u8(m.certificate_type);
  w.u16(static_cast<std::uint16_t>(m.certificate.size()));
  w.u16(static_cast<std::uint16_t>(m.response.size()));
  w.bytes(m.certificate);
  w.bytes(m.response);
  return {};
}

}  // namespace parley::ssl2

// CLIENT-HELLO: SSL 2.0 section 2.5, RFC 2246 appendix E.1.
#include "ssl2/client_hello.hpp"

#include "parley/writer.hpp"

namespace parley::ssl2 {
namespace {

constexpr std::size_t kSessionId = 16;
/// What the length field can hold is more than any record can (RECORD-LENGTH has 15 bits).
constexpr std::size_t kMaxCipherSpecs = 32766;

Status check_sizes(std::size_t cipher_specs, std::size_t session_id, std::size_t challenge) {
  if (cipher_specs == 0 || cipher_specs % 3 != 0 || cipher_specs > kMaxCipherSpecs)
    return Error{.code = Errc::length_out_of_range, .where = "client_hello.cipher_specs_length"};
  if (session_id != 0 && session_id != kSessionId)
    return Error{.code = Errc::length_out_of_range, .where = "client_hello.session_id_length"};
  if (challenge < kMinChallenge || challenge > kMaxChallenge)
    return Error{.code = Errc::length_out_of_range, .where = "client_hello.challenge_length"};
  return {};
}

}  // namespace

Status parse(ByteView message, ClientHello& m, FieldSink* sink) {
  Reader r{message, sink};
  if (r.u8("client_hello.msg_type") != kClientHelloType && r.ok())
    r.fail(Errc::unexpected_message, "client_hello.msg_type");
  m.version = r.u16("client_hello.version");
  const std::size_t specs = r.u16("client_hello.cipher_specs_length");
  const std::size_t session_id = r.u16("client_hello.session_id_length");
  const std::size_t challenge = r.u16("client_hello.challenge_length");
  if (r.ok()) PARLEY_CHECK(check_sizes(specs, session_id, challenge));
  m.cipher_specs.clear();
  m.cipher_specs.reserve(specs / 3);
  for (std::size_t n = specs / 3; n > 0 && r.ok(); --n)
    m.cipher_specs.push_back(r.u24("client_hello.cipher_specs"));
  m.session_id = to_bytes(r.bytes("client_hello.session_id", session_id));
  m.challenge = to_bytes(r.bytes("client_hello.challenge", challenge));
  return r.finish("client_hello");
}

Status build(const ClientHello& m, Bytes& message) {
  PARLEY_CHECK(check_sizes(3 * m.cipher_specs.size(), m.session_id.size(), m.challenge.size()));
  Writer w{message};
  w.u8(kClientHelloType);
  w.u16(m.version);
  w.u16(static_cast<std::uint16_t>(3 * m.cipher_specs.size()));
  w.u16(static_cast<std::uint16_t>(m.session_id.size()));
  w.u16(static_cast<std::uint16_t>(m.challenge.size()));
  for (const std::uint32_t kind : m.cipher_specs) w.u24(kind);
  w.bytes(m.session_id);
  w.bytes(m.challenge);
  return w.finish("client_hello");
}

}  // namespace parley::ssl2

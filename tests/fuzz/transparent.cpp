// Cryptography that a fuzzer can see through. Linked before the library, these functions take the
// place of those in src/record/protection.cpp and src/handshake/msg_finished.cpp: records are not
// protected, and every Finished is right. What lies behind a handshake comes within reach, and the
// library itself has no such switch.
#include "handshake/handlers.hpp"
#include "record/protection.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// The size that the version wants, and nothing to know beforehand.
Bytes verify_data(const Handshake& h, Side from) {
  constexpr std::size_t kSsl30 = 36, kTls = 12;
  return Bytes(h.profile->version == ProtocolVersion::ssl30 ? kSsl30 : kTls,
               static_cast<std::uint8_t>(from));
}

}  // namespace

std::unique_ptr<Protection> make_protection(const ProtocolProfile&, const CipherSuite&,
                                            const DirectionKeys&) {
  return make_null_protection();
}

Status send_finished(Handshake& h, Bytes& body) {
  h.client_verify_data = verify_data(h, Side::client);
  h.server_verify_data = verify_data(h, Side::server);
  return build(Finished{verify_data(h, h.side)}, body);
}

Status receive_finished(Handshake& h, ByteView body) {
  Finished m;
  PARLEY_CHECK(parse(body, m));
  h.client_verify_data = verify_data(h, Side::client);
  h.server_verify_data = verify_data(h, Side::server);
  return {};
}

}  // namespace parley

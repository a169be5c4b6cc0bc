// CertificateRequest: RFC 2246 section 7.4.4.
#include "handshake/handlers.hpp"
#include "wire/messages.hpp"

namespace parley {

bool wants_client_certificate(const Handshake& h) {
  return h.config.verify_mode != VerifyMode::none;
}

Status send_certificate_request(Handshake&, Bytes& body) {
  CertificateRequestMessage m;
  m.certificate_types = {kRsaSign};
  // An empty list of names says that any authority will do, as the documented server does.
  return build(m, body);
}

Status receive_certificate_request(Handshake& h, ByteView body) {
  CertificateRequestMessage m;
  PARLEY_CHECK(parse(body, m));
  h.send_certificate =
      h.config.identity.has_value() && h.config.identity->key.type() == KeyType::rsa &&
      std::ranges::find(m.certificate_types, kRsaSign) != m.certificate_types.end();
  return {};
}

}  // namespace parley

// CertificateRequest: RFC 2246 section 7.4.4, RFC 4492 section 5.3, RFC 5246 section 7.4.4.
#include "handshake/digital_signature.hpp"
#include "handshake/handlers.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// ClientCertificateType of a key that signs; RFC 8422 section 5.5 has Ed25519 share that of ECDSA.
std::uint8_t certificate_type(KeyType t) {
  switch (t) {
    case KeyType::rsa: return kRsaSign;
    case KeyType::dsa: return kDssSign;
    case KeyType::ec:
    case KeyType::ed25519: break;
  }
  return kEcdsaSign;
}

}  // namespace

bool wants_client_certificate(const Handshake& h) {
  return h.config->verify_mode != VerifyMode::none && h.facts.server_authenticates;
}

// RFC 4492 knows no SSL 3.0, and clients of that time no third type.
bool asks_for(const ProtocolProfile& p, KeyType t) {
  if (t == KeyType::ed25519) return p.names_signature_algorithm();
  return t != KeyType::ec || p.hello_extensions;
}

Status send_certificate_request(Handshake& h, Bytes& body) {
  CertificateRequestMessage m;
  for (const KeyType t : {KeyType::rsa, KeyType::dsa, KeyType::ec})
    if (asks_for(*h.profile, t)) m.certificate_types.push_back(certificate_type(t));
  if (h.profile->names_signature_algorithm()) {
    auto& schemes = m.supported_signature_algorithms.emplace();
    for (const SignatureScheme s : h.config->signature_schemes)
      schemes.push_back(static_cast<std::uint16_t>(s));
  }
  // An empty list of names says that any authority will do, as the documented server does.
  return build(m, body);
}

Status receive_certificate_request(Handshake& h, ByteView body) {
  if (!h.facts.server_authenticates)
    return Error{.code = Errc::anonymous_certificate_request, .where = "certificate_request"};
  CertificateRequestMessage m;
  if (h.profile->names_signature_algorithm()) m.supported_signature_algorithms.emplace();
  PARLEY_CHECK(parse(body, m));
  if (m.supported_signature_algorithms) h.peer_schemes = *m.supported_signature_algorithms;
  // The server's order of types decides which of our identities it gets.
  for (const std::uint8_t type : m.certificate_types)
    for (const Identity& i : h.config->identities)
      if (h.identity == nullptr && certificate_type(i.key.type()) == type && can_sign_for(h, i.key))
        h.identity = &i;
  return {};
}

}  // namespace parley

// Certificate, of either side: RFC 2246 sections 7.4.2 and 7.4.6.
#include "base/limits.hpp"
#include "handshake/handlers.hpp"
#include "handshake/kx.hpp"
#include "handshake/negotiate.hpp"
#include "suite/groups.hpp"
#include "trust/key_codec.hpp"
#include "trust/peer.hpp"
#include "trust/signature.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// Who has shown a certificate stays who they are: one that changes with a renegotiation is how the
/// triple handshake attack (3SHAKE) puts words into another's mouth.
Status check_same_peer(const Handshake& h) {
  if (h.renegotiated == nullptr || h.renegotiated->peer_chain.empty()) return {};
  if (equal(h.renegotiated->peer_chain.front().der(), h.peer_chain.front().der())) return {};
  return Error{.code = Errc::renegotiation_mismatch,
               .where = "certificate: another than in the handshake before"};
}

Status take_chain(Handshake& h, const CertificateMessage& m, Purpose purpose) {
  if (m.certificate_list.size() > limits::kChainLength)
    return Error{.code = Errc::message_too_long, .where = "certificate.certificate_list"};
  for (const Bytes& der : m.certificate_list) {
    PARLEY_TRY(Certificate c, Certificate::parse(der));
    h.peer_chain.push_back(std::move(c));
  }
  PARLEY_TRY(h.peer_key, public_key_from_spki(h.peer_chain.front().spki()));
  PARLEY_CHECK(check_same_peer(h));
  PARLEY_CHECK(trust::judge_peer(*h.config, h.peer_chain, purpose, h.env.clock.unix_seconds(),
                                 h.verify_error));
  h.peer_verified = h.config->verify_mode != VerifyMode::none;
  return {};
}

/// RFC 2246 section 7.4.2, RFC 4492 section 5.3: a keyUsage must allow what the suite does with the
/// key. Without verification nothing that the certificate says counts.
Status check_key_usage(const Handshake& h) {
  if (h.config->verify_mode == VerifyMode::none) return {};
  const unsigned wanted = h.suite->auth == Auth::ecdh ? kKeyAgreement
                          : h.facts.server_kx         ? kDigitalSignature
                                                      : kKeyEncipherment;
  PARLEY_TRY(const auto usage, h.peer_chain.front().key_usage());
  if (usage && (*usage & wanted) == 0)
    return Error{.code = Errc::certificate_type, .where = "certificate: keyUsage"};
  return {};
}

}  // namespace

Status send_certificate(Handshake& h, Bytes& body) {
  CertificateMessage m;
  if (h.identity != nullptr)
    for (const Certificate& c : h.identity->chain) m.certificate_list.push_back(to_bytes(c.der()));
  if (h.side == Side::client) h.facts.client_cert_sent = h.identity != nullptr;
  return build(m, body);
}

Status receive_server_certificate(Handshake& h, ByteView body) {
  CertificateMessage m;
  PARLEY_CHECK(parse(body, m));
  if (m.certificate_list.empty())
    return Error{.code = Errc::bad_certificate, .where = "certificate.certificate_list"};
  PARLEY_CHECK(take_chain(h, m, Purpose::server));
  if (!fits(*h.profile, *h.suite, trust::key_type(*h.peer_key), h.peer_chain.front()))
    return Error{.code = Errc::certificate_type, .where = "certificate: not for this suite"};
  // RFC 4492 section 5.1: the curves we name bind the key in the certificate too.
  const auto* ec = std::get_if<crypto::EcPublicKey>(&*h.peer_key);
  if (ec != nullptr &&
      std::ranges::find(h.config->groups, group_of(ec->curve())) == h.config->groups.end())
    return Error{.code = Errc::wrong_curve, .where = "certificate"};
  const auto* rsa = std::get_if<crypto::RsaPublicKey>(&*h.peer_key);
  h.facts.server_kx = has_server_params(*h.suite, rsa != nullptr ? rsa->bits() : 0);
  return check_key_usage(h);
}

Status receive_client_certificate(Handshake& h, ByteView body) {
  CertificateMessage m;
  PARLEY_CHECK(parse(body, m));
  if (m.certificate_list.empty()) return accept_no_client_certificate(h);
  h.facts.client_cert_sent = true;
  PARLEY_CHECK(take_chain(h, m, Purpose::client));
  if (!asks_for(*h.profile, trust::key_type(*h.peer_key)))
    return Error{.code = Errc::certificate_type, .where = "certificate: not asked for"};
  return {};
}

Status accept_no_client_certificate(Handshake& h) {
  h.facts.client_cert_sent = false;
  if (h.config->verify_mode == VerifyMode::required)
    return Error{.code = Errc::peer_did_not_return_certificate, .where = "certificate"};
  return {};
}

}  // namespace parley

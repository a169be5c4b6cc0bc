// CertificateStatus: RFC 6066 section 8.
#include "handshake/handlers.hpp"
#include "trust/peer.hpp"
#include "wire/messages.hpp"

namespace parley {

namespace {

/// "Must-staple" (RFC 7633 section 4.2.2).
bool promises_status(std::span<const Certificate> chain) {
  constexpr std::uint16_t kStatusRequest = 5;
  if (chain.empty()) return false;
  const auto features = chain.front().tls_features();
  return features && *features &&
         std::ranges::find((*features)->extensions, kStatusRequest) !=
             (*features)->extensions.end();
}

}  // namespace

bool has_staple(const Handshake& h) {
  return h.identity != nullptr && !h.identity->ocsp_response.empty();
}

Status send_certificate_status(Handshake& h, Bytes& body) {
  CertificateStatusMessage m;
  m.response = h.identity->ocsp_response;
  return build(m, body);
}

Status receive_certificate_status(Handshake& h, ByteView body) {
  CertificateStatusMessage m;
  PARLEY_CHECK(parse(body, m));
  if (m.status_type != kStatusTypeOcsp)
    return Error{.code = Errc::bad_value, .where = "certificate_status.status_type"};
  h.ocsp_response = std::move(m.response);
  return trust::judge_staple(*h.config, h.peer_chain, h.ocsp_response, h.env.clock.unix_seconds(),
                             h.verify_error);
}

Status check_status_given(Handshake& h) {
  if (h.config->verify_mode == VerifyMode::none || !h.facts.server_authenticates ||
      !h.ocsp_response.empty())
    return {};
  if (!h.config->require_status && !(h.config->request_status && promises_status(h.peer_chain)))
    return {};
  return Error{.code = Errc::ocsp_missing, .where = "certificate_status"};
}

}  // namespace parley

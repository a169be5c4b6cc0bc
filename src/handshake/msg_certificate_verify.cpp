// CertificateVerify: RFC 2246 section 7.4.8, RFC 6101 section 5.6.8.
#include "handshake/handlers.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

Result<VerifyData> signed_digest(const Handshake& h) {
  const crypto::SecretBytes* master = h.master_secret.get();
  if (master == nullptr) return Error{.code = Errc::internal, .where = "certificate_verify"};
  return h.profile->certificate_verify(h.transcript.bytes(), *master);
}

}  // namespace

Status send_certificate_verify(Handshake& h, Bytes& body) {
  PARLEY_TRY(const VerifyData digest, signed_digest(h));
  if (h.identity == nullptr) return Error{.code = Errc::internal, .where = "certificate_verify"};
  PARLEY_TRY(Bytes signature, trust::sign_handshake(h.identity->key.impl().key, h.env.rng, digest));
  return build(CertificateVerifyMessage{std::move(signature)}, body);
}

Status receive_certificate_verify(Handshake& h, ByteView body) {
  CertificateVerifyMessage m;
  PARLEY_CHECK(parse(body, m));
  PARLEY_TRY(const VerifyData digest, signed_digest(h));
  if (!h.peer_key) return Error{.code = Errc::internal, .where = "certificate_verify"};
  return trust::verify_handshake(*h.peer_key, digest, m.signature);
}

}  // namespace parley

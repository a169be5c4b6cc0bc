// CertificateVerify: RFC 2246 section 7.4.8, RFC 6101 section 5.6.8, RFC 5246 section 7.4.8.
#include "handshake/digital_signature.hpp"
#include "handshake/handlers.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

Result<ToSign> to_sign(const Handshake& h) {
  const crypto::SecretBytes* master = h.master_secret.get();
  if (master == nullptr) return Error{.code = Errc::internal, .where = "certificate_verify"};
  ToSign what{.message = h.transcript.bytes()};
  if (!h.profile->names_signature_algorithm())
    what.md5_sha1 = h.profile->certificate_verify(what.message, *master);
  return what;
}

}  // namespace

Status send_certificate_verify(Handshake& h, Bytes& body) {
  PARLEY_TRY(const ToSign what, to_sign(h));
  PARLEY_TRY(DigitalSignature made, sign(h, what));
  return build(CertificateVerifyMessage{made.algorithm, std::move(made.signature)}, body);
}

Status receive_certificate_verify(Handshake& h, ByteView body) {
  CertificateVerifyMessage m{.algorithm = announced_algorithm(h), .signature = {}};
  PARLEY_CHECK(parse(body, m));
  PARLEY_TRY(const ToSign what, to_sign(h));
  return verify(h, what, m.algorithm, m.signature);
}

}  // namespace parley

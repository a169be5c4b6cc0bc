// CertificateVerify: RFC 2246 section 7.4.8, RFC 6101 section 5.6.8.
#include "handshake/handlers.hpp"
#include "trust/key_codec.hpp"
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
  const auto* key = std::get_if<crypto::RsaPrivateKey>(&h.config.identity->key.impl().key);
  if (key == nullptr) return Error{.code = Errc::internal, .where = "certificate_verify"};
  PARLEY_TRY(Bytes signature, key->sign(h.env.rng, crypto::RsaDigest::bare_md5_sha1, digest));
  return build(CertificateVerifyMessage{std::move(signature)}, body);
}

Status receive_certificate_verify(Handshake& h, ByteView body) {
  CertificateVerifyMessage m;
  PARLEY_CHECK(parse(body, m));
  PARLEY_TRY(const VerifyData digest, signed_digest(h));
  const auto* key = h.peer_key ? std::get_if<crypto::RsaPublicKey>(&*h.peer_key) : nullptr;
  if (key == nullptr) return Error{.code = Errc::certificate_type, .where = "certificate_verify"};
  if (!key->verify(crypto::RsaDigest::bare_md5_sha1, digest, m.signature))
    return Error{.code = Errc::bad_signature, .where = "certificate_verify.signature"};
  return {};
}

}  // namespace parley

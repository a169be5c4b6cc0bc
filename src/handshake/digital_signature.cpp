#include "handshake/digital_signature.hpp"

#include "parley/writer.hpp"
#include "protocol/tls10.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

/// The randoms keep a signature from serving twice. Its digests are those of TLS 1.0 in SSL 3.0
/// too (RFC 6101 section 5.6.4).
struct SignedParams {
  SignedParams(const Handshake& h, ByteView params) {
    append(message, h.client_random);
    append(message, h.server_random);
    append(message, params);
  }
  ToSign to_sign(const Handshake& h) const {
    if (h.profile->names_signature_algorithm()) return {.message = message};
    return {.message = message, .md5_sha1 = tls10::handshake_hash(crypto::HashId::md5, message)};
  }
  Bytes message;
};

/// Collisions of it are for sale (RFC 9155); SHA-224 is as strong as ever.
bool rests_on_sha1(const SchemeTraits& s) { return s.hash == crypto::HashId::sha1; }

bool allows(const Handshake& h, SignatureScheme s) {
  const auto& ours = h.config->signature_schemes;
  return std::ranges::find(ours, s) != ours.end();
}

}  // namespace

std::optional<std::uint16_t> announced_algorithm(const Handshake& h) {
  return h.profile->names_signature_algorithm() ? std::optional<std::uint16_t>{0} : std::nullopt;
}

const SchemeTraits* choose_scheme(const Handshake& h, const PrivateKey& key) {
  const SchemeTraits* last_resort = nullptr;
  for (const std::uint16_t number : h.peer_schemes) {
    const SchemeTraits* s = find_signature_scheme(number);
    if (s == nullptr || !allows(h, s->scheme) || !can_sign(*s, key.type(), key.bits())) continue;
    if (!rests_on_sha1(*s)) return s;
    if (last_resort == nullptr) last_resort = s;
  }
  return last_resort;
}

bool can_sign_for(const Handshake& h, const PrivateKey& key) {
  return h.profile->names_signature_algorithm() ? choose_scheme(h, key) != nullptr
                                                : key.type() != KeyType::ed25519;
}

std::vector<std::uint16_t> default_schemes() {
  std::vector<std::uint16_t> all;
  for (const SignatureScheme s :
       {SignatureScheme::rsa_pkcs1_sha1, SignatureScheme::dsa_sha1, SignatureScheme::ecdsa_sha1})
    all.push_back(static_cast<std::uint16_t>(s));
  return all;
}

Result<DigitalSignature> sign(Handshake& h, const ToSign& what) {
  if (h.identity == nullptr) return Error{.code = Errc::no_certificate, .where = "signature"};
  const crypto::PrivateKey& key = h.identity->key.impl().key;
  DigitalSignature made;
  if (!h.profile->names_signature_algorithm()) {
    PARLEY_TRY(made.signature, trust::sign_handshake(key, h.env.rng, ByteView{what.md5_sha1}));
    return made;
  }
  const SchemeTraits* scheme = choose_scheme(h, h.identity->key);
  if (scheme == nullptr)
    return Error{.code = Errc::no_shared_signature_scheme, .where = "signature.algorithm"};
  made.algorithm = static_cast<std::uint16_t>(scheme->scheme);
  h.signed_with_sha1 = h.signed_with_sha1 || rests_on_sha1(*scheme);
  PARLEY_TRY(made.signature, trust::sign_scheme(key, h.env.rng, *scheme, what.message));
  return made;
}

Status verify(Handshake& h, const ToSign& what, std::optional<std::uint16_t> algorithm,
              ByteView signature) {
  if (!h.peer_key) return Error{.code = Errc::internal, .where = "signature"};
  if (!algorithm) {
    if (h.profile->bare_dsa_signatures &&
        trust::verify_bare_dsa(*h.peer_key, what.md5_sha1, signature))
      return {};
    return trust::verify_handshake(*h.peer_key, what.md5_sha1, signature);
  }
  const SchemeTraits* scheme = find_signature_scheme(*algorithm);
  if (scheme == nullptr || !allows(h, scheme->scheme) ||
      scheme->key != trust::key_type(*h.peer_key))
    return Error{.code = Errc::wrong_signature_type, .where = "signature.algorithm"};
  h.signed_with_sha1 = h.signed_with_sha1 || rests_on_sha1(*scheme);
  return trust::verify_scheme(*h.peer_key, *scheme, what.message, signature);
}

Status sign_params(Handshake& h, std::size_t params_at, Bytes& body) {
  if (h.suite->auth == Auth::anonymous) return {};
  const SignedParams params{h, ByteView{body}.subspan(params_at)};
  PARLEY_TRY(const DigitalSignature made, sign(h, params.to_sign(h)));
  Writer w{body};
  if (made.algorithm) w.u16(*made.algorithm);
  {
    Writer::Vec vector{w, 2};
    w.bytes(made.signature);
  }
  return w.finish("server_key_exchange.signature");
}

Status check_params(Handshake& h, ByteView body, std::optional<std::uint16_t> algorithm,
                    const std::optional<Bytes>& signature) {
  const bool anonymous = h.suite->auth == Auth::anonymous;
  if (anonymous != !signature)
    return Error{.code = anonymous ? Errc::trailing_bytes : Errc::truncated,
                 .where = "server_key_exchange.signature"};
  if (anonymous) return {};
  const std::size_t signed_part = (algorithm ? 2u : 0u) + 2u + signature->size();
  const SignedParams params{h, body.first(body.size() - signed_part)};
  return verify(h, params.to_sign(h), algorithm, *signature);
}

}  // namespace parley

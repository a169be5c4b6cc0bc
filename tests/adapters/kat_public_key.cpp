// parley-kat: keys, signatures and numbers.
#include <optional>

#include "crypto/dsa.hpp"
#include "crypto/ec.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/prime.hpp"
#include "crypto/rsa.hpp"
#include "tests/adapters/kat.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::kat {
namespace {

crypto::RsaDigest rsa_digest(crypto::HashId id) {
  switch (id) {
    case crypto::HashId::md5: return crypto::RsaDigest::md5;
    case crypto::HashId::sha1: return crypto::RsaDigest::sha1;
    case crypto::HashId::sha224: return crypto::RsaDigest::sha224;
    case crypto::HashId::sha256: return crypto::RsaDigest::sha256;
    case crypto::HashId::sha384: return crypto::RsaDigest::sha384;
    case crypto::HashId::sha512: return crypto::RsaDigest::sha512;
    case crypto::HashId::md2: return crypto::RsaDigest::md2;
    case crypto::HashId::md4: return crypto::RsaDigest::md4;
  }
  throw missing("hash");
}

/// The library's limits on keys are not the suite's business: beyond them there is no answer.
void skip_unsupported(const Error& e) {
  if (e.code == Errc::key_too_small || e.code == Errc::key_too_large ||
      e.code == Errc::unsupported_key)
    throw missing("key refused: " + std::string(errc_reason(e.code)));
}

/// The key of kind K in `spki`, or nothing; throws Skip for one that is beyond the library.
template <class K>
std::optional<K> key_of_kind(const Request& r) {
  const Result<crypto::PublicKey> key = public_key_from_spki(r.bytes("spki"));
  if (!key) {
    skip_unsupported(key.error());
    return std::nullopt;
  }
  const K* wanted = std::get_if<K>(&*key);
  return wanted != nullptr ? std::optional<K>(*wanted) : std::nullopt;
}

std::optional<crypto::RsaPublicKey> rsa_public_key(const Request& r) {
  if (r.has("spki")) return key_of_kind<crypto::RsaPublicKey>(r);
  auto key = crypto::RsaPublicKey::from_numbers({.n = r.number("n"), .e = r.number("e")});
  if (key) return *key;
  skip_unsupported(key.error());
  return std::nullopt;
}

std::optional<crypto::RsaPrivateKey> rsa_private_key(const Request& r) {
  const Result<PrivateKey> key = PrivateKey::from_der(r.bytes("pkcs8"));
  if (key) {
    const auto* rsa = std::get_if<crypto::RsaPrivateKey>(&key->impl().key);
    return rsa != nullptr ? std::optional{*rsa} : std::nullopt;
  }
  skip_unsupported(key.error());
  return std::nullopt;
}

json rsa_verify(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg"), sig = r.bytes("sig");
  const auto key = rsa_public_key(r);
  return ok(key && key->verify(rsa_digest(id), crypto::hash(id, {msg}), sig));
}

json rsa_pss_verify(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg"), sig = r.bytes("sig");
  const std::size_t salt = r.count("salt");
  const auto key = rsa_public_key(r);
  return ok(key && key->verify_pss(id, crypto::hash(id, {msg}), sig, salt));
}

json dsa_verify(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg");
  const crypto::RsSignature sig = {r.number("r"), r.number("s")};
  const auto key = crypto::DsaPublicKey::from_numbers(
      {.p = r.number("p"), .q = r.number("q"), .g = r.number("g"), .y = r.number("y")});
  if (!key) skip_unsupported(key.error());
  return ok(key && key->verify(crypto::hash(id, {msg}), sig));
}

/// `sig` is r and s in DER.
template <class K>
json verify_der(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg"), sig = r.bytes("sig");
  const auto key = key_of_kind<K>(r);
  return ok(key && trust::verify_digest(*key, id, crypto::hash(id, {msg}), sig));
}

json rsa_sign(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg");
  const auto key = rsa_private_key(r);
  if (!key) return ok(false);
  const Result<Bytes> sig = key->sign(system_rng(), rsa_digest(id), crypto::hash(id, {msg}));
  return sig ? out(*sig) : ok(false);
}

json rsa_decrypt(const Request& r) {
  const Bytes ct = r.bytes("ct");
  const auto key = rsa_private_key(r);
  if (!key) return ok(false);
  const Result<crypto::SecretBytes> pt = key->decrypt(system_rng(), ct);
  return pt ? out(pt->view()) : ok(false);
}

crypto::Curve curve(const Request& r) {
  const std::string name = r.text("curve");
  for (std::size_t i = 0; i < crypto::kCurveCount; ++i) {
    const auto c = static_cast<crypto::Curve>(i);
    if (crypto::curve_name(c) == name) return c;
  }
  throw missing("curve " + name);
}

/// `qx` and `qy` as an uncompressed point; one that is too long for the curve makes none.
Bytes point(const Request& r, crypto::Curve c) {
  const std::size_t size = crypto::curve_field_size(c);
  Bytes encoded = {4};
  for (const char* name : {"qx", "qy"}) {
    const Bytes number = r.number(name);
    const ByteView magnitude = crypto::strip_zeros(number);
    if (magnitude.size() < size) encoded.resize(encoded.size() + size - magnitude.size());
    append(encoded, magnitude);
  }
  return encoded;
}

json ecdsa_verify(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const crypto::Curve c = curve(r);
  if (c == crypto::Curve::x25519) throw malformed("x25519 does not sign");
  const Bytes msg = r.bytes("msg");
  const crypto::RsSignature sig = {r.number("r"), r.number("s")};
  const auto key = crypto::EcPublicKey::from_point(c, point(r, c));
  return ok(key && key->verify(crypto::hash(id, {msg}), sig));
}

json ecdh(const Request& r) {
  const crypto::Curve c = curve(r);
  const Bytes scalar = c == crypto::Curve::x25519 ? r.bytes("priv") : r.number("priv");
  const auto peer = crypto::EcPublicKey::from_point(c, r.bytes("pub"));
  const auto key = crypto::EcPrivateKey::from_scalar(c, scalar);
  if (!peer || !key) return ok(false);
  const Result<crypto::SecretBytes> secret = key->agree(*peer);
  return secret ? out(secret->view()) : ok(false);
}

json ed25519_verify(const Request& r) {
  return ok(crypto::ed25519_verify(r.bytes("pub"), r.bytes("msg"), r.bytes("sig")));
}

json prime(const Request& r) {
  const Bytes value = r.bytes("value");
  if (!value.empty() && (value[0] & 0x80) != 0) return ok(false);  // negative
  const ByteView magnitude = crypto::strip_zeros(value);
  if (magnitude.size() > crypto::kMaxModulusLimbs * crypto::kLimbBytes)
    throw missing("numbers above 8192 bits");
  if (magnitude.empty()) return ok(false);
  crypto::Num n(crypto::limbs_for_bytes(magnitude.size()));
  crypto::decode_big_endian(n.span(), magnitude);
  const Result<bool> is = crypto::is_probable_prime(n, crypto::kAdversarialRounds, system_rng());
  if (!is) throw Skip("failed: " + std::string(errc_reason(is.error().code)));
  return ok(*is);
}

constexpr Op kOps[] = {
    {"rsa_verify", rsa_verify},
    {"rsa_pss_verify", rsa_pss_verify},
    {"rsa_sign", rsa_sign},
    {"rsa_decrypt", rsa_decrypt},
    {"dsa_verify", dsa_verify},
    {"dsa_verify_der", verify_der<crypto::DsaPublicKey>},
    {"ecdsa_verify", ecdsa_verify},
    {"ecdsa_verify_der", verify_der<crypto::EcPublicKey>},
    {"ecdh", ecdh},
    {"ed25519_verify", ed25519_verify},
    {"prime", prime},
};

}  // namespace

std::span<const Op> public_key_ops() { return kOps; }

}  // namespace parley::kat

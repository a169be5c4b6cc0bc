#include "trust/signature.hpp"

#include <array>

#include "asn1/keys.hpp"

namespace parley::trust {
namespace {

using crypto::DsaPublicKey;
using crypto::Ed25519PrivateKey;
using crypto::Ed25519PublicKey;
using crypto::HashId;
using crypto::RsaDigest;
using crypto::RsaPrivateKey;
using crypto::RsaPublicKey;

constexpr std::size_t kMd5Size = 16;

// Null for hashes that no RSA signature here is made over.
const RsaDigest* rsa_digest(HashId hash) {
  static constexpr std::array<std::pair<HashId, RsaDigest>, 8> kDigests{
      {{HashId::md2, RsaDigest::md2},
       {HashId::md4, RsaDigest::md4},
       {HashId::md5, RsaDigest::md5},
       {HashId::sha1, RsaDigest::sha1},
       {HashId::sha224, RsaDigest::sha224},
       {HashId::sha256, RsaDigest::sha256},
       {HashId::sha384, RsaDigest::sha384},
       {HashId::sha512, RsaDigest::sha512}}};
  const auto* row = std::ranges::find(kDigests, hash, &std::pair<HashId, RsaDigest>::first);
  return row != kDigests.end() ? &row->second : nullptr;
}

constexpr Error kNoSuchDigest{.code = Errc::unsupported_algorithm, .where = "hash"};

// RFC 8032 section 5.1: the message itself goes in, not what a hash made of it.
constexpr Error kNoDigestSigned{.code = Errc::unsupported_algorithm,
                                .where = "Ed25519 below TLS 1.2"};

Result<Bytes> sign_rsa(const RsaPrivateKey& key, Rng& rng, HashId hash, ByteView digest) {
  const RsaDigest* kind = rsa_digest(hash);
  // MD2 and MD4 are read, never written.
  if (kind == nullptr || hash == HashId::md2 || hash == HashId::md4) return kNoSuchDigest;
  return key.sign(rng, *kind, digest);
}

Status verify_rsa(const RsaPublicKey& key, RsaDigest kind, ByteView digest, ByteView signature) {
  if (!key.verify(kind, digest, signature))
    return Error{.code = Errc::bad_signature, .where = "signature"};
  return {};
}

template <class Key>
Result<Bytes> sign_rs(const Key& key, Rng& rng, HashId hash, ByteView digest) {
  PARLEY_TRY(const auto rs, key.sign(rng, hash, digest));
  Bytes der;
  asn1::DerWriter w{der};
  asn1::write_rs_signature(w, {.r = rs.r, .s = rs.s});
  return der;
}

template <class Key>
Status verify_rs(const Key& key, ByteView digest, ByteView signature) {
  const auto fields = asn1::parse_rs_signature(signature);
  if (!fields) {
    // For whoever waits for the answer this is a wrong signature, not a message or a certificate
    // that cannot be read: the alert is decrypt_error (RFC 5246 section 7.2.2).
    Error e = fields.error();
    e.code = Errc::bad_signature;
    return e;
  }
  return key.verify(digest, {.r = to_bytes(fields->r), .s = to_bytes(fields->s)});
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

Status check_handshake_digest(ByteView md5_sha1) {
  if (md5_sha1.size() != kHandshakeDigestSize)
    return Error{.code = Errc::bad_argument, .where = "handshake digest"};
  return {};
}

}  // namespace

// The variants list their kinds in the order of KeyType.
KeyType key_type(const crypto::PublicKey& key) { return static_cast<KeyType>(key.index()); }
KeyType key_type(const crypto::PrivateKey& key) { return static_cast<KeyType>(key.index()); }

Result<Bytes> sign_digest(const crypto::PrivateKey& key, Rng& rng, HashId hash, ByteView digest) {
  return std::visit(
      Overloaded{[&](const RsaPrivateKey& k) { return sign_rsa(k, rng, hash, digest); },
                 [&](const Ed25519PrivateKey&) -> Result<Bytes> { return kNoDigestSigned; },
                 [&](const auto& k) { return sign_rs(k, rng, hash, digest); }},
      key);
}

Status verify_digest(const crypto::PublicKey& key, HashId hash, ByteView digest,
                     ByteView signature) {
  return std::visit(Overloaded{[&](const RsaPublicKey& k) -> Status {
                                 const RsaDigest* kind = rsa_digest(hash);
                                 if (kind == nullptr) return kNoSuchDigest;
                                 return verify_rsa(k, *kind, digest, signature);
                               },
                               [](const Ed25519PublicKey&) -> Status { return kNoDigestSigned; },
                               [&](const auto& k) { return verify_rs(k, digest, signature); }},
                    key);
}

Result<Bytes> sign_handshake(const crypto::PrivateKey& key, Rng& rng, ByteView md5_sha1) {
  PARLEY_CHECK(check_handshake_digest(md5_sha1));
  if (const auto* rsa = std::get_if<RsaPrivateKey>(&key))
    return rsa->sign(rng, RsaDigest::bare_md5_sha1, md5_sha1);
  return sign_digest(key, rng, HashId::sha1, md5_sha1.subspan(kMd5Size));
}

Status verify_handshake(const crypto::PublicKey& key, ByteView md5_sha1, ByteView signature) {
  PARLEY_CHECK(check_handshake_digest(md5_sha1));
  if (const auto* rsa = std::get_if<RsaPublicKey>(&key))
    return verify_rsa(*rsa, RsaDigest::bare_md5_sha1, md5_sha1, signature);
  return verify_digest(key, HashId::sha1, md5_sha1.subspan(kMd5Size), signature);
}

Status verify_bare_dsa(const crypto::PublicKey& key, ByteView md5_sha1, ByteView signature) {
  PARLEY_CHECK(check_handshake_digest(md5_sha1));
  const auto* dsa = std::get_if<DsaPublicKey>(&key);
  const std::size_t size = dsa == nullptr ? 0 : (dsa->q_bits() + 7) / 8;
  if (dsa == nullptr || signature.size() != 2 * size)
    return Error{.code = Errc::bad_signature, .where = "signature"};
  return dsa->verify(md5_sha1.subspan(kMd5Size), {.r = to_bytes(signature.first(size)),
                                                  .s = to_bytes(signature.subspan(size))});
}

Result<Bytes> sign_scheme(const crypto::PrivateKey& key, Rng& rng, const SchemeTraits& s,
                          ByteView message) {
  if (key_type(key) != s.key) return Error{.code = Errc::bad_argument, .where = "signature key"};
  if (const auto* ed25519 = std::get_if<Ed25519PrivateKey>(&key)) return ed25519->sign(message);
  const crypto::Digest digest = crypto::hash(*s.hash, {message});
  if (s.pss) return std::get<RsaPrivateKey>(key).sign_pss(rng, *s.hash, digest);
  return sign_digest(key, rng, *s.hash, digest);
}

Status verify_scheme(const crypto::PublicKey& key, const SchemeTraits& s, ByteView message,
                     ByteView signature) {
  constexpr Error kBad{.code = Errc::bad_signature, .where = "signature"};
  if (key_type(key) != s.key) return kBad;
  if (const auto* ed25519 = std::get_if<Ed25519PublicKey>(&key))
    return ed25519->verify(message, signature) ? Status{} : Status{kBad};
  const crypto::Digest digest = crypto::hash(*s.hash, {message});
  if (!s.pss) return verify_digest(key, *s.hash, digest, signature);
  const bool good = std::get<RsaPublicKey>(key).verify_pss(*s.hash, digest, signature, digest.size);
  return good ? Status{} : Status{kBad};
}

}  // namespace parley::trust

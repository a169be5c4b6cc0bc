#include "trust/signature.hpp"

#include <array>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"

namespace parley::trust {
namespace {

using crypto::HashId;
using crypto::RsaDigest;
using crypto::RsaPrivateKey;
using crypto::RsaPublicKey;

constexpr std::size_t kMd5Size = 16;

RsaDigest rsa_digest(HashId hash) {
  switch (hash) {
    case HashId::md5: return RsaDigest::md5;
    case HashId::sha1: return RsaDigest::sha1;
    case HashId::sha224: return RsaDigest::sha224;
    case HashId::sha256: return RsaDigest::sha256;
    case HashId::sha384: return RsaDigest::sha384;
    case HashId::sha512: return RsaDigest::sha512;
    case HashId::md2:
    case HashId::md4: break;  // no signature here is made over them
  }
  return RsaDigest::sha1;
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

// RFC 3279 section 2.2, RFC 4055 section 5, RFC 5758 section 3. Of two names for one thing the
// first is preferred; the last row is the older name of sha1WithRSA.
const std::array kAlgorithms{
    SignatureAlgorithm{asn1::oid::kMd5WithRsa, KeyType::rsa, HashId::md5},
    SignatureAlgorithm{asn1::oid::kSha1WithRsa, KeyType::rsa, HashId::sha1},
    SignatureAlgorithm{asn1::oid::kSha224WithRsa, KeyType::rsa, HashId::sha224},
    SignatureAlgorithm{asn1::oid::kSha256WithRsa, KeyType::rsa, HashId::sha256},
    SignatureAlgorithm{asn1::oid::kSha384WithRsa, KeyType::rsa, HashId::sha384},
    SignatureAlgorithm{asn1::oid::kSha512WithRsa, KeyType::rsa, HashId::sha512},
    SignatureAlgorithm{asn1::oid::kSha1WithRsaOiw, KeyType::rsa, HashId::sha1},
};

}  // namespace

KeyType key_type(const crypto::PublicKey& key) { return static_cast<KeyType>(key.index()); }
KeyType key_type(const crypto::PrivateKey& key) { return static_cast<KeyType>(key.index()); }

Result<Bytes> sign_digest(const crypto::PrivateKey& key, Rng& rng, HashId hash, ByteView digest) {
  return std::visit(
      Overloaded{[&](const RsaPrivateKey& k) { return k.sign(rng, rsa_digest(hash), digest); },
                 [&](const auto& k) { return sign_rs(k, rng, hash, digest); }},
      key);
}

Status verify_digest(const crypto::PublicKey& key, HashId hash, ByteView digest,
                     ByteView signature) {
  return std::visit(Overloaded{[&](const RsaPublicKey& k) {
                                 return verify_rsa(k, rsa_digest(hash), digest, signature);
                               },
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

const SignatureAlgorithm* find_signature_algorithm(ByteView oid) {
  const auto row = std::ranges::find_if(
      kAlgorithms, [oid](const SignatureAlgorithm& a) { return equal(a.oid, oid); });
  return row != kAlgorithms.end() ? &*row : nullptr;
}

const SignatureAlgorithm* signature_algorithm(KeyType key, HashId hash) {
  const auto row = std::ranges::find_if(
      kAlgorithms, [&](const SignatureAlgorithm& a) { return a.key == key && a.hash == hash; });
  return row != kAlgorithms.end() ? &*row : nullptr;
}

}  // namespace parley::trust

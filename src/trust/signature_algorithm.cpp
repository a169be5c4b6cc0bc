// What X.509 calls signatures: names, parameters, and the check of what stands under a structure.
#include <array>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "trust/signature.hpp"

namespace parley::trust {
namespace {

using crypto::HashId;
namespace oid = asn1::oid;

// RFC 3279 section 2.2, RFC 4055 sections 3 and 5, RFC 5758 section 3, RFC 8410
// section 6. Of two names for one thing
// the first is preferred; the last row is the older name of sha1WithRSA.
const std::array kAlgorithms{
    SignatureAlgorithm{oid::kMd2WithRsa, KeyType::rsa, HashId::md2},
    SignatureAlgorithm{oid::kMd4WithRsa, KeyType::rsa, HashId::md4},
    SignatureAlgorithm{oid::kMd5WithRsa, KeyType::rsa, HashId::md5},
    SignatureAlgorithm{oid::kSha1WithRsa, KeyType::rsa, HashId::sha1},
    SignatureAlgorithm{oid::kSha224WithRsa, KeyType::rsa, HashId::sha224},
    SignatureAlgorithm{oid::kSha256WithRsa, KeyType::rsa, HashId::sha256},
    SignatureAlgorithm{oid::kSha384WithRsa, KeyType::rsa, HashId::sha384},
    SignatureAlgorithm{oid::kSha512WithRsa, KeyType::rsa, HashId::sha512},
    SignatureAlgorithm{oid::kRsaPss, KeyType::rsa, {}},
    SignatureAlgorithm{oid::kDsaWithSha1, KeyType::dsa, HashId::sha1},
    SignatureAlgorithm{oid::kDsaWithSha224, KeyType::dsa, HashId::sha224},
    SignatureAlgorithm{oid::kDsaWithSha256, KeyType::dsa, HashId::sha256},
    SignatureAlgorithm{oid::kEcdsaWithSha1, KeyType::ec, HashId::sha1},
    SignatureAlgorithm{oid::kEcdsaWithSha224, KeyType::ec, HashId::sha224},
    SignatureAlgorithm{oid::kEcdsaWithSha256, KeyType::ec, HashId::sha256},
    SignatureAlgorithm{oid::kEcdsaWithSha384, KeyType::ec, HashId::sha384},
    SignatureAlgorithm{oid::kEcdsaWithSha512, KeyType::ec, HashId::sha512},
    SignatureAlgorithm{oid::kEd25519, KeyType::ed25519, {}},
    SignatureAlgorithm{oid::kSha1WithRsaOiw, KeyType::rsa, HashId::sha1},
};

constexpr Error kUnsupported{.code = Errc::unsupported_algorithm, .where = "signatureAlgorithm"};

// Those of RFC 4055 section 2.1.
std::optional<HashId> find_hash(ByteView name) {
  if (equal(name, oid::kSha1)) return HashId::sha1;
  if (equal(name, oid::kSha224)) return HashId::sha224;
  if (equal(name, oid::kSha256)) return HashId::sha256;
  if (equal(name, oid::kSha384)) return HashId::sha384;
  if (equal(name, oid::kSha512)) return HashId::sha512;
  return {};
}

Status read_pss(SignatureFacts& f, ByteView parameters) {
  // RFC 4055 section 3.1: beside a signature the parameters must be there.
  if (parameters.empty()) return kUnsupported;
  PARLEY_TRY(const asn1::PssFields pss, asn1::parse_pss_parameters(parameters));
  f.hash = find_hash(pss.hash);
  f.pss_salt = pss.salt_length;
  if (!f.hash || !equal(pss.hash, pss.mask_hash)) return kUnsupported;
  return {};
}

bool fits(const crypto::PublicKey& key, const SignatureFacts& f, ByteView tbs, ByteView signature) {
  if (const auto* ed25519 = std::get_if<crypto::Ed25519PublicKey>(&key))
    return ed25519->verify(tbs, signature);
  const crypto::Digest digest = crypto::hash(*f.hash, {tbs});
  if (!f.pss_salt) return verify_digest(key, *f.hash, digest, signature).has_value();
  const auto* rsa = std::get_if<crypto::RsaPublicKey>(&key);
  return rsa != nullptr && rsa->verify_pss(*f.hash, digest, signature, *f.pss_salt);
}

}  // namespace

const SignatureAlgorithm* find_signature_algorithm(ByteView name) {
  const auto row = std::ranges::find_if(
      kAlgorithms, [name](const SignatureAlgorithm& a) { return equal(a.oid, name); });
  return row != kAlgorithms.end() ? &*row : nullptr;
}

bool rests_on_md5(const Certificate& c) {
  const auto algorithm = asn1::parse_algorithm(c.signature_algorithm());
  return !c.self_issued() && algorithm && equal(algorithm->oid, oid::kMd5WithRsa);
}

const SignatureAlgorithm* signature_algorithm(KeyType key, HashId hash) {
  const auto row = std::ranges::find_if(kAlgorithms, [&](const SignatureAlgorithm& a) {
    return a.key == key && (a.hash == hash || key == KeyType::ed25519);
  });
  return row != kAlgorithms.end() ? &*row : nullptr;
}

Result<Bytes> sign_message(const crypto::PrivateKey& key, Rng& rng, const SignatureAlgorithm& a,
                           ByteView message) {
  if (const auto* ed25519 = std::get_if<crypto::Ed25519PrivateKey>(&key))
    return ed25519->sign(message);
  if (!a.hash) return kUnsupported;  // PSS is checked, never made
  return sign_digest(key, rng, *a.hash, crypto::hash(*a.hash, {message}));
}

Result<SignatureFacts> signature_facts(ByteView algorithm_identifier) {
  PARLEY_TRY(const asn1::AlgorithmIdentifier a, asn1::parse_algorithm(algorithm_identifier));
  const SignatureAlgorithm* known = find_signature_algorithm(a.oid);
  if (known == nullptr) return kUnsupported;
  SignatureFacts f{.name = asn1::oid_name(a.oid), .key = known->key, .hash = known->hash};
  if (equal(a.oid, oid::kRsaPss)) {
    PARLEY_CHECK(read_pss(f, a.parameters));
  } else if (!a.parameters_null_or_absent() ||
             (known->key == KeyType::ed25519 && !a.parameters.empty())) {
    return kUnsupported;
  }
  return f;
}

Status verify_signed(ByteView tbs, ByteView algorithm_identifier, ByteView signature,
                     const crypto::PublicKey& key) {
  PARLEY_TRY(const SignatureFacts f, signature_facts(algorithm_identifier));
  if (key_type(key) != f.key)
    return Error{.code = Errc::bad_certificate_signature, .where = "signatureAlgorithm"};
  if (!fits(key, f, tbs, signature))
    return Error{.code = Errc::bad_certificate_signature, .where = "signature"};
  return {};
}

}  // namespace parley::trust

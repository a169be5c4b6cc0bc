// Ed25519 keys: RFC 8410.
#include "asn1/oid.hpp"
#include "trust/key_kinds.hpp"

namespace parley::trust {
namespace {

using crypto::Ed25519PrivateKey;
using crypto::Ed25519PublicKey;

// RFC 8410 section 3: parameters must be absent, NULL is none.
Status check_parameters(const asn1::AlgorithmIdentifier& a) {
  if (!a.parameters.empty()) return Error{.code = Errc::bad_value, .where = "Ed25519 parameters"};
  return {};
}

Result<crypto::PublicKey> read_public(const asn1::PublicKeyInfo& info) {
  PARLEY_CHECK(check_parameters(info.algorithm));
  PARLEY_TRY(const Ed25519PublicKey key, Ed25519PublicKey::from_bytes(info.key));
  return crypto::PublicKey{key};
}

Result<crypto::PrivateKey> read_pkcs8(const asn1::PrivateKeyInfo& info) {
  PARLEY_CHECK(check_parameters(info.algorithm));
  PARLEY_TRY(const ByteView seed, asn1::parse_edwards_private_key(info.key));
  PARLEY_TRY(const Ed25519PrivateKey key, Ed25519PrivateKey::from_seed(seed));
  if (!info.public_key.empty() && !equal(info.public_key, key.public_key().bytes()))
    return Error{.code = Errc::key_values_mismatch, .where = "OneAsymmetricKey.publicKey"};
  return crypto::PrivateKey{key};
}

void write_public(asn1::DerWriter& w, const crypto::PublicKey& any) {
  asn1::write_edwards_public_key_info(w, asn1::oid::kEd25519,
                                      std::get<Ed25519PublicKey>(any).bytes());
}

void write_pkcs8(asn1::DerWriter& w, const crypto::PrivateKey& any) {
  const crypto::SecretBytes seed = std::get<Ed25519PrivateKey>(any).seed();
  asn1::write_edwards_private_key_info(w, asn1::oid::kEd25519, seed);
}

}  // namespace

const KeyCodec kEd25519Codec{.name = "ED25519",
                             .oid = asn1::oid::kEd25519,
                             .pem_label = {},
                             .read_public = read_public,
                             .read_pkcs8 = read_pkcs8,
                             .read_traditional = nullptr,
                             .write_public = write_public,
                             .write_pkcs8 = write_pkcs8};

}  // namespace parley::trust

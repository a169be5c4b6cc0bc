// DSA keys: RFC 3279 section 2.3.2, and the forms of private keys that OpenSSL writes.
#include "asn1/oid.hpp"
#include "trust/key_kinds.hpp"

namespace parley::trust {
namespace {

using crypto::DsaPrivateKey;
using crypto::DsaPublicKey;

Result<crypto::PublicKey> read_public(const asn1::PublicKeyInfo& info) {
  PARLEY_TRY(const asn1::DsaFields f, asn1::parse_dsa_public_key(info));
  PARLEY_TRY(DsaPublicKey key,
             DsaPublicKey::from_numbers({.p = f.p, .q = f.q, .g = f.g, .y = f.y}));
  return crypto::PublicKey{std::move(key)};
}

Result<crypto::PrivateKey> private_key(const asn1::DsaFields& f) {
  PARLEY_TRY(DsaPrivateKey key,
             DsaPrivateKey::from_numbers({.p = f.p, .q = f.q, .g = f.g, .y = f.y}, f.x));
  return crypto::PrivateKey{std::move(key)};
}

Result<crypto::PrivateKey> read_pkcs8(const asn1::PrivateKeyInfo& info) {
  PARLEY_TRY(const asn1::DsaFields f, asn1::parse_dsa_private_key(info));
  return private_key(f);
}

Result<crypto::PrivateKey> read_traditional(ByteView der) {
  PARLEY_TRY(const asn1::DsaFields f, asn1::parse_dsa_traditional_key(der));
  return private_key(f);
}

void write_public(asn1::DerWriter& w, const crypto::PublicKey& any) {
  const auto& key = std::get<DsaPublicKey>(any);
  const Bytes p = key.p(), q = key.q(), g = key.g(), y = key.y();
  asn1::write_dsa_public_key_info(w, {.p = p, .q = q, .g = g, .y = y});
}

void write_pkcs8(asn1::DerWriter& w, const crypto::PrivateKey& any) {
  const auto& key = std::get<DsaPrivateKey>(any);
  const DsaPublicKey pub = key.public_key();
  const Bytes p = pub.p(), q = pub.q(), g = pub.g();
  const crypto::SecretBytes x = key.x();
  asn1::write_dsa_private_key_info(w, {.p = p, .q = q, .g = g, .x = x});
}

}  // namespace

const KeyCodec kDsaCodec{.name = "DSA",
                         .oid = asn1::oid::kDsa,
                         .pem_label = "DSA PRIVATE KEY",
                         .read_public = read_public,
                         .read_pkcs8 = read_pkcs8,
                         .read_traditional = read_traditional,
                         .write_public = write_public,
                         .write_pkcs8 = write_pkcs8};

}  // namespace parley::trust

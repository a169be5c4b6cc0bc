// RSA keys: RFC 3279 section 2.3.1, RFC 8017 appendix A.1.
#include "asn1/oid.hpp"
#include "trust/key_kinds.hpp"

namespace parley::trust {
namespace {

using crypto::RsaPrivateKey;
using crypto::RsaPublicKey;

Status check_parameters(const asn1::AlgorithmIdentifier& a) {
  if (!a.parameters_null_or_absent())
    return Error{.code = Errc::bad_value, .where = "RSA parameters"};
  return {};
}

Result<crypto::PublicKey> read_public(const asn1::PublicKeyInfo& info) {
  PARLEY_CHECK(check_parameters(info.algorithm));
  PARLEY_TRY(const asn1::RsaPublicFields f, asn1::parse_rsa_public_key(info.key));
  PARLEY_TRY(RsaPublicKey key, RsaPublicKey::from_numbers({.n = f.n, .e = f.e}));
  return crypto::PublicKey{std::move(key)};
}

Result<crypto::PrivateKey> read_traditional(ByteView der) {
  PARLEY_TRY(const asn1::RsaPrivateFields f, asn1::parse_rsa_private_key(der));
  PARLEY_TRY(RsaPrivateKey key, RsaPrivateKey::from_numbers({.n = f.n,
                                                             .e = f.e,
                                                             .d = f.d,
                                                             .p = f.p,
                                                             .q = f.q,
                                                             .dp = f.dp,
                                                             .dq = f.dq,
                                                             .qinv = f.qinv}));
  return crypto::PrivateKey{std::move(key)};
}

Result<crypto::PrivateKey> read_pkcs8(const asn1::PrivateKeyInfo& info) {
  PARLEY_CHECK(check_parameters(info.algorithm));
  return read_traditional(info.key);
}

void write_public(asn1::DerWriter& w, const crypto::PublicKey& any) {
  const auto& key = std::get<RsaPublicKey>(any);
  const Bytes n = key.n();
  const Bytes e = key.e();
  asn1::write_rsa_public_key_info(w, {.n = n, .e = e});
}

void write_pkcs8(asn1::DerWriter& w, const crypto::PrivateKey& any) {
  const RsaPrivateKey::Numbers k = std::get<RsaPrivateKey>(any).numbers();
  asn1::write_rsa_private_key_info(
      w,
      {.n = k.n, .e = k.e, .d = k.d, .p = k.p, .q = k.q, .dp = k.dp, .dq = k.dq, .qinv = k.qinv});
}

}  // namespace

const KeyCodec kRsaCodec{.name = "RSA",
                         .oid = asn1::oid::kRsaEncryption,
                         .pem_label = "RSA PRIVATE KEY",
                         .read_public = read_public,
                         .read_pkcs8 = read_pkcs8,
                         .read_traditional = read_traditional,
                         .write_public = write_public,
                         .write_pkcs8 = write_pkcs8};

}  // namespace parley::trust

// Keys on named curves: RFC 5480 section 2, RFC 5915.
#include "asn1/oid.hpp"
#include "trust/curves.hpp"
#include "trust/key_kinds.hpp"

namespace parley::trust {
namespace {

using crypto::Curve;
using crypto::EcPrivateKey;
using crypto::EcPublicKey;

Result<Curve> named_curve(ByteView oid) {
  const auto curve = find_curve_oid(oid);
  if (!curve) return Error{.code = Errc::unsupported_key, .where = "namedCurve"};
  return *curve;
}

Result<crypto::PublicKey> read_public(const asn1::PublicKeyInfo& info) {
  PARLEY_TRY(const ByteView oid, asn1::parse_ec_parameters(info.algorithm.parameters));
  PARLEY_TRY(const Curve curve, named_curve(oid));
  PARLEY_TRY(EcPublicKey key, EcPublicKey::from_point(curve, info.key));
  return crypto::PublicKey{std::move(key)};
}

Result<crypto::PrivateKey> private_key(const asn1::EcPrivateFields& f) {
  PARLEY_TRY(const Curve curve, named_curve(f.curve));
  PARLEY_TRY(EcPrivateKey key, EcPrivateKey::from_scalar(curve, f.scalar));
  if (!f.point.empty()) {
    PARLEY_TRY(const EcPublicKey stored, EcPublicKey::from_point(curve, f.point));
    if (!(stored == key.public_key()))
      return Error{.code = Errc::key_values_mismatch, .where = "ECPrivateKey.publicKey"};
  }
  return crypto::PrivateKey{std::move(key)};
}

Result<crypto::PrivateKey> read_pkcs8(const asn1::PrivateKeyInfo& info) {
  PARLEY_TRY(const ByteView curve, asn1::parse_ec_parameters(info.algorithm.parameters));
  PARLEY_TRY(asn1::EcPrivateFields f, asn1::parse_ec_private_key(info.key));
  if (f.curve.empty()) f.curve = curve;
  if (!equal(f.curve, curve))
    return Error{.code = Errc::wrong_curve, .where = "ECPrivateKey.parameters"};
  return private_key(f);
}

Result<crypto::PrivateKey> read_traditional(ByteView der) {
  PARLEY_TRY(const asn1::EcPrivateFields f, asn1::parse_ec_private_key(der));
  return private_key(f);
}

void write_public(asn1::DerWriter& w, const crypto::PublicKey& any) {
  const auto& key = std::get<EcPublicKey>(any);
  asn1::write_ec_public_key_info(w, curve_oid(key.curve()), key.point());
}

void write_pkcs8(asn1::DerWriter& w, const crypto::PrivateKey& any) {
  const auto& key = std::get<EcPrivateKey>(any);
  const Bytes point = key.public_key().point();
  const crypto::SecretBytes scalar = key.scalar();
  asn1::write_ec_private_key_info(
      w, {.scalar = scalar, .curve = curve_oid(key.curve()), .point = point});
}

}  // namespace

const KeyCodec kEcCodec{.name = "EC",
                        .oid = asn1::oid::kEcPublicKey,
                        .pem_label = "EC PRIVATE KEY",
                        .read_public = read_public,
                        .read_pkcs8 = read_pkcs8,
                        .read_traditional = read_traditional,
                        .write_public = write_public,
                        .write_pkcs8 = write_pkcs8};

}  // namespace parley::trust

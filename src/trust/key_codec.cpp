#include "trust/key_codec.hpp"

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "parley/pem.hpp"

namespace parley {
namespace {

using crypto::RsaPrivateKey;
using crypto::RsaPublicKey;

Result<PrivateKey> from_rsa(const asn1::RsaPrivateFields& f) {
  PARLEY_TRY(RsaPrivateKey key, RsaPrivateKey::from_numbers({.n = f.n,
                                                             .e = f.e,
                                                             .d = f.d,
                                                             .p = f.p,
                                                             .q = f.q,
                                                             .dp = f.dp,
                                                             .dq = f.dq,
                                                             .qinv = f.qinv}));
  return PrivateKey{
      std::make_shared<const PrivateKey::Impl>(PrivateKey::Impl{.key = std::move(key)})};
}

Result<PrivateKey> from_pkcs1(ByteView der) {
  PARLEY_TRY(const asn1::RsaPrivateFields f, asn1::parse_rsa_private_key(der));
  return from_rsa(f);
}

Result<PrivateKey> from_pkcs8(ByteView der) {
  PARLEY_TRY(const asn1::PrivateKeyInfo info, asn1::parse_private_key_info(der));
  if (!equal(info.algorithm.oid, asn1::oid::kRsaEncryption) ||
      !info.algorithm.parameters_null_or_absent())
    return Error{.code = Errc::unsupported_key, .where = "private_key.algorithm"};
  return from_pkcs1(info.key);
}

}  // namespace

std::string_view key_type_name(KeyType t) {
  switch (t) {
    case KeyType::rsa: return "RSA";
  }
  return "";
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  PARLEY_TRY(const std::vector<PemBlock> blocks, pem_blocks(pem));
  for (const PemBlock& b : blocks) {
    const auto offset = static_cast<std::uint32_t>(b.offset);
    if (!b.label.ends_with("PRIVATE KEY")) continue;
    if (b.encrypted())
      return Error{.code = Errc::bad_password_read, .where = "private_key", .offset = offset};
    const bool pkcs1 = b.label == "RSA PRIVATE KEY";
    if (!pkcs1 && b.label != "PRIVATE KEY")
      return Error{.code = Errc::unsupported_key, .where = "private_key", .offset = offset};
    PARLEY_TRY(Bytes der, b.decode());
    auto key = pkcs1 ? from_pkcs1(der) : from_pkcs8(der);
    crypto::wipe(der);
    return key;
  }
  return Error{.code = Errc::no_start_line, .where = "private_key"};
}

Result<PrivateKey> PrivateKey::from_der(ByteView der) {
  // The element after the version tells the two forms apart; EncryptedPrivateKeyInfo (RFC 5208
  // section 6) has no version.
  asn1::DerReader r{der};
  asn1::DerReader seq = r.enter("private_key", asn1::kSequence);
  if (seq.next_is(asn1::kSequence))
    return Error{.code = Errc::bad_password_read, .where = "private_key"};
  (void)seq.any("private_key.version");
  return seq.next_is(asn1::kSequence) ? from_pkcs8(der) : from_pkcs1(der);
}

Result<PrivateKey> PrivateKey::generate_rsa(Rng& rng, std::size_t bits) {
  PARLEY_TRY(RsaPrivateKey key, RsaPrivateKey::generate(rng, bits));
  return PrivateKey{std::make_shared<const Impl>(Impl{.key = std::move(key)})};
}

KeyType PrivateKey::type() const { return KeyType::rsa; }

std::size_t PrivateKey::bits() const {
  return std::visit([](const auto& k) { return k.public_key().bits(); }, impl_->key);
}

Bytes PrivateKey::public_key_info() const {
  return std::visit(
      [](const RsaPrivateKey& k) {
        const RsaPublicKey pub = k.public_key();
        const Bytes n = pub.n();
        const Bytes e = pub.e();
        Bytes der;
        asn1::DerWriter w{der};
        asn1::write_rsa_public_key_info(w, {.n = n, .e = e});
        return der;
      },
      impl_->key);
}

std::string PrivateKey::to_pem() const {
  return std::visit(
      [](const RsaPrivateKey& k) {
        const RsaPrivateKey::Numbers s = k.numbers();
        Bytes der;
        // Room for everything, so that growing leaves no copies behind unwiped.
        der.reserve(8 * s.n.size() + 256);
        asn1::DerWriter w{der};
        asn1::write_rsa_private_key_info(w, {.n = s.n,
                                             .e = s.e,
                                             .d = s.d,
                                             .p = s.p,
                                             .q = s.q,
                                             .dp = s.dp,
                                             .dq = s.dq,
                                             .qinv = s.qinv});
        std::string pem = encode_pem("PRIVATE KEY", der);
        crypto::wipe(der);
        return pem;
      },
      impl_->key);
}

Result<crypto::PublicKey> public_key_from_spki(ByteView spki) {
  PARLEY_TRY(const asn1::PublicKeyInfo info, asn1::parse_public_key_info(spki));
  if (!equal(info.algorithm.oid, asn1::oid::kRsaEncryption) ||
      !info.algorithm.parameters_null_or_absent())
    return Error{.code = Errc::unsupported_key, .where = "subjectPublicKeyInfo.algorithm"};
  PARLEY_TRY(const asn1::RsaPublicFields f, asn1::parse_rsa_public_key(info.key));
  PARLEY_TRY(RsaPublicKey key, RsaPublicKey::from_numbers({.n = f.n, .e = f.e}));
  return crypto::PublicKey{std::move(key)};
}

Status check_key_matches(const Certificate& c, const PrivateKey& key) {
  const auto certified = public_key_from_spki(c.spki());
  if (!certified) {
    if (certified.error().code == Errc::unsupported_key)
      return Error{.code = Errc::key_type_mismatch, .where = "certificate"};
    return certified.error();
  }
  const bool same = std::visit(
      [&certified](const RsaPrivateKey& k) {
        const auto* pub = std::get_if<RsaPublicKey>(&*certified);
        return pub != nullptr && *pub == k.public_key();
      },
      key.impl().key);
  if (!same) return Error{.code = Errc::key_values_mismatch, .where = "certificate"};
  return {};
}

}  // namespace parley

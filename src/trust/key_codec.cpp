#include "trust/key_codec.hpp"

#include <array>

#include "parley/pem.hpp"
#include "trust/curves.hpp"
#include "trust/encrypted_key.hpp"
#include "trust/key_kinds.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

using trust::KeyCodec;

// In the order of KeyType, which is that of the variants.
const std::array kCodecs{&trust::kRsaCodec, &trust::kDsaCodec, &trust::kEcCodec,
                         &trust::kEd25519Codec};
static_assert(std::variant_size_v<crypto::PublicKey> == std::tuple_size_v<decltype(kCodecs)> &&
              std::variant_size_v<crypto::PrivateKey> == std::tuple_size_v<decltype(kCodecs)>);

const KeyCodec& codec_of(KeyType t) { return *kCodecs[static_cast<std::size_t>(t)]; }

const KeyCodec* codec_by_oid(ByteView oid) {
  for (const KeyCodec* c : kCodecs)
    if (equal(c->oid, oid)) return c;
  return nullptr;
}

crypto::PublicKey public_half(const crypto::PrivateKey& key) {
  return std::visit([](const auto& k) { return crypto::PublicKey{k.public_key()}; }, key);
}

template <class Key>
Result<PrivateKey> wrap(Result<Key> key) {
  if (!key) return key.error();
  return PrivateKey{
      std::make_shared<const PrivateKey::Impl>(PrivateKey::Impl{.key = *std::move(key)})};
}

Result<PrivateKey> from_pkcs8(ByteView der) {
  PARLEY_TRY(const asn1::PrivateKeyInfo info, asn1::parse_private_key_info(der));
  const KeyCodec* codec = codec_by_oid(info.algorithm.oid);
  if (codec == nullptr)
    return Error{.code = Errc::unsupported_key, .where = "private_key.algorithm"};
  return wrap(codec->read_pkcs8(info));
}

/// Calls `open` with the password, which is wiped afterwards.
template <class Open>
Result<crypto::SecretBytes> with_password(const AskPassword& ask, Open open) {
  std::optional<std::string> password = ask ? ask() : std::nullopt;
  if (!password) return Error{.code = Errc::bad_password_read, .where = "private_key"};
  auto der = open(as_bytes(*password));
  crypto::wipe(password->data(), password->size());
  return der;
}

Result<PrivateKey> from_encrypted_pkcs8(ByteView der, const AskPassword& ask) {
  PARLEY_TRY(const crypto::SecretBytes plain, with_password(ask, [der](ByteView password) {
               return trust::decrypt_pkcs8(der, password);
             }));
  return from_pkcs8(plain);
}

Result<PrivateKey> from_block(const PemBlock& b, const AskPassword& ask) {
  if (b.label == "ENCRYPTED PRIVATE KEY") {
    PARLEY_TRY(const Bytes der, b.decode());
    return from_encrypted_pkcs8(der, ask);
  }
  const auto codec = std::ranges::find(kCodecs, b.label, &KeyCodec::pem_label);
  if (codec == kCodecs.end() && b.label != "PRIVATE KEY")
    return Error{.code = Errc::unsupported_key, .where = "private_key"};
  const auto read = [&](ByteView der) {
    return codec != kCodecs.end() ? wrap((*codec)->read_traditional(der)) : from_pkcs8(der);
  };
  if (b.encrypted()) {
    PARLEY_TRY(const crypto::SecretBytes der, with_password(ask, [&b](ByteView password) {
                 return trust::decrypt_pem(b, password);
               }));
    return read(der);
  }
  PARLEY_TRY(Bytes der, b.decode());
  auto key = read(der);
  crypto::wipe(der);
  return key;
}

}  // namespace

std::string_view key_type_name(KeyType t) { return codec_of(t).name; }

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, const AskPassword& ask) {
  PARLEY_TRY(const std::vector<PemBlock> blocks, pem_blocks(pem));
  for (const PemBlock& b : blocks) {
    // EC PARAMETERS before the key say nothing that the key does not.
    if (!b.label.ends_with("PRIVATE KEY")) continue;
    auto key = from_block(b, ask);
    // What has no place of its own is about the block.
    if (key || key.error().offset != 0) return key;
    Error e = key.error();
    e.offset = static_cast<std::uint32_t>(b.offset);
    return e;
  }
  return Error{.code = Errc::no_start_line, .where = "private_key"};
}

Result<PrivateKey> PrivateKey::from_der(ByteView der, const AskPassword& ask) {
  // What follows the version tells the forms apart; EncryptedPrivateKeyInfo (RFC 5208 section 6)
  // has no version.
  asn1::DerReader r{der};
  asn1::DerReader seq = r.enter("private_key", asn1::kSequence);
  if (seq.next_is(asn1::kSequence)) return from_encrypted_pkcs8(der, ask);
  (void)seq.any("private_key.version");
  if (seq.next_is(asn1::kSequence)) return from_pkcs8(der);
  if (seq.next_is(asn1::kOctetString)) return wrap(trust::kEcCodec.read_traditional(der));
  std::size_t numbers = 0;
  for (; !seq.empty(); ++numbers) (void)seq.any("private_key");
  constexpr std::size_t kDsaNumbers = 5;  // p, q, g, y, x; RSA has eight
  const KeyCodec& codec = numbers == kDsaNumbers ? trust::kDsaCodec : trust::kRsaCodec;
  return wrap(codec.read_traditional(der));
}

Result<PrivateKey> PrivateKey::generate_rsa(Rng& rng, std::size_t bits) {
  return wrap(crypto::RsaPrivateKey::generate(rng, bits));
}

Result<PrivateKey> PrivateKey::generate_dsa(Rng& rng, std::size_t bits) {
  return wrap(crypto::DsaPrivateKey::generate(rng, bits));
}

Result<PrivateKey> PrivateKey::generate_ec(Rng& rng, std::string_view curve) {
  const auto known = crypto::find_curve(curve);
  if (!known) return Error{.code = Errc::bad_argument, .where = "curve"};
  if (trust::curve_oid(*known).empty())
    return Error{.code = Errc::unsupported_key, .where = "a curve that cannot sign"};
  return wrap(crypto::EcPrivateKey::generate(rng, *known));
}

Result<PrivateKey> PrivateKey::generate_ed25519(Rng& rng) {
  return wrap(crypto::Ed25519PrivateKey::generate(rng));
}

KeyType PrivateKey::type() const { return trust::key_type(impl_->key); }

std::size_t PrivateKey::bits() const {
  return std::visit([](const auto& k) { return k.public_key().bits(); }, impl_->key);
}

std::string_view PrivateKey::curve() const {
  const auto* ec = std::get_if<crypto::EcPrivateKey>(&impl_->key);
  return ec != nullptr ? crypto::curve_name(ec->curve()) : std::string_view{};
}

Bytes PrivateKey::public_key_info() const {
  Bytes der;
  asn1::DerWriter w{der};
  codec_of(type()).write_public(w, public_half(impl_->key));
  return der;
}

std::string PrivateKey::to_pem() const {
  // Room for the largest key, RSA of 8192 bits, so that growing leaves no copies behind unwiped.
  constexpr std::size_t kRoom = 8192;
  Bytes der;
  der.reserve(kRoom);
  asn1::DerWriter w{der};
  codec_of(type()).write_pkcs8(w, impl_->key);
  std::string pem = encode_pem("PRIVATE KEY", der);
  crypto::wipe(der);
  return pem;
}

Result<crypto::PublicKey> public_key_from_spki(ByteView spki) {
  PARLEY_TRY(const asn1::PublicKeyInfo info, asn1::parse_public_key_info(spki));
  const KeyCodec* codec = codec_by_oid(info.algorithm.oid);
  if (codec == nullptr)
    return Error{.code = Errc::unsupported_key, .where = "subjectPublicKeyInfo.algorithm"};
  return codec->read_public(info);
}

bool is_merely_unsupported(ByteView spki, const Error& e) {
  if (e.code == Errc::key_too_large) return true;
  const auto info = asn1::parse_public_key_info(spki);
  if (e.code != Errc::unsupported_key || !info) return false;
  return codec_by_oid(info->algorithm.oid) != &trust::kEcCodec ||
         asn1::parse_ec_parameters(info->algorithm.parameters).has_value();
}

Status check_key_matches(const Certificate& c, const PrivateKey& key) {
  const auto certified = public_key_from_spki(c.spki());
  if (!certified) {
    if (certified.error().code == Errc::unsupported_key)
      return Error{.code = Errc::key_type_mismatch, .where = "certificate"};
    return certified.error();
  }
  if (trust::key_type(*certified) != key.type())
    return Error{.code = Errc::key_type_mismatch, .where = "certificate"};
  if (*certified != public_half(key.impl().key))
    return Error{.code = Errc::key_values_mismatch, .where = "certificate"};
  return {};
}

}  // namespace parley

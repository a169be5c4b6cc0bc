#include "trust/encrypted_key.hpp"

#include <array>

#include "asn1/der_reader.hpp"
#include "asn1/encrypted_key.hpp"
#include "asn1/oid.hpp"
#include "base/limits.hpp"
#include "crypto/cipher.hpp"
#include "crypto/pbkdf.hpp"
#include "trust/password.hpp"

namespace parley::trust {
namespace {

using crypto::BlockCipherId;
using crypto::HashId;
using crypto::SecretBytes;
namespace oid = asn1::oid;

constexpr Error kBadDecrypt{.code = Errc::bad_decrypt, .where = "private_key"};

Error unsupported(const char* where) {
  return {.code = Errc::unsupported_algorithm, .where = where};
}

/// CBC, then the padding of RFC 8018 section 6.1.1 step 4, then a look whether this is DER: of
/// wrong keys one in 256 gives good padding, and one in some millions this as well.
Result<SecretBytes> open(BlockCipherId id, ByteView key, ByteView iv, ByteView data) {
  const std::size_t block = crypto::cipher_block_size(id);
  const auto cipher = crypto::make_block_cipher(id, key);
  if (cipher == nullptr || iv.size() != block)
    return Error{.code = Errc::bad_value, .where = "private_key.iv"};
  if (data.empty() || data.size() % block != 0) return kBadDecrypt;
  Bytes chain = to_bytes(iv);
  SecretBytes plain(data.size());
  cipher->cbc_decrypt(chain, data, plain);
  const std::size_t pad = plain.view().back();
  if (pad == 0 || pad > block) return kBadDecrypt;
  const ByteView padding = plain.view().last(pad);
  if (std::ranges::any_of(padding, [pad](std::uint8_t b) { return b != pad; })) return kBadDecrypt;
  const ByteView der = plain.view().first(plain.size() - pad);
  asn1::DerReader r{der};
  (void)r.element("private_key", asn1::kSequence);
  if (!r.finish("private_key")) return kBadDecrypt;
  return SecretBytes{der};
}

Status check_iterations(std::uint32_t n) {
  if (n == 0) return Error{.code = Errc::bad_value, .where = "private_key.iterations"};
  if (n > limits::kPasswordIterations)
    return Error{.code = Errc::too_many_iterations, .where = "private_key.iterations"};
  return {};
}

// --- One scheme, one name: PBES1 (RFC 8018 section 6.1) and PKCS #12 (RFC 7292 appendix C) ---

struct OneName {
  ByteView oid;
  HashId hash;
  BlockCipherId cipher;
  bool pkcs12;
  std::size_t derived;  ///< bytes of key that come out of the password
};
constexpr std::size_t kDesKey = 8, kTwoKeys = 16, kThreeKeys = 24;
const std::array kOneNames{
    OneName{oid::kPbeMd2Des, HashId::md2, BlockCipherId::des, false, kDesKey},
    OneName{oid::kPbeMd5Des, HashId::md5, BlockCipherId::des, false, kDesKey},
    OneName{oid::kPbeMd2Rc2, HashId::md2, BlockCipherId::rc2_64, false, 8},
    OneName{oid::kPbeMd5Rc2, HashId::md5, BlockCipherId::rc2_64, false, 8},
    OneName{oid::kPbeSha1Des, HashId::sha1, BlockCipherId::des, false, kDesKey},
    OneName{oid::kPbeSha1Rc2, HashId::sha1, BlockCipherId::rc2_64, false, 8},
    OneName{oid::kPkcs12Des3, HashId::sha1, BlockCipherId::des_ede3, true, kThreeKeys},
    OneName{oid::kPkcs12Des2, HashId::sha1, BlockCipherId::des_ede3, true, kTwoKeys},
    OneName{oid::kPkcs12Rc2_128, HashId::sha1, BlockCipherId::rc2_128, true, 16},
    OneName{oid::kPkcs12Rc2_40, HashId::sha1, BlockCipherId::rc2_40, true, 5},
};

Result<SecretBytes> open_pbes1(const OneName& s, const asn1::PbeFields& f, ByteView password,
                               ByteView data) {
  // Key and IV of eight bytes each out of one digest.
  constexpr std::size_t kHalf = 8;
  crypto::Secret<2 * kHalf> derived;
  crypto::pbkdf1(s.hash, password, f.salt, f.iterations, derived);
  return open(s.cipher, derived.view().first(kHalf), derived.view().last(kHalf), data);
}

Result<SecretBytes> open_pkcs12(const OneName& s, const asn1::PbeFields& f, ByteView password,
                                ByteView data) {
  const SecretBytes bmp = bmp_password(password);
  SecretBytes key(crypto::cipher_key_size(s.cipher));
  Bytes iv(crypto::cipher_block_size(s.cipher));
  crypto::pkcs12_kdf(s.hash, bmp, f.salt, f.iterations, crypto::Pkcs12Use::key,
                     key.span().first(s.derived));
  crypto::pkcs12_kdf(s.hash, bmp, f.salt, f.iterations, crypto::Pkcs12Use::iv, iv);
  // Two keys make three: the first comes again.
  const ByteSpan rest = key.span().subspan(s.derived);
  std::copy_n(key.view().begin(), rest.size(), rest.begin());
  return open(s.cipher, key, iv, data);
}

// --- PBES2 (RFC 8018 section 6.2) ---

struct CipherName {
  ByteView oid;
  BlockCipherId cipher;
};
const std::array kCiphers{
    CipherName{oid::kDesCbc, BlockCipherId::des},
    CipherName{oid::kDesEde3Cbc, BlockCipherId::des_ede3},
    CipherName{oid::kAes128Cbc, BlockCipherId::aes128},
    CipherName{oid::kAes192Cbc, BlockCipherId::aes192},
    CipherName{oid::kAes256Cbc, BlockCipherId::aes256},
};

struct PrfName {
  ByteView oid;
  HashId hash;
};
const std::array kPrfs{
    PrfName{oid::kHmacWithSha1, HashId::sha1},     PrfName{oid::kHmacWithSha224, HashId::sha224},
    PrfName{oid::kHmacWithSha256, HashId::sha256}, PrfName{oid::kHmacWithSha384, HashId::sha384},
    PrfName{oid::kHmacWithSha512, HashId::sha512},
};

/// By the content of an OBJECT IDENTIFIER; null when no row has it.
template <class Rows>
auto* find(const Rows& rows, ByteView name) {
  const auto row = std::ranges::find_if(rows, [name](const auto& r) { return equal(r.oid, name); });
  return row != rows.end() ? &*row : nullptr;
}

Result<SecretBytes> open_pbes2(ByteView parameters, ByteView password, ByteView data) {
  PARLEY_TRY(const asn1::Pbes2Fields f, asn1::parse_pbes2_parameters(parameters));
  if (!equal(f.derivation.oid, oid::kPbkdf2)) return unsupported("PBES2-params.keyDerivationFunc");
  PARLEY_TRY(const asn1::Pbkdf2Fields kdf, asn1::parse_pbkdf2_parameters(f.derivation.parameters));
  const PrfName* prf = find(kPrfs, kdf.prf.oid);
  if (prf == nullptr || !kdf.prf.parameters_null_or_absent())
    return unsupported("PBKDF2-params.prf");
  const CipherName* cipher = find(kCiphers, f.encryption.oid);
  if (cipher == nullptr) return unsupported("PBES2-params.encryptionScheme");
  asn1::DerReader r{f.encryption.parameters};
  const ByteView iv = r.octets("PBES2-params.iv");
  PARLEY_CHECK(r.finish("PBES2-params.iv"));
  SecretBytes key(crypto::cipher_key_size(cipher->cipher));
  if (kdf.key_length && *kdf.key_length != key.size())
    return Error{.code = Errc::bad_value, .where = "PBKDF2-params.keyLength"};
  PARLEY_CHECK(check_iterations(kdf.iterations));
  crypto::pbkdf2(prf->hash, password, kdf.salt, kdf.iterations, key);
  return open(cipher->cipher, key, iv, data);
}

// --- DEK-Info ---

struct DekName {
  std::string_view name;
  BlockCipherId cipher;
};
constexpr std::array kDekNames{
    DekName{"DES-CBC", BlockCipherId::des},
    DekName{"DES-EDE3-CBC", BlockCipherId::des_ede3},
    DekName{"AES-128-CBC", BlockCipherId::aes128},
    DekName{"AES-192-CBC", BlockCipherId::aes192},
    DekName{"AES-256-CBC", BlockCipherId::aes256},
    DekName{"CAMELLIA-128-CBC", BlockCipherId::camellia128},
    DekName{"CAMELLIA-192-CBC", BlockCipherId::camellia192},
    DekName{"CAMELLIA-256-CBC", BlockCipherId::camellia256},
    DekName{"SEED-CBC", BlockCipherId::seed},
};

Result<Bytes> from_hex(std::string_view s) {
  const Error bad{.code = Errc::bad_value, .where = "DEK-Info"};
  Bytes out;
  for (std::size_t i = 0; i < s.size(); i += 2) {
    unsigned v = 0;
    for (const char c : s.substr(i, 2)) {
      const std::size_t digit = std::string_view{"0123456789ABCDEF0123456789abcdef"}.find(c);
      if (digit == std::string_view::npos) return bad;
      v = v << 4 | (digit & 15);
    }
    out.push_back(static_cast<std::uint8_t>(v));
  }
  if (s.size() % 2 != 0) return bad;
  return out;
}

}  // namespace

Result<SecretBytes> decrypt_pkcs8(ByteView der, ByteView password) {
  PARLEY_TRY(const asn1::EncryptedPrivateKeyInfo k, asn1::parse_encrypted_private_key_info(der));
  if (equal(k.algorithm.oid, oid::kPbes2))
    return open_pbes2(k.algorithm.parameters, password, k.data);
  const OneName* scheme = find(kOneNames, k.algorithm.oid);
  if (scheme == nullptr) return unsupported("EncryptedPrivateKeyInfo.encryptionAlgorithm");
  PARLEY_TRY(const asn1::PbeFields f, asn1::parse_pbe_parameters(k.algorithm.parameters));
  PARLEY_CHECK(check_iterations(f.iterations));
  return (scheme->pkcs12 ? open_pkcs12 : open_pbes1)(*scheme, f, password, k.data);
}

Result<SecretBytes> decrypt_pem(const PemBlock& b, ByteView password) {
  const std::string_view info = b.header("DEK-Info");
  const std::size_t comma = std::min(info.find(','), info.size());
  const std::string_view name = info.substr(0, comma);
  const auto* row = std::ranges::find(kDekNames, name, &DekName::name);
  if (row == kDekNames.end()) return unsupported("DEK-Info");
  PARLEY_TRY(const Bytes iv, from_hex(info.substr(std::min(comma + 1, info.size()))));
  constexpr std::size_t kSalt = 8;  // also where the IV is longer
  if (iv.size() != crypto::cipher_block_size(row->cipher))
    return Error{.code = Errc::bad_value, .where = "DEK-Info"};
  PARLEY_TRY(const Bytes data, b.decode());
  SecretBytes key(crypto::cipher_key_size(row->cipher));
  crypto::pem_kdf(password, ByteView{iv}.first(kSalt), key);
  return open(row->cipher, key, iv, data);
}

}  // namespace parley::trust

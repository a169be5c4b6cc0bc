// The keywords of OpenSSL 1.0.1's cipher list language (its ciphers(1), "CIPHER STRINGS"), as data.
// Keywords of families that the build the vectors come from could not do (fixed DH, Kerberos,
// GOST) are no words here either; such a word makes the scanner skip, so that is not the same as
// selecting nothing.
#include <algorithm>

#include "suite/selector.hpp"

namespace parley {
namespace {

struct Keyword {
  std::string_view word;
  Selector selector;
};

/// One thing that is said of one dimension.
struct Term {
  Dimension dimension;
  std::uint32_t allowed;
};
template <class... Ks>
consteval Term kx(Ks... k) {
  return {Dimension::kx, (bit(k) | ...)};
}
template <class... As>
consteval Term auth(As... a) {
  return {Dimension::auth, (bit(a) | ...)};
}
template <class... Es>
consteval Term enc(Es... e) {
  return {Dimension::enc, (bit(e) | ...)};
}
consteval Term mac(Mac m) { return {Dimension::mac, bit(m)}; }
consteval Term exported(std::uint32_t bits) { return {Dimension::exported, bits}; }
consteval Term strength(std::uint32_t bits) { return {Dimension::strength, bits}; }
consteval Term protocol(std::uint32_t bits) { return {Dimension::protocol, bits}; }

/// Everything else that the dimension has.
consteval Term all_but(Term t) { return {t.dimension, ~t.allowed}; }

template <class... Terms>
consteval Keyword word(std::string_view name, Terms... terms) {
  Selector s;
  ((s[terms.dimension] = terms.allowed), ...);
  return {name, s};
}

constexpr Term kEphemeralDh = kx(Kx::dhe);
constexpr Term kEphemeralEcdh = kx(Kx::ecdhe);
constexpr Term kAnonymous = auth(Auth::anonymous);
constexpr Term kNoEncryption = enc(Enc::null);
constexpr Term kAes128 = enc(Enc::aes128, Enc::aes128_gcm);
constexpr Term kAes256 = enc(Enc::aes256, Enc::aes256_gcm);
constexpr Term kAes = enc(Enc::aes128, Enc::aes128_gcm, Enc::aes256, Enc::aes256_gcm);

// By ascending word, upper case before lower case.
constexpr std::array kKeywords{
    word("3DES", enc(Enc::des_ede3)),
    word("ADH", kEphemeralDh, kAnonymous),
    word("AECDH", kEphemeralEcdh, kAnonymous),
    word("AES", kAes),
    word("AES128", kAes128),
    word("AES256", kAes256),
    word("AESGCM", enc(Enc::aes128_gcm, Enc::aes256_gcm)),
    word("ALL", all_but(kNoEncryption)),
    word("CAMELLIA", enc(Enc::camellia128, Enc::camellia256)),
    word("CAMELLIA128", enc(Enc::camellia128)),
    word("CAMELLIA256", enc(Enc::camellia256)),
    word("COMPLEMENTOFALL", kNoEncryption),
    word("COMPLEMENTOFDEFAULT", kAnonymous, all_but(kNoEncryption),
         exported(kExported | kNotExported), protocol(kSsl3Bit | kTls12Bit)),
    word("DES", enc(Enc::des)),
    word("DH", kEphemeralDh),
    word("DSS", auth(Auth::dss)),
    word("ECDH", kx(Kx::ecdh_rsa, Kx::ecdh_ecdsa, Kx::ecdhe)),
    word("ECDSA", auth(Auth::ecdsa)),
    word("EDH", kEphemeralDh, all_but(kAnonymous)),
    word("EECDH", kEphemeralEcdh, all_but(kAnonymous)),
    word("EXP", exported(kExported)),
    word("EXPORT", exported(kExported)),
    word("EXPORT40", exported(kExported), strength(bit(Strength::exp40))),
    word("EXPORT56", exported(kExported), strength(bit(Strength::exp56))),
    word("FIPS", all_but(kNoEncryption), strength(kFipsBit)),
    word("HIGH", strength(bit(Strength::high))),
    word("IDEA", enc(Enc::idea)),
    word("LOW", strength(bit(Strength::low))),
    word("MD5", mac(Mac::md5)),
    word("MEDIUM", strength(bit(Strength::medium))),
    word("NULL", kNoEncryption),
    word("PSK", kx(Kx::psk), auth(Auth::psk)),
    word("RC2", enc(Enc::rc2)),
    word("RC4", enc(Enc::rc4)),
    word("RSA", kx(Kx::rsa), auth(Auth::rsa)),
    word("SEED", enc(Enc::seed)),
    word("SHA", mac(Mac::sha1)),
    word("SHA1", mac(Mac::sha1)),
    word("SHA256", mac(Mac::sha256)),
    word("SHA384", mac(Mac::sha384)),
    word("SRP", kx(Kx::srp)),
    word("SSLv2", protocol(kSsl2Bit)),
    word("SSLv3", protocol(kSsl3Bit)),
    word("TLSv1", protocol(kSsl3Bit)),
    word("TLSv1.2", protocol(kTls12Bit)),
    word("aDSS", auth(Auth::dss)),
    word("aECDH", auth(Auth::ecdh)),
    word("aECDSA", auth(Auth::ecdsa)),
    word("aNULL", kAnonymous),
    word("aPSK", auth(Auth::psk)),
    word("aRSA", auth(Auth::rsa)),
    word("aSRP", auth(Auth::srp)),
    word("eNULL", kNoEncryption),
    word("kECDH", kx(Kx::ecdh_rsa, Kx::ecdh_ecdsa)),
    word("kECDHe", kx(Kx::ecdh_ecdsa)),
    word("kECDHr", kx(Kx::ecdh_rsa)),
    word("kEDH", kEphemeralDh),
    word("kEECDH", kEphemeralEcdh),
    word("kPSK", kx(Kx::psk)),
    word("kRSA", kx(Kx::rsa)),
    word("kSRP", kx(Kx::srp)),
};
static_assert(std::ranges::adjacent_find(kKeywords, std::ranges::greater_equal{}, &Keyword::word) ==
              kKeywords.end());

}  // namespace

const Selector* find_keyword(std::string_view word) {
  const auto at = std::ranges::lower_bound(kKeywords, word, {}, &Keyword::word);
  return at != kKeywords.end() && at->word == word ? &at->selector : nullptr;
}

std::vector<std::string_view> cipher_keywords() {
  std::vector<std::string_view> words;
  for (const Keyword& k : kKeywords) words.push_back(k.word);
  return words;
}

}  // namespace parley

#include "suite/suite.hpp"

#include <gtest/gtest.h>

#include <map>

namespace parley {
namespace {

std::string names(std::span<const CipherSuite* const> list) {
  std::string s;
  for (const CipherSuite* x : list) s += (s.empty() ? "" : ":") + std::string{x->openssl_name};
  return s;
}
std::string parsed(std::string_view text) {
  const auto list = parse_cipher_list(text);
  return list ? names(*list) : std::string{errc_name(list.error().code)};
}

/// A row as the specifications give it: numbers and names of RFC 6101 appendix A.6, RFC 2246
/// appendix A.5, RFC 3268 section 2, RFC 4132 section 2 and RFC 4162 section 2; sizes of RFC 2246
/// appendix C, RFC 3268 section 1, RFC 3713 and RFC 4269.
struct Expected {
  std::uint16_t id;
  std::string_view openssl_name, iana_name;
  EncTraits::Mode mode;
  std::size_t key, iv, mac;
  int secret_bits, algorithm_bits;
};
constexpr auto kStream = EncTraits::Mode::stream;
constexpr auto kCbc = EncTraits::Mode::cbc;
const std::vector<Expected> kExpected{
    {0x0001, "NULL-MD5", "TLS_RSA_WITH_NULL_MD5", kStream, 0, 0, 16, 0, 0},
    {0x0002, "NULL-SHA", "TLS_RSA_WITH_NULL_SHA", kStream, 0, 0, 20, 0, 0},
    {0x0004, "RC4-MD5", "TLS_RSA_WITH_RC4_128_MD5", kStream, 16, 0, 16, 128, 128},
    {0x0005, "RC4-SHA", "TLS_RSA_WITH_RC4_128_SHA", kStream, 16, 0, 20, 128, 128},
    {0x0007, "IDEA-CBC-SHA", "TLS_RSA_WITH_IDEA_CBC_SHA", kCbc, 16, 8, 20, 128, 128},
    {0x0009, "DES-CBC-SHA", "TLS_RSA_WITH_DES_CBC_SHA", kCbc, 8, 8, 20, 56, 56},
    {0x000a, "DES-CBC3-SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", kCbc, 24, 8, 20, 112, 168},
    {0x002f, "AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", kCbc, 16, 16, 20, 128, 128},
    {0x0035, "AES256-SHA", "TLS_RSA_WITH_AES_256_CBC_SHA", kCbc, 32, 16, 20, 256, 256},
    {0x0041, "CAMELLIA128-SHA", "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", kCbc, 16, 16, 20, 128, 128},
    {0x0084, "CAMELLIA256-SHA", "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", kCbc, 32, 16, 20, 256, 256},
    {0x0096, "SEED-SHA", "TLS_RSA_WITH_SEED_CBC_SHA", kCbc, 16, 16, 20, 128, 128},
};

TEST(Suites, the_table_is_that_of_the_specifications) {
  for (const Expected& e : kExpected) {
    ASSERT_NE(find_cipher_suite(e.id), nullptr) << e.openssl_name;
    const CipherSuite& s = *find_cipher_suite(e.id);
    EXPECT_TRUE(is_spoken(s)) << e.openssl_name;
    EXPECT_EQ(s.openssl_name, e.openssl_name);
    EXPECT_EQ(s.iana_name, e.iana_name);
    EXPECT_EQ(enc_traits(s.enc).mode, e.mode) << e.openssl_name;
    EXPECT_EQ(enc_traits(s.enc).key_size, e.key) << e.openssl_name;
    EXPECT_EQ(enc_traits(s.enc).iv_size, e.iv) << e.openssl_name;
    EXPECT_EQ(mac_size(s), e.mac) << e.openssl_name;
    EXPECT_EQ(s.secret_bits, e.secret_bits) << e.openssl_name;
    EXPECT_EQ(s.algorithm_bits, e.algorithm_bits) << e.openssl_name;
    EXPECT_EQ(s.kx, Kx::rsa);
    EXPECT_EQ(s.auth, Auth::rsa);
    EXPECT_EQ(s.first, ProtocolVersion::ssl30);
  }
}

TEST(Suites, the_block_cipher_takes_the_key_and_iv_of_its_row) {
  for (const CipherSuite* s : spoken_cipher_suites()) {
    const EncTraits& t = enc_traits(s->enc);
    if (t.mode != kCbc) continue;
    EXPECT_EQ(crypto::cipher_key_size(t.block_cipher), t.key_size) << s->openssl_name;
    EXPECT_EQ(crypto::cipher_block_size(t.block_cipher), t.iv_size) << s->openssl_name;
  }
}

/// RFC 5288 section 3, RFC 6655 section 3, RFC 7251 section 2, RFC 7905 section 2.
TEST(Suites, an_aead_takes_the_key_and_nonce_of_its_specification) {
  struct Row {
    Enc enc;
    crypto::AeadId aead;
    std::size_t key, fixed, sent, tag;
  };
  using enum crypto::AeadId;
  for (const Row& e : {Row{Enc::aes128_gcm, aes128_gcm, 16, 4, 8, 16},
                       {Enc::aes256_gcm, aes256_gcm, 32, 4, 8, 16},
                       {Enc::aes128_ccm, aes128_ccm, 16, 4, 8, 16},
                       {Enc::aes256_ccm, aes256_ccm, 32, 4, 8, 16},
                       {Enc::aes128_ccm8, aes128_ccm8, 16, 4, 8, 8},
                       {Enc::aes256_ccm8, aes256_ccm8, 32, 4, 8, 8},
                       {Enc::chacha20_poly1305, chacha20_poly1305, 32, 12, 0, 16}}) {
    const EncTraits& t = enc_traits(e.enc);
    EXPECT_EQ(t.mode, EncTraits::Mode::aead);
    EXPECT_EQ(t.aead, e.aead);
    EXPECT_EQ(t.key_size, e.key);
    EXPECT_EQ(t.key_size, crypto::aead_key_size(t.aead));
    EXPECT_EQ(t.iv_size, e.fixed);
    EXPECT_EQ(t.explicit_nonce, e.sent);
    EXPECT_EQ(crypto::aead_tag_size(t.aead), e.tag);
  }
}

std::string cipher_in_iana_name(const CipherSuite& s) {
  const std::string name{s.iana_name};
  return name.substr(name.find("_WITH_") + 6);
}

TEST(Suites, the_later_ones_are_what_their_iana_names_say) {
  const std::map<std::string, Enc> ciphers{{"AES_128_GCM_SHA256", Enc::aes128_gcm},
                                           {"AES_256_GCM_SHA384", Enc::aes256_gcm},
                                           {"AES_128_CCM", Enc::aes128_ccm},
                                           {"AES_256_CCM", Enc::aes256_ccm},
                                           {"AES_128_CCM_8", Enc::aes128_ccm8},
                                           {"AES_256_CCM_8", Enc::aes256_ccm8},
                                           {"CHACHA20_POLY1305_SHA256", Enc::chacha20_poly1305}};
  std::size_t wordless = 0;
  for (const CipherSuite& s : cipher_suite_catalogue()) {
    if (s.mac != Mac::aead) continue;
    SCOPED_TRACE(s.iana_name);
    EXPECT_EQ(s.enc, ciphers.at(cipher_in_iana_name(s)));
    EXPECT_EQ(s.first, ProtocolVersion::tls12);
    EXPECT_EQ(mac_size(s), 0U);
    EXPECT_EQ(s.secret_bits, 8 * enc_traits(s.enc).key_size);
    EXPECT_EQ(is_ecc(s), s.iana_name.find("ECDH") != std::string_view::npos);
    EXPECT_EQ(has_full_name_only(s), !s.selectable && s.kx != Kx::dh_rsa && s.kx != Kx::dh_dss);
    if (!has_full_name_only(s)) continue;
    ++wordless;
    const std::string_view n = s.iana_name;
    EXPECT_EQ(s.kx, n.starts_with("TLS_ECDHE") ? Kx::ecdhe
                    : n.starts_with("TLS_DHE") ? Kx::dhe
                                               : Kx::rsa);
    EXPECT_EQ(s.auth, n.starts_with("TLS_ECDHE_ECDSA") ? Auth::ecdsa : Auth::rsa);
  }
  EXPECT_EQ(wordless, 15U);
}

TEST(Suites, the_hash_of_the_prf_is_the_end_of_the_name_or_sha_256) {
  for (const CipherSuite& s : cipher_suite_catalogue())
    EXPECT_EQ(prf_hash(s),
              s.iana_name.ends_with("_SHA384") ? crypto::HashId::sha384 : crypto::HashId::sha256)
        << s.iana_name;
}

TEST(Suites, no_suite_of_a_family_that_is_missing_has_a_full_name_for_a_word) {
  for (const CipherSuite& s : cipher_suite_catalogue()) {
    if (!has_full_name_only(s)) continue;
    EXPECT_FALSE(s.selectable) << s.iana_name;
    EXPECT_FALSE(s.is_export) << s.iana_name;
    EXPECT_TRUE(s.kx == Kx::rsa || s.kx == Kx::dhe || s.kx == Kx::ecdhe) << s.iana_name;
  }
}

TEST(Suites, are_found_by_number_and_by_all_three_spellings) {
  for (const CipherSuite& s : cipher_suite_catalogue()) {
    EXPECT_EQ(find_cipher_suite(s.id), &s);
    EXPECT_EQ(find_cipher_suite(s.iana_name), &s);
    const std::array<std::uint8_t, 3> id{static_cast<std::uint8_t>(s.id >> 16),
                                         static_cast<std::uint8_t>(s.id >> 8),
                                         static_cast<std::uint8_t>(s.id)};
    EXPECT_EQ(find_cipher_suite("0x" + to_hex(ByteView{id}.subspan(s.id > 0xffff ? 0 : 1))), &s);
    const CipherSuite* named = find_cipher_suite(s.openssl_name);
    ASSERT_NE(named, nullptr) << s.openssl_name;
    if (named != &s) {  // a name shared with a kind of SSL 2.0 finds the other
      EXPECT_EQ(s.first, ProtocolVersion::ssl20) << s.openssl_name;
      EXPECT_EQ(named->first, ProtocolVersion::ssl30) << s.openssl_name;
      EXPECT_EQ(named->openssl_name, s.openssl_name);
    }
  }
  EXPECT_EQ(find_cipher_suite("0x002F"), find_cipher_suite("0x002f"));
}

TEST(Suites, what_nobody_knows_is_not_found) {
  EXPECT_EQ(find_cipher_suite(0x0000), nullptr);
  EXPECT_EQ(find_cipher_suite(0x5600), nullptr);  // another signal
  EXPECT_EQ(find_cipher_suite(0x010000), nullptr);
  EXPECT_EQ(find_cipher_suite(0x00ff), nullptr);  // a signal, not a suite
  for (const std::string_view bad :
       {"", "aes128-sha", "AES128-SHA ", "AES128", "0x2f", "0x0002f", "0x00zz", "0X002f", "002f",
        "0x", "tls_rsa_with_aes_128_cbc_sha"})
    EXPECT_EQ(find_cipher_suite(bad), nullptr) << bad;
}

TEST(CipherList, keeps_the_order_in_which_the_names_stand) {
  EXPECT_EQ(parsed("RC4-SHA:AES256-SHA:DES-CBC3-SHA"), "RC4-SHA:AES256-SHA:DES-CBC3-SHA");
  EXPECT_EQ(parsed("AES256-SHA:DES-CBC3-SHA:RC4-SHA"), "AES256-SHA:DES-CBC3-SHA:RC4-SHA");
}

TEST(CipherList, a_suite_named_twice_stands_where_it_was_named_first) {
  EXPECT_EQ(parsed("AES128-SHA:RC4-SHA:AES128-SHA"), "AES128-SHA:RC4-SHA");
}

TEST(CipherList, words_nobody_knows_are_passed_over) {
  EXPECT_EQ(parsed("AES128-SHA:NO-SUCH-SUITE::RC4-SHA"), "AES128-SHA:RC4-SHA");
  EXPECT_EQ(parsed("0x0035:RC4-SHA"), "RC4-SHA");
}

TEST(CipherList, an_empty_list_is_refused) {
  EXPECT_EQ(parsed(""), "NO_CIPHER_MATCH");
  EXPECT_EQ(parsed(":::"), "NO_CIPHER_MATCH");
  EXPECT_EQ(parsed("bad"), "NO_CIPHER_MATCH");
}

TEST(CipherList, the_default_is_what_is_spoken_of_the_documented_string) {
  const CipherList& list = default_cipher_list();
  EXPECT_EQ(names(list), parsed("DEFAULT:!aNULL:!eNULL:!LOW:!EXPORT:!SSLv2"));
  for (const CipherSuite* s : list) {
    EXPECT_NE(s->enc, Enc::null) << s->openssl_name;
    EXPECT_NE(s->auth, Auth::anonymous) << s->openssl_name;
    EXPECT_FALSE(s->is_export) << s->openssl_name;
    EXPECT_GE(s->secret_bits, 112) << s->openssl_name;
    EXPECT_NE(s->first, ProtocolVersion::ssl20) << s->openssl_name;
    EXPECT_TRUE(is_spoken(*s)) << s->openssl_name;
  }
  for (std::size_t i = 1; i < list.size(); ++i)
    EXPECT_GE(list[i - 1]->secret_bits, list[i]->secret_bits);
}

}  // namespace
}  // namespace parley

#include <gtest/gtest.h>

#include "asn1/base64.hpp"
#include "parley/pem.hpp"
#include "parley/x509.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

std::string read_file(const std::string& name) { return test::read_text("certs/" + name); }

std::string decoded(std::string_view text) {
  const auto b = asn1::base64_decode(text);
  return b ? std::string{as_text(*b)} : "bad at " + std::to_string(b.error().offset);
}

// RFC 4648 section 10.
TEST(Base64, agrees_with_the_rfc_both_ways) {
  const std::pair<std::string_view, std::string_view> kPairs[] = {{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : kPairs) {
    EXPECT_EQ(decoded(text), plain);
    EXPECT_EQ(asn1::base64_encode(as_bytes(plain)), text);
  }
}

TEST(Base64, takes_white_space_and_nothing_else) {
  EXPECT_EQ(decoded(" Zm9v\r\n\tYmFy \n"), "foobar");
  EXPECT_EQ(decoded("Zm9v-mFy"), "bad at 4");
  EXPECT_EQ(decoded("Zm9v_mFy"), "bad at 4");
  EXPECT_EQ(decoded(std::string_view{"Zm9v\0Zm9v", 9}), "bad at 4");
}

TEST(Base64, refuses_wrong_padding) {
  EXPECT_EQ(decoded("Zg="), "bad at 3");
  EXPECT_EQ(decoded("Zg"), "bad at 2");
  EXPECT_EQ(decoded("Zg==="), "bad at 4");
  EXPECT_EQ(decoded("Z==="), "bad at 1");
  EXPECT_EQ(decoded("===="), "bad at 0");
  EXPECT_EQ(decoded("Zm9v="), "bad at 4");
  EXPECT_EQ(decoded("Zg==Zg=="), "bad at 4");
}

// kBase64MayHaveSpareBits; the bytes are those of `openssl base64 -d`.
TEST(Base64, passes_over_bits_that_stand_for_nothing) {
  EXPECT_EQ(decoded("Zh=="), "f");
  EXPECT_EQ(decoded("Zm9="), "fo");
  const auto spare = certificates_from_pem(read_file("forms/spare_bits.pem"));
  ASSERT_TRUE(spare);
  EXPECT_EQ(spare->front(), certificates_from_pem(read_file("chain_leaf_sha224.pem"))->front());
}

TEST(Pem, encodes_64_columns) {
  EXPECT_EQ(encode_pem("X", {}), "-----BEGIN X-----\n-----END X-----\n");
  const Bytes full(48, 0);
  EXPECT_EQ(encode_pem("X", full),
            "-----BEGIN X-----\n" + std::string(64, 'A') + "\n-----END X-----\n");
  const Bytes more(49, 0);
  EXPECT_EQ(encode_pem("X", more),
            "-----BEGIN X-----\n" + std::string(64, 'A') + "\nAA==\n-----END X-----\n");
}

TEST(Pem, gives_back_the_file_that_openssl_wrote) {
  for (const std::string file : {"chain_root.pem", "strings.pem"}) {
    const std::string text = read_file(file);
    const auto found = certificates_from_pem(text);
    ASSERT_TRUE(found);
    EXPECT_EQ(encode_pem("CERTIFICATE", found->front().der()), text);
  }
}

TEST(Pem, passes_over_foreign_text_and_blocks) {
  const std::string text = "Bag Attributes\n  friendlyName: -----x\n" + read_file("leaf_key.pem") +
                           "subject=/CN=x\r\n" + read_file("chain_leaf.pem") +
                           "-----BEGIN NOTES-----\nthis is not base64!\n-----END NOTES-----\n" +
                           read_file("chain_mid.pem") + "the end";
  const auto found = certificates_from_pem(text);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 2U);
  const auto blocks = pem_blocks(text);
  ASSERT_TRUE(blocks);
  ASSERT_EQ(blocks->size(), 4U);
  EXPECT_EQ((*blocks)[0].label, "PRIVATE KEY");
  EXPECT_EQ((*blocks)[2].decode().error().code, Errc::bad_base64);
}

TEST(Pem, takes_other_line_ends_and_labels) {
  std::string text = read_file("chain_leaf.pem");
  const auto plain = certificates_from_pem(text);
  std::string crlf;
  for (const char c : text) crlf += c == '\n' ? std::string{" \r\n"} : std::string(1, c);
  const auto other = certificates_from_pem(crlf);
  ASSERT_TRUE(plain && other);
  EXPECT_EQ(plain->front(), other->front());
  const Bytes der = to_bytes(plain->front().der());
  const auto x509 = certificates_from_pem(encode_pem("X509 CERTIFICATE", der));
  ASSERT_TRUE(x509);
  EXPECT_EQ(x509->front(), plain->front());
  text.pop_back();
  EXPECT_TRUE(certificates_from_pem(text)) << "no line end after the footer";
}

TEST(Pem, cuts_the_trust_settings_off_a_trusted_certificate) {
  const auto trusted = certificates_from_pem(read_file("trusted_form.pem"));
  const auto plain = certificates_from_pem(read_file("chain_root.pem"));
  ASSERT_TRUE(trusted && plain);
  EXPECT_EQ(trusted->front(), plain->front());
  EXPECT_EQ(plain->front().trust_settings(), nullptr);
  const TrustSettings* settings = trusted->front().trust_settings();
  ASSERT_NE(settings, nullptr) << "it has an alias";
  EXPECT_FALSE(settings->trusted);
  EXPECT_TRUE(settings->rejected.empty());
}

TEST(Pem, reads_the_trust_settings_that_openssl_wrote) {
  const auto held = certificates_from_pem(read_file("forms/trusted_uses.pem"));
  ASSERT_TRUE(held);
  const TrustSettings* settings = held->front().trust_settings();
  ASSERT_NE(settings, nullptr);
  EXPECT_EQ(settings->trusted,
            (std::vector<std::string>{"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"}));
  EXPECT_EQ(settings->rejected, (std::vector<std::string>{"1.3.6.1.5.5.7.3.1"}));
}

TEST(Pem, knows_encrypted_blocks) {
  EXPECT_TRUE(pem_blocks(read_file("leaf_key_encrypted.pem"))->front().encrypted());
  const std::string with_headers = read_file("leaf_key_proc_type.pem");
  const auto old = pem_blocks(with_headers);
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->front().encrypted());
  EXPECT_TRUE(old->front().headers.starts_with("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,"));
  EXPECT_TRUE(old->front().decode()) << "the body starts behind the headers";
  EXPECT_FALSE(pem_blocks(read_file("leaf_key.pem"))->front().encrypted());
}

Errc reason(std::string_view text) {
  const auto r = certificates_from_pem(text);
  return r ? Errc::count_ : r.error().code;
}

TEST(Pem, says_what_is_wrong_and_where) {
  const std::string good = read_file("chain_leaf.pem");
  EXPECT_EQ(reason(""), Errc::no_start_line);
  EXPECT_EQ(reason("hello\n"), Errc::no_start_line);
  EXPECT_EQ(reason(read_file("leaf_key.pem")), Errc::no_start_line);
  EXPECT_EQ(reason("-----BEGIN CERTIFICATE----\nAA==\n-----END CERTIFICATE-----\n"),
            Errc::no_start_line);
  EXPECT_EQ(reason("-----BEGIN CERTIFICATE-----\nAA==\n"), Errc::no_end_line);
  EXPECT_EQ(reason("-----BEGIN CERTIFICATE-----"), Errc::no_end_line);
  EXPECT_EQ(reason("-----BEGIN CERTIFICATE-----\nAA==\n-----END NOTES-----\n"), Errc::no_end_line);
  EXPECT_EQ(reason("-----BEGIN CERTIFICATE-----\nAA==\n" + good), Errc::no_end_line);
  EXPECT_EQ(reason("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), Errc::truncated);
  std::string bad = good;
  bad[100] = '!';
  const auto r = certificates_from_pem(bad);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, Errc::bad_base64);
  EXPECT_EQ(r.error().offset, 100U);
}

TEST(Pem, every_proper_prefix_of_a_file_is_refused) {
  const std::string text = read_file("chain_leaf.pem");
  for (std::size_t n = 0; n + 1 < text.size(); ++n)
    EXPECT_FALSE(certificates_from_pem(std::string_view{text}.substr(0, n))) << n;
}

}  // namespace
}  // namespace parley

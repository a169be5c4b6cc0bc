// OCSP responses made, read and judged by openssl ocsp (vectors/ocsp, by make.py there).
#include "parley/ocsp_check.hpp"

#include <gtest/gtest.h>

#include "asn1/time.hpp"
#include "parley/crl.hpp"
#include "parley/pem.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

Bytes bytes_of(const std::string& name) {
  return to_bytes(as_bytes(test::read_text("ocsp/" + name)));
}
OcspResponse load(const std::string& name) {
  auto r = OcspResponse::parse(bytes_of(name + ".der"));
  if (!r) throw std::runtime_error(name + ": " + r.error().text());
  return *r;
}
Certificate certificate(const std::string& name) {
  return certificates_from_pem(test::read_text("ocsp/" + name))->front();
}
/// Without the colon that OpenSSL puts there.
std::string reason_text(std::string s) { return s.substr(0, s.find(' ')); }

class Responses : public testing::TestWithParam<test::VectorCase> {};

TEST_P(Responses, are_read_as_openssl_reads_them) {
  const test::VectorCase& v = GetParam();
  const auto has = [&v](const char* key) { return v.count(key) > 0; };
  const auto parsed = OcspResponse::parse(bytes_of(test::field(v, "file")));
  ASSERT_TRUE(parsed.has_value()) << parsed.error().text();
  const OcspResponse& r = *parsed;
  EXPECT_EQ(r.status() == 0, has("cert_status"));
  if (!has("cert_status")) {
    EXPECT_TRUE(r.answers().empty());
    EXPECT_TRUE(r.tbs().empty());
    return;
  }
  ASSERT_FALSE(r.answers().empty());
  const OcspAnswer& a = r.answers().front();
  EXPECT_EQ(ocsp_status_name(a.status), test::field(v, "cert_status"));
  EXPECT_EQ(asn1::time_text(r.produced_at()), test::field(v, "produced_at"));
  EXPECT_EQ(asn1::time_text(a.this_update), test::field(v, "this_update"));
  EXPECT_EQ(a.next_update.has_value(), has("next_update"));
  if (has("next_update")) {
    EXPECT_EQ(asn1::time_text(*a.next_update), test::field(v, "next_update"));
  }
  EXPECT_EQ(a.status == OcspStatus::revoked, has("revoked_at"));
  if (has("revoked_at")) {
    EXPECT_EQ(asn1::time_text(a.revoked_at), test::field(v, "revoked_at"));
  }
  EXPECT_EQ(a.reason.has_value(), has("reason"));
  if (has("reason")) {
    EXPECT_EQ(reason_name(*a.reason), reason_text(test::field(v, "reason")));
  }
  EXPECT_EQ(to_hex(a.serial), to_hex(test::hex_field(v, "serial")));
  EXPECT_EQ(a.issuer_name_hash.size(), test::field(v, "hash") == "sha256" ? 32U : 20U);
  EXPECT_NE(r.responder_name().empty(), r.responder_key_hash().empty());
}

TEST_P(Responses, are_believed_when_openssl_believes_them) {
  const test::VectorCase& v = GetParam();
  const auto parsed = OcspResponse::parse(bytes_of(test::field(v, "file")));
  ASSERT_TRUE(parsed.has_value());
  const OcspPolicy policy{.unix_seconds = static_cast<std::int64_t>(test::number_field(v, "at"))};
  const auto verdict = check_ocsp(*parsed, certificate(test::field(v, "certificate")),
                                  certificate(test::field(v, "issuer")), policy);
  if (v.count("where") > 0) {
    // OpenSSL does not look at the keyUsage of a responder (RFC 5280 section 4.2.1.3 would).
    const bool stricter = test::field(v, "file") == "delegated_encipher.der";
    EXPECT_EQ(test::field(v, "openssl"), stricter ? "good" : "refused");
    ASSERT_FALSE(verdict.has_value());
    EXPECT_EQ(verdict.error().code, Errc::ocsp_invalid);
    EXPECT_EQ(verdict.error().where, test::field(v, "where"));
    return;
  }
  ASSERT_TRUE(verdict.has_value()) << verdict.error().text();
  EXPECT_EQ(ocsp_status_name(verdict->status), test::field(v, "openssl"));
  EXPECT_EQ(verdict->delegated, test::field(v, "delegated") == "yes");
}

std::string test_name(const testing::TestParamInfo<test::VectorCase>& info) {
  const std::string& file = test::field(info.param, "file");
  const std::string& of = test::field(info.param, "certificate");
  const std::string& by = test::field(info.param, "issuer");
  return file.substr(0, file.find('.')) + "_of_" + of.substr(0, of.find('.')) + "_by_" +
         by.substr(0, by.find('.'));
}
INSTANTIATE_TEST_SUITE_P(Openssl, Responses,
                         testing::ValuesIn(test::read_vector_file("ocsp/responses.txt")),
                         test_name);

class Good : public testing::Test {
 protected:
  const Certificate leaf = certificate("leaf.pem"), root = certificate("root.pem");
  const OcspResponse good = load("good");
  const std::int64_t from = good.answers().front().this_update;
  const std::int64_t to = *good.answers().front().next_update;

  /// Where it is refused at this moment; empty when it is not.
  std::string refused(const OcspResponse& r, OcspPolicy p) const {
    const auto v = check_ocsp(r, leaf, root, p);
    return v ? "" : v.error().where;
  }
};

TEST_F(Good, holds_from_the_first_to_the_last_second_and_the_skew_around_them) {
  for (const std::int64_t skew : {0, 300}) {
    EXPECT_EQ(refused(good, {.unix_seconds = from - skew, .skew = skew}), "");
    EXPECT_EQ(refused(good, {.unix_seconds = from - skew - 1, .skew = skew}), "thisUpdate");
    EXPECT_EQ(refused(good, {.unix_seconds = to + skew, .skew = skew}), "");
    EXPECT_EQ(refused(good, {.unix_seconds = to + skew + 1, .skew = skew}), "nextUpdate");
  }
}

TEST_F(Good, without_next_update_it_holds_as_long_as_the_policy_says) {
  const OcspResponse r = load("no_next_update");
  const std::int64_t of = r.answers().front().this_update;
  EXPECT_EQ(refused(r, {.unix_seconds = of + 1000, .skew = 0, .undated_age = 1000}), "");
  EXPECT_EQ(refused(r, {.unix_seconds = of + 1001, .skew = 0, .undated_age = 1000}), "thisUpdate");
}

TEST_F(Good, its_hash_must_be_as_strong_as_the_policy_says) {
  KeyStrength no_sha1;
  no_sha1.sha1 = false;
  EXPECT_EQ(refused(load("signed_sha1"), {.unix_seconds = from}), "");
  EXPECT_EQ(refused(load("signed_sha1"), {.unix_seconds = from, .strength = no_sha1}),
            "signatureAlgorithm");
  EXPECT_EQ(refused(good, {.unix_seconds = from, .strength = no_sha1}), "");
}

TEST_F(Good, the_issuer_is_found_in_the_chain_or_in_the_store) {
  const OcspPolicy now{.unix_seconds = from};
  TrustStore store;
  EXPECT_STREQ(check_ocsp(good, std::vector{leaf}, store, now).error().where, "issuer");
  EXPECT_STREQ(check_ocsp(good, std::vector<Certificate>{}, store, now).error().where,
               "certificate");
  EXPECT_TRUE(check_ocsp(good, std::vector{leaf, root}, store, now));
  // One of the same name has not signed it.
  store.add(certificate("namesake.pem"));
  EXPECT_STREQ(check_ocsp(good, std::vector{leaf}, store, now).error().where, "issuer");
  store.add(root);
  EXPECT_TRUE(check_ocsp(good, std::vector{leaf}, store, now));
}

TEST_F(Good, every_byte_changed_is_refused_or_was_not_signed) {
  const Bytes der = to_bytes(good.der());
  // The certificates that came along are nobody's word; the signature is the issuer's own.
  const std::size_t end = static_cast<std::size_t>(good.signature().data() - good.der().data()) +
                          good.signature().size();
  for (std::size_t i = 0; i < end; ++i) {
    Bytes bad = der;
    bad[i] ^= 0x01;
    const auto r = OcspResponse::parse(bad);
    if (r) {
      EXPECT_NE(refused(*r, {.unix_seconds = from}), "") << i;
    }
  }
}

TEST_F(Good, every_prefix_is_refused) {
  const Bytes der = to_bytes(good.der());
  for (std::size_t n = 0; n < der.size(); ++n)
    EXPECT_FALSE(
        OcspResponse::parse(Bytes(der.begin(), der.begin() + static_cast<std::ptrdiff_t>(n))))
        << n;
  Bytes longer = der;
  longer.push_back(0);
  EXPECT_EQ(OcspResponse::parse(longer).error().code, Errc::trailing_bytes);
}

TEST(Parsing, refuses_what_the_syntax_does_not_have) {
  const std::pair<const char*, Errc> cases[]{
      {"30030a0104", Errc::bad_value},  // a status that is not used
      {"30030a0107", Errc::bad_value},  // one above the last
      {"30030201"
       "03",
       Errc::bad_der},                                          // INTEGER for ENUMERATED
      {"30030a0100", Errc::truncated},                          // successful, and nothing else
      {"30050a01030500", Errc::trailing_bytes},                 // tryLater, and something
      {"30800a01030000", Errc::bad_der},                        // BER
      {"30110a0100a00c300a06022a0304040500", Errc::truncated},  // cut short
  };
  for (const auto& [hex, code] : cases) {
    const auto r = OcspResponse::parse(test::from_hex(hex));
    ASSERT_FALSE(r.has_value()) << hex;
    EXPECT_EQ(r.error().code, code) << hex << " " << r.error().text();
  }
  // Another type of response than id-pkix-ocsp-basic.
  const auto other = OcspResponse::parse(test::from_hex("300f0a0100a00a300806022a0304023000"));
  ASSERT_FALSE(other.has_value());
  EXPECT_STREQ(other.error().where, "responseType");
}

}  // namespace
}  // namespace parley

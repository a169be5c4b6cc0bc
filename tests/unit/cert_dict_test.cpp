// The dictionary of getpeercert against Python's _ssl._test_decode_cert, certificate by certificate
// (vectors/certs/fields.txt, by vectors/certs/make.py).
#include <gtest/gtest.h>

#include <algorithm>

#include "parley/ssl.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

std::string path_of(const std::string& file) {
  return std::string(PARLEY_SOURCE_DIR "/vectors/certs/") + file;
}
cert_dict load(const std::string& file) { return _test_decode_cert(path_of(file)); }

std::string hexed(std::string_view s) { return s.empty() ? "-" : to_hex(as_bytes(s)); }

std::string joined(const cert_dict::Name& name, const char* rdns, const char* pairs,
                   const char* equals) {
  std::string s;
  for (const cert_dict::RDN& rdn : name) {
    const char* between = s.empty() ? "" : rdns;
    for (const auto& [type, value] : rdn) {
      s.append(between).append(type).append(equals).append(hexed(value));
      between = pairs;
    }
  }
  return s;
}

std::string flat(const std::vector<cert_dict::AltName>& names) {
  std::string s;
  for (const auto& [kind, value] : names) {
    std::string word = kind;
    std::replace(word.begin(), word.end(), ' ', '_');
    s += (s.empty() ? "" : " ") + word + ":";
    if (const auto* directory = std::get_if<cert_dict::Name>(&value))
      s += joined(*directory, ",", ",", "=");
    else
      s += hexed(std::get<std::string>(value));
  }
  return s;
}

std::string complaint(const std::string& path) {
  try {
    _test_decode_cert(path);
  } catch (const SSLError& e) {
    return e.strerror();
  }
  return "decoded";
}

class CertDict : public testing::TestWithParam<test::VectorCase> {};

// API: 6.1, M20, 10.parse_cert
TEST_P(CertDict, agrees_with_python) {
  const test::VectorCase& v = GetParam();
  const std::string& file = test::field(v, "file");
  if (v.count("subject") == 0) {  // Python cannot decode it either
    EXPECT_NE(complaint(path_of(file)), "decoded");
    return;
  }
  const cert_dict d = load(file);
  EXPECT_EQ(joined(d.subject, " ", "+", ":"), test::field(v, "subject"));
  EXPECT_EQ(joined(d.issuer, " ", "+", ":"), test::field(v, "issuer"));
  EXPECT_EQ(std::to_string(d.version), test::field(v, "version"));
  EXPECT_EQ(d.serialNumber, test::field(v, "serial"));
  if (file != "time_local.pem") {  // see below
    EXPECT_EQ(d.notBefore, test::field(v, "not_before_text"));
    EXPECT_EQ(d.notAfter, test::field(v, "not_after_text"));
  }
  std::vector<std::string_view> keys{"subject",      "issuer",    "version",
                                     "serialNumber", "notBefore", "notAfter"};
  if (d.subjectAltName) keys.emplace_back("subjectAltName");
  EXPECT_EQ(d.keys(), keys);
  EXPECT_FALSE(d.empty());
  if (file == "san_twice.pem") return;  // see below
  ASSERT_EQ(d.subjectAltName.has_value(), v.count("san") != 0);
  if (d.subjectAltName) {
    EXPECT_EQ(flat(*d.subjectAltName), test::field(v, "san"));
  }
}

std::string test_name(const testing::TestParamInfo<test::VectorCase>& info) {
  const std::string& file = test::field(info.param, "file");
  return file.substr(0, file.find('.'));
}
INSTANTIATE_TEST_SUITE_P(Certs, CertDict,
                         testing::ValuesIn(test::read_vector_file("certs/fields.txt")), test_name);

using Pairs = std::vector<std::pair<std::string, std::string>>;

// API: 6.1
TEST(CertDictRules, every_string_type_becomes_utf8_under_the_long_name_of_its_attribute) {
  EXPECT_EQ(load("strings.pem").subject,
            (cert_dict::Name{
                Pairs{{"countryName", "DE"}},
                Pairs{{"stateOrProvinceName", "Baden-W\u00fcrttemberg"}},  // T61 as Latin-1
                Pairs{{"localityName", "K\u00f6ln \u65e5"}},               // BMP
                Pairs{{"organizationName", "Stra\u00dfe \U0001f600"}},     // Universal
                Pairs{{"organizationalUnitName", "J\u00fcrgen, \"der\" <Gro\u00dfe>; #1+\\"}},
                Pairs{{"organizationalUnitName", " leading and trailing "},
                      {"organizationalUnitName", "#two"}},
                Pairs{{"serialNumber", "12345 678"}}, Pairs{{"emailAddress", "root@example.org"}},
                Pairs{{"1.3.6.1.4.1.311.60.2.1.3", "US"}}, Pairs{{"domainComponent", "example"}},
                Pairs{{"commonName", "not_printable@all*"}}}));
}

// API: 6.1
TEST(CertDictRules, several_attributes_of_one_rdn_stay_together_in_encoded_order) {
  const cert_dict d = load("rdn_three.pem");
  ASSERT_EQ(d.subject.size(), 2u);
  EXPECT_EQ(d.subject[0],
            (Pairs{{"countryName", "DE"}, {"organizationName", "Many"}, {"commonName", "one"}}));
  EXPECT_EQ(d.subject[1], (Pairs{{"commonName", "ia5"}, {"organizationalUnitName", "tele\u00e9"}}));
}

// API: 6.1, 0.str, 10.parse_cert
TEST(CertDictRules, nuls_survive) {
  using namespace std::string_literals;
  EXPECT_EQ(load("string_nul.pem").subject[0][0].second, "null.python.org\0example.org"s);
  const auto names = load("san_nul.pem").subjectAltName.value();
  EXPECT_EQ(names, (std::vector<cert_dict::AltName>{
                       {"DNS", "altnull.python.org\0example.com"s},
                       {"email", "null@python.org\0user@example.org"s},
                       {"URI", "http://null.python.org\0http://example.org"s}}));
}

// API: 6.1
TEST(CertDictRules, serial_numbers_are_hex_octets_with_a_sign) {
  EXPECT_EQ(load("serial_high_bit.pem").serialNumber, "D7C7381919AFC24E");
  EXPECT_EQ(load("serial_zero.pem").serialNumber, "00");
  EXPECT_EQ(load("serial_negative.pem").serialNumber, "-80");
}

// API: 6.1
TEST(CertDictRules, versions_count_from_one) {
  EXPECT_EQ(load("v1.pem").version, 1);
  EXPECT_EQ(load("v1_encoded.pem").version, 1);
  EXPECT_EQ(load("strings.pem").version, 3);
}

// API: 6.1
TEST(CertDictRules, times_keep_what_the_encoding_says) {
  EXPECT_EQ(load("time_single_digit_day.pem").notAfter, "Oct  5 23:01:56 2020 GMT");
  EXPECT_EQ(load("time_fraction.pem").notBefore, "Oct  5 23:01:56.5 2020 GMT");
  EXPECT_EQ(load("time_fraction.pem").notAfter, "Oct  5 23:01:56.125 2020 GMT");
  EXPECT_EQ(load("time_without_seconds.pem").notBefore, "Oct  5 23:01:00 2020 GMT");
  EXPECT_EQ(load("time_malformed.pem").notBefore, "Bad time value");
  EXPECT_EQ(load("time_1950.pem").notBefore, "Jan  1 00:00:00 1950 GMT");
  EXPECT_EQ(load("time_1950.pem").notAfter, "Dec 31 23:59:59 2049 GMT");
  // Without Z there is no GMT: OpenSSL 1.0.1's way; 3.0 prints "Bad time value" instead.
  EXPECT_EQ(load("time_local.pem").notBefore, "Oct  5 23:01:56 2020");
}

// API: 6.1, D17
TEST(CertDictRules, alternative_names_of_every_kind_have_their_word) {
  EXPECT_EQ(load("san_kinds.pem").subjectAltName.value(),
            (std::vector<cert_dict::AltName>{
                {"DNS", "www.example.org"},
                {"email", "post@example.org"},
                {"URI", "https://example.org/x"},
                {"IP Address", "192.0.2.1"},
                {"IP Address", "2001:DB8:0:0:0:0:0:1"},  // D17: no line end after it
                {"DirName", cert_dict::Name{Pairs{{"countryName", "DE"}},
                                            Pairs{{"commonName", "M\u00fcller"}}}},
                {"Registered ID", "1.2.3.4"},
                {"othername", "<unsupported>"}}));
  const auto rare = load("san_rare.pem").subjectAltName.value();
  EXPECT_EQ(rare.at(0), (cert_dict::AltName{"X400Name", "<unsupported>"}));
  EXPECT_EQ(rare.at(1), (cert_dict::AltName{"EdiPartyName", "<unsupported>"}));
  EXPECT_EQ(rare.at(2), (cert_dict::AltName{"DNS", ""}));
  EXPECT_EQ(load("san_bad_ip.pem").subjectAltName.value(),
            (std::vector<cert_dict::AltName>{{"IP Address", "<invalid>"}}));
}

// API: 6.1
TEST(CertDictRules, several_extensions_of_alternative_names_follow_one_another) {
  // OpenSSL 3 gives none of them, 1.0.1 all.
  EXPECT_EQ(load("san_twice.pem").subjectAltName.value(),
            (std::vector<cert_dict::AltName>{{"DNS", "a.example"}, {"DNS", "b.example"}}));
}

// API: 6.1
TEST(CertDictRules, what_cannot_be_read_says_so) {
  EXPECT_EQ(complaint(path_of("absent.pem")), "Can't open file");
  EXPECT_EQ(complaint(path_of("leaf_key.pem")), "Error decoding PEM-encoded file");
  EXPECT_NE(complaint(path_of("string_bad_utf8.pem")), "decoded");
  EXPECT_NE(complaint(path_of("string_bad_bmp.pem")), "decoded");
}

}  // namespace
}  // namespace parley

// Revocation lists (vectors/crls, by make.py there) and what openssl crl reads out of its own.
#include "parley/crl.hpp"

#include <gtest/gtest.h>

#include "parley/pem.hpp"
#include "parley/x509.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

Result<RevocationList> parse(const std::string& name) {
  auto found = crls_from_pem(test::read_text("crls/" + name + ".pem"));
  if (!found) return found.error();
  return found->front();
}
RevocationList load(const std::string& name) {
  auto list = parse(name);
  if (!list) throw std::runtime_error(name + ": " + list.error().where);
  return *list;
}
Bytes serial(std::string_view hex) { return test::from_hex(hex); }

class Lists : public testing::TestWithParam<test::VectorCase> {};

TEST_P(Lists, hold_what_was_put_in) {
  const test::VectorCase& v = GetParam();
  const auto has = [&v](const char* key) { return v.count(key) > 0; };
  const std::string file = test::field(v, "file");
  const auto parsed = parse(file.substr(0, file.find('.')));
  EXPECT_EQ(parsed.has_value(), !has("refused"));
  if (!parsed) return;
  const RevocationList& l = *parsed;
  EXPECT_EQ(std::to_string(l.size()), test::field(v, "entries"));
  if (has("version")) {
    EXPECT_EQ(std::to_string(l.version()), test::field(v, "version"));
  }
  if (has("version_said")) {
    EXPECT_EQ(std::to_string(l.version()), test::field(v, "version_said"));
  }
  if (has("this_update")) {
    EXPECT_EQ(l.this_update_text(), test::field(v, "this_update"));
  }
  if (has("next_update")) {
    EXPECT_EQ(l.next_update_text(), test::field(v, "next_update"));
  }
  if (has("next_update_said")) {
    EXPECT_EQ(l.next_update_text(), "");
  }
  if (has("number")) {
    EXPECT_EQ(to_hex(**l.crl_number()), test::field(v, "number"));
  }
  if (has("base")) {
    EXPECT_EQ(to_hex(**l.delta_base()), test::field(v, "base"));
  }
  EXPECT_EQ(l.is_delta(), has("base"));
  std::string unknown;
  for (const std::string& o : l.unknown_critical_extensions()) unknown += o;
  EXPECT_EQ(unknown, has("unknown") ? test::field(v, "unknown") : "");
  if (has("serials")) {
    std::string serials;
    for (std::size_t i = 0; i < l.size(); ++i) {
      ByteView s = l.entry(i).serial;
      if (s.size() > 1 && s[0] == 0) s = s.subspan(1);
      serials += (i == 0 ? "" : " ") + to_hex(s);
    }
    std::string wanted = test::field(v, "serials");
    std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(serials, wanted);
  }
  for (std::size_t i = 0; i < l.size(); ++i) {
    const Revoked e = l.entry(i);
    const ByteView issuer = e.certificate_issuer.empty() ? l.issuer_der() : e.certificate_issuer;
    ASSERT_TRUE(l.find(e.serial, issuer).has_value()) << to_hex(e.serial);
  }
}

std::string test_name(const testing::TestParamInfo<test::VectorCase>& info) {
  const std::string& file = test::field(info.param, "file");
  return file.substr(0, file.find('.'));
}
INSTANTIATE_TEST_SUITE_P(Crls, Lists, testing::ValuesIn(test::read_vector_file("crls/lists.txt")),
                         test_name);

TEST(RevocationList, finds_a_certificate_by_its_serial_number) {
  const RevocationList l = load("openssl_full");
  const auto found = l.find(serial("0102"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->reason, 1);
  EXPECT_EQ(found->date, 1735689600);
  EXPECT_EQ(l.find(serial("00ff33"))->reason, 2);
  EXPECT_FALSE(l.find(serial("01"))->reason.has_value());
  EXPECT_EQ(l.find(serial("0a0b0c"))->invalidity_date, 1734998400);
  EXPECT_EQ(l.find(serial("7f"))->reason, 6);
  for (const char* absent : {"00", "02", "0101", "ff33", "0a0b0c0d", ""})
    EXPECT_FALSE(l.find(serial(absent)).has_value()) << absent;
}

TEST(RevocationList, serial_numbers_of_any_kind_are_found) {
  const RevocationList l = load("serials");
  std::string long_one;
  for (int i = 1; i <= 40; ++i) {
    const auto b = static_cast<std::uint8_t>(i);
    long_one += to_hex({&b, 1});
  }
  for (const std::string& s : {std::string{"80"}, long_one, std::string{"00"}, std::string{"0080"}})
    EXPECT_TRUE(l.find(serial(s)).has_value()) << s;
  // Of two entries the first in the list counts.
  EXPECT_FALSE(l.find(serial("05"))->reason.has_value());
}

TEST(RevocationList, an_indirect_one_tells_issuers_apart) {
  const RevocationList l = load("indirect");
  EXPECT_TRUE((*l.issuing_distribution_point())->indirect);
  const ByteView other = l.entry(1).certificate_issuer;
  EXPECT_EQ(parse_name(other)->text(), "CN=Other");
  EXPECT_TRUE(l.entry(0).certificate_issuer.empty());
  // An issuer holds for the entries behind, until there is another.
  EXPECT_TRUE(same_name(l.entry(2).certificate_issuer, other));
  EXPECT_TRUE(same_name(l.entry(4).certificate_issuer, l.issuer_der()));
  EXPECT_TRUE(l.find(serial("05")).has_value());
  EXPECT_TRUE(l.find(serial("05"), other).has_value());
  EXPECT_FALSE(l.find(serial("06")).has_value());
  EXPECT_TRUE(l.find(serial("06"), other).has_value());
  EXPECT_FALSE(l.find(serial("07")).has_value());
  EXPECT_TRUE(l.find(serial("08")).has_value());
  EXPECT_FALSE(l.find(serial("08"), other).has_value());
}

TEST(RevocationList, says_what_it_covers) {
  const RevocationList full = load("openssl_full");
  const IssuingDistributionPoint p = full.issuing_distribution_point()->value();
  EXPECT_TRUE(p.only_user);
  EXPECT_FALSE(p.only_ca || p.only_attribute || p.indirect);
  EXPECT_EQ(p.reasons, kReasonKeyCompromise | kReasonCaCompromise);
  EXPECT_EQ(as_text(p.name->full.at(0).content), "http://crl.example/some.crl");
  EXPECT_EQ(full.authority_key_id().size(), 20U);
  EXPECT_TRUE((*full.authority_key_identifier())->serial.has_value());
  EXPECT_EQ((*full.issuer_alt_names())->size(), 2U);
  EXPECT_FALSE(load("openssl_plain").issuing_distribution_point()->has_value());
  EXPECT_TRUE((*load("point_attribute").issuing_distribution_point())->only_attribute);
  const RevocationList relative = load("point_relative");
  EXPECT_FALSE((*relative.issuing_distribution_point())->name->relative.empty());
  EXPECT_EQ((*load("freshest").freshest_crl())->size(), 1U);
}

TEST(RevocationList, broken_extensions_of_the_list_are_errors_of_their_accessors) {
  EXPECT_FALSE(load("point_two_kinds").issuing_distribution_point());
  EXPECT_FALSE(load("number_negative").crl_number());
  EXPECT_FALSE(load("number_twice").crl_number());
}

TEST(RevocationList, of_a_text_every_block_is_read) {
  const std::string a = test::read_text("crls/v1.pem"), b = test::read_text("crls/delta.pem");
  const auto found = crls_from_pem(a + test::read_text("certs/chain_leaf.pem") + b);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_FALSE((*found)[0] == (*found)[1]);
  EXPECT_EQ(encode_pem("X509 CRL", found->front().der()), a);
  EXPECT_EQ(crls_from_pem(test::read_text("certs/chain_leaf.pem")).error().code,
            Errc::no_start_line);
}

TEST(RevocationList, no_corrupted_byte_does_harm) {
  std::size_t refused = 0;
  for (const char* name : {"openssl_full", "indirect"}) {
    const Bytes good = to_bytes(load(name).der());
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const unsigned flip : {0x01U, 0x80U, 0xffU, 0x20U}) {
        Bytes der = good;
        der[at] = static_cast<std::uint8_t>(der[at] ^ flip);
        const auto l = RevocationList::parse(std::move(der));
        if (!l) {
          ++refused;
          continue;
        }
        EXPECT_FALSE(describe(*l).empty());
        (void)l->unknown_critical_extensions();
        (void)l->issuing_distribution_point().has_value();
        (void)l->find(serial("05"));
      }
    }
    for (std::size_t n = 0; n < good.size(); n += 3)
      EXPECT_FALSE(RevocationList::parse(Bytes(good.begin(), good.begin() + static_cast<long>(n))));
  }
  EXPECT_GT(refused, 500U);
}

TEST(RevocationList, is_described_for_people) {
  const std::string text = describe(load("openssl_full"));
  for (const char* line :
       {"Issuer:       C=DE, CN=Lists\n", "Revoked:      5\n",
        "  0102  Jan  1 00:00:00 2025 GMT  keyCompromise\n", "    Only user certificates\n",
        "  0a0b0c  Jan  4 00:00:00 2025 GMT  cACompromise  invalid since Dec 24 00:00:00 2024 GMT"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  EXPECT_NE(describe(load("no_next_update")).find("<not said>"), std::string::npos);
  EXPECT_NE(describe(load("indirect")).find("issued by CN=Other"), std::string::npos);
}

}  // namespace
}  // namespace parley

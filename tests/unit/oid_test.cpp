#include <gtest/gtest.h>

#include "asn1/oid.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::asn1 {
namespace {

using test::from_hex;

// Pairs printed by `openssl asn1parse` for the encodings on the left.
TEST(Oid, turns_into_dotted_text_and_back) {
  const std::pair<std::string_view, std::string_view> kPairs[] = {
      {"550403", "2.5.4.3"},
      {"2a864886f70d010101", "1.2.840.113549.1.1.1"},
      {"00", "0.0"},
      {"27", "0.39"},
      {"28", "1.0"},
      {"4f", "1.39"},
      {"50", "2.0"},
      {"8837", "2.999"},
      {"2b060104018237140203", "1.3.6.1.4.1.311.20.2.3"},
      {"8fffffff7f", "2.4294967215"},
  };
  for (const auto& [hex, text] : kPairs) {
    EXPECT_EQ(oid_text(from_hex(hex)), text);
    const auto back = oid_from_text(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(to_hex(*back), hex);
  }
}

TEST(Oid, prints_numbers_of_any_size) {
  // The UUID f81d4fae-7dec-11d0-a765-00a0c91e6bf6 of X.667 section 7.
  EXPECT_EQ(oid_text(from_hex("6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776")),
            "2.25.329800735698586629295641978511506172918");
  EXPECT_EQ(oid_text(from_hex("01")), "0.1");
}

TEST(Oid, refuses_malformed_content_and_text) {
  for (const std::string_view hex : {"", "80", "5580", "558001", "5504ff"})
    EXPECT_EQ(oid_text(from_hex(hex)), "") << hex;
  for (const std::string_view text : {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "1.2.x", "1.02",
                                      "1.4294967296", "-1.2", "1.2."})
    EXPECT_FALSE(oid_from_text(text)) << text;
  for (const std::string_view text : {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "0.100", "1.2.x",
                                      "1.02", "01.2", "-1.2", "1.2.", "+1.2"})
    EXPECT_FALSE(is_oid_text(text)) << text;
  for (const std::string_view text : {"0.0", "1.39", "2.40", "2.999", "1.2.4294967296",
                                      "2.25.329800735698586629295641978511506172918"})
    EXPECT_TRUE(is_oid_text(text)) << text;
}

TEST(OidTable, knows_every_row_by_its_dotted_text) {
  for (const OidRow& row : oid_table()) {
    EXPECT_EQ(find_oid(row.oid), &row);
    const auto content = oid_from_text(row.oid);
    ASSERT_TRUE(content) << row.oid;
    EXPECT_TRUE(is_oid_text(row.oid)) << row.oid;
    EXPECT_EQ(oid_text(*content), row.oid);
    EXPECT_EQ(oid_name(*content), row.long_name);
    EXPECT_FALSE(row.short_name.empty());
  }
}

TEST(OidTable, has_the_names_of_getpeercert) {
  EXPECT_EQ(find_oid("2.5.4.9")->long_name, "streetAddress");
  EXPECT_EQ(find_oid("0.9.2342.19200300.100.1.1")->long_name, "userId");
  EXPECT_EQ(find_oid("0.9.2342.19200300.100.1.3")->long_name, "rfc822Mailbox");
  EXPECT_EQ(find_oid("1.2.840.113549.1.9.1")->long_name, "emailAddress");
  EXPECT_EQ(find_oid("2.5.4.3")->short_name, "CN");
  EXPECT_EQ(find_oid("1.3.6.1.4.1.311.60.2.1.3"), nullptr);
  EXPECT_EQ(find_oid(""), nullptr);
  EXPECT_EQ(oid_name(from_hex("2b0601040182373c020103")), "1.3.6.1.4.1.311.60.2.1.3");
}

}  // namespace
}  // namespace parley::asn1

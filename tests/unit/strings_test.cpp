#include <gtest/gtest.h>

#include "asn1/strings.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::asn1 {
namespace {

using test::from_hex;

std::string decoded(Tag tag, std::string_view hex) {
  const auto s = to_utf8(tag, from_hex(hex));
  return s ? to_hex(as_bytes(*s)) : "bad";
}

TEST(Strings, one_byte_types_are_latin_1) {
  for (const Tag t : {kPrintableString, kIa5String, kT61String, kVisibleString, kNumericString}) {
    EXPECT_EQ(decoded(t, "414200ff"), "414200c3bf");
    EXPECT_EQ(decoded(t, ""), "");
    EXPECT_EQ(decoded(t, "80"), "c280");
  }
}

// Answers of Python: bytes.decode("utf-16-be" or "utf-32-be").encode().
TEST(Strings, wide_types_are_big_endian) {
  EXPECT_EQ(decoded(kBmpString, "004b00f6006c006e65e5"), "4bc3b66c6ee697a5");
  EXPECT_EQ(decoded(kUniversalString, "0000005300000fff0001f600"), "53e0bfbff09f9880");
  EXPECT_EQ(decoded(kUniversalString, "0010ffff"), "f48fbfbf");
  EXPECT_EQ(decoded(kBmpString, "007f008007ff0800ffff"), "7fc280dfbfe0a080efbfbf");
}

TEST(Strings, wide_types_refuse_surrogates_odd_sizes_and_numbers_beyond_unicode) {
  EXPECT_EQ(decoded(kBmpString, "00"), "bad");
  EXPECT_EQ(decoded(kBmpString, "d83dde00"), "bad");
  EXPECT_EQ(decoded(kUniversalString, "000041"), "bad");
  EXPECT_EQ(decoded(kUniversalString, "00110000"), "bad");
  EXPECT_EQ(decoded(kUniversalString, "0000d800"), "bad");
  EXPECT_EQ(decoded(kUniversalString, "ffffffff"), "bad");
}

TEST(Strings, utf8_is_checked) {
  for (const std::string_view good : {"", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080",
                                      "efbfbf", "f0908080", "f48fbfbf"})
    EXPECT_EQ(decoded(kUtf8String, good), good);
  for (const std::string_view bad :
       {"80", "c0", "c080", "c1bf", "c328", "e08080", "e09fbf", "eda080", "edbfbf", "e28228",
        "f0808080", "f08fbfbf", "f4908080", "f5808080", "f8888080", "ff", "c2", "e282", "f09f98"})
    EXPECT_EQ(decoded(kUtf8String, bad), "bad") << bad;
}

TEST(Strings, other_types_are_not_text) {
  EXPECT_EQ(decoded(kInteger, "41"), "bad");
  EXPECT_EQ(decoded(kBitString, "0041"), "bad");
  EXPECT_EQ(decoded(universal(27), "41"), "bad");
  EXPECT_EQ(decoded(context(12), "41"), "bad");
}

}  // namespace
}  // namespace parley::asn1

// ToASCII and punycode against the RFC's samples and Python's answers.
#include "api/idna.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

std::string refusal(std::string_view host) {
  try {
    return "not refused: " + to_ascii(host);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
}

/// Only for text that is known to be UTF-8.
std::u32string wide(const std::string& s) {
  std::u32string out;
  for (const char c : s) {
    const auto b = static_cast<unsigned char>(c);
    if (b < 0x80)
      out += b;
    else if (b >= 0xc0)
      out += b & (b < 0xe0 ? 0x1fu : b < 0xf0 ? 0x0fu : 0x07u);
    else
      out.back() = out.back() << 6 | (b & 0x3fu);
  }
  return out;
}

// API: D18
TEST(Punycode, gives_the_samples_of_the_rfc) {
  std::size_t n = 0;
  for (const auto& c : test::read_vector_file("idna/punycode.txt")) {
    if (c.find("sample") == c.end()) continue;
    EXPECT_EQ(punycode(wide(test::field(c, "label"))), test::field(c, "code"))
        << test::field(c, "sample");
    ++n;
  }
  EXPECT_EQ(n, 19u);
}

// API: D18, C6
TEST(ToAscii, agrees_with_python) {
  std::size_t n = 0;
  for (const auto& c : test::read_vector_file("idna/to_ascii.txt")) {
    if (c.find("name") == c.end()) continue;
    EXPECT_EQ(to_ascii(test::field(c, "name")), test::field(c, "ascii")) << test::field(c, "name");
    ++n;
  }
  EXPECT_GT(n, 35u);
}

// API: C6
TEST(ToAscii, refuses_empty_and_long_labels_but_not_the_root) {
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".a"), std::string("a..b"), std::string("a.."),
        std::string(64, 'a'), std::string("\u3002a"), std::string("\u00ad.com"),
        std::string(64, 'a') + ".com"})
    EXPECT_EQ(refusal(bad), "label empty or too long") << bad;
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "\u00fc";
  EXPECT_EQ(refusal(umlauts), "label empty or too long");
  EXPECT_EQ(to_ascii("a."), "a.");
}

// API: D18
TEST(ToAscii, refuses_what_it_cannot_convert_rightly) {
  // A combining diaeresis, a half-width letter, a fraction, an Arabic presentation form, an emoji
  // beyond Unicode 3.2's tables, a private character.
  EXPECT_EQ(refusal("u\u0308.com"),
            "host name holds U+0308, which cannot be converted: give the xn-- form of the name");
  for (const char* bad : {"\uff71.jp", "\u00bd.com", "\ufb50.com", "\U0001f600.com", "\ue000.com",
                          "a\u2044b.com", "\u212a.com"})
    EXPECT_NE(refusal(bad).find("cannot be converted"), std::string::npos) << bad;
  EXPECT_EQ(refusal("xn--\u00fc.com"), "Label starts with ACE prefix");
  EXPECT_EQ(refusal("a\u05d0.com"), "host name mixes directions of writing in one label");
  EXPECT_EQ(refusal("\u05d01.com"), "host name mixes directions of writing in one label");
  for (const char* bad : {"\xff.com", "\xc3.com", "\xc0\xae.com", "\xed\xa0\x80.com", "a\xc3"})
    EXPECT_EQ(refusal(bad), "host name is not UTF-8") << bad;
}

}  // namespace
}  // namespace parley

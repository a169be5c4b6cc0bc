#include <gtest/gtest.h>

#include "asn1/der_reader.hpp"
#include "asn1/der_writer.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::asn1 {
namespace {

using test::from_hex;

std::string outcome(const Status& s) {
  if (s) return "ok";
  switch (s.error().code) {
    case Errc::truncated: return "truncated";
    case Errc::bad_der: return "bad_der";
    case Errc::trailing_bytes: return "trailing_bytes";
    case Errc::too_deep: return "too_deep";
    default: return "other";
  }
}

TEST(Der, takes_and_refuses_what_the_table_says) {
  for (const auto& c : test::read_vector_file("der/encodings.txt"))
    EXPECT_EQ(outcome(check_der(test::hex_field(c, "der"))), test::field(c, "result"))
        << test::field(c, "der") << ", " << test::field(c, "rule");
}

Bytes nested(std::size_t levels) {
  Bytes der;
  for (std::size_t i = 0; i < levels; ++i) {
    Bytes outer;
    DerWriter w{outer};
    w.primitive(kSequence, der);
    der = outer;
  }
  return der;
}

TEST(Der, nests_to_its_limit_and_no_further) {
  EXPECT_EQ(outcome(check_der(nested(kMaxDepth))), "ok");
  EXPECT_EQ(outcome(check_der(nested(kMaxDepth + 1))), "too_deep");
  EXPECT_EQ(outcome(check_der(nested(2000))), "too_deep");
}

TEST(DerReader, the_first_failure_sticks_and_names_field_and_offset) {
  const Bytes der = from_hex("300802010a0c01410500");
  DerReader r{der};
  DerReader seq = r.enter("outer", kSequence);
  EXPECT_EQ(seq.small_integer("first", 255), 10U);
  EXPECT_FALSE(seq.boolean("second"));
  EXPECT_TRUE(seq.empty());
  EXPECT_EQ(seq.small_integer("third", 255), 0U);
  const Status s = r.finish("all");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::bad_der);
  EXPECT_STREQ(s.error().where, "second");
  EXPECT_EQ(s.error().offset, 5U);
}

TEST(DerReader, refuses_what_follows_the_last_field) {
  const Bytes der = from_hex("30060201010201020500");
  {
    DerReader r{der};
    DerReader seq = r.enter("seq", kSequence);
    (void)seq.integer("first");
    seq.end("seq");
    EXPECT_EQ(outcome(r.finish("all")), "trailing_bytes");
  }
  DerReader r{der};
  (void)r.any("seq");
  EXPECT_EQ(outcome(r.finish("all")), "trailing_bytes");
}

TEST(DerReader, leaves_an_optional_field_of_another_tag_alone) {
  const Bytes der = from_hex("020105");
  DerReader r{der};
  EXPECT_FALSE(r.optional("maybe", kNull));
  EXPECT_EQ(r.small_integer("n", 5), 5U);
  EXPECT_TRUE(r.finish("all"));
}

TEST(DerReader, bounds_small_integers) {
  const auto read = [](std::string_view hex, std::uint32_t max) {
    const Bytes der = from_hex(hex);
    DerReader r{der};
    (void)r.small_integer("n", max);
    const Status s = r.finish("n");
    return s ? Errc::count_ : s.error().code;
  };
  EXPECT_EQ(read("020105", 5), Errc::count_);
  EXPECT_EQ(read("020106", 5), Errc::bad_value);
  EXPECT_EQ(read("0201ff", 5), Errc::bad_value);
  EXPECT_EQ(read("020500ffffffff", 0xffffffff), Errc::count_);
  EXPECT_EQ(read("02050100000000", 0xffffffff), Errc::bad_value);
}

TEST(DerReader, reads_named_bits_as_a_mask) {
  const auto read = [](std::string_view hex) {
    const Bytes der = from_hex(hex);
    DerReader r{der};
    return r.named_bits("bits");
  };
  EXPECT_EQ(read("030205a0"), 0b101);      // RFC 5280: digitalSignature, keyEncipherment
  EXPECT_EQ(read("03020106"), 0b1100000);  // keyCertSign, cRLSign
  EXPECT_EQ(read("0303070080"), 1 << 8);   // decipherOnly
  EXPECT_EQ(read("030100"), 0);
}

TEST(DerWriter, writes_what_openssl_writes) {
  // openssl asn1parse -genconf of: SEQUENCE { INTEGER 0, INTEGER 128, BOOLEAN TRUE, NULL,
  // OID 2.5.4.3, OCTET STRING 0102, BIT STRING 0102, UTF8String "a" }
  Bytes der;
  {
    DerWriter w{der};
    const DerWriter::Scope s = w.open(kSequence);
    w.integer(0);
    w.integer(128);
    w.boolean(true);
    w.null();
    w.oid(from_hex("550403"));
    w.octets(from_hex("0102"));
    w.bits(from_hex("0102"));
    w.text(kUtf8String, "a");
  }
  EXPECT_EQ(to_hex(der), "301d020100020200800101ff050006035504030402010203030001020c0161");
}

TEST(DerWriter, patches_lengths_of_every_size) {
  for (const std::size_t n : {0U, 1U, 127U, 128U, 255U, 256U, 65535U, 65536U, 70000U}) {
    const Bytes content(n, 0x5a);
    Bytes der;
    {
      DerWriter w{der};
      const DerWriter::Scope a = w.open(kSequence);
      const DerWriter::Scope b = w.open(context_constructed(3));
      w.octets(content);
    }
    DerReader r{der};
    DerReader a = r.enter("a", kSequence);
    DerReader b = a.enter("b", context_constructed(3));
    EXPECT_TRUE(equal(b.octets("c"), content)) << n;
    b.end("b");
    a.end("a");
    EXPECT_TRUE(r.finish("all")) << n;
  }
}

TEST(DerWriter, keeps_numbers_minimal_and_positive) {
  const auto write = [](std::string_view hex) {
    Bytes der;
    DerWriter{der}.unsigned_integer(from_hex(hex));
    return to_hex(der);
  };
  EXPECT_EQ(write(""), "020100");
  EXPECT_EQ(write("0000"), "020100");
  EXPECT_EQ(write("007f"), "02017f");
  EXPECT_EQ(write("80"), "02020080");
  EXPECT_EQ(write("00000100"), "02020100");
}

TEST(DerWriter, trims_named_bits) {
  const auto write = [](std::uint16_t mask) {
    Bytes der;
    DerWriter{der}.named_bits(mask);
    return to_hex(der);
  };
  EXPECT_EQ(write(0), "030100");
  EXPECT_EQ(write(0b101), "030205a0");
  EXPECT_EQ(write(0b1100000), "03020106");
  EXPECT_EQ(write(1 << 8), "0303070080");
}

TEST(DerWriter, writes_high_tag_numbers) {
  for (const std::uint32_t n : {30U, 31U, 127U, 128U, 16384U, 0xfffffffU}) {
    Bytes der;
    DerWriter{der}.primitive(context(n), {});
    DerReader r{der};
    EXPECT_EQ(r.any("x").tag.number, n);
    EXPECT_TRUE(r.finish("x"));
  }
}

}  // namespace
}  // namespace parley::asn1

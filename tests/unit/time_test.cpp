#include <gtest/gtest.h>

#include "asn1/time.hpp"

namespace parley::asn1 {
namespace {

std::string unix_or_bad(Tag tag, std::string_view text) {
  const auto t = unix_time(tag, as_bytes(text));
  return t ? std::to_string(*t) : "bad";
}
std::string utc(std::string_view text) { return unix_or_bad(kUtcTime, text); }
std::string generalized(std::string_view text) { return unix_or_bad(kGeneralizedTime, text); }

// Answers of Python's calendar.timegm.
TEST(Time, becomes_unix_seconds) {
  EXPECT_EQ(utc("700101000000Z"), "0");
  EXPECT_EQ(utc("691231235959Z"), "-1");
  EXPECT_EQ(utc("500101000000Z"), "-631152000");
  EXPECT_EQ(utc("491231235959Z"), "2524607999");
  EXPECT_EQ(utc("000229120000Z"), "951825600");
  EXPECT_EQ(generalized("20201005230156Z"), "1601938916");
  EXPECT_EQ(generalized("99991231235959Z"), "253402300799");
  EXPECT_EQ(generalized("00000101000000Z"), "-62167219200");
  EXPECT_EQ(generalized("20000229000000Z"), "951782400");
}

TEST(Time, bends_the_old_forms_only) {
  EXPECT_EQ(utc("2010052301Z"), "1601938860");
  EXPECT_EQ(utc("201005230156+0130"), "1601933516");
  EXPECT_EQ(utc("201005230156-0130"), "1601944316");
  EXPECT_EQ(generalized("20201005230156.75Z"), "1601938916");
  EXPECT_EQ(utc("201005230156.5Z"), "bad");
  EXPECT_EQ(utc("201005230156"), "bad") << "a local time names no moment";
  EXPECT_EQ(generalized("20201005230156.Z"), "bad");
}

TEST(Time, a_fraction_of_a_minute_is_none_of_a_second) {
  EXPECT_EQ(generalized("202010052301.5Z"), "bad");
  EXPECT_EQ(time_text(kGeneralizedTime, as_bytes("202010052301.5Z")), "Bad time value");
}

TEST(Time, refuses_what_no_calendar_has) {
  for (const std::string_view text : {"",
                                      "Z",
                                      "2010052301",
                                      "20100523015Z",
                                      "201305230156Z",
                                      "200005230156Z",
                                      "201032230156Z",
                                      "201000230156Z",
                                      "201005240156Z",
                                      "201005236056Z",
                                      "201005230160Z",
                                      "210229000000Z",
                                      "201005230156z",
                                      "201005230156ZZ",
                                      "201005230156Z ",
                                      "2010o5230156Z",
                                      "+01005230156Z",
                                      "201005230156+1300",
                                      "201005230156+01",
                                      "201005230156+0160"})
    EXPECT_EQ(utc(text), "bad") << text;
  EXPECT_EQ(generalized("21000229000000Z"), "bad");
  EXPECT_EQ(unix_or_bad(kIa5String, "201005230156Z"), "bad");
}

TEST(Time, refuses_every_proper_prefix) {
  const std::string_view text = "20201005230156Z";
  for (std::size_t n = 0; n < text.size(); ++n)
    EXPECT_EQ(generalized(text.substr(0, n)), "bad") << n;
}

// Forms of Python's getpeercert, which OpenSSL prints.
TEST(Time, prints_as_getpeercert_does) {
  const auto text = [](Tag t, std::string_view s) { return time_text(t, as_bytes(s)); };
  EXPECT_EQ(text(kUtcTime, "201005230156Z"), "Oct  5 23:01:56 2020 GMT");
  EXPECT_EQ(text(kUtcTime, "101215000000Z"), "Dec 15 00:00:00 2010 GMT");
  EXPECT_EQ(text(kUtcTime, "2010052301Z"), "Oct  5 23:01:00 2020 GMT");
  EXPECT_EQ(text(kGeneralizedTime, "20201005230156.5Z"), "Oct  5 23:01:56.5 2020 GMT");
  EXPECT_EQ(text(kGeneralizedTime, "20201005230156"), "Oct  5 23:01:56 2020");
  EXPECT_EQ(text(kGeneralizedTime, "20201231230156-0100"), "Jan  1 00:01:56 2021 GMT");
  EXPECT_EQ(text(kUtcTime, "201305230156Z"), "Bad time value");
  EXPECT_EQ(time_text(1178668800), "May  9 00:00:00 2007 GMT");
}

TEST(Time, encodes_by_the_rule_of_2050_and_reads_itself) {
  EXPECT_EQ(encode_time(1601938916).text, "201005230156Z");
  EXPECT_EQ(encode_time(2524607999).text, "491231235959Z");
  EXPECT_EQ(encode_time(2524608000).text, "20500101000000Z");
  EXPECT_EQ(encode_time(253402300800).text, "99991231235959Z");
  EXPECT_EQ(encode_time(-631152001).text, "500101000000Z");
  for (std::int64_t t = -631152000; t < 253402300800; t += 86400 * 97 + 12345) {
    const EncodedTime e = encode_time(t);
    EXPECT_EQ(e.tag, t < 2524608000 ? kUtcTime : kGeneralizedTime);
    EXPECT_EQ(unix_or_bad(e.tag, e.text), std::to_string(t));
  }
}

}  // namespace
}  // namespace parley::asn1

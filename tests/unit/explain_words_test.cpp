// What explain says: words for numbers, places where it stops, flows as text.
#include <gtest/gtest.h>

#include <set>

#include "parley/explain.hpp"

namespace parley::explain {
namespace {

Bytes hex(std::string_view text) {
  auto b = parse_hex(text);
  EXPECT_TRUE(b) << text;
  return b ? *b : Bytes{};
}

/// As if the client had said these bytes.
Explanation of_client(std::string_view text) { return decode({{Side::client, {}, hex(text)}}); }

const Field* find(const Message& m, std::string_view path) {
  for (const Field& f : m.fields)
    if (f.path == path) return &f;
  return nullptr;
}

TEST(ExplainText, hex_is_read_as_people_write_it) {
  EXPECT_EQ(hex("16 03:01\n0xAb 0Xcd"), (Bytes{0x16, 3, 1, 0xab, 0xcd}));
  EXPECT_EQ(hex(""), Bytes{});
  for (const auto& [text, offset] : {std::pair{"16 0", 4u}, {"1 6", 1u}, {"16 zz", 3u}}) {
    const auto b = parse_hex(text);
    ASSERT_FALSE(b) << text;
    EXPECT_EQ(b.error().code, Errc::bad_value);
    EXPECT_EQ(b.error().offset, offset) << text;
  }
}

TEST(ExplainText, flows_survive_their_text) {
  const Flow flow{{Side::server, {}, Bytes(100, 7)}, {Side::client, {}, {1, 2, 3}}};
  const auto again = parse_flow(write_flow(flow));
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ((*again)[i].from, flow[i].from);
    EXPECT_EQ((*again)[i].bytes, flow[i].bytes);
  }
  EXPECT_FALSE(parse_flow("1603\nclient\n"));
  const auto bad = parse_flow("# a comment\nclient\n16xx\n");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().offset, 21u);
}

TEST(ExplainText, every_registered_alert_has_words) {
  int known = 0;
  for (int n = 0; n < 256; ++n) {
    const Words w = describe_alert(static_cast<std::uint8_t>(n));
    EXPECT_EQ(w.title.find("alert " + std::to_string(n) + ": "), 0u);
    const bool registered = alert_name(static_cast<Alert>(n)) != "unknown";
    EXPECT_EQ(!w.lines.empty(), registered) << n;
    known += registered ? 1 : 0;
  }
  EXPECT_EQ(known, 32);
  EXPECT_EQ(describe_alert(40).title, "alert 40: handshake_failure");
}

TEST(ExplainText, numbers_of_suites_have_names) {
  for (const CipherSuite& s : cipher_suite_catalogue()) EXPECT_EQ(suite_words(s.id), s.iana_name);
  EXPECT_EQ(suite_words(0xff), "TLS_EMPTY_RENEGOTIATION_INFO_SCSV");
  EXPECT_EQ(suite_words(0x1a1a), "GREASE 0x1a1a");
  EXPECT_EQ(suite_words(0x1234), "unknown suite 0x1234");
}

TEST(ExplainText, an_alert_alone_is_explained) {
  const Explanation e = of_client("15 0301 0002 0228");
  ASSERT_EQ(e.messages.size(), 1u);
  EXPECT_EQ(e.messages[0].kind, MessageKind::alert);
  EXPECT_EQ(e.messages[0].summary.find("fatal handshake_failure"), 0u);
  EXPECT_TRUE(e.stops.empty());
  ASSERT_EQ(e.findings.size(), 1u);
  EXPECT_EQ(e.findings[0].kind, FindingKind::alert);
}

TEST(ExplainText, a_server_hello_alone_is_explained) {
  const Explanation e =
      decode({{Side::server,
               {},
               hex("16 0303 0030 02 00002c 0303 "
                   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
                   " 00 c02f 00 0004 0017 0000")}});
  ASSERT_EQ(e.messages.size(), 1u);
  EXPECT_TRUE(e.stops.empty()) << e.stops[0].text;
  EXPECT_FALSE(e.messages[0].out_of_order);
  EXPECT_EQ(e.version, ProtocolVersion::tls12);
  const Field* suite = find(e.messages[0], "server_hello.cipher_suite");
  ASSERT_NE(suite, nullptr);
  EXPECT_EQ(suite->meaning, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  EXPECT_NE(find(e.messages[0], "server_hello.extensions.extended_master_secret.type"), nullptr);
}

TEST(ExplainText, what_is_not_tls_stops_at_once_and_says_what_it_may_be) {
  const Explanation http = of_client("474554202f20485454502f312e310d0a");
  ASSERT_EQ(http.stops.size(), 1u);
  EXPECT_EQ(http.stops[0].why.code, Errc::http_request);
  ASSERT_EQ(http.unframed.size(), 1u);
  EXPECT_EQ(http.unframed[0].size, 16u);
  EXPECT_EQ(of_client("0102030405").stops.at(0).why.code, Errc::unknown_protocol);
  EXPECT_EQ(of_client("160301").stops.at(0).why.code, Errc::truncated);
  EXPECT_EQ(of_client("16 0301 ffff").stops.at(0).why.code, Errc::record_overflow);
}

TEST(ExplainText, a_broken_hello_is_explained_up_to_the_byte_that_is_wrong) {
  // session_id of 33 bytes, at byte 38 of the message and so 43 of the stream.
  std::string text = "16 0301 0047 01 000043 0301";
  for (int i = 0; i < 32; ++i) text += " 55";
  text += " 21";
  for (int i = 0; i < 32; ++i) text += " 66";
  const Explanation e = of_client(text);
  ASSERT_EQ(e.messages.size(), 1u);
  ASSERT_TRUE(e.messages[0].error);
  EXPECT_EQ(e.messages[0].error->code, Errc::length_out_of_range);
  EXPECT_EQ(e.messages[0].fields.back().kind, FieldKind::unknown);
  EXPECT_EQ(e.messages[0].fields.back().size, 32u);
  ASSERT_EQ(e.stops.size(), 1u);
  EXPECT_EQ(e.stops[0].offset, 5 + e.messages[0].error->offset);
}

TEST(ExplainText, a_message_in_two_records_has_two_pieces) {
  const Explanation e = of_client("16 0301 0002 0e00  16 0301 0002 0000");
  ASSERT_EQ(e.messages.size(), 1u);
  ASSERT_EQ(e.messages[0].pieces.size(), 2u);
  EXPECT_EQ(e.messages[0].name, "server_hello_done");
  EXPECT_EQ(e.records[1].messages, std::vector<std::size_t>{0});
}

TEST(ExplainText, names_of_the_model_are_told_apart) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Operation::hmac_sha384); ++i)
    names.insert(operation_name(static_cast<Operation>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Operation::hmac_sha384) + 1);
}

}  // namespace
}  // namespace parley::explain

#include <gtest/gtest.h>

#include <set>

#include "wire/extension.hpp"

namespace parley {
namespace {

Bytes extension(std::uint16_t number, ByteView data) {
  Bytes out;
  Writer w{out};
  w.u16(number);
  Writer::Vec v{w, 2};
  w.bytes(data);
  return out;
}
Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& p : parts) append(all, p);
  return all;
}
/// One entry of a ServerNameList.
Bytes name(std::uint8_t type, std::string_view text) {
  Bytes out{type, static_cast<std::uint8_t>(text.size() >> 8),
            static_cast<std::uint8_t>(text.size())};
  append(out, as_bytes(text));
  return out;
}
Bytes name_list(std::initializer_list<Bytes> entries) {
  const Bytes all = joined(entries);
  Bytes out{static_cast<std::uint8_t>(all.size() >> 8), static_cast<std::uint8_t>(all.size())};
  append(out, all);
  return out;
}
constexpr std::uint16_t kServerNameNumber = 0;
constexpr std::uint16_t kRenegotiationInfoNumber = 0xff01;

/// Reads a client's block; the error when it is refused.
std::optional<Error> refusal(ByteView block, Place place = Place::client_hello,
                             const HelloExtensions* offered = nullptr) {
  HelloExtensions out;
  const Status s = read_extensions(block, place, offered, out);
  if (s) return std::nullopt;
  return s.error();
}

TEST(Extensions, the_registry_has_these_rows) {
  std::string rows;
  for (const HelloExtension* e : extension_registry())
    rows += std::to_string(e->number) + " " + std::string{e->name} + ", " +
            std::string{e->specification} + "\n";
  EXPECT_EQ(rows,
            "0 server_name, RFC 4366 section 3.1\n"
            "65281 renegotiation_info, RFC 5746 section 3.2\n"
            "11 ec_point_formats, RFC 4492 section 5.1.2\n"
            "10 supported_groups, RFC 4492 section 5.1.1\n"
            "35 session_ticket, RFC 5077 section 3.2\n"
            "13 signature_algorithms, RFC 5246 section 7.4.1.4.1\n"
            "5 status_request, RFC 6066 section 8\n"
            "16 application_layer_protocol_negotiation, RFC 7301 section 3.1\n"
            "1 max_fragment_length, RFC 6066 section 4\n"
            "22 encrypt_then_mac, RFC 7366 section 2\n"
            "23 extended_master_secret, RFC 7627 section 5.1\n"
            "43 supported_versions, RFC 8446 section 4.2.1\n"
            "21 padding, RFC 7685 section 3\n");
}

TEST(Extensions, nothing_present_makes_an_empty_block) {
  EXPECT_TRUE(write_extensions({}, Place::client_hello).empty());
  EXPECT_TRUE(write_extensions({}, Place::server_hello).empty());
}

// The bytes that OpenSSL 1.0.1 sends for these two.
TEST(Extensions, a_client_block_has_the_bytes_of_the_specifications) {
  HelloExtensions e;
  e.server_name = "localhost";
  e.renegotiated_connection.emplace();
  EXPECT_EQ(to_hex(write_extensions(e, Place::client_hello)),
            "0000"
            "000e"
            "000c"
            "00"
            "0009"
            "6c6f63616c686f7374"
            "ff01"
            "0001"
            "00");
}

// RFC 6066 section 8: ocsp(1), no responders, no extensions; a server answers with nothing.
TEST(Extensions, a_status_request_has_the_bytes_of_the_specification) {
  HelloExtensions e;
  e.status_request = true;
  EXPECT_EQ(to_hex(write_extensions(e, Place::client_hello)), "000500050100000000");
  EXPECT_EQ(to_hex(write_extensions(e, Place::server_hello)), "00050000");
}

TEST(Extensions, a_status_request_is_read_with_responders_and_extensions_and_of_other_types) {
  const auto asked = [](const Bytes& data) -> std::optional<bool> {
    HelloExtensions out;
    if (!read_extensions(extension(5, data), Place::client_hello, nullptr, out)) return {};
    return out.status_request;
  };
  EXPECT_EQ(asked({1, 0, 0, 0, 0}), true);
  EXPECT_EQ(asked({1, 0, 4, 0, 2, 7, 7, 0, 3, 1, 2, 3}), true);
  EXPECT_EQ(asked({2, 9, 9}), false);
  for (const Bytes& bad :
       {Bytes{}, Bytes{1}, Bytes{1, 0, 0}, Bytes{1, 0, 0, 0}, Bytes{1, 0, 0, 0, 0, 0},
        Bytes{1, 0, 2, 0, 0, 0, 0}, Bytes{1, 0, 1, 0, 0, 0}})
    EXPECT_EQ(asked(bad), std::nullopt) << to_hex(bad);
  HelloExtensions offered, answer;
  offered.status_request = true;
  EXPECT_TRUE(read_extensions(extension(5, {}), Place::server_hello, &offered, answer));
  EXPECT_TRUE(answer.status_request);
  EXPECT_EQ(refusal(extension(5, {}), Place::server_hello, &answer), std::nullopt);
  EXPECT_EQ(refusal(extension(5, Bytes{1}), Place::server_hello, &offered)->code,
            Errc::trailing_bytes);
  offered.status_request = false;
  EXPECT_EQ(refusal(extension(5, {}), Place::server_hello, &offered)->code,
            Errc::unsolicited_extension);
}

TEST(Extensions, a_server_acknowledges_the_name_with_an_empty_extension) {
  HelloExtensions e;
  e.server_name = "";
  e.renegotiated_connection = Bytes{1, 2};
  EXPECT_EQ(to_hex(write_extensions(e, Place::server_hello)),
            "00000000"
            "ff01"
            "0003"
            "020102");
}

TEST(Extensions, what_was_written_is_read_back) {
  HelloExtensions e;
  e.server_name = "www.example.org";
  e.renegotiated_connection = Bytes(72, 9);
  e.ec_point_formats = {0, 1};
  e.supported_groups = {23, 24, 25};
  e.session_ticket = Bytes(200, 5);
  e.padding = 77;
  const Bytes block = write_extensions(e, Place::client_hello);
  HelloExtensions back;
  ASSERT_TRUE(read_extensions(block, Place::client_hello, nullptr, back));
  EXPECT_EQ(back.server_name, e.server_name);
  EXPECT_EQ(back.renegotiated_connection, e.renegotiated_connection);
  EXPECT_EQ(back.ec_point_formats, e.ec_point_formats);
  EXPECT_EQ(back.supported_groups, e.supported_groups);
  EXPECT_EQ(back.session_ticket, e.session_ticket);
  EXPECT_EQ(back.padding, e.padding);
}

TEST(Extensions, every_prefix_that_cuts_an_extension_is_refused) {
  HelloExtensions e;
  e.server_name = "localhost";
  e.renegotiated_connection.emplace();
  e.ec_point_formats = {0};
  e.supported_groups = {23};
  e.session_ticket = Bytes{1, 2, 3};
  e.padding = 5;
  const Bytes block = write_extensions(e, Place::client_hello);
  // The block may end between extensions, whose data are of these sizes.
  std::set<std::size_t> ends{0};
  for (const std::size_t n : {14U, 1U, 2U, 4U, 3U, 5U}) ends.insert(*ends.rbegin() + 4 + n);
  ASSERT_EQ(*ends.rbegin(), block.size());
  for (std::size_t n = 0; n < block.size(); ++n)
    EXPECT_EQ(refusal(ByteView{block}.first(n)).has_value(), !ends.contains(n)) << n;
}

TEST(Extensions, unknown_numbers_are_passed_over_in_a_client_hello) {
  const Bytes block = joined({extension(0x2a2a, Bytes{1, 2, 3}), extension(0x0033, {}),
                              extension(kRenegotiationInfoNumber, Bytes{0})});
  HelloExtensions out;
  ASSERT_TRUE(read_extensions(block, Place::client_hello, nullptr, out));
  EXPECT_TRUE(out.renegotiated_connection.has_value());
  EXPECT_FALSE(out.server_name.has_value());
}

TEST(Extensions, a_duplicate_is_refused_whether_known_or_not) {
  const Bytes known = extension(kRenegotiationInfoNumber, Bytes{0});
  const Bytes unknown = extension(0x2a2a, Bytes{1});
  for (const Bytes& block :
       {joined({known, known}), joined({unknown, known, unknown}), joined({unknown, unknown})}) {
    const auto e = refusal(block);
    ASSERT_TRUE(e.has_value());
    EXPECT_EQ(e->code, Errc::duplicate_extension);
  }
}

TEST(Extensions, a_server_may_answer_only_what_was_offered) {
  const Bytes info = extension(kRenegotiationInfoNumber, Bytes{0});
  const Bytes sni = extension(kServerNameNumber, {});
  HelloExtensions nothing, both, info_only;
  info_only.renegotiated_connection.emplace();
  both.renegotiated_connection.emplace();
  both.server_name = "localhost";
  EXPECT_FALSE(refusal(joined({info, sni}), Place::server_hello, &both));
  EXPECT_FALSE(refusal(info, Place::server_hello, &info_only));
  for (const auto& [block, offered] :
       {std::pair{info, &nothing}, std::pair{sni, &nothing},
        std::pair{joined({info, sni}), &info_only}, std::pair{extension(0x2a2a, {}), &both}}) {
    const auto e = refusal(block, Place::server_hello, offered);
    ASSERT_TRUE(e.has_value());
    EXPECT_EQ(e->code, Errc::unsolicited_extension);
    EXPECT_EQ(e->alert(), Alert::unsupported_extension);
  }
}

TEST(ServerName, is_taken_from_among_names_of_other_types) {
  const Bytes block = extension(kServerNameNumber,
                                name_list({name(7, "x"), name(0, "host.example"), name(9, "y")}));
  HelloExtensions out;
  ASSERT_TRUE(read_extensions(block, Place::client_hello, nullptr, out));
  EXPECT_EQ(out.server_name, "host.example");
}

TEST(ServerName, two_host_names_are_refused) {
  const auto e = refusal(
      extension(kServerNameNumber, name_list({name(0, "one.example"), name(0, "two.example")})));
  ASSERT_TRUE(e.has_value());
  EXPECT_EQ(e->code, Errc::bad_extension);
  EXPECT_STREQ(e->where, "server_name.host_name");
}

TEST(ServerName, holds_255_graphic_characters_and_nothing_else) {
  const auto read = [](const std::string& host) {
    return !refusal(extension(kServerNameNumber, name_list({name(0, host)}))).has_value();
  };
  EXPECT_TRUE(read(std::string(255, 'a')));
  EXPECT_FALSE(read(std::string(256, 'a')));
  for (const char c : {'\n', '\x1b', ' ', '\x7f', '\x80'}) EXPECT_FALSE(read({'a', c, 'b'}));
}

TEST(ServerName, a_nul_inside_is_refused) {
  using namespace std::string_view_literals;
  for (const std::string_view bad : {"good.example\0.evil.example"sv, "\0"sv, "a\0"sv, "\0a"sv}) {
    const auto e = refusal(extension(kServerNameNumber, name_list({name(0, bad)})));
    ASSERT_TRUE(e.has_value());
    EXPECT_EQ(e->code, Errc::bad_extension);
  }
}

TEST(ServerName, empty_names_lists_and_data_are_refused) {
  EXPECT_EQ(refusal(extension(kServerNameNumber, name_list({name(0, "")})))->code,
            Errc::length_out_of_range);
  EXPECT_EQ(refusal(extension(kServerNameNumber, name_list({})))->code, Errc::length_out_of_range);
  EXPECT_EQ(refusal(extension(kServerNameNumber, {}))->code, Errc::truncated);
}

TEST(ServerName, bytes_after_the_list_are_refused) {
  Bytes data = name_list({name(0, "host.example")});
  data.push_back(0);
  EXPECT_EQ(refusal(extension(kServerNameNumber, data))->code, Errc::trailing_bytes);
}

TEST(ServerName, an_answer_that_is_not_empty_is_refused) {
  HelloExtensions offered;
  offered.server_name = "host.example";
  const auto e = refusal(extension(kServerNameNumber, Bytes{0}), Place::server_hello, &offered);
  ASSERT_TRUE(e.has_value());
  EXPECT_EQ(e->code, Errc::trailing_bytes);
}

TEST(RenegotiationInfo, holds_up_to_255_bytes_and_nothing_behind_them) {
  Bytes longest{255};
  longest.resize(256, 3);
  HelloExtensions out;
  ASSERT_TRUE(read_extensions(extension(kRenegotiationInfoNumber, longest), Place::client_hello,
                              nullptr, out));
  EXPECT_EQ(out.renegotiated_connection, Bytes(255, 3));
  EXPECT_EQ(refusal(extension(kRenegotiationInfoNumber, {}))->code, Errc::truncated);
  EXPECT_EQ(refusal(extension(kRenegotiationInfoNumber, Bytes{1}))->code, Errc::truncated);
  EXPECT_EQ(refusal(extension(kRenegotiationInfoNumber, Bytes{0, 0}))->code, Errc::trailing_bytes);
}

// The bytes of RFC 4492 sections 5.1.1 and 5.1.2 for secp256r1 and secp384r1, uncompressed.
TEST(EllipticCurves, are_named_as_the_specification_writes_them) {
  HelloExtensions e;
  e.supported_groups = {23, 24};
  e.ec_point_formats = {0};
  const Bytes block = write_extensions(e, Place::client_hello);
  EXPECT_EQ(to_hex(block), "000b00020100000a0006000400170018");
  HelloExtensions back;
  ASSERT_TRUE(read_extensions(block, Place::client_hello, nullptr, back));
  EXPECT_EQ(back.supported_groups, e.supported_groups);
  EXPECT_EQ(back.ec_point_formats, e.ec_point_formats);
}

TEST(EllipticCurves, empty_and_cut_lists_are_refused) {
  for (const Bytes& list :
       {Bytes{}, Bytes{0, 0}, Bytes{0, 1, 0}, Bytes{0, 2, 0}, Bytes{0, 3, 0, 23, 0}})
    EXPECT_TRUE(refusal(extension(10, list)).has_value()) << to_hex(list);
  for (const Bytes& list : {Bytes{}, Bytes{0}, Bytes{2, 0}})
    EXPECT_TRUE(refusal(extension(11, list)).has_value()) << to_hex(list);
}

TEST(EllipticCurves, a_peer_that_cannot_read_uncompressed_points_is_refused) {
  // RFC 8422 section 5.1.2: illegal_parameter.
  EXPECT_EQ(refusal(extension(11, Bytes{2, 1, 2}))->code, Errc::bad_value);
  EXPECT_FALSE(refusal(extension(11, Bytes{2, 1, 0})).has_value());
}

// RFC 5077 section 3.2: the ticket is extension_data as it is, without a length of its own.
TEST(SessionTicket, is_the_whole_of_its_extension) {
  HelloExtensions e;
  e.session_ticket = Bytes{0xde, 0xad};
  EXPECT_EQ(to_hex(write_extensions(e, Place::client_hello)), "00230002dead");
  HelloExtensions back;
  ASSERT_TRUE(read_extensions(Bytes{0, 35, 0, 2, 0xde, 0xad}, Place::client_hello, nullptr, back));
  EXPECT_EQ(back.session_ticket, e.session_ticket);
  ASSERT_TRUE(read_extensions(Bytes{0, 35, 0, 0}, Place::client_hello, nullptr, back));
  EXPECT_EQ(back.session_ticket, Bytes{});
  Bytes longest = extension(35, Bytes(65535, 7));
  ASSERT_TRUE(read_extensions(longest, Place::client_hello, nullptr, back));
  EXPECT_EQ(back.session_ticket, Bytes(65535, 7));
}

TEST(SessionTicket, is_answered_without_a_word) {
  HelloExtensions answer, offered, back;
  answer.session_ticket = Bytes{1, 2, 3};
  EXPECT_EQ(to_hex(write_extensions(answer, Place::server_hello)), "00230000");
  offered.session_ticket = Bytes{9};
  ASSERT_TRUE(read_extensions(extension(35, {}), Place::server_hello, &offered, back));
  EXPECT_EQ(back.session_ticket, Bytes{});
  EXPECT_EQ(refusal(extension(35, Bytes{1}), Place::server_hello, &offered)->code,
            Errc::trailing_bytes);
  const HelloExtensions nothing;
  EXPECT_EQ(refusal(extension(35, {}), Place::server_hello, &nothing)->code,
            Errc::unsolicited_extension);
}

TEST(Padding, is_zeros_and_whatever_else_is_passed_over) {
  HelloExtensions e, back;
  e.padding = 3;
  EXPECT_EQ(to_hex(write_extensions(e, Place::client_hello)), "00150003000000");
  e.padding = 0;
  EXPECT_EQ(to_hex(write_extensions(e, Place::client_hello)), "00150000");
  ASSERT_TRUE(read_extensions(extension(21, Bytes{0, 1}), Place::client_hello, nullptr, back));
  EXPECT_EQ(back.padding, 2U);
}

TEST(Padding, is_nothing_that_a_server_may_send) {
  HelloExtensions offered;
  offered.padding = 3;
  for (const Bytes& data : {Bytes{}, Bytes{0, 0, 0}})
    EXPECT_EQ(refusal(extension(21, data), Place::server_hello, &offered)->code,
              Errc::unsolicited_extension);
}

// RFC 7685 section 4 brings a hello to 512 bytes. Where fewer than four are missing, an empty
// extension is what OpenSSL 1.0.1 sends.
TEST(Padding, brings_a_hello_of_256_to_511_bytes_to_512) {
  EXPECT_EQ(padding_for(0), std::nullopt);
  EXPECT_EQ(padding_for(255), std::nullopt);
  EXPECT_EQ(padding_for(256), 252U);
  EXPECT_EQ(padding_for(281), 227U);
  EXPECT_EQ(padding_for(507), 1U);
  for (const std::size_t n : {508U, 509U, 510U, 511U}) EXPECT_EQ(padding_for(n), 0U);
  EXPECT_EQ(padding_for(512), std::nullopt);
  EXPECT_EQ(padding_for(100000), std::nullopt);
}

// The order that OpenSSL 1.0.1q's hellos have.
TEST(Extensions, stand_in_the_order_of_openssl_and_padding_is_last) {
  HelloExtensions e;
  e.server_name = "a";
  e.renegotiated_connection.emplace();
  e.ec_point_formats = {0};
  e.supported_groups = {23};
  e.session_ticket.emplace();
  e.padding = 0;
  const Bytes block = write_extensions(e, Place::client_hello);
  std::vector<unsigned> numbers;
  Reader r{block};
  while (!r.empty()) {
    numbers.push_back(r.u16("type"));
    (void)r.vec("data", 2, 0, 65535);
  }
  EXPECT_EQ(numbers, (std::vector<unsigned>{0, 0xff01, 11, 10, 35, 21}));
}

TEST(Extensions, a_refused_extension_names_where_it_went_wrong) {
  const Bytes block =
      joined({extension(0x2a2a, Bytes{1, 2}), extension(kRenegotiationInfoNumber, Bytes{5, 1})});
  const auto e = refusal(block);
  ASSERT_TRUE(e.has_value());
  EXPECT_STREQ(e->where, "renegotiation_info.renegotiated_connection");
  EXPECT_EQ(e->offset, 6U + 4U + 1U);
}

}  // namespace
}  // namespace parley

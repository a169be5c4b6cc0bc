// The layers of SSL 2.0, each by itself.
#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "ssl2/client_hello.hpp"
#include "ssl2/keys.hpp"
#include "ssl2/messages.hpp"
#include "ssl2/record.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::ssl2 {
namespace {

using test::field;
using test::hex_field;

Bytes bytes(std::size_t n, std::uint8_t first = 1) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(first + i);
  return b;
}

CipherList kinds() {
  CipherList l = spoken_cipher_suites();
  std::erase_if(l, [](const CipherSuite* s) { return s->first != ProtocolVersion::ssl20; });
  return l;
}

/// Records of one direction, opened one after another.
struct Opener {
  Bytes stream;
  Half half{};
  std::size_t at = 0;

  bool more() const { return at < stream.size(); }
  Result<Bytes> next() {
    const ByteSpan in = ByteSpan{stream}.subspan(at);
    PARLEY_TRY(const std::optional<RecordHeader> h, read_record_header(in));
    if (!h || in.size() < h->size + h->length) return Error{.code = Errc::truncated};
    at += h->size + h->length;
    PARLEY_TRY(const ByteSpan data, half.open(*h, in.subspan(h->size, h->length)));
    return to_bytes(data);
  }
};

// ---- against OpenSSL 1.0.1j ------------------------------------------------------------------

/// One recorded connection, read with nothing but its master key.
TEST(Ssl2Keys, open_what_openssl_said_to_itself) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("ssl2/openssl-1.0.1j.txt")) {
    SCOPED_TRACE(field(c, "kind"));
    ++cases;
    const CipherList list = *parse_cipher_list(field(c, "kind"), CipherContext::sslv2);
    ASSERT_EQ(list.size(), 1u);
    const CipherSuite& kind = *list.front();
    const Bytes master = hex_field(c, "master_key"), iv = hex_field(c, "key_arg");
    Opener client{hex_field(c, "client")}, server{hex_field(c, "server")};

    ClientHello hello;
    ASSERT_TRUE(parse(*client.next(), hello));
    EXPECT_EQ(hello.version, 2);
    EXPECT_EQ(hello.cipher_specs, (std::vector<std::uint32_t>{kind.id}));
    ServerHello answer;
    ASSERT_TRUE(parse(*server.next(), answer));
    EXPECT_EQ(answer.cipher_specs, hello.cipher_specs);
    EXPECT_EQ(answer.certificate_type, kX509Certificate);
    ClientMasterKey key;
    ASSERT_TRUE(parse(*client.next(), key));
    const KindSizes sizes = kind_sizes(kind);
    EXPECT_EQ(key.cipher_kind, kind.id);
    EXPECT_EQ(key.key_arg, iv);
    EXPECT_EQ(sizes.key, master.size());
    EXPECT_EQ(sizes.key_arg, iv.size());
    EXPECT_TRUE(equal(key.clear_key, ByteView{master}.first(sizes.clear)));

    const auto material =
        key_material(master, hello.challenge, answer.connection_id, 2 * sizes.key);
    server.half.set_keys(kind, material.view().first(sizes.key), iv);
    client.half.set_keys(kind, material.view().subspan(sizes.key), iv);
    ClientFinished finished;
    ASSERT_TRUE(parse(*client.next(), finished));
    EXPECT_EQ(finished.connection_id, answer.connection_id);
    ServerVerify verify;
    ASSERT_TRUE(parse(*server.next(), verify));
    EXPECT_EQ(verify.challenge, hello.challenge);
    ServerFinished end;
    ASSERT_TRUE(parse(*server.next(), end));
    EXPECT_EQ(end.session_id, hex_field(c, "session_id"));
    Bytes said, echoed;
    while (client.more()) append(said, *client.next());
    while (server.more()) append(echoed, *server.next());
    EXPECT_EQ(said.size(), 40u);
    EXPECT_EQ(said, echoed);
  }
  EXPECT_EQ(cases, kinds().size());
}

TEST(Ssl2Keys, material_is_md5_of_key_digit_challenge_and_connection_id) {
  const Bytes key = bytes(24), challenge = bytes(16, 100), id = bytes(16, 200);
  const auto material = key_material(key, challenge, id, 48);
  Bytes expected;
  for (const char* digit : {"0", "1", "2"})
    append(expected,
           crypto::hash(crypto::HashId::md5, {key, as_bytes(digit), challenge, id}).view());
  EXPECT_TRUE(equal(material.view(), expected));
  EXPECT_TRUE(equal(key_material(key, challenge, id, 16).view(), ByteView{expected}.first(16)));
}

TEST(Ssl2Keys, sizes_are_those_of_the_specification) {
  struct Expected {
    std::uint32_t kind;
    std::size_t key, clear, key_arg;
  };
  for (const Expected& e :
       {Expected{0x010080, 16, 0, 0}, Expected{0x020080, 16, 11, 0}, Expected{0x030080, 16, 0, 8},
        Expected{0x040080, 16, 11, 8}, Expected{0x050080, 16, 0, 8}, Expected{0x060040, 8, 0, 8},
        Expected{0x0700c0, 24, 0, 8}}) {
    const CipherSuite* s = find_cipher_suite(e.kind);
    ASSERT_NE(s, nullptr);
    EXPECT_TRUE(is_spoken(*s));
    const KindSizes sizes = kind_sizes(*s);
    EXPECT_EQ(sizes.key, e.key) << s->openssl_name;
    EXPECT_EQ(sizes.clear, e.clear) << s->openssl_name;
    EXPECT_EQ(sizes.key_arg, e.key_arg) << s->openssl_name;
  }
  EXPECT_EQ(kinds().size(), 7u);
}

// ---- records ---------------------------------------------------------------------------------

TEST(Ssl2Record, headers_have_two_bytes_or_three) {
  const auto read = [](Bytes in) { return read_record_header(in); };
  EXPECT_FALSE(read({})->has_value());
  EXPECT_FALSE(read({0x80})->has_value());
  EXPECT_FALSE(read({0x00, 0x10})->has_value());
  const auto two = read({0xff, 0xff});
  ASSERT_TRUE(two && *two);
  EXPECT_EQ((*two)->size, 2u);
  EXPECT_EQ((*two)->length, kMaxRecord);
  EXPECT_EQ((*two)->padding, 0u);
  const auto three = read({0x3f, 0xff, 0x07});
  ASSERT_TRUE(three && *three);
  EXPECT_EQ((*three)->size, 3u);
  EXPECT_EQ((*three)->length, kMaxPaddedRecord);
  EXPECT_EQ((*three)->padding, 7u);
  const auto escape = read({0x40, 0x10, 0x00});
  ASSERT_FALSE(escape);
  EXPECT_EQ(escape.error().code, Errc::bad_record_type);
}

/// Both ends of one direction.
struct Channel {
  const CipherSuite& kind;
  Half writer{}, reader{};
  explicit Channel(const CipherSuite& k) : kind(k) {
    const KindSizes sizes = kind_sizes(k);
    writer.set_keys(k, bytes(sizes.key), bytes(sizes.key_arg, 50));
    reader.set_keys(k, bytes(sizes.key), bytes(sizes.key_arg, 50));
  }
  Bytes seal(ByteView data) {
    ByteQueue out;
    EXPECT_TRUE(writer.seal(data, out));
    return to_bytes(out.view());
  }
  Result<Bytes> open(Bytes record) {
    const auto h = read_record_header(record);
    if (!h) return h.error();
    PARLEY_TRY(const ByteSpan data,
               reader.open(**h, ByteSpan{record}.subspan((*h)->size, (*h)->length)));
    return to_bytes(data);
  }
};

TEST(Ssl2Record, what_one_side_seals_the_other_opens) {
  for (const CipherSuite* k : kinds()) {
    SCOPED_TRACE(k->openssl_name);
    Channel c{*k};
    for (const std::size_t n : {0u, 1u, 7u, 8u, 9u, 16359u, 16360u, 32744u}) {
      const Bytes data = bytes(n);
      const Bytes record = c.seal(data);
      const auto back = c.open(record);
      ASSERT_TRUE(back) << n << " " << back.error().text();
      EXPECT_EQ(*back, data);
    }
  }
}

TEST(Ssl2Record, is_no_longer_than_its_header_can_say) {
  ByteQueue out;
  Half clear;
  EXPECT_TRUE(clear.seal(bytes(kMaxRecord), out));
  EXPECT_EQ(clear.seal(bytes(kMaxRecord + 1), out).error().code, Errc::message_too_long);
  Channel block{*find_cipher_suite(0x0700c0)};
  EXPECT_TRUE(block.writer.seal(bytes(kMaxPaddedRecord - 8 - kMacSize), out));
  EXPECT_EQ(block.writer.seal(bytes(kMaxPaddedRecord), out).error().code, Errc::message_too_long);
}

TEST(Ssl2Record, every_flipped_bit_is_found_and_called_the_same) {
  for (const CipherSuite* k : kinds()) {
    SCOPED_TRACE(k->openssl_name);
    const Bytes data = bytes(21);
    const Bytes good = Channel{*k}.seal(data);
    const std::size_t header = (good[0] & 0x80) != 0 ? 2 : 3;
    for (std::size_t i = header; i < good.size(); ++i) {
      Bytes bad = good;
      bad[i] ^= 0x10;
      const auto r = Channel{*k}.open(bad);
      ASSERT_FALSE(r) << i;
      EXPECT_EQ(r.error().code, Errc::bad_record_mac);
    }
    EXPECT_TRUE(Channel{*k}.open(good));
  }
}

TEST(Ssl2Record, is_refused_out_of_its_turn) {
  for (const CipherSuite* k : kinds()) {
    Channel c{*k};
    const Bytes first = c.seal(bytes(8)), second = c.seal(bytes(8));
    Channel skipped{*k};
    EXPECT_EQ(skipped.open(second).error().code, Errc::bad_record_mac);
    Channel repeated{*k};
    ASSERT_TRUE(repeated.open(first));
    EXPECT_EQ(repeated.open(first).error().code, Errc::bad_record_mac);
  }
}

TEST(Ssl2Record, lengths_that_cannot_be_are_bad_macs) {
  const CipherSuite& block = *find_cipher_suite(0x0700c0);
  const CipherSuite& stream = *find_cipher_suite(0x010080);
  const auto code = [](const CipherSuite& k, Bytes header, std::size_t body) {
    append(header, bytes(body));
    const auto r = Channel{k}.open(header);
    return r ? Errc::count_ : r.error().code;
  };
  EXPECT_EQ(code(block, {0x80, 15}, 15), Errc::bad_record_mac);     // shorter than a MAC
  EXPECT_EQ(code(block, {0x80, 17}, 17), Errc::bad_record_mac);     // no whole blocks
  EXPECT_EQ(code(block, {0x00, 16, 1}, 16), Errc::bad_record_mac);  // padding inside the MAC
  EXPECT_EQ(code(block, {0x00, 32, 8}, 32), Errc::bad_record_mac);  // a whole block of padding
  EXPECT_EQ(code(stream, {0x00, 32, 1}, 32), Errc::bad_record_mac);
  EXPECT_EQ(code(stream, {0x80, 0}, 0), Errc::bad_record_mac);
  Half clear;
  Bytes body = bytes(8);
  EXPECT_EQ(clear.open({3, 8, 1}, body).error().code, Errc::length_out_of_range);
}

TEST(Ssl2Record, numbers_count_from_the_first_record_of_the_connection) {
  const CipherSuite& k = *find_cipher_suite(0x010080);
  Channel c{k};
  c.writer.count_record();
  const Bytes second = c.seal(bytes(5));
  EXPECT_FALSE(c.open(second));
  Channel d{k};
  d.reader.count_record();
  EXPECT_TRUE(d.open(second));
}

// ---- messages --------------------------------------------------------------------------------

template <class M>
Bytes built(const M& m) {
  Bytes b;
  EXPECT_TRUE(build(m, b));
  return b;
}

/// Every prefix is refused, and one byte too many; `open_ended`: so many more the last field takes.
template <class M>
void expect_exact(const M& m, std::size_t open_ended = 0) {
  const Bytes whole = built(m);
  M back;
  ASSERT_TRUE(parse(whole, back));
  EXPECT_EQ(built(back), whole);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(parse(ByteView{whole}.first(n), back)) << n;
  Bytes longer = whole;
  for (std::size_t i = 0; i <= open_ended; ++i) longer.push_back(0);
  EXPECT_FALSE(parse(longer, back));
  Bytes other = whole;
  other[0] ^= 0x10;
  EXPECT_EQ(parse(other, back).error().code, Errc::unexpected_message);
}

TEST(Ssl2Messages, are_taken_whole_or_not_at_all) {
  expect_exact(ClientHello{.version = 2,
                           .cipher_specs = {0x010080, 0x0700c0},
                           .session_id = bytes(16),
                           .challenge = bytes(20)});
  expect_exact(ErrorMessage{4});
  expect_exact(ServerHello{.certificate_type = 1,
                           .certificate = bytes(30),
                           .cipher_specs = {0x020080},
                           .connection_id = bytes(16)});
  expect_exact(ClientMasterKey{.cipher_kind = 0x020080,
                               .clear_key = bytes(11),
                               .encrypted_key = bytes(64),
                               .key_arg = bytes(8)});
  expect_exact(ClientFinished{bytes(16)}, 16);
  expect_exact(ServerVerify{bytes(16)}, 16);
  expect_exact(ServerFinished{bytes(16)});
  expect_exact(RequestCertificate{.challenge = bytes(16)}, 16);
  expect_exact(ClientCertificate{.certificate = bytes(40), .response = bytes(64)});
}

TEST(Ssl2Messages, lengths_have_bounds) {
  const auto hello = [](std::size_t kinds_bytes, std::size_t id, std::size_t challenge) {
    Bytes b{1, 0, 2};
    for (const std::size_t n : {kinds_bytes, id, challenge}) {
      b.push_back(static_cast<std::uint8_t>(n >> 8));
      b.push_back(static_cast<std::uint8_t>(n));
    }
    append(b, bytes(kinds_bytes + id + challenge));
    ClientHello m;
    return parse(b, m).has_value();
  };
  EXPECT_TRUE(hello(3, 0, 16) && hello(6, 16, 32));
  EXPECT_FALSE(hello(0, 0, 16) || hello(4, 0, 16));
  EXPECT_FALSE(hello(3, 15, 16) || hello(3, 17, 16) || hello(3, 32, 16));
  EXPECT_FALSE(hello(3, 0, 15) || hello(3, 0, 33));
  ServerHello m;
  for (const std::size_t n : {15u, 33u})
    EXPECT_FALSE(parse(built(ServerHello{.certificate_type = 1, .connection_id = bytes(n)}), m));
  Bytes b;
  EXPECT_FALSE(build(ClientHello{.version = 2, .cipher_specs = {1}, .challenge = bytes(8)}, b));
  EXPECT_FALSE(build(ServerHello{.certificate = bytes(65536), .connection_id = bytes(16)}, b));
}

}  // namespace
}  // namespace parley::ssl2

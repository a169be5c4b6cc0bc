#include "crypto/hmac.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;

HashId named(const std::string& name) {
  for (const HashId id : {HashId::md2, HashId::md4, HashId::md5, HashId::sha1, HashId::sha224,
                          HashId::sha256, HashId::sha384, HashId::sha512}) {
    if (hash_name(id) == name) return id;
  }
  throw std::runtime_error("no hash is called " + name);
}

// Every case of a file in one piece and in two; the file may give only the front of a MAC.
std::size_t check_file(const char* path) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file(path)) {
    const HashId id = named(field(c, "hash"));
    const Bytes key = hex_field(c, "key");
    const Bytes message = hex_field(c, "message");
    const std::string& expected = field(c, "mac");
    EXPECT_GE(expected.size(), 32U);
    const std::string got = to_hex(hmac(id, key, {message}));
    EXPECT_EQ(got.size(), 2 * digest_size(id));
    EXPECT_EQ(got.substr(0, expected.size()), expected) << field(c, "hash");
    const ByteView v = message;
    const std::size_t half = v.size() / 2;
    EXPECT_EQ(to_hex(hmac(id, key, {v.first(half), v.subspan(half)})), got);
    ++cases;
  }
  return cases;
}

TEST(Hmac, gives_the_answers_of_rfc_2202_and_rfc_4231) {
  EXPECT_EQ(check_file("crypto/hmac_published.txt"), 42U);
}

TEST(Hmac, agrees_with_python_on_random_keys_and_messages) {
  EXPECT_EQ(check_file("crypto/hmac_random.txt"), 120U);
}

TEST(Hmac, agrees_with_others_on_md2_and_md4) { EXPECT_EQ(check_file("crypto/hmac_old.txt"), 80U); }

TEST(Hmac, a_keyed_state_computes_many_macs) {
  const Hmac keyed(HashId::sha1, as_bytes("key"));
  for (const std::string_view text :
       {"", "one", "two", "a rather longer message than the others"}) {
    Hmac h = keyed;
    h.update(as_bytes(text));
    Bytes mac(20);
    h.finish(mac);
    EXPECT_EQ(to_hex(mac), to_hex(hmac(HashId::sha1, as_bytes("key"), {as_bytes(text)})));
  }
}

TEST(Hmac, finishes_at_a_secret_length_like_an_ordinary_one) {
  Bytes data(400);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 13);
  const Bytes header(13, 0x17);
  for (const HashId id : {HashId::md5, HashId::sha1, HashId::sha256, HashId::sha384}) {
    Hmac keyed(id, as_bytes("secret"));
    keyed.update(header);
    for (std::size_t end = 144; end <= data.size(); ++end) {
      Hmac h = keyed;
      Bytes mac(digest_size(id));
      h.finish_secret_length(data, end, 144, mac);
      ASSERT_EQ(to_hex(mac),
                to_hex(hmac(id, as_bytes("secret"), {header, ByteView{data}.first(end)})))
          << hash_name(id) << " " << end;
    }
  }
}

}  // namespace
}  // namespace parley::crypto

#include "crypto/hash.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;
using test::number_field;
using test::read_vector_file;

constexpr std::array<HashId, 8> kAll = {HashId::md2,    HashId::md4,    HashId::md5,
                                        HashId::sha1,   HashId::sha224, HashId::sha256,
                                        HashId::sha384, HashId::sha512};
// Those that finish_secret_length() works for.
constexpr std::array<HashId, 7> kSecretLength = {HashId::md4,    HashId::md5,    HashId::sha1,
                                                 HashId::sha224, HashId::sha256, HashId::sha384,
                                                 HashId::sha512};

HashId named(const std::string& name) {
  for (const HashId id : kAll) {
    if (hash_name(id) == name) return id;
  }
  throw std::runtime_error("no hash is called " + name);
}

Bytes counting(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8) + 1);
  return b;
}

std::size_t check_published(const char* path) {
  std::size_t cases = 0;
  for (const auto& c : read_vector_file(path)) {
    const HashId id = named(field(c, "hash"));
    Hasher h(id);
    const std::size_t repeat = c.contains("repeat") ? number_field(c, "repeat") : 1;
    for (std::size_t i = 0; i < repeat; ++i) h.update(as_bytes(field(c, "text")));
    Bytes digest(digest_size(id));
    h.finish(digest);
    EXPECT_EQ(to_hex(digest), field(c, "digest")) << field(c, "hash") << " " << field(c, "text");
    ++cases;
  }
  return cases;
}

TEST(Hash, gives_the_published_answers) {
  EXPECT_EQ(check_published("crypto/hash_published.txt"), 22U);
  EXPECT_EQ(check_published("crypto/hash_old_published.txt"), 14U);
}

// The first case gives the data, each further one the digests of its first bytes.
void check_lengths(const char* path, std::initializer_list<HashId> ids) {
  const auto cases = read_vector_file(path);
  ASSERT_EQ(cases.size(), 302U);
  const Bytes data = hex_field(cases[0], "data");
  for (std::size_t i = 1; i < cases.size(); ++i) {
    const ByteView message = ByteView{data}.first(number_field(cases[i], "length"));
    for (const HashId id : ids) {
      EXPECT_EQ(to_hex(hash(id, {message})), field(cases[i], std::string(hash_name(id))))
          << hash_name(id) << " of " << message.size();
    }
  }
}

TEST(Hash, agrees_with_others_on_every_length_up_to_300) {
  check_lengths("crypto/hash_lengths.txt", {HashId::md5, HashId::sha1, HashId::sha224,
                                            HashId::sha256, HashId::sha384, HashId::sha512});
  check_lengths("crypto/hash_old_lengths.txt", {HashId::md2, HashId::md4});
}

TEST(Hash, runs_the_monte_carlo_chain_of_nist) {
  std::size_t cases = 0;
  for (const auto& c : read_vector_file("crypto/hash_monte_carlo.txt")) {
    const HashId id = named(field(c, "hash"));
    Bytes seed = hex_field(c, "seed");
    for (const char* const checkpoint : {"checkpoint_0", "checkpoint_1", "checkpoint_2"}) {
      Bytes a = seed;
      Bytes b = seed;
      Bytes d = seed;
      for (int i = 0; i < 1000; ++i) {
        const Bytes next = to_bytes(hash(id, {a, b, d}));
        a = b;
        b = d;
        d = next;
      }
      EXPECT_EQ(to_hex(d), field(c, checkpoint)) << field(c, "hash");
      seed = d;
    }
    ++cases;
  }
  EXPECT_EQ(cases, 6U);
}

TEST(Hash, does_not_care_how_the_message_is_cut) {
  const Bytes data = counting(300);
  for (const HashId id : kAll) {
    const Digest whole = hash(id, {data});
    for (std::size_t cut = 0; cut <= data.size(); ++cut) {
      const ByteView v = data;
      EXPECT_EQ(to_hex(hash(id, {v.first(cut), v.subspan(cut)})), to_hex(whole)) << cut;
    }
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
      Hasher h(id);
      ByteView rest = data;
      while (!rest.empty()) {
        const std::size_t n = std::min<std::size_t>(rest.size(), random() % 140);
        h.update(rest.first(n));
        rest = rest.subspan(n);
      }
      Bytes digest(digest_size(id));
      h.finish(digest);
      EXPECT_EQ(to_hex(digest), to_hex(whole));
    }
  }
}

TEST(Hash, copy_forks_the_computation) {
  const Bytes data = counting(200);
  for (const HashId id : kAll) {
    for (const std::size_t at : {0U, 1U, 63U, 64U, 65U, 127U, 128U, 150U}) {
      Hasher one(id);
      one.update(ByteView{data}.first(at));
      Hasher two = one;
      one.update(as_bytes("left"));
      two.update(as_bytes("right"));
      Bytes a(digest_size(id));
      Bytes b(digest_size(id));
      one.finish(a);
      two.finish(b);
      EXPECT_EQ(to_hex(a), to_hex(hash(id, {ByteView{data}.first(at), as_bytes("left")})));
      EXPECT_EQ(to_hex(b), to_hex(hash(id, {ByteView{data}.first(at), as_bytes("right")})));
    }
  }
}

TEST(Hash, finish_writes_the_digest_and_nothing_behind_it) {
  for (const HashId id : kAll) {
    Bytes out(kMaxDigest + 8, 0xee);
    Hasher h(id);
    h.finish(out);
    for (std::size_t i = digest_size(id); i < out.size(); ++i) EXPECT_EQ(out[i], 0xee);
  }
  for (const HashId id : kSecretLength) {
    Bytes out(kMaxDigest + 8, 0xee);
    Hasher g(id);
    g.finish_secret_length(counting(9), 4, 0, out);
    for (std::size_t i = digest_size(id); i < out.size(); ++i) EXPECT_EQ(out[i], 0xee);
  }
}

// All digests of data[0 .. n) after a prefix, the plain way.
std::vector<std::string> plain_digests(const Hasher& start, ByteView data) {
  std::vector<std::string> digests;
  for (std::size_t n = 0; n <= data.size(); ++n) {
    Hasher h = start;
    h.update(data.first(n));
    Bytes out(digest_size(h.id()));
    h.finish(out);
    digests.push_back(to_hex(out));
  }
  return digests;
}

std::string secret_digest(const Hasher& start, ByteView data, std::size_t secret_len,
                          std::size_t min_len) {
  Hasher h = start;
  Bytes out(digest_size(h.id()));
  h.finish_secret_length(data, secret_len, min_len, out);
  return to_hex(out);
}

class SecretLength : public testing::TestWithParam<HashId> {};

// Prefixes of every residue of the block, among them those of the protocols: an HMAC's pad block
// and a 13-byte header (TLS), key, pad and 11 bytes (SSL 3.0). Every length up to a block and a
// half behind it, and every end.
TEST_P(SecretLength, finishes_like_an_ordinary_hash_for_every_residue_size_and_end) {
  const HashId id = GetParam();
  const std::size_t block = block_size(id);
  const Bytes data = counting(block + block / 2 + 3);
  const Bytes prefix = counting(2 * block);
  // Every fifth size and every third end, the starts shifting with the residue; all of them
  // would take minutes under the sanitizers.
  for (std::size_t held = 0; held < block; ++held) {
    Hasher start(id);
    start.update(ByteView{prefix}.first(held % 3 == 0 ? block + held : held));
    const auto expected = plain_digests(start, data);
    for (std::size_t size = held % 5; size <= data.size(); size += 5) {
      const ByteView d = ByteView{data}.first(size);
      for (std::size_t end = (size + held) % 3; end <= size; end += 3) {
        ASSERT_EQ(secret_digest(start, d, end, 0), expected[end])
            << "held " << held << " size " << size << " end " << end;
      }
      ASSERT_EQ(secret_digest(start, d, size, 0), expected[size]);
    }
  }
}

TEST_P(SecretLength, takes_every_minimum_that_is_true) {
  const HashId id = GetParam();
  const Bytes data = counting(2 * block_size(id) + 9);
  const Bytes prefix = counting(block_size(id) + 13);
  for (const std::size_t held : {std::size_t{0}, std::size_t{13}, block_size(id) - 9,
                                 block_size(id) - 1, block_size(id) + 13}) {
    Hasher start(id);
    start.update(ByteView{prefix}.first(held));
    const auto expected = plain_digests(start, data);
    for (std::size_t end = 0; end <= data.size(); ++end) {
      for (std::size_t min = end % 3; min <= end; min += 3) {
        ASSERT_EQ(secret_digest(start, data, end, min), expected[end])
            << "held " << held << " end " << end << " min " << min;
      }
      ASSERT_EQ(secret_digest(start, data, end, end), expected[end]);
    }
  }
}

TEST_P(SecretLength, finds_every_end_in_a_record_with_256_bytes_of_doubt) {
  const HashId id = GetParam();
  const Bytes data = counting(1000);
  const Bytes prefix = counting(block_size(id) + 13);
  Hasher start(id);
  start.update(prefix);
  const auto expected = plain_digests(start, data);
  for (std::size_t end = 744; end <= data.size(); ++end) {
    ASSERT_EQ(secret_digest(start, data, end, 744), expected[end]) << end;
  }
}

INSTANTIATE_TEST_SUITE_P(Hash, SecretLength, testing::ValuesIn(kSecretLength),
                         [](const auto& p) { return std::string(hash_name(p.param)); });

}  // namespace
}  // namespace parley::crypto

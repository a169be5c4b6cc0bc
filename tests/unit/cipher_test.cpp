#include "crypto/cipher.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "crypto/block_ciphers.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;

using enum BlockCipherId;

constexpr std::array<BlockCipherId, 12> kAll = {aes128,   aes192,      aes256,      des,
                                                des_ede3, rc2_40,      rc2_128,     idea,
                                                seed,     camellia128, camellia192, camellia256};

BlockCipherId named(const std::string& name) {
  constexpr std::array<std::string_view, kAll.size()> kNames = {
      "aes128",  "aes192", "aes256", "des",         "des_ede3",    "rc2_40",
      "rc2_128", "idea",   "seed",   "camellia128", "camellia192", "camellia256"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return kAll[i];
  }
  throw std::runtime_error("no cipher is called " + name);
}

// A case of RC2 may say how many bits of its key count.
std::unique_ptr<BlockCipher> cipher_of(const test::VectorCase& c) {
  const Bytes key = hex_field(c, "key");
  if (field(c, "cipher") == "rc2") return make_rc2(key, test::number_field(c, "effective_bits"));
  return make_block_cipher(named(field(c, "cipher")), key);
}

Bytes random_bytes(std::mt19937& random, std::size_t n) {
  Bytes b(n);
  for (std::uint8_t& x : b) x = static_cast<std::uint8_t>(random());
  return b;
}

// Runs a case both ways, in place and out of place.
void check(const test::VectorCase& c) {
  const auto cipher = cipher_of(c);
  ASSERT_NE(cipher, nullptr);
  const bool cbc = field(c, "mode") == "cbc";
  ASSERT_TRUE(cbc || field(c, "mode") == "ecb");
  const Bytes plain = hex_field(c, "plaintext");
  const Bytes secret = hex_field(c, "ciphertext");
  for (const bool encrypts : {true, false}) {
    const Bytes& from = encrypts ? plain : secret;
    const Bytes& to = encrypts ? secret : plain;
    for (const bool in_place : {true, false}) {
      Bytes in = from;
      Bytes other(in.size(), 0xee);
      const ByteSpan out = in_place ? ByteSpan{in} : ByteSpan{other};
      if (cbc) {
        Bytes iv = hex_field(c, "iv");
        encrypts ? cipher->cbc_encrypt(iv, in, out) : cipher->cbc_decrypt(iv, in, out);
        EXPECT_EQ(to_hex(iv), to_hex(ByteView{secret}.last(iv.size())));
      } else {
        encrypts ? cipher->ecb_encrypt(in, out) : cipher->ecb_decrypt(in, out);
      }
      EXPECT_EQ(to_hex(out), to_hex(to)) << field(c, "cipher") << " " << field(c, "mode")
                                         << (encrypts ? " encrypting" : " decrypting");
      if (!in_place) {
        EXPECT_EQ(to_hex(in), to_hex(from)) << "the input changed";
      }
    }
  }
}

std::size_t check_file(const char* path) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file(path)) {
    check(c);
    ++cases;
  }
  return cases;
}

TEST(Aes, gives_the_answers_of_fips_197_and_sp_800_38a) {
  EXPECT_EQ(check_file("crypto/aes_published.txt"), 9U);
}

TEST(Des, gives_the_answers_of_sp_800_20_and_sp_800_67) {
  EXPECT_EQ(check_file("crypto/des_published.txt"), 64U + 56U + 19U + 1U);
}

TEST(Des, gives_the_answers_of_fips_81) {
  EXPECT_EQ(check_file("crypto/des_modes_published.txt"), 2U);
}

TEST(Rc2, gives_the_answers_of_rfc_2268) { EXPECT_EQ(check_file("crypto/rc2_published.txt"), 8U); }

TEST(Idea, gives_the_answers_of_its_author_and_of_nessie) {
  EXPECT_EQ(check_file("crypto/idea_published.txt"), 5U);
}

TEST(Seed, gives_the_answers_of_rfc_4269) {
  EXPECT_EQ(check_file("crypto/seed_published.txt"), 4U);
}

TEST(Camellia, gives_the_answers_of_rfc_3713) {
  EXPECT_EQ(check_file("crypto/camellia_published.txt"), 3U);
}

TEST(Cbc, agrees_with_openssl_on_random_messages_of_many_sizes) {
  EXPECT_EQ(check_file("crypto/cbc_random.txt"), 80U);
  EXPECT_EQ(check_file("crypto/cbc_random_more.txt"), 75U);
}

TEST(Cbc, chained_calls_give_what_one_call_gives) {
  std::mt19937 random(7);
  for (const BlockCipherId id : kAll) {
    const std::size_t block = cipher_block_size(id);
    const auto cipher = make_block_cipher(id, random_bytes(random, cipher_key_size(id)));
    for (int i = 0; i < 50; ++i) {
      const Bytes plain = random_bytes(random, block * (random() % 40));
      const Bytes iv = random_bytes(random, block);
      Bytes whole(plain.size());
      Bytes chain = iv;
      cipher->cbc_encrypt(chain, plain, whole);

      Bytes parts = plain;
      Bytes back = whole;
      Bytes forth_iv = iv;
      Bytes back_iv = iv;
      for (std::size_t at = 0; at < plain.size();) {
        const std::size_t n = std::min(plain.size() - at, block * (random() % 12));
        const ByteSpan p = ByteSpan{parts}.subspan(at, n);
        const ByteSpan b = ByteSpan{back}.subspan(at, n);
        cipher->cbc_encrypt(forth_iv, p, p);
        cipher->cbc_decrypt(back_iv, b, b);
        at += n;
      }
      EXPECT_EQ(to_hex(parts), to_hex(whole));
      EXPECT_EQ(to_hex(forth_iv), to_hex(chain));
      EXPECT_EQ(to_hex(back), to_hex(plain));
      EXPECT_EQ(to_hex(back_iv), to_hex(chain));
    }
  }
}

TEST(Cbc, nothing_leaves_the_vector_alone) {
  for (const BlockCipherId id : kAll) {
    const auto cipher = make_block_cipher(id, Bytes(cipher_key_size(id), 1));
    Bytes iv(cipher_block_size(id), 0x55);
    cipher->cbc_encrypt(iv, {}, {});
    cipher->cbc_decrypt(iv, {}, {});
    EXPECT_EQ(iv, Bytes(cipher_block_size(id), 0x55));
  }
}

TEST(Ecb, is_undone_in_place_and_out_of_place) {
  std::mt19937 random(11);
  for (const BlockCipherId id : kAll) {
    const auto cipher = make_block_cipher(id, random_bytes(random, cipher_key_size(id)));
    for (std::size_t blocks = 0; blocks < 20; ++blocks) {
      const Bytes plain = random_bytes(random, blocks * cipher_block_size(id));
      Bytes secret(plain.size());
      Bytes back(plain.size());
      Bytes in_place = plain;
      cipher->ecb_encrypt(plain, secret);
      cipher->ecb_encrypt(in_place, in_place);
      EXPECT_EQ(to_hex(in_place), to_hex(secret));
      cipher->ecb_decrypt(secret, back);
      cipher->ecb_decrypt(in_place, in_place);
      EXPECT_EQ(to_hex(back), to_hex(plain));
      EXPECT_EQ(to_hex(in_place), to_hex(plain));
    }
  }
}

TEST(BlockCipher, refuses_a_key_of_another_size) {
  for (const BlockCipherId id : kAll) {
    const std::size_t n = cipher_key_size(id);
    EXPECT_EQ(make_block_cipher(id, Bytes(n - 1)), nullptr);
    EXPECT_EQ(make_block_cipher(id, Bytes(n + 1)), nullptr);
    const auto cipher = make_block_cipher(id, Bytes(n));
    ASSERT_NE(cipher, nullptr);
    EXPECT_EQ(cipher->block_size(), cipher_block_size(id));
  }
}

TEST(Des, ignores_the_parity_bits_of_the_key) {
  Bytes key = test::from_hex("0123456789abcdef23456789abcdef01456789abcdef0123");
  const Bytes plain(24, 0x42);
  Bytes one(24);
  Bytes two(24);
  make_block_cipher(BlockCipherId::des_ede3, key)->ecb_encrypt(plain, one);
  for (std::uint8_t& b : key) b ^= 1;
  make_block_cipher(BlockCipherId::des_ede3, key)->ecb_encrypt(plain, two);
  EXPECT_EQ(to_hex(one), to_hex(two));
}

TEST(Des, three_equal_keys_are_one) {
  const Bytes key = test::from_hex("133457799bbcdff1");
  Bytes thrice;
  for (int i = 0; i < 3; ++i) append(thrice, key);
  const Bytes plain = test::from_hex("0123456789abcdef");
  Bytes one(8);
  Bytes three(8);
  make_block_cipher(BlockCipherId::des, key)->ecb_encrypt(plain, one);
  make_block_cipher(BlockCipherId::des_ede3, thrice)->ecb_encrypt(plain, three);
  EXPECT_EQ(to_hex(one), "85e813540f0ab405");
  EXPECT_EQ(to_hex(three), to_hex(one));
}

TEST(Rc2, takes_keys_of_1_to_128_bytes_and_1_to_1024_bits) {
  for (const std::size_t size : {1U, 5U, 128U}) {
    for (const std::size_t bits : {1U, 40U, 1024U}) EXPECT_NE(make_rc2(Bytes(size), bits), nullptr);
  }
  EXPECT_EQ(make_rc2({}, 40), nullptr);
  EXPECT_EQ(make_rc2(Bytes(129), 40), nullptr);
  EXPECT_EQ(make_rc2(Bytes(16), 0), nullptr);
  EXPECT_EQ(make_rc2(Bytes(16), 1025), nullptr);
}

TEST(Rc4, gives_the_key_stream_of_rfc_6229) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/rc4_published.txt")) {
    const Bytes key = hex_field(c, "key");
    Bytes stream(4112);
    Rc4(key).apply(stream, stream);
    for (const auto& [name, value] : c) {
      if (name == "key") continue;
      const std::size_t at = std::stoul(name.substr(3));
      EXPECT_EQ(to_hex(ByteView{stream}.subspan(at, 16)), value) << to_hex(key) << " " << name;
    }
    ++cases;
  }
  EXPECT_EQ(cases, 14U);
}

TEST(Rc4, goes_on_where_the_last_call_stopped) {
  std::mt19937 random(3);
  const Bytes plain = random_bytes(random, 1000);
  Bytes whole(plain.size());
  Rc4(as_bytes("Key")).apply(plain, whole);
  Rc4 rc4(as_bytes("Key"));
  Bytes parts = plain;
  for (std::size_t at = 0; at < parts.size();) {
    const std::size_t n = std::min<std::size_t>(parts.size() - at, random() % 90);
    rc4.apply(ByteSpan{parts}.subspan(at, n), ByteSpan{parts}.subspan(at, n));
    at += n;
  }
  EXPECT_EQ(to_hex(parts), to_hex(whole));
}

TEST(Rc4, takes_keys_of_1_to_256_bytes) {
  Bytes short_out(16);
  Bytes long_out(16);
  // A key repeats until it fills the 256 bytes, so a byte and 256 of it are the same key.
  Rc4(Bytes(1, 0x21)).apply(Bytes(16), short_out);
  Rc4(Bytes(256, 0x21)).apply(Bytes(16), long_out);
  EXPECT_EQ(to_hex(short_out), to_hex(long_out));
}

}  // namespace
}  // namespace parley::crypto

#include "crypto/ct.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "crypto/cipher.hpp"
#include "crypto/hmac.hpp"
#include "crypto/secret.hpp"

namespace parley::crypto {
namespace {

// Every mask function against the operator it stands for.
template <class T>
void check_pair(T a, T b) {
  constexpr T kYes = std::numeric_limits<T>::max();
  const auto mask = [](bool x) { return x ? kYes : T{0}; };
  ASSERT_EQ(ct_eq(a, b), mask(a == b)) << +a << " " << +b;
  ASSERT_EQ(ct_lt(a, b), mask(a < b)) << +a << " " << +b;
  ASSERT_EQ(ct_ge(a, b), mask(a >= b)) << +a << " " << +b;
  ASSERT_EQ(ct_is_zero(a), mask(a == 0)) << +a;
  ASSERT_EQ(ct_is_nonzero(a), mask(a != 0)) << +a;
  ASSERT_EQ(ct_mask_bit(a), mask((a & 1) != 0)) << +a;
  ASSERT_EQ(ct_select(kYes, a, b), a);
  ASSERT_EQ(ct_select(T{0}, a, b), b);
  ASSERT_EQ(value_barrier(a), a);
}

template <class T>
void check_edges() {
  constexpr T kMax = std::numeric_limits<T>::max();
  std::vector<T> values = {0,
                           1,
                           2,
                           kMax,
                           static_cast<T>(kMax - 1),
                           static_cast<T>(kMax / 2),
                           static_cast<T>(kMax / 2 + 1)};
  for (unsigned bit = 0; bit < sizeof(T) * 8; ++bit) {
    const auto power = static_cast<T>(T{1} << bit);
    values.push_back(power);
    values.push_back(static_cast<T>(power - 1));
    values.push_back(static_cast<T>(~power));
  }
  for (const T a : values) {
    for (const T b : values) check_pair(a, b);
  }
}

TEST(ConstantTime, masks_are_right_for_all_pairs_of_bytes) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      check_pair(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b));
    }
  }
}

TEST(ConstantTime, masks_are_right_at_the_edges_of_wider_words) {
  check_edges<std::uint16_t>();
  check_edges<std::uint32_t>();
  check_edges<std::uint64_t>();
}

TEST(ConstantTime, equality_sees_every_bit) {
  Bytes a(33, 0x5a);
  EXPECT_TRUE(ct_equal(a, a));
  EXPECT_EQ(ct_equal_mask(a, a), 0xff);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes b = a;
      b[i] = static_cast<std::uint8_t>(b[i] ^ 1 << bit);
      EXPECT_FALSE(ct_equal(a, b));
      EXPECT_EQ(ct_equal_mask(a, b), 0);
    }
  }
  EXPECT_FALSE(ct_equal(a, ByteView{a}.first(32)));
  EXPECT_TRUE(ct_equal({}, {}));
}

TEST(ConstantTime, copy_copies_all_or_nothing) {
  const Bytes from = {1, 2, 3};
  Bytes to = {7, 8, 9};
  ct_copy(0, to, from);
  EXPECT_EQ(to, (Bytes{7, 8, 9}));
  ct_copy(0xff, to, from);
  EXPECT_EQ(to, from);
}

TEST(ConstantTime, marks_do_not_change_the_bytes) {
  Bytes b = {1, 2, 3};
  ct_poison(b.data(), b.size());
  ct_unpoison(b.data(), b.size());
  EXPECT_EQ(b, (Bytes{1, 2, 3}));
}

// In the `ct` build, under valgrind, the next three also fail when a branch or an address depends
// on what is marked.

TEST(ConstantTime, aes_and_idea_have_no_use_for_secret_branches_or_addresses) {
  for (const auto id :
       {BlockCipherId::aes128, BlockCipherId::aes192, BlockCipherId::aes256, BlockCipherId::idea}) {
    Bytes key(cipher_key_size(id), 0x31);
    const Bytes plain(16 * 15, 0x44);
    Bytes data = plain;
    ct_poison(key.data(), key.size());
    ct_poison(data.data(), data.size());
    const auto cipher = make_block_cipher(id, key);
    const Bytes start(cipher_block_size(id), 7);
    Bytes iv = start;
    cipher->cbc_encrypt(iv, data, data);
    ct_unpoison(iv.data(), iv.size());
    EXPECT_NE(iv, start);
    iv = start;
    cipher->cbc_decrypt(iv, data, data);
    ct_unpoison(data.data(), data.size());
    EXPECT_EQ(data, plain);
  }
}

TEST(ConstantTime, hmac_of_a_secret_length_hides_it) {
  for (const HashId id : {HashId::md4, HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256,
                          HashId::sha384, HashId::sha512}) {
    const Bytes plain(320, 0x2c);
    Bytes data = plain;
    Bytes key(20, 0x0b);
    std::size_t length = 200;
    ct_poison(data.data(), data.size());
    ct_poison(key.data(), key.size());
    ct_poison(&length, sizeof length);
    Hmac h(id, key);
    h.update(Bytes(13, 1));
    Bytes mac(digest_size(id));
    h.finish_secret_length(data, length, 64, mac);
    ct_unpoison(mac.data(), mac.size());
    ct_unpoison(key.data(), key.size());
    EXPECT_EQ(to_hex(mac), to_hex(hmac(id, key, {Bytes(13, 1), ByteView{plain}.first(200)})));
  }
}

TEST(ConstantTime, comparing_and_copying_secrets_hides_them) {
  Bytes a(20, 1);
  Bytes b(20, 1);
  ct_poison(a.data(), a.size());
  ct_poison(b.data(), b.size());
  std::uint8_t same = ct_equal_mask(a, b);
  ct_copy(same, a, Bytes(20, 9));
  ct_unpoison(&same, 1);
  ct_unpoison(a.data(), a.size());
  EXPECT_EQ(same, 0xff);
  EXPECT_EQ(a, Bytes(20, 9));
}

TEST(Secrets, wipe_writes_zeros_to_exactly_the_range) {
  Bytes b(16, 0xee);
  wipe(ByteSpan{b}.subspan(4, 8));
  for (std::size_t i = 0; i < b.size(); ++i) EXPECT_EQ(b[i], i >= 4 && i < 12 ? 0 : 0xee);
  wipe(nullptr, 0);
}

TEST(Secrets, move_and_leave_nothing_behind) {
  SecretBytes a(ByteView{Bytes{1, 2, 3}});
  SecretBytes b = std::move(a);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): the point of the test
  EXPECT_EQ(to_hex(b), "010203");
  const SecretBytes c = b.clone();
  b = SecretBytes(2);
  EXPECT_EQ(to_hex(b), "0000");
  EXPECT_EQ(to_hex(c), "010203");
}

}  // namespace
}  // namespace parley::crypto

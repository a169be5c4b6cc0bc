// RSASSA-PSS against published and OpenSSL's signatures (vectors/crypto/rsa_pss.txt), and against
// encoded messages that are wrong in one place.
#include <gtest/gtest.h>

#include "crypto/rsa_impl.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::hex_field;
using test::number_field;

HashId hash_called(const std::string& name) {
  for (const HashId id : {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384,
                          HashId::sha512}) {
    if (hash_name(id) == name) return id;
  }
  throw std::runtime_error("no hash " + name);
}

TEST(RsaPss, accepts_published_signatures_and_openssls_and_nothing_beside_them) {
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/rsa_pss.txt")) {
    const Bytes n = hex_field(c, "n");
    const Bytes e = hex_field(c, "e");
    const auto key = RsaPublicKey::from_numbers({n, e});
    ASSERT_TRUE(key);
    const HashId id = hash_called(field(c, "hash"));
    const std::size_t salt = number_field(c, "salt");
    SCOPED_TRACE(std::to_string(key->bits()) + " " + field(c, "hash") + " " + field(c, "salt"));
    Digest digest = hash(id, {hex_field(c, "message")});
    Bytes signature = hex_field(c, "signature");
    EXPECT_TRUE(key->verify_pss(id, digest, signature, salt));

    for (const std::size_t other :
         {salt + 1, salt - 1, salt + 20, std::size_t{0}, key->size(), ~std::size_t{0}}) {
      if (other == salt) continue;
      EXPECT_FALSE(key->verify_pss(id, digest, signature, other)) << other;
    }
    EXPECT_FALSE(key->verify_pss(id, digest.view().first(digest.size - 1), signature, salt));
    EXPECT_FALSE(key->verify_pss(id, {}, signature, salt));
    for (const HashId other : {HashId::md5, HashId::sha1, HashId::sha256}) {
      if (other == id) continue;
      EXPECT_FALSE(key->verify_pss(other, digest, signature, salt));
    }
    digest.bytes[digest.size - 1] ^= 1;
    EXPECT_FALSE(key->verify_pss(id, digest, signature, salt));
    digest.bytes[digest.size - 1] ^= 1;

    signature.back() ^= 1;
    EXPECT_FALSE(key->verify_pss(id, digest, signature, salt));
    signature.back() ^= 1;
    EXPECT_FALSE(key->verify_pss(id, digest, ByteView{signature}.subspan(1), salt));
    Bytes longer = signature;
    longer.insert(longer.begin(), 0);
    EXPECT_FALSE(key->verify_pss(id, digest, longer, salt));
    ++cases;
  }
  EXPECT_EQ(cases, 96u);
}

TEST(RsaPss, refuses_a_signature_above_the_modulus) {
  // s + n opens to the same block.
  int tried = 0;
  for (const auto& c : test::read_vector_file("crypto/rsa_pss.txt")) {
    const Bytes n = hex_field(c, "n");
    const Bytes e = hex_field(c, "e");
    const Bytes signature = hex_field(c, "signature");
    const auto key = RsaPublicKey::from_numbers({n, e});
    ASSERT_TRUE(key);
    Num s = number_from(signature);
    const Num modulus = number_from(n);
    const Limb carry = limbs_add(s.data(), s.data(), modulus.data(), s.size());
    Bytes sum(signature.size());
    encode_big_endian(sum, s);
    if (carry != 0 || (bit_length(s) + 7) / 8 > sum.size()) continue;
    ++tried;
    const HashId id = hash_called(field(c, "hash"));
    EXPECT_FALSE(
        key->verify_pss(id, hash(id, {hex_field(c, "message")}), sum, number_field(c, "salt")));
  }
  EXPECT_GT(tried, 10);
}

// A private key to make wrong blocks with.
class RsaPssBlock : public testing::Test {
 protected:
  RsaPssBlock() : key_(make()) {}

  static RsaPrivateKey make() {
    SeededRng rng(1);
    auto k = RsaPrivateKey::generate(rng, 1024);
    if (!k) throw std::runtime_error("no key");
    return *k;
  }
  Bytes raw_private(ByteView block) {
    SeededRng rng(2);
    const Num c = number_from(block);
    Num m(c.size());
    EXPECT_TRUE(rsa_private_operation(key_.impl(), rng, c, m.span()));
    Bytes out(block.size());
    encode_big_endian(out, m);
    return out;
  }
  // EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) for SHA-1 and a modulus of 1024 bits, where the data
  // block before masking is `db`.
  static Bytes encode(ByteView db, ByteView h) {
    Bytes em(db.begin(), db.end());
    for (std::size_t i = 0; i < em.size(); ++i) {
      const auto counter = static_cast<std::uint8_t>(i / 20);
      em[i] ^= hash(HashId::sha1, {h, std::array<std::uint8_t, 4>{0, 0, 0, counter}}).bytes[i % 20];
    }
    em[0] &= 0x7f;
    append(em, h);
    em.push_back(0xbc);
    return em;
  }

  RsaPrivateKey key_;
  Bytes digest_ = Bytes(20, 0x11);
  Bytes salt_ = Bytes(8, 0x22);
  Digest h_ = hash(HashId::sha1, {Bytes(8), digest_, salt_});
  Bytes db() const {
    Bytes b(107 - salt_.size() - 1);
    b.push_back(1);
    append(b, salt_);
    return b;
  }
  bool accepts(const Bytes& em) {
    return key_.public_key().verify_pss(HashId::sha1, digest_, raw_private(em), salt_.size());
  }
};

TEST_F(RsaPssBlock, is_accepted_when_it_is_right) { EXPECT_TRUE(accepts(encode(db(), h_))); }

TEST_F(RsaPssBlock, is_refused_for_one_bit_anywhere_before_the_salt) {
  for (std::size_t at = 0; at < 107 - salt_.size(); ++at) {
    Bytes b = db();
    b[at] ^= at == 0 ? 0x40 : 0x01;
    EXPECT_FALSE(accepts(encode(b, h_))) << at;
  }
}

TEST_F(RsaPssBlock, is_refused_for_another_salt_hash_or_trailer) {
  Bytes b = db();
  b.back() ^= 1;
  EXPECT_FALSE(accepts(encode(b, h_)));
  Digest h = h_;
  h.bytes[0] ^= 1;
  EXPECT_FALSE(accepts(encode(db(), h)));
  Bytes em = encode(db(), h_);
  em.back() = 0xcc;  // the trailer of ISO 9796-2 with a hash identifier
  EXPECT_FALSE(accepts(em));
}

TEST_F(RsaPssBlock, is_refused_with_a_bit_above_the_encoded_message) {
  const Num& n = key_.public_key().impl().n.modulus();
  Bytes em;
  for (;; ++salt_[0]) {  // until the block stays below the modulus all the same
    h_ = hash(HashId::sha1, {Bytes(8), digest_, salt_});
    em = encode(db(), h_);
    ASSERT_TRUE(accepts(em));
    em[0] |= 0x80;
    if (limbs_less(number_from(em).data(), n.data(), n.size()) != 0) break;
  }
  EXPECT_FALSE(accepts(em));
}

}  // namespace
}  // namespace parley::crypto

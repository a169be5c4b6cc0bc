#include "trust/signature.hpp"

#include <gtest/gtest.h>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "tests/support/certs.hpp"
#include "tests/support/vector_file.hpp"
#include "trust/key_codec.hpp"

namespace parley::trust {
namespace {

using crypto::HashId;
using test::field;
using test::hex_field;

constexpr std::array kHashes{HashId::md5,    HashId::sha1,   HashId::sha224,
                             HashId::sha256, HashId::sha384, HashId::sha512};

HashId hash_named(const std::string& name) {
  for (const HashId h : kHashes)
    if (crypto::hash_name(h) == name) return h;
  throw std::runtime_error("no hash " + name);
}

PrivateKey load(const std::string& name) {
  return *PrivateKey::from_pem(test::read_text("keys/" + name + ".pem"));
}

crypto::PublicKey public_of(const PrivateKey& key) {
  return *public_key_from_spki(key.public_key_info());
}

Errc reason(const Status& s) { return s ? Errc::count_ : s.error().code; }

std::vector<test::VectorCase> signatures() { return test::read_vector_file("keys/signatures.txt"); }

TEST(Signature, of_openssl_is_accepted_and_nothing_near_it) {
  for (const auto& c : signatures()) {
    const crypto::PublicKey key = public_of(load(field(c, "key")));
    const auto verify = [&](ByteView digest, ByteView signature) {
      if (field(c, "form") == "handshake") return verify_handshake(key, digest, signature);
      return verify_digest(key, hash_named(field(c, "hash")), digest, signature);
    };
    const Bytes digest = hex_field(c, "digest");
    const Bytes signature = hex_field(c, "signature");
    EXPECT_TRUE(verify(digest, signature)) << field(c, "key");
    Bytes other = digest;
    // DSA and ECDSA take the leftmost bits of a digest; in a handshake RSA alone signs the MD5.
    const std::size_t at = field(c, "form") == "handshake" ? 16 : 0;
    other[at] ^= 1;
    EXPECT_EQ(reason(verify(other, signature)), Errc::bad_signature);
    other = signature;
    other.back() ^= 1;
    EXPECT_EQ(reason(verify(digest, other)), Errc::bad_signature);
    EXPECT_EQ(reason(verify(digest, ByteView{signature}.first(signature.size() - 1))),
              Errc::bad_signature);
    other = signature;
    other.push_back(0);
    EXPECT_EQ(reason(verify(digest, other)), Errc::bad_signature);
    EXPECT_EQ(reason(verify(digest, {})), Errc::bad_signature);
  }
}

TEST(Signature, in_a_handshake_covers_md5_with_rsa_only) {
  for (const auto& c : signatures()) {
    if (field(c, "form") != "handshake") continue;
    Bytes digest = hex_field(c, "digest");
    digest[0] ^= 1;
    const crypto::PublicKey key = public_of(load(field(c, "key")));
    EXPECT_EQ(verify_handshake(key, digest, hex_field(c, "signature")).has_value(),
              key_type(key) != KeyType::rsa);
  }
}

TEST(Signature, is_made_for_every_kind_of_key) {
  SeededRng rng{1};
  for (const std::string name :
       {"rsa_1024", "dsa_1024", "dsa_2048", "ec_prime192v1", "ec_secp224r1", "ec_prime256v1",
        "ec_secp384r1", "ec_secp521r1", "ec_secp256k1"}) {
    const PrivateKey key = load(name);
    const crypto::PublicKey pub = public_of(key);
    EXPECT_EQ(key_type(pub), key.type());
    for (const HashId hash : kHashes) {
      const crypto::Digest digest = crypto::hash(hash, {as_bytes("abc")});
      const auto signature = sign_digest(key.impl().key, rng, hash, digest);
      ASSERT_TRUE(signature) << name;
      EXPECT_TRUE(verify_digest(pub, hash, digest, *signature)) << name;
    }
    const Bytes both(kHandshakeDigestSize, 0x5a);
    const auto signature = sign_handshake(key.impl().key, rng, both);
    ASSERT_TRUE(signature) << name;
    EXPECT_TRUE(verify_handshake(pub, both, *signature)) << name;
    // The two forms of RSA never pass for each other.
    EXPECT_EQ(verify_digest(pub, HashId::sha1, ByteView{both}.subspan(16), *signature).has_value(),
              key.type() != KeyType::rsa);
  }
}

TEST(Signature, of_rsa_is_the_very_one_of_openssl) {
  SeededRng rng{1};
  for (const auto& c : signatures()) {
    if (field(c, "key") != "rsa_1024") continue;
    const PrivateKey key = load("rsa_1024");
    const Bytes digest = hex_field(c, "digest");
    const auto made = field(c, "form") == "handshake"
                          ? sign_handshake(key.impl().key, rng, digest)
                          : sign_digest(key.impl().key, rng, hash_named(field(c, "hash")), digest);
    ASSERT_TRUE(made);
    EXPECT_EQ(*made, hex_field(c, "signature"));
  }
}

TEST(Signature, in_a_handshake_wants_36_bytes) {
  SeededRng rng{1};
  const PrivateKey key = load("ec_prime256v1");
  for (const unsigned n : {0U, 16U, 20U, 35U, 37U}) {
    const Bytes digest(n);
    const auto made = sign_handshake(key.impl().key, rng, digest);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::bad_argument);
    EXPECT_EQ(reason(verify_handshake(public_of(key), digest, Bytes{1})), Errc::bad_argument);
  }
}

TEST(Signature, of_dsa_may_stand_without_der_and_is_as_long_as_two_numbers) {
  SeededRng rng(7);
  const Bytes digest(36, 5);
  const auto made = sign_handshake(load("dsa_1024").impl().key, rng, digest);
  ASSERT_TRUE(made);
  const auto rs = asn1::parse_rs_signature(*made);
  ASSERT_TRUE(rs);
  Bytes bare(40);  // q has 160 bits
  std::ranges::copy(rs->r, bare.begin() + 20 - static_cast<std::ptrdiff_t>(rs->r.size()));
  std::ranges::copy(rs->s, bare.end() - static_cast<std::ptrdiff_t>(rs->s.size()));
  const auto key = public_of(load("dsa_1024"));
  EXPECT_TRUE(verify_bare_dsa(key, digest, bare));
  EXPECT_EQ(reason(verify_bare_dsa(key, Bytes(36, 6), bare)), Errc::bad_signature);
  EXPECT_EQ(reason(verify_bare_dsa(key, digest, *made)), Errc::bad_signature);
  EXPECT_EQ(reason(verify_bare_dsa(key, digest, Bytes{})), Errc::bad_signature);
  EXPECT_EQ(reason(verify_bare_dsa(public_of(load("ec_prime256v1")), digest, bare)),
            Errc::bad_signature);
  EXPECT_EQ(reason(verify_bare_dsa(key, Bytes(20, 5), bare)), Errc::bad_argument);
}

TEST(Signature, needs_randomness) {
  struct Broken : Rng {
    bool fill(ByteSpan) override { return false; }
  } broken;
  for (const std::string name : {"rsa_1024", "dsa_1024", "ec_prime256v1"}) {
    const auto made = sign_handshake(load(name).impl().key, broken, Bytes(36));
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, Errc::no_random) << name;
  }
}

TEST(Signature, with_numbers_that_no_key_makes_says_so) {
  const Bytes digest(20, 1);
  for (const std::string name : {"dsa_1024", "ec_prime256v1"})
    for (const Bytes& r : {Bytes{}, Bytes(40, 0xff)}) {
      Bytes der;
      asn1::DerWriter w{der};
      asn1::write_rs_signature(w, {.r = r, .s = Bytes{1}});
      EXPECT_EQ(reason(verify_digest(public_of(load(name)), HashId::sha1, digest, der)),
                Errc::signature_out_of_range)
          << name;
    }
}

Errc rs_reason(const Bytes& der) {
  const auto rs = asn1::parse_rs_signature(der);
  return rs ? Errc::count_ : rs.error().code;
}

TEST(RsSignature, has_one_encoding) {
  const Bytes good{0x30, 7, 2, 1, 5, 2, 2, 0, 0x80};
  const auto rs = asn1::parse_rs_signature(good);
  ASSERT_TRUE(rs);
  EXPECT_TRUE(equal(rs->r, Bytes{5}));
  EXPECT_TRUE(equal(rs->s, Bytes{0x80}));
  Bytes again;
  asn1::DerWriter w{again};
  asn1::write_rs_signature(w, {.r = Bytes{0, 0, 5}, .s = Bytes{0x80}});
  EXPECT_EQ(again, good);

  EXPECT_EQ(rs_reason({0x30, 7, 2, 2, 0, 5, 2, 1, 5}), Errc::bad_der);         // r not minimal
  EXPECT_EQ(rs_reason({0x30, 7, 2, 1, 5, 2, 2, 0, 5}), Errc::bad_der);         // s not minimal
  EXPECT_EQ(rs_reason({0x30, 6, 2, 1, 0x85, 2, 1, 5}), Errc::bad_value);       // r negative
  EXPECT_EQ(rs_reason({0x30, 6, 2, 1, 5, 2, 1, 0x85}), Errc::bad_value);       // s negative
  EXPECT_EQ(rs_reason({0x30, 6, 2, 1, 5, 2, 1, 5, 0}), Errc::trailing_bytes);  // behind it
  EXPECT_EQ(rs_reason({0x30, 9, 2, 1, 5, 2, 1, 5, 2, 1, 5}), Errc::trailing_bytes);
  EXPECT_EQ(rs_reason({0x30, 0x81, 6, 2, 1, 5, 2, 1, 5}), Errc::bad_der);  // long length
  EXPECT_EQ(rs_reason({0x30, 0x80, 2, 1, 5, 2, 1, 5, 0, 0}), Errc::bad_der);
  EXPECT_EQ(rs_reason({0x31, 6, 2, 1, 5, 2, 1, 5}), Errc::bad_der);
  EXPECT_EQ(rs_reason({0x30, 5, 2, 0, 2, 1, 5}), Errc::bad_der);  // r of no bytes
  for (std::size_t n = 0; n < good.size(); ++n)
    EXPECT_EQ(rs_reason({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)}),
              Errc::truncated);
}

TEST(Signature, of_ed25519_is_over_messages_not_digests) {
  SeededRng rng{1};
  const PrivateKey key = load("ed25519");
  const Bytes digest(32), both(kHandshakeDigestSize), signature(64);
  EXPECT_EQ(sign_digest(key.impl().key, rng, HashId::sha256, digest).error().code,
            Errc::unsupported_algorithm);
  EXPECT_EQ(sign_handshake(key.impl().key, rng, both).error().code, Errc::unsupported_algorithm);
  EXPECT_EQ(reason(verify_digest(public_of(key), HashId::sha256, digest, signature)),
            Errc::unsupported_algorithm);
  EXPECT_EQ(reason(verify_handshake(public_of(key), both, signature)), Errc::unsupported_algorithm);
}

TEST(Signature, is_never_made_over_md2_and_md4) {
  SeededRng rng{1};
  const PrivateKey key = load("rsa_1024");
  for (const HashId hash : {HashId::md2, HashId::md4})
    EXPECT_EQ(sign_digest(key.impl().key, rng, hash, Bytes(16)).error().code,
              Errc::unsupported_algorithm);
}

TEST(SignatureAlgorithm, is_found_by_name_and_by_use) {
  for (const KeyType type : {KeyType::rsa, KeyType::dsa, KeyType::ec}) {
    std::size_t known = 0;
    for (const HashId hash : kHashes) {
      const SignatureAlgorithm* a = signature_algorithm(type, hash);
      if (a == nullptr) continue;
      ++known;
      EXPECT_EQ(a->key, type);
      EXPECT_EQ(a->hash, hash);
      EXPECT_EQ(find_signature_algorithm(a->oid), a);
    }
    EXPECT_EQ(known, type == KeyType::rsa ? 6U : type == KeyType::dsa ? 3U : 5U);
  }
  EXPECT_EQ(find_signature_algorithm(asn1::oid::kSha1WithRsaOiw)->hash, HashId::sha1);
  EXPECT_EQ(find_signature_algorithm(asn1::oid::kDsa), nullptr);
}

}  // namespace
}  // namespace parley::trust

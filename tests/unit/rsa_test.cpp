// RSA against OpenSSL's keys, signatures and ciphertexts (vectors/crypto/rsa_*.txt), against
// NIST's published signatures, and against the attacks PKCS #1 v1.5 is known for.
#include "crypto/rsa.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/ct.hpp"
#include "crypto/key.hpp"
#include "crypto/rsa_impl.hpp"
#include "crypto/rsa_padding.hpp"
#include "tests/support/vector_file.hpp"

namespace parley::crypto {
namespace {

using test::field;
using test::from_hex;
using test::hex_field;
using test::number_field;

constexpr RsaDigest kDigests[] = {RsaDigest::md5,          RsaDigest::sha1,   RsaDigest::sha224,
                                  RsaDigest::sha256,       RsaDigest::sha384, RsaDigest::sha512,
                                  RsaDigest::bare_md5_sha1};

RsaDigest digest_called(std::string_view name) {
  constexpr std::string_view kNames[] = {"md5",    "sha1",   "sha224",       "sha256",
                                         "sha384", "sha512", "bare_md5_sha1"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return kDigests[i];
  }
  ADD_FAILURE() << "no digest " << name;
  return RsaDigest::md5;
}

HashId hash_called(std::string_view name) {
  for (const HashId id : {HashId::md5, HashId::sha1, HashId::sha224, HashId::sha256, HashId::sha384,
                          HashId::sha512}) {
    if (hash_name(id) == name) return id;
  }
  ADD_FAILURE() << "no hash " << name;
  return HashId::md5;
}

// The numbers of a key, free to be damaged.
struct KeyBytes {
  Bytes n, e, d, p, q, dp, dq, qinv;
  RsaPrivateNumbers view() const { return {n, e, d, p, q, dp, dq, qinv}; }
};

KeyBytes key_bytes(const std::string& name) {
  for (const auto& c : test::read_vector_file("crypto/rsa_keys.txt")) {
    if (field(c, "name") != name) continue;
    return {hex_field(c, "n"), hex_field(c, "e"),  hex_field(c, "d"),  hex_field(c, "p"),
            hex_field(c, "q"), hex_field(c, "dp"), hex_field(c, "dq"), hex_field(c, "qinv")};
  }
  throw std::runtime_error("no key " + name);
}

const RsaPrivateKey& key(const std::string& name) {
  static std::map<std::string, RsaPrivateKey> keys;
  const auto known = keys.find(name);
  if (known != keys.end()) return known->second;
  auto made = RsaPrivateKey::from_numbers(key_bytes(name).view());
  if (!made) throw std::runtime_error("refused key " + name);
  return keys.emplace(name, *made).first->second;
}

// block^d: what a forger can only do with the key, and a test needs to make bad padding.
Bytes raw_private(const RsaPrivateKey& k, ByteView block) {
  SeededRng rng(77);
  Num c(k.public_key().impl().n.limbs());
  decode_big_endian(c.span(), block);
  Num m(c.size());
  const Status s = rsa_private_operation(k.impl(), rng, c, m.span());
  EXPECT_TRUE(s);
  Bytes out(k.size());
  encode_big_endian(out, m);
  return out;
}

// block^e.
Bytes raw_public(const RsaPublicKey& k, ByteView block) {
  const Montgomery& n = k.impl().n;
  Num m(n.limbs());
  decode_big_endian(m.span(), block);
  n.to_montgomery(m.data(), m.data());
  n.exp_public(m.data(), m.data(), k.impl().e);
  n.from_montgomery(m.data(), m.data());
  Bytes out(k.size());
  encode_big_endian(out, m);
  return out;
}

Bytes signature_block(RsaDigest kind, ByteView digest, std::size_t size) {
  Bytes block(size);
  EXPECT_TRUE(build_signature_block(kind, digest, block));
  return block;
}

template <class T>
Errc code(const T& result) {
  EXPECT_FALSE(result);
  return result ? Errc::count_ : result.error().code;
}

// Every call gives the same byte, or fails.
class ConstantRng final : public Rng {
 public:
  explicit ConstantRng(bool works, std::uint8_t byte = 0) : works_(works), byte_(byte) {}
  bool fill(ByteSpan out) override {
    std::fill(out.begin(), out.end(), byte_);
    return works_;
  }

 private:
  bool works_;
  std::uint8_t byte_;
};

// --- Known answers ---------------------------------------------------------------------------

TEST(Rsa, signs_exactly_as_openssl_does) {
  SeededRng rng(1);
  std::size_t cases = 0;
  for (const auto& c : test::read_vector_file("crypto/rsa_sign.txt")) {
    const auto s =
        key(field(c, "key")).sign(rng, digest_called(field(c, "digest")), hex_field(c, "value"));
    ASSERT_TRUE(s) << field(c, "key") << field(c, "digest");
    EXPECT_EQ(to_hex(*s), field(c, "signature")) << field(c, "key") << ' ' << field(c, "digest");
    ++cases;
  }
  EXPECT_GE(cases, 50u);
}

TEST(Rsa, verifies_what_openssl_signed_and_nothing_next_to_it) {
  for (const auto& c : test::read_vector_file("crypto/rsa_sign.txt")) {
    const RsaPublicKey k = key(field(c, "key")).public_key();
    const RsaDigest kind = digest_called(field(c, "digest"));
    Bytes digest = hex_field(c, "value");
    Bytes signature = hex_field(c, "signature");
    EXPECT_TRUE(k.verify(kind, digest, signature)) << field(c, "key") << field(c, "digest");
    digest[0] ^= 1;
    EXPECT_FALSE(k.verify(kind, digest, signature));
    digest[0] ^= 1;
    digest.back() ^= 0x80;
    EXPECT_FALSE(k.verify(kind, digest, signature));
    digest.back() ^= 0x80;
    signature[signature.size() / 2] ^= 0x10;
    EXPECT_FALSE(k.verify(kind, digest, signature));
  }
}

TEST(Rsa, hashes_the_messages_of_the_vectors_to_their_values) {
  for (const auto& c : test::read_vector_file("crypto/rsa_sign.txt")) {
    if (field(c, "digest") == "bare_md5_sha1") {
      Bytes both = to_bytes(hash(HashId::md5, {hex_field(c, "message")}));
      append(both, hash(HashId::sha1, {hex_field(c, "message")}));
      EXPECT_EQ(to_hex(both), field(c, "value"));
    } else {
      const auto id = hash_called(field(c, "digest"));
      EXPECT_EQ(to_hex(hash(id, {hex_field(c, "message")})), field(c, "value"));
    }
  }
}

TEST(Rsa, agrees_with_the_published_nist_verdicts) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const auto& c : test::read_vector_file("crypto/rsa_nist_sigver15.txt")) {
    const auto k = RsaPublicKey::from_numbers({hex_field(c, "n"), hex_field(c, "e")});
    ASSERT_TRUE(k);
    const RsaDigest kind = digest_called(field(c, "digest"));
    const Digest d = hash(hash_called(field(c, "digest")), {hex_field(c, "message")});
    const bool expected = field(c, "result") == "P";
    EXPECT_EQ(k->verify(kind, d, hex_field(c, "signature")), expected) << field(c, "result");
    ++(expected ? good : bad);
  }
  EXPECT_GE(good, 5u);
  EXPECT_GE(bad, 10u);
}

TEST(Rsa, decrypts_what_openssl_encrypted) {
  SeededRng rng(2);
  for (const auto& c : test::read_vector_file("crypto/rsa_decrypt.txt")) {
    const auto m = key(field(c, "key")).decrypt(rng, hex_field(c, "ciphertext"));
    ASSERT_TRUE(m) << field(c, "key");
    EXPECT_EQ(to_hex(*m), field(c, "message"));
  }
}

TEST(Rsa, decrypts_what_it_encrypted_for_every_message_length) {
  SeededRng rng(3);
  const RsaPrivateKey& k = key("rsa512");
  for (std::size_t n = 0; n <= k.size() - 11; ++n) {
    const Bytes message(n, static_cast<std::uint8_t>(n));
    const auto c = k.public_key().encrypt(rng, message);
    ASSERT_TRUE(c);
    EXPECT_EQ(c->size(), k.size());
    const auto m = k.decrypt(rng, *c);
    ASSERT_TRUE(m);
    EXPECT_EQ(to_hex(*m), to_hex(message));
  }
  EXPECT_EQ(code(k.public_key().encrypt(rng, Bytes(k.size() - 10))), Errc::bad_argument);
}

TEST(Rsa, gives_back_the_numbers_it_was_made_from) {
  for (const char* name : {"rsa520", "rsa1024", "rsa1024e3", "rsa2048"}) {
    const KeyBytes b = key_bytes(name);
    const auto n = key(name).numbers();
    EXPECT_EQ(to_hex(n.n), to_hex(b.n));
    EXPECT_EQ(to_hex(n.e), to_hex(b.e));
    EXPECT_EQ(to_hex(n.d), to_hex(strip_zeros(b.d)));
    EXPECT_EQ(to_hex(n.p), to_hex(b.p));
    EXPECT_EQ(to_hex(n.q), to_hex(b.q));
    EXPECT_EQ(to_hex(n.dp), to_hex(strip_zeros(b.dp)));
    EXPECT_EQ(to_hex(n.dq), to_hex(strip_zeros(b.dq)));
    EXPECT_EQ(to_hex(n.qinv), to_hex(strip_zeros(b.qinv)));
    EXPECT_EQ(to_hex(key(name).public_key().n()), to_hex(b.n));
    EXPECT_EQ(to_hex(key(name).public_key().e()), to_hex(b.e));
  }
  EXPECT_EQ(key("rsa520").public_key().bits(), 520u);
  EXPECT_EQ(key("rsa520").size(), 65u);
}

TEST(Rsa, compares_public_keys_by_value) {
  const KeyBytes b = key_bytes("rsa512");
  const auto again = RsaPublicKey::from_numbers({b.n, b.e});
  ASSERT_TRUE(again);
  EXPECT_TRUE(*again == key("rsa512").public_key());
  EXPECT_FALSE(*again == key("rsa520").public_key());
  const Bytes three{3};
  EXPECT_FALSE(*again == *RsaPublicKey::from_numbers({b.n, three}));
}

// --- Signature padding -----------------------------------------------------------------------

TEST(RsaPadding, builds_the_block_of_rfc_8017_appendix_b) {
  const Bytes digest(20, 0xd1);
  EXPECT_EQ(
      to_hex(signature_block(RsaDigest::sha1, digest, 64)),
      "0001" + std::string(2 * 26, 'f') + "00" + "3021300906052b0e03021a05000414" + to_hex(digest));
  const Bytes bare(36, 0xb0);
  EXPECT_EQ(to_hex(signature_block(RsaDigest::bare_md5_sha1, bare, 47)),
            "0001" + std::string(2 * 8, 'f') + "00" + to_hex(bare));
}

TEST(RsaPadding, refuses_a_key_too_short_for_the_digest_and_a_digest_of_wrong_length) {
  Bytes block(46);
  EXPECT_EQ(code(build_signature_block(RsaDigest::bare_md5_sha1, Bytes(36), block)),
            Errc::key_too_small);
  for (const RsaDigest kind : kDigests) {
    Bytes big(256);
    const std::size_t n = rsa_digest_size(kind);
    EXPECT_TRUE(build_signature_block(kind, Bytes(n), big));
    EXPECT_EQ(code(build_signature_block(kind, Bytes(n - 1), big)), Errc::bad_argument);
    EXPECT_EQ(code(build_signature_block(kind, Bytes(n + 1), big)), Errc::bad_argument);
    EXPECT_EQ(code(build_signature_block(kind, {}, big)), Errc::bad_argument);
  }
  SeededRng rng(4);
  EXPECT_EQ(code(key("rsa512").sign(rng, RsaDigest::sha512, Bytes(64))), Errc::key_too_small);
  EXPECT_FALSE(key("rsa512").public_key().verify(RsaDigest::sha512, Bytes(64), Bytes(64)));
}

TEST(RsaPadding, refuses_every_block_that_differs_in_one_bit) {
  const RsaPrivateKey& k = key("rsa512");
  const Bytes digest(20, 0x5a);
  const Bytes block = signature_block(RsaDigest::sha1, digest, k.size());
  EXPECT_TRUE(k.public_key().verify(RsaDigest::sha1, digest, raw_private(k, block)));
  for (std::size_t i = 0; i < block.size(); ++i) {
    for (const unsigned bit : {0u, 3u, 7u}) {
      Bytes wrong = block;
      wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ (1u << bit));
      if (i == 0 && bit != 0) continue;  // not below the modulus
      const Bytes s = raw_private(k, wrong);
      EXPECT_FALSE(k.public_key().verify(RsaDigest::sha1, digest, s)) << i << ' ' << bit;
    }
  }
}

TEST(RsaPadding, refuses_a_block_with_a_short_pad) {
  // The DigestInfo moved to the left and rubbish behind it: what a parser that stops at the end
  // of the DigestInfo accepts (CVE-2006-4339).
  const RsaPrivateKey& k = key("rsa1024");
  const Bytes digest(20, 0x5a);
  const Bytes block = signature_block(RsaDigest::sha1, digest, k.size());
  for (const std::size_t shift : {1u, 8u, 50u, 82u}) {
    Bytes wrong(block.begin(), block.begin() + 2);
    append(wrong, ByteView{block}.subspan(2 + shift));
    wrong.resize(k.size(), 0xef);
    EXPECT_FALSE(k.public_key().verify(RsaDigest::sha1, digest, raw_private(k, wrong))) << shift;
  }
}

// r = the largest number with r^3 <= the given one.
Num cube_root(const Num& a) {
  const std::size_t n = a.size();
  Num r(n);
  for (std::size_t bit = n * kLimbBits / 3 + 1; bit > 0; --bit) {
    const std::size_t at = bit - 1;
    r[at / kLimbBits] |= Limb{1} << (at % kLimbBits);
    WideNum square(2 * n);
    limbs_square(square.data(), r.data(), n);
    Num low(square.view().first(n));
    WideNum cube(2 * n);
    limbs_mul(cube.data(), low.data(), n, r.data(), n);
    const bool too_large = limbs_is_zero(square.data() + n, n) == 0 ||
                           limbs_is_zero(cube.data() + n, n) == 0 ||
                           limbs_less(a.data(), cube.data(), n) != 0;
    if (too_large) r[at / kLimbBits] &= ~(Limb{1} << (at % kLimbBits));
  }
  return r;
}

TEST(RsaPadding, refuses_bleichenbachers_forgery_for_exponent_3) {
  // Without the private key: a cube root of 00 01 FF.. 00 DigestInfo followed by anything. The
  // cube begins as a signature block does, far past the digest, and that must not be enough.
  const RsaPublicKey k = key("rsa2048e3").public_key();
  const Bytes digest(20, 0x5a);
  const Bytes genuine = signature_block(RsaDigest::sha1, digest, k.size());
  Bytes target(genuine.begin(), genuine.begin() + 2);
  append(target, ByteView{genuine}.subspan(2 + 210));  // eight FF left
  const std::size_t meaningful = target.size();
  target.resize(k.size(), 0xff);
  Num a(k.impl().n.limbs());
  decode_big_endian(a.span(), target);
  const Num root = cube_root(a);
  Bytes forged(k.size());
  encode_big_endian(forged, root);
  const Bytes opened = raw_public(k, forged);
  ASSERT_TRUE(equal(ByteView{opened}.first(meaningful), ByteView{target}.first(meaningful)))
      << "the forgery itself must be sound, or the test shows nothing";
  EXPECT_FALSE(k.verify(RsaDigest::sha1, digest, forged));
}

TEST(RsaPadding, does_not_take_a_digest_info_for_bare_digests_or_the_reverse) {
  const RsaPrivateKey& k = key("rsa1024");
  SeededRng rng(5);
  // A bare signature over bytes that spell a DigestInfo, which is the whole of the difference.
  const Bytes md5(16, 0x11);
  const Bytes as_info = signature_block(RsaDigest::md5, md5, 64);
  const ByteView info = ByteView{as_info}.last(34);
  Bytes bare = to_bytes(info);
  bare.resize(36, 0);
  const auto s = k.sign(rng, RsaDigest::bare_md5_sha1, bare);
  ASSERT_TRUE(s);
  EXPECT_TRUE(k.public_key().verify(RsaDigest::bare_md5_sha1, bare, *s));
  for (const RsaDigest kind : kDigests) {
    if (kind == RsaDigest::bare_md5_sha1) continue;
    const Bytes digest(ByteView{bare}.begin(), ByteView{bare}.begin() + 16);
    EXPECT_FALSE(k.public_key().verify(kind, digest, *s));
  }
  // Every pair of kinds with digests of the right length.
  for (const RsaDigest signed_as : kDigests) {
    const Bytes d1(rsa_digest_size(signed_as), 0x22);
    const auto one = k.sign(rng, signed_as, d1);
    ASSERT_TRUE(one);
    for (const RsaDigest checked_as : kDigests) {
      const Bytes d2(rsa_digest_size(checked_as), 0x22);
      EXPECT_EQ(k.public_key().verify(checked_as, d2, *one), signed_as == checked_as);
    }
  }
}

TEST(RsaPadding, refuses_a_digest_info_without_null_parameters) {
  const RsaPrivateKey& k = key("rsa1024");
  const Bytes digest(20, 0x5a);
  Bytes block(k.size(), 0xff);
  block[0] = 0, block[1] = 1;
  Bytes tail = from_hex("00301f300706052b0e03021a0414");
  append(tail, digest);
  std::copy(tail.begin(), tail.end(), block.end() - static_cast<std::ptrdiff_t>(tail.size()));
  EXPECT_FALSE(k.public_key().verify(RsaDigest::sha1, digest, raw_private(k, block)));
}

TEST(RsaPadding, refuses_signatures_of_wrong_length_or_range) {
  const RsaPrivateKey& k = key("rsa1024");
  const RsaPublicKey pub = k.public_key();
  SeededRng rng(6);
  const Bytes digest(20, 0x5a);
  const auto s = k.sign(rng, RsaDigest::sha1, digest);
  ASSERT_TRUE(s);
  Bytes longer(1, 0);
  append(longer, *s);
  EXPECT_FALSE(pub.verify(RsaDigest::sha1, digest, longer));
  EXPECT_FALSE(pub.verify(RsaDigest::sha1, digest, ByteView{*s}.first(s->size() - 1)));
  EXPECT_FALSE(pub.verify(RsaDigest::sha1, digest, {}));
  EXPECT_FALSE(pub.verify(RsaDigest::sha1, digest, Bytes(k.size(), 0xff)));
  EXPECT_FALSE(pub.verify(RsaDigest::sha1, digest, Bytes(k.size(), 0)));
  EXPECT_FALSE(pub.verify(RsaDigest::sha1, digest, pub.n()));
  // s + n opens to the same block where it still has the length: only s itself is a signature.
  const RsaPublicKey small = key("rsa1024e3").public_key();
  const auto t = key("rsa1024e3").sign(rng, RsaDigest::sha1, digest);
  ASSERT_TRUE(t);
  Num sum(16), n(16);
  decode_big_endian(sum.span(), *t);
  decode_big_endian(n.span(), small.n());
  if (limbs_add(sum.data(), sum.data(), n.data(), 16) == 0) {
    Bytes alias(small.size());
    encode_big_endian(alias, sum);
    EXPECT_FALSE(small.verify(RsaDigest::sha1, digest, alias));
  }
}

// --- Encryption padding ----------------------------------------------------------------------

Bytes encryption_block(std::size_t size, ByteView message) {
  Bytes block(size, 0x77);
  block[0] = 0, block[1] = 2;
  block[size - message.size() - 1] = 0;
  std::copy(message.begin(), message.end(),
            block.end() - static_cast<std::ptrdiff_t>(message.size()));
  return block;
}

TEST(RsaPadding, finds_the_message_of_every_length_and_refuses_the_rest) {
  for (std::size_t n = 0; n <= 64 - 11; ++n) {
    const Bytes block = encryption_block(64, Bytes(n, 0));
    // A message of zeros: only the first zero counts.
    const Unpadded u = unpad_encryption_block(block);
    EXPECT_EQ(u.good, ~std::size_t{0});
    EXPECT_EQ(u.start, 64 - n);
  }
  const Bytes good = encryption_block(64, Bytes(48, 1));
  for (const std::size_t at : {0u, 1u}) {
    for (unsigned v = 0; v < 256; ++v) {
      Bytes wrong = good;
      wrong[at] = static_cast<std::uint8_t>(v);
      EXPECT_EQ(unpad_encryption_block(wrong).good != 0, wrong == good) << at << ' ' << v;
    }
  }
  for (std::size_t at = 2; at < 10; ++at) {  // fewer than eight bytes of PS
    Bytes wrong = good;
    wrong[at] = 0;
    EXPECT_EQ(unpad_encryption_block(wrong).good, 0u) << at;
    EXPECT_EQ(unpad_encryption_block(wrong).start, 64u);
  }
  Bytes endless(64, 0x77);
  endless[0] = 0, endless[1] = 2;
  EXPECT_EQ(unpad_encryption_block(endless).good, 0u);
  EXPECT_EQ(unpad_encryption_block(Bytes(10, 0)).good, 0u);
}

TEST(RsaPadding, pads_with_nonzero_randomness) {
  SeededRng rng(8);
  for (int i = 0; i < 200; ++i) {
    Bytes block(64);
    ASSERT_TRUE(build_encryption_block(rng, Bytes(10, 9), block));
    const Unpadded u = unpad_encryption_block(block);
    EXPECT_EQ(u.start, 54u);
  }
  Bytes block(64);
  ConstantRng zeros(true, 0);
  ConstantRng broken(false);
  EXPECT_EQ(code(build_encryption_block(zeros, Bytes(10), block)), Errc::no_random);
  EXPECT_EQ(code(build_encryption_block(broken, Bytes(10), block)), Errc::no_random);
}

constexpr std::uint16_t kVersion = 0x0301;

Bytes premaster() {
  Bytes m(48);
  for (std::size_t i = 0; i < m.size(); ++i) m[i] = static_cast<std::uint8_t>(i + 100);
  m[0] = 3, m[1] = 1;
  return m;
}

// What decrypt_premaster() makes of a block.
Bytes opened(const RsaPrivateKey& k, ByteView block, const Bytes& fallback) {
  SeededRng rng(9);
  Bytes out(fallback.size(), 0xee);
  EXPECT_TRUE(k.decrypt_premaster(rng, raw_public(k.public_key(), block), kVersion, fallback, out));
  return out;
}

TEST(RsaPremaster, is_the_message_when_all_is_right) {
  for (const char* name : {"rsa512", "rsa520", "rsa1024", "rsa2048"}) {
    const RsaPrivateKey& k = key(name);
    EXPECT_EQ(opened(k, encryption_block(k.size(), premaster()), Bytes(48, 0xfa)), premaster());
  }
}

TEST(RsaPremaster, is_the_fallback_when_anything_is_wrong) {
  const RsaPrivateKey& k = key("rsa1024");
  const std::size_t size = k.size();
  const Bytes fallback(48, 0xfa);
  const Bytes good = encryption_block(size, premaster());
  // A wrong byte anywhere before the secret, and in its version.
  const std::size_t separator = size - 49;
  for (std::size_t at = 0; at < size - 48 + 2; ++at) {
    Bytes wrong = good;
    if (at >= 2 && at < separator) {
      wrong[at] = 0;  // ends the padding early
    } else {
      wrong[at] ^= 1;
    }
    EXPECT_EQ(opened(k, wrong, fallback), fallback) << at;
  }
  // Messages one byte too short and too long, empty, and no separator at all.
  const Bytes secret = premaster();
  Bytes longer = secret;
  longer.push_back(1);
  EXPECT_EQ(opened(k, encryption_block(size, longer), fallback), fallback);
  EXPECT_EQ(opened(k, encryption_block(size, ByteView{secret}.first(47)), fallback), fallback);
  EXPECT_EQ(opened(k, encryption_block(size, {}), fallback), fallback);
  Bytes endless(size, 0x77);
  endless[0] = 0, endless[1] = 2;
  EXPECT_EQ(opened(k, endless, fallback), fallback);
  EXPECT_EQ(opened(k, Bytes(size, 0), fallback), fallback);
  // Block type 1.
  Bytes type1 = good;
  type1[1] = 1;
  EXPECT_EQ(opened(k, type1, fallback), fallback);
  // The bytes of the secret itself are free.
  Bytes other = good;
  other.back() ^= 0xff;
  EXPECT_NE(opened(k, other, fallback), fallback);
}

TEST(RsaPremaster, is_the_fallback_for_ciphertexts_out_of_range) {
  SeededRng rng(10);
  const RsaPrivateKey& k = key("rsa1024");
  const Bytes fallback(48, 0xfa);
  Bytes out(48);
  EXPECT_TRUE(k.decrypt_premaster(rng, Bytes(k.size(), 0xff), kVersion, fallback, out));
  EXPECT_EQ(out, fallback);
  out.assign(48, 0);
  EXPECT_TRUE(k.decrypt_premaster(rng, k.public_key().n(), kVersion, fallback, out));
  EXPECT_EQ(out, fallback);
  // A good ciphertext plus the modulus is not the good ciphertext.
  const Bytes c = raw_public(k.public_key(), encryption_block(k.size(), premaster()));
  Num sum(16), n(16);
  decode_big_endian(sum.span(), c);
  decode_big_endian(n.span(), k.public_key().n());
  if (limbs_add(sum.data(), sum.data(), n.data(), 16) == 0) {
    Bytes alias(k.size());
    encode_big_endian(alias, sum);
    EXPECT_TRUE(k.decrypt_premaster(rng, alias, kVersion, fallback, out));
    EXPECT_EQ(out, fallback);
  }
  EXPECT_TRUE(k.decrypt_premaster(rng, Bytes(k.size(), 0), kVersion, fallback, out));
  EXPECT_EQ(out, fallback);
}

TEST(RsaPremaster, fails_only_for_public_reasons) {
  SeededRng rng(11);
  const RsaPrivateKey& k = key("rsa512");
  const Bytes fallback(48, 0xfa);
  Bytes out(48);
  EXPECT_EQ(code(k.decrypt_premaster(rng, Bytes(63), kVersion, fallback, out)),
            Errc::length_out_of_range);
  EXPECT_EQ(code(k.decrypt_premaster(rng, Bytes(65), kVersion, fallback, out)),
            Errc::length_out_of_range);
  EXPECT_EQ(code(k.decrypt_premaster(rng, {}, kVersion, fallback, out)), Errc::length_out_of_range);
  EXPECT_EQ(code(k.decrypt_premaster(rng, Bytes(64), kVersion, Bytes(47), out)),
            Errc::bad_argument);
  Bytes too_long(54);
  EXPECT_EQ(code(k.decrypt_premaster(rng, Bytes(64), kVersion, Bytes(54), too_long)),
            Errc::bad_argument);
  ConstantRng broken(false);
  EXPECT_EQ(code(k.decrypt_premaster(broken, Bytes(64), kVersion, fallback, out)), Errc::no_random);
}

TEST(Rsa, decryption_for_tools_says_what_is_wrong) {
  SeededRng rng(12);
  const RsaPrivateKey& k = key("rsa512");
  EXPECT_EQ(code(k.decrypt(rng, Bytes(63))), Errc::length_out_of_range);
  EXPECT_EQ(code(k.decrypt(rng, Bytes(64, 0xff))), Errc::decrypt_failed);
  const Bytes block = signature_block(RsaDigest::sha1, Bytes(20, 1), 64);
  EXPECT_EQ(code(k.decrypt(rng, raw_public(k.public_key(), block))), Errc::decrypt_failed);
}

// --- Keys that are refused -------------------------------------------------------------------

TEST(RsaKey, refuses_public_numbers_out_of_bounds) {
  const Bytes e{1, 0, 1};
  const auto try_n = [&](const Bytes& n) { return code(RsaPublicKey::from_numbers({n, e})); };
  EXPECT_EQ(try_n(Bytes(1025, 0xff)), Errc::key_too_large);
  EXPECT_EQ(try_n(Bytes(63, 0xff)), Errc::key_too_small);
  EXPECT_EQ(try_n({}), Errc::key_too_small);
  Bytes n511(64, 0xff);
  n511[0] = 0x7f;
  EXPECT_EQ(try_n(n511), Errc::key_too_small);
  Bytes even(64, 0xff);
  even.back() = 0xfe;
  EXPECT_EQ(try_n(even), Errc::bad_value);

  const Bytes n(64, 0xff);
  const auto try_e = [&](const char* hex) {
    const Bytes exponent = from_hex(hex);
    return code(RsaPublicKey::from_numbers({n, exponent}));
  };
  EXPECT_EQ(try_e(""), Errc::bad_value);
  EXPECT_EQ(try_e("01"), Errc::bad_value);
  EXPECT_EQ(try_e("02"), Errc::bad_value);
  EXPECT_EQ(try_e("010000"), Errc::bad_value);
  EXPECT_EQ(try_e("010000000000000001"), Errc::unsupported_key);
  // Leading zeros are no part of a number.
  const Bytes padded = from_hex("00000000000000000000010001");
  Bytes wide(1100, 0);
  wide.insert(wide.end(), n.begin(), n.end());
  const auto k = RsaPublicKey::from_numbers({wide, padded});
  ASSERT_TRUE(k);
  EXPECT_EQ(k->bits(), 512u);
  EXPECT_EQ(to_hex(k->e()), "010001");
  EXPECT_TRUE(RsaPublicKey::from_numbers({Bytes(1024, 0xff), e}));
}

TEST(RsaKey, refuses_private_numbers_that_do_not_fit_each_other) {
  const KeyBytes good = key_bytes("rsa512");
  ASSERT_TRUE(RsaPrivateKey::from_numbers(good.view()));
  for (Bytes KeyBytes::*part : {&KeyBytes::n, &KeyBytes::e, &KeyBytes::d, &KeyBytes::p,
                                &KeyBytes::q, &KeyBytes::dp, &KeyBytes::dq, &KeyBytes::qinv}) {
    for (const std::uint8_t flip : {std::uint8_t{0x02}, std::uint8_t{0x10}}) {
      KeyBytes wrong = good;
      (wrong.*part).back() ^= flip;
      EXPECT_EQ(code(RsaPrivateKey::from_numbers(wrong.view())), Errc::bad_value);
    }
    KeyBytes wrong = good;
    (wrong.*part)[0] ^= 0x01;
    EXPECT_FALSE(RsaPrivateKey::from_numbers(wrong.view()));
    wrong = good;
    (wrong.*part).clear();
    EXPECT_FALSE(RsaPrivateKey::from_numbers(wrong.view()));
    wrong = good;
    (wrong.*part).assign(1, 1);
    EXPECT_FALSE(RsaPrivateKey::from_numbers(wrong.view()));
    wrong = good;
    (wrong.*part).assign(2000, 0xff);
    EXPECT_FALSE(RsaPrivateKey::from_numbers(wrong.view()));
  }
  KeyBytes swapped = good;
  std::swap(swapped.p, swapped.q);
  EXPECT_EQ(code(RsaPrivateKey::from_numbers(swapped.view())), Errc::bad_value);
  KeyBytes trivial = good;
  trivial.p = good.n;
  trivial.q = {1};
  EXPECT_EQ(code(RsaPrivateKey::from_numbers(trivial.view())), Errc::bad_value);
}

TEST(RsaKey, takes_primes_in_either_order) {
  const KeyBytes good = key_bytes("rsa1024");
  KeyBytes k = good;
  std::swap(k.p, k.q);
  std::swap(k.dp, k.dq);
  // The coefficient for the new order: 1/q mod p.
  Num p(8);
  decode_big_endian(p.span(), k.p);
  const Montgomery field(p);
  Num q(8);
  decode_big_endian(q.span(), k.q);
  field.to_montgomery(q.data(), q.data());
  field.inverse_mod_prime(q.data(), q.data());
  field.from_montgomery(q.data(), q.data());
  k.qinv.assign(64, 0);
  encode_big_endian(k.qinv, q);
  const auto made = RsaPrivateKey::from_numbers(k.view());
  ASSERT_TRUE(made);
  SeededRng rng(13);
  const Bytes digest(20, 3);
  const auto a = made->sign(rng, RsaDigest::sha1, digest);
  const auto b = key("rsa1024").sign(rng, RsaDigest::sha1, digest);
  ASSERT_TRUE(a);
  ASSERT_TRUE(b);
  EXPECT_EQ(*a, *b);
}

TEST(RsaKey, joins_the_variants_of_keys) {
  const PrivateKey any = key("rsa512");
  const PublicKey pub = std::get<RsaPrivateKey>(any).public_key();
  EXPECT_EQ(std::get<RsaPublicKey>(pub).bits(), 512u);
}

// --- Faults, randomness, threads -------------------------------------------------------------

TEST(RsaFault, lets_nothing_out_when_one_crt_half_is_wrong) {
  SeededRng rng(14);
  const RsaPrivateKey& k = key("rsa1024");
  const Bytes block = signature_block(RsaDigest::sha1, Bytes(20, 7), k.size());
  Num c(16);
  decode_big_endian(c.span(), block);
  const auto outcome = [&](const RsaPrivateKey::Impl& impl) {
    Num m(16);
    m[3] = 99;
    const Status s = rsa_private_operation(impl, rng, c, m.span());
    if (s) return Errc::count_;
    EXPECT_NE(limbs_is_zero(m.data(), m.size()), 0u) << "a wrong result must not be left behind";
    return s.error().code;
  };
  EXPECT_EQ(outcome(k.impl()), Errc::count_);
  for (Num RsaPrivateKey::Impl::*part :
       {&RsaPrivateKey::Impl::dp_less_1, &RsaPrivateKey::Impl::dq_less_1,
        &RsaPrivateKey::Impl::qinv}) {
    for (const std::size_t limb : {0u, 3u, 7u}) {
      RsaPrivateKey::Impl damaged = k.impl();
      (damaged.*part)[limb] ^= 2;
      EXPECT_EQ(outcome(damaged), Errc::internal) << limb;
    }
  }
}

// Every number that the private operation reads, damaged in one bit: no signature leaves, right or
// wrong.
TEST(RsaFault, lets_no_signature_out_when_any_number_has_a_flipped_bit) {
  SeededRng rng(16);
  const RsaPrivateKey& k = key("rsa1024");
  const Bytes block = signature_block(RsaDigest::sha1, Bytes(20, 7), k.size());
  const auto expect_refused = [&](const RsaPrivateKey::Impl& damaged, const char* what,
                                  std::size_t bit) {
    const auto made = rsa_sign_block(damaged, rng, block);
    ASSERT_FALSE(made.has_value()) << what << " bit " << bit;
    EXPECT_EQ(made.error().code, Errc::internal);
  };
  const std::pair<const char*, Num RsaPrivateKey::Impl::*> parts[]{
      {"dp", &RsaPrivateKey::Impl::dp_less_1},
      {"dq", &RsaPrivateKey::Impl::dq_less_1},
      {"qinv", &RsaPrivateKey::Impl::qinv}};
  for (const auto& [what, part] : parts) {
    for (std::size_t bit = 1; bit < 512; bit += 37) {
      RsaPrivateKey::Impl damaged = k.impl();
      (damaged.*part)[bit / 64] ^= Limb{1} << bit % 64;
      expect_refused(damaged, what, bit);
    }
  }
  // The moduli: an even one is none for Montgomery.
  for (std::size_t bit = 1; bit < 500; bit += 37) {
    for (Montgomery RsaPrivateKey::Impl::*prime :
         {&RsaPrivateKey::Impl::p, &RsaPrivateKey::Impl::q}) {
      RsaPrivateKey::Impl damaged = k.impl();
      Num modulus = (damaged.*prime).modulus();
      modulus[bit / 64] ^= Limb{1} << bit % 64;
      damaged.*prime = Montgomery(modulus, (damaged.*prime).limbs());
      expect_refused(damaged, "prime", bit);
    }
    RsaPrivateKey::Impl damaged = k.impl();
    Bytes n = k.public_key().n();
    n[n.size() - 1 - bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    const auto wrong = RsaPublicKey::from_numbers({n, k.public_key().e()});
    ASSERT_TRUE(wrong.has_value());
    damaged.public_key = *wrong;
    expect_refused(damaged, "modulus", bit);
  }
}

TEST(Rsa, reports_a_broken_rng) {
  const RsaPrivateKey& k = key("rsa512");
  ConstantRng broken(false);
  ConstantRng zeros(true, 0);
  ConstantRng ones(true, 0xff);
  for (Rng* rng : {static_cast<Rng*>(&broken), static_cast<Rng*>(&zeros)}) {
    EXPECT_EQ(code(k.sign(*rng, RsaDigest::sha1, Bytes(20))), Errc::no_random);
    EXPECT_EQ(code(k.decrypt(*rng, Bytes(64, 1))), Errc::no_random);
    EXPECT_EQ(code(k.public_key().encrypt(*rng, Bytes(20))), Errc::no_random);
    EXPECT_EQ(code(RsaPrivateKey::generate(*rng, 512)), Errc::no_random);
  }
  EXPECT_EQ(code(RsaPrivateKey::generate(ones, 512)), Errc::no_random);
}

TEST(Rsa, signs_the_same_whatever_the_blinding) {
  const RsaPrivateKey& k = key("rsa512");
  const Bytes digest(20, 8);
  SeededRng first(1);
  const auto expected = k.sign(first, RsaDigest::sha1, digest);
  ASSERT_TRUE(expected);
  for (std::uint64_t seed = 2; seed < 40; ++seed) {
    SeededRng rng(seed);
    const auto s = k.sign(rng, RsaDigest::sha1, digest);
    ASSERT_TRUE(s);
    EXPECT_EQ(*s, *expected);
  }
  ConstantRng repeating(true, 0x5a);
  const auto s = k.sign(repeating, RsaDigest::sha1, digest);
  ASSERT_TRUE(s);
  EXPECT_EQ(*s, *expected);
}

TEST(Rsa, serves_several_threads_with_one_key) {
  const RsaPrivateKey k = key("rsa1024");
  const Bytes digest(20, 8);
  SeededRng rng(15);
  const auto expected = k.sign(rng, RsaDigest::sha1, digest);
  ASSERT_TRUE(expected);
  std::vector<int> right(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      SeededRng own(100 + t);
      const RsaPrivateKey copy = k;
      for (int i = 0; i < 10; ++i) {
        const auto s = copy.sign(own, RsaDigest::sha1, digest);
        if (s && *s == *expected && copy.public_key().verify(RsaDigest::sha1, digest, *s)) {
          ++right[t];
        }
      }
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(right, std::vector<int>(4, 10));
}

// --- Constant time -----------------------------------------------------------------------------

// In the `ct` build, under valgrind, these also fail when a branch or an address depends on what
// is marked: first the key, then what is decrypted with it.

TEST(RsaConstantTime, signing_hides_the_key) {
  KeyBytes b = key_bytes("rsa512");
  for (Bytes* part : {&b.d, &b.p, &b.q, &b.dp, &b.dq, &b.qinv}) {
    ct_poison(part->data(), part->size());
  }
  const auto k = RsaPrivateKey::from_numbers(b.view());
  ASSERT_TRUE(k);
  SeededRng rng(17);
  const Bytes digest(20, 8);
  const auto s = k->sign(rng, RsaDigest::sha1, digest);
  ASSERT_TRUE(s);
  EXPECT_TRUE(k->public_key().verify(RsaDigest::sha1, digest, *s));
}

TEST(RsaConstantTime, opening_a_premaster_secret_hides_whether_it_was_good) {
  const KeyBytes good = key_bytes("rsa512");
  const Bytes block = encryption_block(64, premaster());
  Bytes bad_block = block;
  bad_block[8] = 0;
  for (const bool right : {true, false}) {
    KeyBytes b = good;
    for (Bytes* part : {&b.d, &b.p, &b.q, &b.dp, &b.dq, &b.qinv}) {
      ct_poison(part->data(), part->size());
    }
    const auto k = RsaPrivateKey::from_numbers(b.view());
    ASSERT_TRUE(k);
    const Bytes c = raw_public(k->public_key(), right ? block : bad_block);
    SeededRng rng(18);
    Bytes fallback(48, 0xfa);
    Bytes out(48);
    ct_poison(fallback.data(), fallback.size());
    ASSERT_TRUE(k->decrypt_premaster(rng, c, kVersion, fallback, out));
    ct_unpoison(out.data(), out.size());
    ct_unpoison(fallback.data(), fallback.size());
    EXPECT_EQ(out, right ? premaster() : fallback);
  }
}

TEST(RsaConstantTime, selecting_a_premaster_secret_hides_the_block) {
  Bytes block = encryption_block(64, premaster());
  Bytes out(48);
  ct_poison(block.data(), block.size());
  select_premaster(block, 0xff, kVersion, Bytes(48, 0xfa), out);
  ct_unpoison(out.data(), out.size());
  EXPECT_EQ(out, premaster());
  Unpadded u = unpad_encryption_block(block);
  ct_unpoison(&u, sizeof u);
  EXPECT_EQ(u.start, 16u);
}

TEST(RsaConstantTime, encrypting_hides_the_message) {
  Bytes message = premaster();
  ct_poison(message.data(), message.size());
  SeededRng rng(19);
  const auto c = key("rsa512").public_key().encrypt(rng, message);
  ASSERT_TRUE(c);
  Bytes out(48);
  EXPECT_TRUE(key("rsa512").decrypt_premaster(rng, *c, kVersion, Bytes(48, 0xfa), out));
  EXPECT_EQ(out, premaster());
}

// Random bytes that count as secret.
class SecretRng final : public Rng {
 public:
  bool fill(ByteSpan out) override {
    if (!inner_.fill(out)) return false;
    ct_poison(out.data(), out.size());
    return true;
  }

 private:
  SeededRng inner_{20};
};

TEST(RsaConstantTime, generating_hides_the_key) {
  SecretRng rng;
  const auto k = RsaPrivateKey::generate(rng, 512);
  ASSERT_TRUE(k);
  const Bytes digest(20, 8);
  const auto s = k->sign(rng, RsaDigest::sha1, digest);
  ASSERT_TRUE(s);
  EXPECT_TRUE(k->public_key().verify(RsaDigest::sha1, digest, *s));
}

// --- Key generation --------------------------------------------------------------------------

TEST(RsaGenerate, makes_keys_of_exactly_the_asked_size) {
  for (const std::size_t bits : {512u, 520u, 768u, 1016u, 1024u}) {
    SeededRng rng(bits);
    const auto k = RsaPrivateKey::generate(rng, bits);
    ASSERT_TRUE(k) << bits;
    EXPECT_EQ(k->public_key().bits(), bits);
    EXPECT_EQ(to_hex(k->public_key().e()), "010001");
    const auto n = k->numbers();
    EXPECT_EQ(n.p.size(), (bits / 2 + 7) / 8);
    EXPECT_EQ(n.q.size(), (bits / 2 + 7) / 8);
    EXPECT_GT(to_hex(n.p), to_hex(n.q));
    // As good as one from a file.
    EXPECT_TRUE(RsaPrivateKey::from_numbers({n.n, n.e, n.d, n.p, n.q, n.dp, n.dq, n.qinv}));
    const auto s = k->sign(rng, RsaDigest::sha1, Bytes(20, 1));
    ASSERT_TRUE(s);
    EXPECT_TRUE(k->public_key().verify(RsaDigest::sha1, Bytes(20, 1), *s));
  }
}

TEST(RsaGenerate, makes_the_same_key_from_the_same_seed_only) {
  SeededRng a(42), b(42), c(43);
  const auto ka = RsaPrivateKey::generate(a, 512);
  const auto kb = RsaPrivateKey::generate(b, 512);
  const auto kc = RsaPrivateKey::generate(c, 512);
  ASSERT_TRUE(ka);
  ASSERT_TRUE(kb);
  ASSERT_TRUE(kc);
  EXPECT_TRUE(ka->public_key() == kb->public_key());
  EXPECT_FALSE(ka->public_key() == kc->public_key());
}

TEST(RsaGenerate, refuses_sizes_it_does_not_make) {
  SeededRng rng(16);
  for (const std::size_t bits : {0u, 504u, 513u, 516u, 1023u, 8200u, 16384u}) {
    EXPECT_EQ(code(RsaPrivateKey::generate(rng, bits)), Errc::bad_argument) << bits;
  }
}

// Key generation that draws the same bytes twice would make p = q.
class RepeatingRng final : public Rng {
 public:
  bool fill(ByteSpan out) override {
    SeededRng same(5);
    return same.fill(out);
  }
};

TEST(RsaGenerate, refuses_to_make_a_square) {
  RepeatingRng rng;
  EXPECT_EQ(code(RsaPrivateKey::generate(rng, 512)), Errc::no_random);
}

}  // namespace
}  // namespace parley::crypto

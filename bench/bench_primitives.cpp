// Primitives: ciphers and hashes per byte, RSA and the PRF per operation.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include "contest.hpp"
#include "crypto/aead.hpp"
#include "crypto/cipher.hpp"
#include "crypto/hmac.hpp"
#include "crypto/kdf.hpp"
#include "stack.hpp"
#include "trust/key_codec.hpp"

namespace {

using namespace parley;
using namespace parley::bench;

constexpr std::size_t kSize = 16384;

void must(bool good, const char* what) {
  if (!good) give_up(what);
}

/// Somebody who does `work` on kSize bytes.
template <class Work>
Contender bytes(const char* name, Work work) {
  return {name, [=](benchmark::State& state) {
            for (auto _ : state) work();
            state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kSize));
          }};
}
template <class Work>
Contender operations(const char* name, Work work) {
  return {name, [=](benchmark::State& state) {
            for (auto _ : state) work();
            state.SetItemsProcessed(state.iterations());
          }};
}

Bytes pattern(std::size_t n) {
  Bytes b(n);
  for (std::size_t i = 0; i < n; ++i) b[i] = static_cast<std::uint8_t>(i * 11 + i / 256 + 1);
  return b;
}

void block_cipher(Table& table, const char* what, crypto::BlockCipherId id, const char* peer) {
  const Bytes key = pattern(crypto::cipher_key_size(id)), iv = pattern(16);
  for (const bool encrypt : {true, false}) {
    const auto own = crypto::make_block_cipher(id, key);
    Bytes data = pattern(kSize),
          own_iv(iv.begin(), iv.begin() + static_cast<long>(crypto::cipher_block_size(id)));
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> ctx{EVP_CIPHER_CTX_new(),
                                                                         EVP_CIPHER_CTX_free};
    EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, peer, nullptr);
    must(EVP_CipherInit_ex2(ctx.get(), cipher, key.data(), iv.data(), encrypt, nullptr) == 1, peer);
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_set_padding(ctx.get(), 0);
    table.row(std::string(what) + (encrypt ? " encrypt" : " decrypt"),
              {bytes("parley",
                     [&] {
                       if (encrypt)
                         own->cbc_encrypt(own_iv, data, data);
                       else
                         own->cbc_decrypt(own_iv, data, data);
                     }),
               bytes("openssl", [&] {
                 int n = 0;
                 must(EVP_CipherUpdate(ctx.get(), data.data(), &n, data.data(),
                                       static_cast<int>(kSize)) == 1,
                      "EVP_CipherUpdate");
               })});
  }
}

/// Records of 16 KiB with the associated data of TLS 1.2.
void aead(Table& table, const char* what, crypto::AeadId id, const char* peer) {
  const Bytes key = pattern(crypto::aead_key_size(id)), nonce = pattern(12), aad = pattern(13);
  const auto own = crypto::make_aead(id, key);
  const std::size_t tag = own->tag_size();
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, peer, nullptr);
  const bool ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
  const Bytes plaintext = pattern(kSize);
  Bytes sealed(kSize + tag), a(kSize + tag), b(kSize + tag);
  own->seal(nonce, aad, plaintext, sealed);
  for (const bool seal : {true, false}) {
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> ctx{EVP_CIPHER_CTX_new(),
                                                                         EVP_CIPHER_CTX_free};
    must(EVP_CipherInit_ex2(ctx.get(), cipher, nullptr, nullptr, seal, nullptr) == 1, peer);
    EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr);
    if (ccm) EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag), nullptr);
    must(EVP_CipherInit_ex2(ctx.get(), nullptr, key.data(), nonce.data(), seal, nullptr) == 1,
         peer);
    const auto theirs = [&] {
      int n = 0;
      const int size = static_cast<int>(kSize);
      bool good = EVP_CipherInit_ex2(ctx.get(), nullptr, nullptr, nonce.data(), seal, nullptr) == 1;
      if (!seal)
        good = good && EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag),
                                           sealed.data() + kSize) == 1;
      if (ccm) good = good && EVP_CipherUpdate(ctx.get(), nullptr, &n, nullptr, size) == 1;
      good = good && EVP_CipherUpdate(ctx.get(), nullptr, &n, aad.data(), 13) == 1 &&
             EVP_CipherUpdate(ctx.get(), b.data(), &n, seal ? plaintext.data() : sealed.data(),
                              size) == 1;
      // CCM has checked the tag already and allows no more.
      if (!ccm || seal) good = good && EVP_CipherFinal_ex(ctx.get(), b.data() + kSize, &n) == 1;
      if (seal)
        good = good && EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag),
                                           b.data() + kSize) == 1;
      must(good, peer);
    };
    theirs();
    if (seal) must(b == sealed, "two stacks, two ciphertexts");
    table.row(std::string(what) + (seal ? " seal" : " open"),
              {bytes("parley",
                     [&] {
                       if (seal)
                         own->seal(nonce, aad, plaintext, a);
                       else
                         must(own->open(nonce, aad, sealed, ByteSpan{a}.first(kSize)), what);
                     }),
               bytes("openssl", theirs)});
  }
  EVP_CIPHER_free(cipher);
}

void rc4(Table& table) {
  const Bytes key = pattern(16);
  crypto::Rc4 own{key};
  Bytes data = pattern(kSize);
  OSSL_PROVIDER* legacy = OSSL_PROVIDER_load(nullptr, "legacy");
  OSSL_PROVIDER* standard = OSSL_PROVIDER_load(nullptr, "default");
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "RC4", nullptr);
  std::vector<Contender> contenders{bytes("parley", [&] { own.apply(data, data); })};
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> ctx{EVP_CIPHER_CTX_new(),
                                                                       EVP_CIPHER_CTX_free};
  // The legacy provider is a file that may not be installed.
  if (cipher != nullptr &&
      EVP_CipherInit_ex2(ctx.get(), cipher, key.data(), nullptr, 1, nullptr) == 1)
    contenders.push_back(bytes("openssl", [&] {
      int n = 0;
      must(EVP_CipherUpdate(ctx.get(), data.data(), &n, data.data(), static_cast<int>(kSize)) == 1,
           "EVP_CipherUpdate");
    }));
  table.row("RC4", contenders);
  EVP_CIPHER_free(cipher);
  if (legacy != nullptr) OSSL_PROVIDER_unload(legacy);
  if (standard != nullptr) OSSL_PROVIDER_unload(standard);
}

void hash(Table& table, const char* what, crypto::HashId id, const char* peer) {
  const Bytes data = pattern(kSize);
  EVP_MD* md = EVP_MD_fetch(nullptr, peer, nullptr);
  must(md != nullptr, peer);
  std::array<std::uint8_t, crypto::kMaxDigest> a{}, b{};
  table.row(what,
            {bytes("parley", [&] { a = crypto::hash(id, {data}).bytes; }), bytes("openssl", [&] {
               must(EVP_Digest(data.data(), data.size(), b.data(), nullptr, md, nullptr) == 1,
                    "EVP_Digest");
             })});
  EVP_MD_free(md);
  must(a == b, "two stacks, two digests");
}

void prf(Table& table) {
  const Bytes secret = pattern(48), seed = pattern(64);
  Bytes a(104), b(104);
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr);
  const std::unique_ptr<EVP_KDF_CTX, void (*)(EVP_KDF_CTX*)> ctx{EVP_KDF_CTX_new(kdf),
                                                                 EVP_KDF_CTX_free};
  EVP_KDF_free(kdf);
  char digest[] = "MD5-SHA1";
  Bytes their_secret = secret, their_seed;
  their_seed.reserve(128);
  append(their_seed, as_bytes("key expansion"));
  append(their_seed, seed);
  table.row("TLS 1.0 PRF, key block of 104 bytes",
            {operations("parley", [&] { crypto::tls10_prf(secret, "key expansion", {seed}, a); }),
             operations("openssl", [&] {
               const OSSL_PARAM params[] = {
                   OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                   OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, their_secret.data(),
                                                     their_secret.size()),
                   OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, their_seed.data(),
                                                     their_seed.size()),
                   OSSL_PARAM_construct_end()};
               EVP_KDF_CTX_reset(ctx.get());
               must(EVP_KDF_derive(ctx.get(), b.data(), b.size(), params) == 1, "PRF");
             })});
  must(a == b, "two stacks, two key blocks");
}

void rsa(Table& table) {
  // Making the keys takes a while.
  if (!table.wants("RSA-2048 sign") && !table.wants("RSA-2048 verify")) return;
  const std::string& pem = credentials().key;
  const Result<PrivateKey> parsed = PrivateKey::from_pem(pem);
  must(parsed.has_value(), "key");
  const auto& own = std::get<crypto::RsaPrivateKey>(parsed->impl().key);
  const crypto::RsaPublicKey own_public = own.public_key();

  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  const auto context = [key](int (*init)(EVP_PKEY_CTX*)) {
    std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> c{EVP_PKEY_CTX_new(key, nullptr),
                                                             EVP_PKEY_CTX_free};
    must(init(c.get()) == 1 && EVP_PKEY_CTX_set_rsa_padding(c.get(), RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(c.get(), EVP_sha256()) == 1,
         "RSA context");
    return c;
  };
  const auto signer = context(EVP_PKEY_sign_init), verifier = context(EVP_PKEY_verify_init);

  const Bytes digest = pattern(32);
  Bytes a, b(own.size());
  const auto own_sign = [&] {
    Result<Bytes> r = own.sign(system_rng(), crypto::RsaDigest::sha256, digest);
    must(r.has_value(), "sign");
    a = *std::move(r);
  };
  const auto their_sign = [&] {
    std::size_t n = b.size();
    must(EVP_PKEY_sign(signer.get(), b.data(), &n, digest.data(), digest.size()) == 1, "sign");
  };
  own_sign();
  their_sign();
  must(a == b, "two stacks, two signatures");
  table.row("RSA-2048 sign", {operations("parley", own_sign), operations("openssl", their_sign)});
  table.row(
      "RSA-2048 verify",
      {operations("parley",
                  [&] { must(own_public.verify(crypto::RsaDigest::sha256, digest, b), "verify"); }),
       operations("openssl", [&] {
         must(
             EVP_PKEY_verify(verifier.get(), a.data(), a.size(), digest.data(), digest.size()) == 1,
             "verify");
       })});
  EVP_PKEY_free(key);
}

}  // namespace

int main(int argc, char** argv) {
  Table table(argc, argv);
  rsa(table);
  prf(table);
  using enum crypto::BlockCipherId;
  block_cipher(table, "AES-128-CBC", aes128, "AES-128-CBC");
  block_cipher(table, "AES-256-CBC", aes256, "AES-256-CBC");
  block_cipher(table, "3DES-CBC", des_ede3, "DES-EDE3-CBC");
  using enum crypto::AeadId;
  aead(table, "AES-128-GCM", aes128_gcm, "AES-128-GCM");
  aead(table, "AES-256-GCM", aes256_gcm, "AES-256-GCM");
  aead(table, "AES-128-CCM", aes128_ccm, "AES-128-CCM");
  aead(table, "ChaCha20-Poly1305", chacha20_poly1305, "ChaCha20-Poly1305");
  rc4(table);
  hash(table, "MD5", crypto::HashId::md5, "MD5");
  hash(table, "SHA-1", crypto::HashId::sha1, "SHA1");
  hash(table, "SHA-256", crypto::HashId::sha256, "SHA2-256");
  hash(table, "SHA-512", crypto::HashId::sha512, "SHA2-512");
  return table.finish();
}

// parley-kat: ciphers, hashes, key derivation and record protection.
#include <algorithm>
#include <memory>

#include "crypto/aead_ciphers.hpp"
#include "crypto/block_ciphers.hpp"
#include "crypto/hmac.hpp"
#include "crypto/kdf.hpp"
#include "protocol/ssl30.hpp"
#include "protocol/tls10.hpp"
#include "record/protection.hpp"
#include "suite/suite.hpp"
#include "tests/adapters/kat.hpp"

namespace parley::kat {

crypto::HashId hash_id(const std::string& name) {
  using enum crypto::HashId;
  for (const crypto::HashId id : {md2, md4, md5, sha1, sha224, sha256, sha384, sha512})
    if (crypto::hash_name(id) == name) return id;
  throw missing("hash " + name);
}

namespace {

struct BlockMode {
  std::unique_ptr<crypto::BlockCipher> cipher;
  bool cbc = false;
  Bytes iv;
};

/// `alg`, `key` and, for CBC, `iv`.
BlockMode block_mode(const Request& r) {
  using enum crypto::BlockCipherId;
  const std::string alg = r.text("alg");
  const std::size_t dash = alg.rfind('-');
  const std::string name = alg.substr(0, dash);
  const std::string mode = dash == std::string::npos ? "" : alg.substr(dash + 1);
  if (mode != "cbc" && mode != "ecb") throw missing("cipher " + alg);
  const Bytes key = r.bytes("key");
  BlockMode m;
  bool known = false;
  for (const auto& [family, id] : {std::pair{"aes", aes128},
                                   {"aes", aes192},
                                   {"aes", aes256},
                                   {"des", des},
                                   {"des-ede3", des_ede3},
                                   {"idea", idea},
                                   {"seed", seed},
                                   {"camellia", camellia128},
                                   {"camellia", camellia192},
                                   {"camellia", camellia256}}) {
    if (name != family) continue;
    known = true;
    if (crypto::cipher_key_size(id) == key.size()) m.cipher = crypto::make_block_cipher(id, key);
  }
  // The number is that of the effective bits; the key may have another size.
  for (const auto& [family, bits] :
       {std::pair{"rc2-40", 40U}, {"rc2-64", 64U}, {"rc2-128", 128U}}) {
    if (name != family) continue;
    known = true;
    m.cipher = crypto::make_rc2(key, bits);
  }
  if (!known) throw missing("cipher " + alg);
  if (!m.cipher) throw missing(alg + " with a key of " + std::to_string(key.size()) + " bytes");
  m.cbc = mode == "cbc";
  if (m.cbc) {
    m.iv = r.bytes("iv");
    if (m.iv.size() != m.cipher->block_size()) throw malformed("size of iv");
  }
  return m;
}

Bytes encrypt(BlockMode& m, ByteView in) {
  Bytes to(in.size());
  if (m.cbc)
    m.cipher->cbc_encrypt(m.iv, in, to);
  else
    m.cipher->ecb_encrypt(in, to);
  return to;
}
Bytes decrypt(BlockMode& m, ByteView in) {
  Bytes to(in.size());
  if (m.cbc)
    m.cipher->cbc_decrypt(m.iv, in, to);
  else
    m.cipher->ecb_decrypt(in, to);
  return to;
}

json cipher(const Request& r) {
  BlockMode m = block_mode(r);
  const bool forward = r.dir_is("encrypt", "decrypt");
  const Bytes in = r.bytes(forward ? "pt" : "ct");
  if (in.size() % m.cipher->block_size() != 0) throw malformed("not whole blocks");
  return out(forward ? encrypt(m, in) : decrypt(m, in));
}

json cipher_pkcs5(const Request& r) {
  BlockMode m = block_mode(r);
  const std::size_t block = m.cipher->block_size();
  const Bytes ct = r.bytes("ct");
  if (ct.empty() || ct.size() % block != 0) return ok(false);
  const Bytes padded = decrypt(m, ct);
  const std::size_t pad = padded.back();
  if (pad == 0 || pad > block) return ok(false);
  const ByteView tail = ByteView{padded}.last(pad);
  if (!std::ranges::all_of(tail, [pad](std::uint8_t b) { return b == pad; })) return ok(false);
  return out(ByteView{padded}.first(padded.size() - pad));
}

json rc4(const Request& r) {
  const Bytes key = r.bytes("key");
  if (key.empty() || key.size() > 256) throw malformed("size of key");
  crypto::Rc4 stream{key};
  Bytes dropped(r.has("offset") ? r.count("offset") : 0);
  stream.apply(dropped, dropped);
  Bytes data = r.bytes("pt");
  stream.apply(data, data);
  return out(data);
}

json hash(const Request& r) {
  return out(crypto::hash(hash_id(r.text("alg")), {r.bytes("msg")}).view());
}

json hmac(const Request& r) {
  const crypto::Digest mac = crypto::hmac(hash_id(r.text("alg")), r.bytes("key"), {r.bytes("msg")});
  const std::size_t size = r.has("trunc") ? r.count("trunc") : mac.size;
  if (size > mac.size) throw malformed("trunc is longer than the MAC");
  return out(mac.view().first(size));
}

json prf(const Request& r) {
  const std::string alg = r.text("alg");
  const Bytes secret = r.bytes("secret"), seed = r.bytes("seed");
  Bytes to(r.count("len"));
  if (alg == "tls10")
    crypto::tls10_prf(secret, "", {seed}, to);
  else if (alg.starts_with("tls12-"))
    // The PRF of TLS 1.2 is P_hash and nothing else (RFC 5246 section 5).
    crypto::p_hash(hash_id(alg.substr(6)), secret, {seed}, to);
  else
    throw missing("prf " + alg);
  return out(to);
}

/// Of the nonce and tag that a request has; null when the algorithm knows no such sizes.
std::unique_ptr<crypto::Aead> keyed_aead(const std::string& alg, ByteView key, std::size_t nonce,
                                         std::size_t tag) {
  const bool chacha = alg == "chacha20-poly1305";
  if (chacha ? key.size() != 32 : key.size() != 16 && key.size() != 24 && key.size() != 32)
    throw missing(alg + " with a key of " + std::to_string(key.size()) + " bytes");
  if (alg == "aes-ccm") return crypto::make_ccm(key, nonce, tag);
  if (chacha && (nonce != crypto::kAeadNonce || tag != crypto::kMaxAeadTag)) return nullptr;
  if (nonce == 0) return nullptr;
  if (tag != crypto::kMaxAeadTag)
    throw missing(alg + " with a tag of " + std::to_string(tag) + " bytes");
  return chacha ? crypto::make_chacha20_poly1305(key) : crypto::make_gcm(key);
}

json aead(const Request& r) {
  const std::string alg = r.text("alg");
  if (alg != "aes-gcm" && alg != "aes-ccm" && alg != "chacha20-poly1305")
    throw missing("aead " + alg);
  const bool forward = r.dir_is("seal", "open");
  const Bytes key = r.bytes("key"), iv = r.bytes("iv"), aad = r.bytes_or_none("aad");
  Bytes in = r.bytes(forward ? "pt" : "ct");
  // To seal, only the size of a given tag matters.
  std::size_t tag_size = crypto::kMaxAeadTag;
  if (r.has("tag")) {
    const Bytes tag = r.bytes("tag");
    tag_size = tag.size();
    if (!forward) append(in, tag);
  }
  const auto cipher = keyed_aead(alg, key, iv.size(), tag_size);
  if (!cipher) return ok(false);
  if (forward) {
    if (in.size() > cipher->max_plaintext()) return ok(false);
    Bytes sealed(in.size() + tag_size);
    cipher->seal(iv, aad, in, sealed);
    return out(sealed);
  }
  if (in.size() < tag_size) return ok(false);
  Bytes plaintext(in.size() - tag_size);
  return cipher->open(iv, aad, in, plaintext) ? out(plaintext) : ok(false);
}

json record(const Request& r) {
  struct Row {
    std::string_view alg, suite;
    const ProtocolProfile& profile;
  };
  static const Row kRows[] = {
      {"aes_128_cbc_sha1_ssl3", "AES128-SHA", kSsl30},
      {"aes_256_cbc_sha1_ssl3", "AES256-SHA", kSsl30},
      {"des_ede3_cbc_sha1_ssl3", "DES-CBC3-SHA", kSsl30},
      {"rc4_md5_ssl3", "RC4-MD5", kSsl30},
      {"rc4_sha1_ssl3", "RC4-SHA", kSsl30},
      {"aes_128_cbc_sha1_tls_implicit_iv", "AES128-SHA", kTls10},
      {"aes_256_cbc_sha1_tls_implicit_iv", "AES256-SHA", kTls10},
      {"des_ede3_cbc_sha1_tls_implicit_iv", "DES-CBC3-SHA", kTls10},
      {"rc4_md5_tls", "RC4-MD5", kTls10},
      {"rc4_sha1_tls", "RC4-SHA", kTls10},
  };
  const std::string alg = r.text("alg");
  const auto* row = std::ranges::find(kRows, alg, &Row::alg);
  if (row == std::end(kRows)) throw missing("record protection " + alg);
  const CipherSuite& suite = *find_cipher_suite(row->suite);

  const Bytes key = r.bytes("key");
  const EncTraits& enc = enc_traits(suite.enc);
  const std::size_t mac = mac_size(suite);
  if (key.size() != mac + enc.key_size + enc.iv_size) throw malformed("size of key");
  const ByteView k{key};

  // seq_num, type and, where the MAC covers it, version: the MAC's header without the length.
  const Bytes ad = r.bytes("ad");
  ProtocolProfile profile = row->profile;
  if (ad.size() != (profile.mac_covers_version ? 11u : 9u)) throw malformed("size of ad");
  std::uint64_t seq = 0;
  for (const std::uint8_t b : ByteView{ad}.first(8)) seq = seq << 8 | b;
  const auto type = static_cast<ContentType>(ad[8]);
  // Suites write any version there; the MAC takes it from the profile.
  if (profile.mac_covers_version)
    profile.version = static_cast<ProtocolVersion>(ad[9] << 8 | ad[10]);

  const auto protection = make_protection(
      profile, suite, {k.first(mac), k.subspan(mac, enc.key_size), k.subspan(mac + enc.key_size)});
  if (r.dir_is("seal", "open")) {
    const Bytes pt = r.bytes("pt");
    if (pt.size() > 0xffff) throw malformed("pt is longer than a record's length can say");
    Bytes fragment(pt.size() + protection->overhead());
    const Result<std::size_t> size = protection->seal(seq, type, pt, fragment);
    if (!size) return ok(false);
    fragment.resize(*size);
    return out(fragment);
  }
  Bytes ct = r.bytes("ct");
  if (ct.size() > 0xffff) throw malformed("ct is longer than a record's length can say");
  OpenRecord one{type, ct};
  if (protection->open(seq, {&one, 1}) != 1) return ok(false);
  return out(one.fragment);
}

constexpr Op kOps[] = {
    {"cipher", cipher}, {"cipher_pkcs5", cipher_pkcs5},
    {"rc4", rc4},       {"hash", hash},
    {"hmac", hmac},     {"prf", prf},
    {"aead", aead},     {"record", record},
};

}  // namespace

std::span<const Op> symmetric_ops() { return kOps; }

}  // namespace parley::kat

// parley-kat: known-answer tests of foreign suites. One JSON object a line in, one a line out, in
// order; it computes, the suite compares. What the library lacks is answered with "skip" and its
// name, never with an answer.
#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "crypto/cipher.hpp"
#include "crypto/hmac.hpp"
#include "crypto/kdf.hpp"
#include "crypto/prime.hpp"
#include "crypto/rsa.hpp"
#include "protocol/profile.hpp"
#include "record/protection.hpp"
#include "suite/suite.hpp"
#include "trust/key_codec.hpp"

namespace {

using nlohmann::json;
using namespace parley;

/// Ends a request without an answer; what() is the reason.
struct Skip : std::runtime_error {
  using runtime_error::runtime_error;
};
Skip malformed(const std::string& what) { return Skip("malformed: " + what); }
Skip missing(const std::string& primitive) { return Skip("not implemented: " + primitive); }

/// Bounds what a request can make this program allocate, bytes.
constexpr std::size_t kMostOutput = std::size_t{1} << 24;

// ---- fields of a request -------------------------------------------------------------------

class Request {
 public:
  explicit Request(const json& j) : j_(j) {}

  bool has(const char* name) const { return j_.contains(name); }
  std::string text(const char* name) const {
    const auto it = j_.find(name);
    if (it == j_.end()) throw malformed(std::string("no ") + name);
    if (!it->is_string()) throw malformed(std::string(name) + " is no string");
    return it->get<std::string>();
  }
  /// Whole bytes in hex.
  Bytes bytes(const char* name) const {
    const std::string hex = text(name);
    if (hex.size() % 2 != 0) throw malformed(std::string(name) + " has half a byte");
    return decode_hex(name, hex);
  }
  Bytes bytes_or_none(const char* name) const { return has(name) ? bytes(name) : Bytes{}; }
  /// A number in hex, which may have an odd number of digits.
  Bytes number(const char* name) const {
    std::string hex = text(name);
    if (hex.size() % 2 != 0) hex.insert(0, 1, '0');
    return decode_hex(name, hex);
  }
  /// A count of bytes: a JSON number, or a string in hex.
  std::size_t count(const char* name) const {
    const auto it = j_.find(name);
    if (it == j_.end()) throw malformed(std::string("no ") + name);
    std::uint64_t n = kMostOutput + 1;
    if (it->is_number_unsigned()) {
      n = it->get<std::uint64_t>();
    } else if (it->is_string()) {
      const std::string hex = it->get<std::string>();
      const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), n, 16);
      if (error != std::errc{} || end != hex.data() + hex.size())
        throw malformed(std::string(name) + " is no number");
    } else {
      throw malformed(std::string(name) + " is no number");
    }
    if (n > kMostOutput) throw malformed(std::string(name) + " is too large");
    return static_cast<std::size_t>(n);
  }
  /// Which of two values `dir` has.
  bool dir_is(std::string_view forward, std::string_view backward) const {
    const std::string dir = text("dir");
    if (dir != forward && dir != backward) throw malformed("dir " + dir);
    return dir == forward;
  }

 private:
  static Bytes decode_hex(const char* name, std::string_view hex) {
    Bytes out(hex.size() / 2);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const char* at = hex.data() + 2 * i;
      const auto [end, error] = std::from_chars(at, at + 2, out[i], 16);
      if (error != std::errc{} || end != at + 2) throw malformed(std::string(name) + " is not hex");
    }
    return out;
  }
  const json& j_;
};

json out(ByteView b) { return {{"out", to_hex(b)}}; }
json ok(bool b) { return {{"ok", b}}; }

// ---- names to primitives -------------------------------------------------------------------

crypto::HashId hash_id(const std::string& name) {
  using enum crypto::HashId;
  for (const crypto::HashId id : {md5, sha1, sha224, sha256, sha384, sha512})
    if (crypto::hash_name(id) == name) return id;
  throw missing("hash " + name);
}

crypto::RsaDigest rsa_digest(crypto::HashId id) {
  switch (id) {
    case crypto::HashId::md5: return crypto::RsaDigest::md5;
    case crypto::HashId::sha1: return crypto::RsaDigest::sha1;
    case crypto::HashId::sha224: return crypto::RsaDigest::sha224;
    case crypto::HashId::sha256: return crypto::RsaDigest::sha256;
    case crypto::HashId::sha384: return crypto::RsaDigest::sha384;
    case crypto::HashId::sha512: return crypto::RsaDigest::sha512;
  }
  throw missing("hash");
}

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
                                   {"des-ede3", des_ede3}}) {
    if (name != family) continue;
    known = true;
    if (crypto::cipher_key_size(id) == key.size()) m.cipher = crypto::make_block_cipher(id, key);
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

// ---- the operations ------------------------------------------------------------------------

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
  const std::size_t mac_size = crypto::digest_size(mac_hash(suite.mac));
  if (key.size() != mac_size + enc.key_size + enc.iv_size) throw malformed("size of key");
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
      profile, suite,
      {k.first(mac_size), k.subspan(mac_size, enc.key_size), k.subspan(mac_size + enc.key_size)});
  if (r.dir_is("seal", "open")) {
    const Bytes pt = r.bytes("pt");
    if (pt.size() > 0xffff) throw malformed("pt is longer than a record's length can say");
    Bytes fragment(pt.size() + protection->overhead());
    fragment.resize(protection->seal(seq, type, pt, fragment));
    return out(fragment);
  }
  Bytes ct = r.bytes("ct");
  if (ct.size() > 0xffff) throw malformed("ct is longer than a record's length can say");
  OpenRecord one{type, ct};
  if (protection->open(seq, {&one, 1}) != 1) return ok(false);
  return out(one.fragment);
}

/// The library's limits on keys are not the suite's business: beyond them there is no answer.
void skip_unsupported(const Error& e) {
  if (e.code == Errc::key_too_small || e.code == Errc::key_too_large ||
      e.code == Errc::unsupported_key)
    throw missing("RSA key refused: " + std::string(errc_reason(e.code)));
}

Result<crypto::RsaPublicKey> rsa_public_key(const Request& r) {
  if (!r.has("spki"))
    return crypto::RsaPublicKey::from_numbers({.n = r.number("n"), .e = r.number("e")});
  PARLEY_TRY(const crypto::PublicKey key, public_key_from_spki(r.bytes("spki")));
  return std::get<crypto::RsaPublicKey>(key);
}

std::optional<crypto::RsaPrivateKey> rsa_private_key(const Request& r) {
  const Result<PrivateKey> key = PrivateKey::from_der(r.bytes("pkcs8"));
  if (key) return std::get<crypto::RsaPrivateKey>(key->impl().key);
  skip_unsupported(key.error());
  return std::nullopt;
}

json rsa_verify(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg"), sig = r.bytes("sig");
  const Result<crypto::RsaPublicKey> key = rsa_public_key(r);
  if (!key) {
    skip_unsupported(key.error());
    return ok(false);
  }
  return ok(key->verify(rsa_digest(id), crypto::hash(id, {msg}), sig));
}

json rsa_sign(const Request& r) {
  const crypto::HashId id = hash_id(r.text("alg"));
  const Bytes msg = r.bytes("msg");
  const auto key = rsa_private_key(r);
  if (!key) return ok(false);
  const Result<Bytes> sig = key->sign(system_rng(), rsa_digest(id), crypto::hash(id, {msg}));
  return sig ? out(*sig) : ok(false);
}

json rsa_decrypt(const Request& r) {
  const Bytes ct = r.bytes("ct");
  const auto key = rsa_private_key(r);
  if (!key) return ok(false);
  const Result<crypto::SecretBytes> pt = key->decrypt(system_rng(), ct);
  return pt ? out(pt->view()) : ok(false);
}

json prime(const Request& r) {
  const Bytes value = r.bytes("value");
  if (!value.empty() && (value[0] & 0x80) != 0) return ok(false);  // negative
  const ByteView magnitude = crypto::strip_zeros(value);
  if (magnitude.size() > crypto::kMaxModulusLimbs * crypto::kLimbBytes)
    throw missing("numbers above 8192 bits");
  if (magnitude.empty()) return ok(false);
  crypto::Num n(crypto::limbs_for_bytes(magnitude.size()));
  crypto::decode_big_endian(n.span(), magnitude);
  const Result<bool> is = crypto::is_probable_prime(n, crypto::kAdversarialRounds, system_rng());
  if (!is) throw Skip("failed: " + std::string(errc_reason(is.error().code)));
  return ok(*is);
}

struct Op {
  std::string_view name;
  json (*run)(const Request&);  ///< null: the primitive is not here
};
constexpr Op kOps[] = {
    {"cipher", cipher},
    {"cipher_pkcs5", cipher_pkcs5},
    {"rc4", rc4},
    {"hash", hash},
    {"hmac", hmac},
    {"prf", prf},
    {"aead", nullptr},
    {"record", record},
    {"rsa_verify", rsa_verify},
    {"rsa_pss_verify", nullptr},
    {"rsa_sign", rsa_sign},
    {"rsa_decrypt", rsa_decrypt},
    {"dsa_verify", nullptr},
    {"dsa_verify_der", nullptr},
    {"ecdsa_verify", nullptr},
    {"ecdsa_verify_der", nullptr},
    {"ecdh", nullptr},
    {"ed25519_verify", nullptr},
    {"prime", prime},
};

json answer(const std::string& line) {
  json reply{{"id", nullptr}};
  try {
    const json request = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (request.is_discarded()) throw malformed("no JSON");
    if (!request.is_object()) throw malformed("no JSON object");
    if (const auto id = request.find("id"); id != request.end()) {
      // Echoing a nested value would recurse as deep as the input likes.
      if (id->is_structured()) throw malformed("id is neither string nor number");
      reply["id"] = *id;
    }
    const Request r{request};
    const std::string name = r.text("op");
    const auto* op = std::ranges::find(kOps, name, &Op::name);
    if (op == std::end(kOps) || op->run == nullptr)
      throw missing(r.has("alg") && request["alg"].is_string() ? name + " " + r.text("alg") : name);
    reply.update(op->run(r));
  } catch (const Skip& s) {
    reply["skip"] = s.what();
  }
  return reply;
}

int usage() {
  std::cerr << "usage: parley-kat [--kernels | --kernel NAME]   (JSON lines on stdin)\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  // Only the portable code exists so far.
  constexpr std::string_view kKernel = "portable";
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  if (args.size() == 1 && args[0] == "--kernels") {
    std::cout << kKernel << '\n';
    return 0;
  }
  if (args.size() == 2 && args[0] == "--kernel") {
    if (args[1] != kKernel) {
      std::cerr << "parley-kat: no kernel '" << args[1] << "'; see --kernels\n";
      return 2;
    }
  } else if (!args.empty()) {
    return usage();
  }
  std::ios::sync_with_stdio(false);
  // A suite may wait for each answer, so each line leaves at once.
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line) << std::endl;
  return std::cout ? 0 : 1;
}

// What parley can speak: the tables that tell a suite of the catalogue from one that works.
#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "suite/suite.hpp"

namespace parley {
namespace {

/// A way to agree on a key that src/handshake implements, and what proves the server's share. A new
/// one adds its row here.
struct SpokenExchange {
  Kx kx;
  Auth auth;
  bool operator==(const SpokenExchange&) const = default;
};
constexpr std::array kExchanges{
    SpokenExchange{Kx::rsa, Auth::rsa},         SpokenExchange{Kx::dhe, Auth::rsa},
    SpokenExchange{Kx::dhe, Auth::dss},         SpokenExchange{Kx::dhe, Auth::anonymous},
    SpokenExchange{Kx::ecdhe, Auth::rsa},       SpokenExchange{Kx::ecdhe, Auth::ecdsa},
    SpokenExchange{Kx::ecdhe, Auth::anonymous}, SpokenExchange{Kx::ecdh_rsa, Auth::ecdh},
    SpokenExchange{Kx::ecdh_ecdsa, Auth::ecdh},
};

/// The protocol classes whose hellos and records there are.
constexpr std::array kClasses{
#ifndef PARLEY_NO_SSL2
    ProtocolVersion::ssl20,
#endif
    ProtocolVersion::ssl30,
    ProtocolVersion::tls12,
};

constexpr std::size_t kEncCount = static_cast<std::size_t>(Enc::chacha20_poly1305) + 1;

consteval std::array<std::optional<EncTraits>, kEncCount> make_traits() {
  using Mode = EncTraits::Mode;
  using Id = crypto::BlockCipherId;
  std::array<std::optional<EncTraits>, kEncCount> table{};
  const auto set = [&](Enc e, EncTraits t) { table[static_cast<std::size_t>(e)] = t; };
  set(Enc::null, {Mode::stream, {}, 0, 0});
  set(Enc::rc4, {Mode::stream, {}, 16, 0});
  // Also in export suites: their 40 secret bits are stretched to the full 128 (RFC 2246 section
  // 6.3.1), so that RC2 never runs with a short effective key.
  set(Enc::rc2, {Mode::cbc, Id::rc2_128, 16, 8});
  set(Enc::idea, {Mode::cbc, Id::idea, 16, 8});
  set(Enc::des, {Mode::cbc, Id::des, 8, 8});
  set(Enc::des_ede3, {Mode::cbc, Id::des_ede3, 24, 8});
  set(Enc::seed, {Mode::cbc, Id::seed, 16, 16});
  set(Enc::aes128, {Mode::cbc, Id::aes128, 16, 16});
  set(Enc::aes256, {Mode::cbc, Id::aes256, 32, 16});
  set(Enc::camellia128, {Mode::cbc, Id::camellia128, 16, 16});
  set(Enc::camellia256, {Mode::cbc, Id::camellia256, 32, 16});
  // RFC 5288 section 3, RFC 6655 section 3, RFC 7905 section 2.
  const auto aead = [&](Enc e, std::size_t key_size, std::size_t fixed, crypto::AeadId id) {
    set(e, {Mode::aead, {}, key_size, fixed, id, crypto::kAeadNonce - fixed});
  };
  using enum crypto::AeadId;
  aead(Enc::aes128_gcm, 16, 4, aes128_gcm);
  aead(Enc::aes256_gcm, 32, 4, aes256_gcm);
  aead(Enc::aes128_ccm, 16, 4, aes128_ccm);
  aead(Enc::aes256_ccm, 32, 4, aes256_ccm);
  aead(Enc::aes128_ccm8, 16, 4, aes128_ccm8);
  aead(Enc::aes256_ccm8, 32, 4, aes256_ccm8);
  aead(Enc::chacha20_poly1305, 32, 12, chacha20_poly1305);
  return table;
}
constexpr auto kTraits = make_traits();

const std::optional<EncTraits>& traits(Enc e) { return kTraits[static_cast<std::size_t>(e)]; }

std::optional<crypto::HashId> hash_of(Mac m) {
  switch (m) {
    case Mac::md5: return crypto::HashId::md5;
    case Mac::sha1: return crypto::HashId::sha1;
    case Mac::sha256: return crypto::HashId::sha256;
    case Mac::sha384: return crypto::HashId::sha384;
    case Mac::aead:
    case Mac::gost94:
    case Mac::gost89: break;
  }
  return {};
}

/// Key exchange, cipher and MAC are here, whatever the protocol class.
bool has_means(const CipherSuite& s) {
  return std::ranges::find(kExchanges, SpokenExchange{s.kx, s.auth}) != kExchanges.end() &&
         // No other stack was ever found that speaks the 56-bit export suites of 1999.
         s.strength != Strength::exp56 && traits(s.enc).has_value() &&
         (s.mac == Mac::aead || hash_of(s.mac).has_value());
}

}  // namespace

bool is_spoken(const CipherSuite& s) {
  return std::ranges::find(kClasses, s.first) != kClasses.end() && has_means(s);
}

bool has_full_name_only(const CipherSuite& s) { return !s.selectable && has_means(s); }

const CipherList& spoken_cipher_suites() {
  static const CipherList list = [] {
    CipherList l;
    for (const CipherSuite& s : cipher_suite_catalogue())
      if (is_spoken(s)) l.push_back(&s);
    return l;
  }();
  return list;
}

const EncTraits& enc_traits(Enc e) {
  assert(traits(e).has_value());
  return *traits(e);
}

KeyMaterial key_material(const CipherSuite& s) {
  if (s.is_export) return {s.secret_bits / 8u, 0};
  const EncTraits& t = enc_traits(s.enc);
  return {t.key_size, t.iv_size};
}

bool is_ecc(const CipherSuite& s) {
  return s.kx == Kx::ecdhe || s.kx == Kx::ecdh_rsa || s.kx == Kx::ecdh_ecdsa;
}

crypto::HashId mac_hash(Mac m) {
  assert(hash_of(m).has_value());
  return *hash_of(m);
}

std::size_t mac_size(const CipherSuite& s) {
  return s.mac == Mac::aead ? 0 : crypto::digest_size(mac_hash(s.mac));
}

crypto::HashId prf_hash(const CipherSuite& s) {
  return s.mac == Mac::sha384 || s.enc == Enc::aes256_gcm ? crypto::HashId::sha384
                                                          : crypto::HashId::sha256;
}

}  // namespace parley

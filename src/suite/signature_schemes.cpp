#include "suite/signature_schemes.hpp"

#include <algorithm>

namespace parley {
namespace {

using crypto::HashId;
using enum SignatureScheme;

constexpr std::array kSchemes{
    SchemeTraits{rsa_pkcs1_sha1, "rsa_pkcs1_sha1", KeyType::rsa, HashId::sha1},
    SchemeTraits{dsa_sha1, "dsa_sha1", KeyType::dsa, HashId::sha1},
    SchemeTraits{ecdsa_sha1, "ecdsa_sha1", KeyType::ec, HashId::sha1},
    SchemeTraits{rsa_pkcs1_sha224, "rsa_pkcs1_sha224", KeyType::rsa, HashId::sha224},
    SchemeTraits{dsa_sha224, "dsa_sha224", KeyType::dsa, HashId::sha224},
    SchemeTraits{ecdsa_sha224, "ecdsa_sha224", KeyType::ec, HashId::sha224},
    SchemeTraits{rsa_pkcs1_sha256, "rsa_pkcs1_sha256", KeyType::rsa, HashId::sha256},
    SchemeTraits{dsa_sha256, "dsa_sha256", KeyType::dsa, HashId::sha256},
    SchemeTraits{ecdsa_sha256, "ecdsa_sha256", KeyType::ec, HashId::sha256},
    SchemeTraits{rsa_pkcs1_sha384, "rsa_pkcs1_sha384", KeyType::rsa, HashId::sha384},
    SchemeTraits{dsa_sha384, "dsa_sha384", KeyType::dsa, HashId::sha384},
    SchemeTraits{ecdsa_sha384, "ecdsa_sha384", KeyType::ec, HashId::sha384},
    SchemeTraits{rsa_pkcs1_sha512, "rsa_pkcs1_sha512", KeyType::rsa, HashId::sha512},
    SchemeTraits{dsa_sha512, "dsa_sha512", KeyType::dsa, HashId::sha512},
    SchemeTraits{ecdsa_sha512, "ecdsa_sha512", KeyType::ec, HashId::sha512},
    SchemeTraits{rsa_pss_rsae_sha256, "rsa_pss_rsae_sha256", KeyType::rsa, HashId::sha256, true},
    SchemeTraits{rsa_pss_rsae_sha384, "rsa_pss_rsae_sha384", KeyType::rsa, HashId::sha384, true},
    SchemeTraits{rsa_pss_rsae_sha512, "rsa_pss_rsae_sha512", KeyType::rsa, HashId::sha512, true},
    SchemeTraits{ed25519, "ed25519", KeyType::ed25519, {}},
};

/// DigestInfo around a digest (RFC 8017 section 9.2), and the least padding.
constexpr std::size_t kDigestInfo = 19;
constexpr std::size_t kLeastPadding = 11;

}  // namespace

std::span<const SchemeTraits> signature_scheme_table() { return kSchemes; }

const SchemeTraits* find_signature_scheme(std::uint16_t number) {
  const auto row =
      std::ranges::find(kSchemes, static_cast<SignatureScheme>(number), &SchemeTraits::scheme);
  return row != kSchemes.end() ? &*row : nullptr;
}

bool can_sign(const SchemeTraits& s, KeyType key, std::size_t key_bits) {
  if (s.key != key) return false;
  if (key != KeyType::rsa) return true;
  const std::size_t digest = crypto::digest_size(*s.hash);
  // RFC 8017 sections 9.1.1 and 9.2.
  return s.pss ? (key_bits + 6) / 8 >= 2 * digest + 2
               : (key_bits + 7) / 8 >= digest + kDigestInfo + kLeastPadding;
}

std::string_view signature_scheme_name(SignatureScheme s) {
  const SchemeTraits* row = find_signature_scheme(static_cast<std::uint16_t>(s));
  return row != nullptr ? row->name : "unknown";
}

std::optional<SignatureScheme> find_signature_scheme(std::string_view name) {
  for (const SchemeTraits& s : kSchemes)
    if (s.name == name) return s.scheme;
  return {};
}

}  // namespace parley

// What a signature scheme consists of.
#pragma once
#include <span>

#include "crypto/hash.hpp"
#include "parley/key.hpp"
#include "parley/signature_scheme.hpp"

namespace parley {

struct SchemeTraits {
  SignatureScheme scheme;
  std::string_view name;
  KeyType key;
  /// Empty for Ed25519, which takes the message itself.
  std::optional<crypto::HashId> hash;
  bool pss = false;
};
std::span<const SchemeTraits> signature_scheme_table();
/// Null for a number that parley does not know.
const SchemeTraits* find_signature_scheme(std::uint16_t number);
/// A key of this kind, with so many bits, can make such signatures: RSA has to have room for the
/// digest and what stands around it.
bool can_sign(const SchemeTraits&, KeyType, std::size_t key_bits);

}  // namespace parley

// What a public key is, for people.
#pragma once
#include "asn1/keys.hpp"
#include "parley/x509.hpp"

namespace parley::asn1 {

struct KeyView {
  PublicKeyFacts facts;
  std::string detail{};  ///< "exponent 65537"
};
KeyView view_key(const PublicKeyInfo&);
/// "RSA, 1024 bits, exponent 65537", from a SubjectPublicKeyInfo.
std::string key_text(ByteView spki);

}  // namespace parley::asn1

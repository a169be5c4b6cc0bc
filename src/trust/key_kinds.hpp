// One kind of key between DER and crypto/. Adding a kind is a file with its KeyCodec and a line in
// key_codec.cpp.
#pragma once
#include "asn1/keys.hpp"
#include "crypto/key.hpp"
#include "parley/key.hpp"

namespace parley::trust {

struct KeyCodec {
  std::string_view name;       ///< "RSA"
  ByteView oid;                ///< in SubjectPublicKeyInfo and PKCS #8; content bytes
  std::string_view pem_label;  ///< of the form older than PKCS #8; empty: there is none
  /// The algorithm is this kind's; its parameters are for the codec to judge.
  Result<crypto::PublicKey> (*read_public)(const asn1::PublicKeyInfo&);
  Result<crypto::PrivateKey> (*read_pkcs8)(const asn1::PrivateKeyInfo&);
  Result<crypto::PrivateKey> (*read_traditional)(ByteView der);  ///< null: there is none
  /// SubjectPublicKeyInfo and PKCS #8 of a key of this kind.
  void (*write_public)(asn1::DerWriter&, const crypto::PublicKey&);
  void (*write_pkcs8)(asn1::DerWriter&, const crypto::PrivateKey&);
};
extern const KeyCodec kRsaCodec;
extern const KeyCodec kDsaCodec;
extern const KeyCodec kEcCodec;
extern const KeyCodec kEd25519Codec;

}  // namespace parley::trust

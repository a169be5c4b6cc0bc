// Private keys, as an application holds them: loaded or made once, never printed.
#pragma once
#include <memory>
#include <string>

#include "parley/bytes.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace parley {

enum class KeyType : std::uint8_t { rsa };
std::string_view key_type_name(KeyType);  ///< "RSA"

/// A private key. Cheap to copy: copies share one immutable state, wiped when the last one dies.
class PrivateKey {
 public:
  /// The first private key block of a PEM text: RSA PRIVATE KEY (PKCS #1) or PRIVATE KEY
  /// (PKCS #8). Encrypted keys are refused with Errc::bad_password_read.
  static Result<PrivateKey> from_pem(std::string_view pem);
  /// PKCS #8 PrivateKeyInfo or PKCS #1 RSAPrivateKey in DER.
  static Result<PrivateKey> from_der(ByteView der);
  /// A new RSA key of 512 to 8192 bits, e = 65537.
  static Result<PrivateKey> generate_rsa(Rng&, std::size_t bits);

  KeyType type() const;
  std::size_t bits() const;
  /// SubjectPublicKeyInfo in DER: what a certificate for this key carries.
  Bytes public_key_info() const;
  /// PKCS #8 in PEM (BEGIN PRIVATE KEY). The caller keeps it secret.
  std::string to_pem() const;

  struct Impl;  ///< the crypto key behind it (src/trust/key_codec.hpp)
  const Impl& impl() const { return *impl_; }
  explicit PrivateKey(std::shared_ptr<const Impl> i) : impl_(std::move(i)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace parley

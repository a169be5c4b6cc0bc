// Private keys, as an application holds them: loaded or made once, never printed.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace PARLEY_PUBLIC parley {

/// Ed25519 signs handshakes from TLS 1.2 on, in the suites of ECDSA (RFC 8422 section 2.2).
enum class KeyType : std::uint8_t { rsa, dsa, ec, ed25519 };
std::string_view key_type_name(KeyType);  ///< "RSA", "DSA", "EC", "ED25519"

/// Asked for the password of an encrypted key, at most once for each that is met; nothing says that
/// there is none. What it returns is wiped after use.
using AskPassword = std::function<std::optional<std::string>()>;

/// A private key. Cheap to copy: copies share one immutable state, wiped when the last one dies.
class PrivateKey {
 public:
  /// The first private key block of a PEM text: PRIVATE KEY (PKCS #8), RSA PRIVATE KEY (PKCS #1),
  /// EC PRIVATE KEY (SEC 1) or DSA PRIVATE KEY. Other blocks, such as the EC PARAMETERS that
  /// OpenSSL writes first, are passed over. Encrypted keys (Proc-Type and DEK-Info in the old
  /// forms, ENCRYPTED PRIVATE KEY with the schemes of src/trust/README.md) need a password: without
  /// one Errc::bad_password_read, with a wrong one Errc::bad_decrypt; Errc::unsupported_algorithm
  /// for schemes nobody here knows, Errc::too_many_iterations for one that would take for ever.
  /// Curves that are not given by name are Errc::unsupported_key.
  static Result<PrivateKey> from_pem(std::string_view pem, const AskPassword& = {});
  /// One of these forms in DER.
  static Result<PrivateKey> from_der(ByteView der, const AskPassword& = {});
  /// A new RSA key of 512 to 8192 bits, e = 65537.
  static Result<PrivateKey> generate_rsa(Rng&, std::size_t bits);
  /// A new DSA key with parameters of its own: 512, 768, 1024, 2048 or 3072 bits (else
  /// Errc::bad_argument). Finding the parameters takes about as long as an RSA key does.
  static Result<PrivateKey> generate_dsa(Rng&, std::size_t bits);
  /// A new key on a curve that can sign, by any of its usual names: secp192r1, secp224r1,
  /// secp256r1, secp384r1, secp521r1, secp256k1; prime192v1, prime256v1; P-256 and p256 and so on.
  /// A name nobody knows is Errc::bad_argument; x25519 is Errc::unsupported_key.
  static Result<PrivateKey> generate_ec(Rng&, std::string_view curve);

  /// A new Ed25519 key (RFC 8032).
  static Result<PrivateKey> generate_ed25519(Rng&);

  KeyType type() const;
  /// Of the RSA modulus, the DSA prime, or the order of the curve; 256 for Ed25519.
  std::size_t bits() const;
  /// "secp256r1"; empty for keys that are not on a curve with a choice of names.
  std::string_view curve() const;
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

// Signatures by a key of any kind: the one place where those who sign and verify, certificates
// and handshake messages alike, meet RSA, DSA and ECDSA.
#pragma once
#include <optional>
#include <string>

#include "crypto/hash.hpp"
#include "crypto/key.hpp"
#include "parley/key.hpp"
#include "parley/x509.hpp"
#include "suite/signature_schemes.hpp"

namespace parley::trust {

KeyType key_type(const crypto::PublicKey&);
KeyType key_type(const crypto::PrivateKey&);

/// Signs a digest made with `hash`: RSA with PKCS #1 v1.5 around a DigestInfo (RFC 8017 section
/// 8.2), DSA and ECDSA as r and s in DER (RFC 3279 section 2.2). This is also what TLS 1.2 signs.
/// Errc::no_random, Errc::key_too_small when the digest does not fit an RSA key,
/// Errc::unsupported_algorithm for a key that cannot sign digests (Ed25519).
Result<Bytes> sign_digest(const crypto::PrivateKey&, Rng&, crypto::HashId hash, ByteView digest);
/// Errc::bad_signature, also for one that is not strict DER (`where` then names the field);
/// Errc::signature_out_of_range for numbers no such key makes.
Status verify_digest(const crypto::PublicKey&, crypto::HashId hash, ByteView digest,
                     ByteView signature);

/// MD5 || SHA-1: what SSL 3.0 to TLS 1.1 sign in ServerKeyExchange and CertificateVerify.
inline constexpr std::size_t kHandshakeDigestSize = 36;
/// RSA signs all 36 bytes without DigestInfo, DSA and ECDSA the SHA-1 part alone (RFC 2246 sections
/// 4.7 and 7.4.3, RFC 4492 section 5.4). Errc::bad_argument for another size; else as above.
Result<Bytes> sign_handshake(const crypto::PrivateKey&, Rng&, ByteView md5_sha1);
Status verify_handshake(const crypto::PublicKey&, ByteView md5_sha1, ByteView signature);

/// A DSA signature of SSL 3.0 without DER: r and s one after another, each as long as q.
/// Errc::bad_signature for a key of another kind or another length, too.
Status verify_bare_dsa(const crypto::PublicKey&, ByteView md5_sha1, ByteView signature);

/// What TLS 1.2 signs and checks (RFC 5246 section 4.7). Errors of sign_digest(); a key of another
/// kind than the scheme's is Errc::bad_argument when signing and Errc::bad_signature when checking.
Result<Bytes> sign_scheme(const crypto::PrivateKey&, Rng&, const SchemeTraits&, ByteView message);
Status verify_scheme(const crypto::PublicKey&, const SchemeTraits&, ByteView message,
                     ByteView signature);

/// A signature algorithm of X.509: its name and what it stands for.
struct SignatureAlgorithm {
  ByteView oid;  ///< content bytes
  KeyType key;
  /// Empty when the parameters name it (RSASSA-PSS) and when none is chosen (Ed25519).
  std::optional<crypto::HashId> hash;
};
/// Null when unknown.
const SignatureAlgorithm* find_signature_algorithm(ByteView oid);
/// Another has signed this certificate with MD5, so that whoever finds a collision has two of them.
/// Signatures of self-issued certificates prove nothing, and do not count.
bool rests_on_md5(const Certificate&);
/// The preferred name; null when the kind of key has none with this hash. Ed25519 has one name for
/// all of them.
const SignatureAlgorithm* signature_algorithm(KeyType, crypto::HashId);
/// Signs what is going to stand above that algorithm's name; errors of sign_digest().
Result<Bytes> sign_message(const crypto::PrivateKey&, Rng&, const SignatureAlgorithm&,
                           ByteView message);

/// What an AlgorithmIdentifier beside a signature says.
struct SignatureFacts {
  std::string name;  ///< "sha256WithRSAEncryption", "rsassaPss"
  KeyType key{};     ///< that can make it
  /// Empty for Ed25519, which has no weak choice.
  std::optional<crypto::HashId> hash{};
  std::optional<std::size_t> pss_salt{};  ///< bytes; with RSASSA-PSS only
};
/// Errc::unsupported_algorithm for what nothing here can check: an unknown name, parameters that
/// do not belong there, RSASSA-PSS with two hashes or another than SHA-1 and SHA-2; the errors of
/// DerReader for broken DER.
Result<SignatureFacts> signature_facts(ByteView algorithm_identifier);

/// The `signature` that stands under `tbs`, in certificates and CRLs alike, was made with `key` in
/// the way that the AlgorithmIdentifier says. Errors of signature_facts(), and
/// Errc::bad_certificate_signature for another kind of key or any other signature. Weak hashes are
/// checked like others, MD2 and MD4 too: whether to believe them is the caller's policy.
Status verify_signed(ByteView tbs, ByteView algorithm_identifier, ByteView signature,
                     const crypto::PublicKey& key);

}  // namespace parley::trust

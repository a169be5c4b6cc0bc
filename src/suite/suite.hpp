// What the layers above must know of suites: of one, what a record needs; of a list, what goes
// into a hello.
#pragma once
#include "crypto/aead.hpp"
#include "crypto/cipher.hpp"
#include "crypto/hash.hpp"
#include "parley/cipher.hpp"

namespace parley {

struct EncTraits {
  enum class Mode : std::uint8_t { stream, cbc, aead };
  Mode mode;
  crypto::BlockCipherId block_cipher;  ///< for cbc
  std::size_t key_size;                ///< bytes of key_block for each direction
  std::size_t iv_size;                 ///< the same; 0 for streams; for aead what RFC 5246 calls
                                       ///< fixed_iv_length, the part of a nonce that is not sent
  crypto::AeadId aead{};               ///< for aead
  std::size_t explicit_nonce = 0;      ///< for aead: the part that is, bytes in each record
};
/// Of the cipher of a suite that is_spoken(); others have none.
const EncTraits& enc_traits(Enc);
/// The same of its MAC, which must not be Mac::aead.
crypto::HashId mac_hash(Mac);
/// Bytes of the MAC, and of key_block for its secret in each direction; 0 for an AEAD suite, which
/// has none.
std::size_t mac_size(const CipherSuite&);
/// What PRF and Finished of TLS 1.2 hash with (RFC 5246 section 5, RFC 5288 section 3, RFC 5289
/// section 3): SHA-384 where the suite's name ends in it, else SHA-256.
crypto::HashId prf_hash(const CipherSuite&);

/// What the key block holds for each direction of a suite, bytes: a full key and IV, or the short
/// key of an export suite (RFC 2246 section 6.3.1).
struct KeyMaterial {
  std::size_t key_size, iv_size;
};
KeyMaterial key_material(const CipherSuite&);
/// Agrees keys or signs on elliptic curves, and so wants the extensions of RFC 4492.
bool is_ecc(const CipherSuite&);

/// No word of the list language selects it, since OpenSSL 1.0.1 never had it, but parley has all it
/// takes: its full IANA name is a word.
bool has_full_name_only(const CipherSuite&);

/// How a client writes its first hello.
enum class HelloForm : std::uint8_t {
  ssl2,           ///< CLIENT-HELLO of SSL 2.0, for SSL 2.0 and nothing else
  v2_compatible,  ///< the same message for any version (RFC 2246 appendix E)
  v3,             ///< ClientHello
};

/// The form OpenSSL 1.0.1 writes. `v2_allowed`: SSL 2.0 is not switched off and no server name
/// has to be sent, for which the old form has no room. A context of SSL 2.0 has no choice.
HelloForm hello_form(const CipherList&, CipherContext, bool v2_allowed);
/// Of a list, in order, what goes into a hello of that form whose version is `highest`: no PSK and
/// no SRP, for which parley has no credentials; nothing of TLS 1.2 below it; only what the form
/// can carry. Without the signalling suites. Empty is Errc::no_ciphers_available to the caller.
CipherList hello_suites(const CipherList&, HelloForm, ProtocolVersion highest);

}  // namespace parley

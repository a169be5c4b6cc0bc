// Keys behind a password: the schemes of PKCS #5 (RFC 8018), those of PKCS #12 (RFC 7292) and
// OpenSSL's PEM headers, up to the DER of the key.
#pragma once
#include "crypto/secret.hpp"
#include "parley/pem.hpp"

namespace parley::trust {

/// Encrypted data and what it takes to open it are all in hand; a wrong password is
/// Errc::bad_decrypt, which is also what damaged data looks like. Errc::unsupported_algorithm for a
/// scheme nobody here knows, Errc::too_many_iterations above limits::kPasswordIterations, the
/// errors of DerReader for parameters that cannot be read.

/// EncryptedPrivateKeyInfo in DER to PrivateKeyInfo in DER.
Result<crypto::SecretBytes> decrypt_pkcs8(ByteView der, ByteView password);
/// The body of a block with Proc-Type and DEK-Info (RFC 1421 section 4.6.1.3, as OpenSSL uses it).
Result<crypto::SecretBytes> decrypt_pem(const PemBlock&, ByteView password);

}  // namespace parley::trust

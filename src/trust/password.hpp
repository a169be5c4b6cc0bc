// Passwords on their way to a key.
#pragma once
#include "crypto/secret.hpp"

namespace parley::trust {

/// As PKCS #12 wants them: a BMPString with two zero bytes behind it (RFC 7292 appendix B.1). UTF-8
/// becomes UTF-16 big-endian; bytes that are not UTF-8 count as Latin-1, as OpenSSL has it.
crypto::SecretBytes bmp_password(ByteView);

}  // namespace parley::trust

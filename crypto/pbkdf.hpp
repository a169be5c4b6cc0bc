// Keys out of passwords: RFC 8018 (PKCS #5), RFC 7292 appendix B (PKCS #12), and what OpenSSL does
// for PEM files with DEK-Info. How many iterations are bearable is the caller's business.
#pragma once
#include "crypto/hash.hpp"

namespace parley::crypto {

/// RFC 8018 section 5.1; out.size() is at most the digest's. `iterations` is at least 1, here and
/// below.
void pbkdf1(HashId, ByteView password, ByteView salt, std::uint32_t iterations, ByteSpan out);
/// RFC 8018 section 5.2 with HMAC; as many bytes as `out` has.
void pbkdf2(HashId, ByteView password, ByteView salt, std::uint32_t iterations, ByteSpan out);

/// RFC 7292 appendix B.3: what the bytes are for.
enum class Pkcs12Use : std::uint8_t { key = 1, iv = 2, mac = 3 };
/// RFC 7292 appendix B.2. `password` is a BMPString with its two zero bytes at the end.
void pkcs12_kdf(HashId, ByteView password, ByteView salt, std::uint32_t iterations, Pkcs12Use,
                ByteSpan out);

/// The key of a PEM block with DEK-Info: MD5 over (what came before) || password || salt, as often
/// as it takes. `salt` is the first 8 bytes of the IV.
void pem_kdf(ByteView password, ByteView salt, ByteSpan out);

}  // namespace parley::crypto

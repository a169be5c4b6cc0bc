// Fingerprints: hashes by which people tell certificates and lists apart.
#pragma once
#include <string_view>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

/// The hash of a whole certificate or list in DER. `hash` is "md5", "sha1", "sha224", "sha256",
/// "sha384" or "sha512": else Errc::bad_argument.
Result<Bytes> fingerprint(ByteView der, std::string_view hash);

}  // namespace parley

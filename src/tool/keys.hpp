// "rsa:2048" and "ec:p256" to a key.
#pragma once
#include <string>

#include "parley/config.hpp"

namespace parley::tool {

/// The kinds of keys there are, for help and errors.
inline constexpr std::string_view kKeyKinds =
    "rsa:N with N from 512 to 8192, a multiple of 8; dsa:N with N 512, 768, 1024, 2048 or 3072; "
    "ec:CURVE with p192, p224, p256, p384, p521 or secp256k1; or ed25519";

/// A new key of the kind that `flag` was given. Failure (usage).
PrivateKey generate_key(const std::string& flag, const std::string& text);
/// A key and a certificate for localhost that nobody signed, valid for a month.
Identity self_signed(const std::string& flag, const std::string& kind);

}  // namespace parley::tool

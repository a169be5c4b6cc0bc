// "rsa:2048" to a key.
#pragma once
#include <string>

#include "parley/config.hpp"

namespace parley::tool {

/// A new key of the kind that `flag` was given. Failure (usage, unsupported).
PrivateKey generate_key(const std::string& flag, const std::string& kind);
/// A key and a certificate for localhost that nobody signed, valid for a month.
Identity self_signed(const std::string& flag, const std::string& kind);

}  // namespace parley::tool

// Any key the protocol may meet. Further kinds (DSA, EC) join as alternatives; std::visit then
// points at every place that has to know them.
#pragma once
#include <variant>

#include "crypto/rsa.hpp"

namespace parley::crypto {

using PublicKey = std::variant<RsaPublicKey>;
using PrivateKey = std::variant<RsaPrivateKey>;

}  // namespace parley::crypto

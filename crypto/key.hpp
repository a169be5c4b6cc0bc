// Any key the protocol may meet. std::visit points at every place that has to know them.
#pragma once
#include <variant>

#include "crypto/dsa.hpp"
#include "crypto/ec.hpp"
#include "crypto/rsa.hpp"

namespace parley::crypto {

using PublicKey = std::variant<RsaPublicKey, DsaPublicKey, EcPublicKey>;
using PrivateKey = std::variant<RsaPrivateKey, DsaPrivateKey, EcPrivateKey>;

}  // namespace parley::crypto

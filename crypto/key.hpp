// Any key the protocol may meet. std::visit points at every place that has to know them.
#pragma once
#include <variant>

#include "crypto/dsa.hpp"
#include "crypto/ec.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/rsa.hpp"

namespace parley::crypto {

using PublicKey = std::variant<RsaPublicKey, DsaPublicKey, EcPublicKey, Ed25519PublicKey>;
using PrivateKey = std::variant<RsaPrivateKey, DsaPrivateKey, EcPrivateKey, Ed25519PrivateKey>;

}  // namespace parley::crypto

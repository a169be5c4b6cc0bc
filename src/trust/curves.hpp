// The names that certificates and keys have for curves.
#pragma once
#include <optional>

#include "crypto/ec.hpp"

namespace parley::trust {

/// By the content of the OBJECT IDENTIFIER (RFC 5480 section 2.1.1.1). Never x25519, whose keys
/// have an algorithm of their own (RFC 8410).
std::optional<crypto::Curve> find_curve_oid(ByteView oid);
/// Content bytes; empty for x25519.
ByteView curve_oid(crypto::Curve);

}  // namespace parley::trust

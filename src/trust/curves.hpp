// Names of curves: what people call them, and what certificates do.
#pragma once
#include <optional>

#include "crypto/ec.hpp"

namespace parley::trust {

/// By the name of SEC 2 ("secp256r1"), ANSI X9.62 ("prime256v1") or FIPS 186 ("P-256", "p256").
std::optional<crypto::Curve> find_curve(std::string_view name);
/// By the content of the OBJECT IDENTIFIER (RFC 5480 section 2.1.1.1). Never x25519, whose keys
/// have an algorithm of their own (RFC 8410).
std::optional<crypto::Curve> find_curve_oid(ByteView oid);
/// Content bytes; empty for x25519.
ByteView curve_oid(crypto::Curve);

}  // namespace parley::trust

// The signature under ServerKeyExchange: RFC 2246 section 7.4.3, RFC 4492 section 5.4.
#pragma once
#include "handshake/context.hpp"

namespace parley {

/// Appends the signature over the parameters, which start at `params_at`; nothing in anonymous
/// suites.
Status sign_params(const Handshake&, std::size_t params_at, Bytes& body);
/// Checks the signature that ends `body`, or that an anonymous suite has none.
Status check_params(const Handshake&, ByteView body, const std::optional<Bytes>& signature);

}  // namespace parley

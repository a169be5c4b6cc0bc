// Texts that are IP addresses.
#pragma once
#include <string_view>

#include "parley/bytes.hpp"

namespace parley::trust {

/// The 4 or 16 bytes of an address as inet_pton() reads it; empty when the text is none.
Bytes parse_address(std::string_view text);

}  // namespace parley::trust

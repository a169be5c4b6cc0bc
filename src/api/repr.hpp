// Texts from outside, for messages and for the system.
#pragma once
#include <string>
#include <string_view>

namespace parley {

/// In quotes, as Python's repr(): one line in which nothing is hidden, whatever the text holds.
std::string repr(std::string_view);

/// std::invalid_argument for a name that the system would read only up to its NUL.
void refuse_embedded_null(std::string_view name);

}  // namespace parley

// From the engine's error values to the documented exceptions.
#pragma once
#include <string>
#include <string_view>

#include "parley/alert_text.hpp"
#include "parley/error.hpp"

namespace parley {

/// What a connection failed with, as the documented exception.
[[noreturn]] void throw_error(const Error&);
/// What is wrong with the contents of a certificate or key file: "PEM lib: no start line".
[[noreturn]] void throw_pem_error(const Error&, const std::string& file);

}  // namespace parley

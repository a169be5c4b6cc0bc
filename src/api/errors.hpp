// From the engine's error values to the documented exceptions.
#pragma once
#include <string>
#include <string_view>

#include "parley/error.hpp"

namespace parley {

/// What a connection failed with, as the documented exception.
[[noreturn]] void throw_error(const Error&);
/// What is wrong with the contents of a certificate or key file: "PEM lib: no start line".
[[noreturn]] void throw_pem_error(const Error&, const std::string& file);

/// The documented text for an alert that the peer sent: "sslv3 alert handshake failure". The
/// prefix belongs to the number, not to the connection.
std::string received_alert_text(Alert);

}  // namespace parley

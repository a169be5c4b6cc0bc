// How OpenSSL calls the alerts that a peer sends; callers match on it.
#pragma once
#include <string>

#include "parley/alert.hpp"
#include "parley/export.hpp"

namespace PARLEY_PUBLIC parley {

/// "sslv3 alert handshake failure", "tlsv1 alert unknown ca": the prefix belongs to the number, not
/// to the connection. "unknown alert type 99" for a number nobody registered.
std::string received_alert_text(Alert);
/// The same for programs, as SSLError::reason() has it: "SSLV3_ALERT_HANDSHAKE_FAILURE".
std::string received_alert_name(Alert);

}  // namespace parley

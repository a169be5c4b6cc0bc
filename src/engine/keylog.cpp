// Key log lines in the format of NSS's SSLKEYLOGFILE.
#include "parley/observer.hpp"

namespace parley {

std::string key_log_line(const SecretEvent& e) {
  return std::string{e.label} + " " + to_hex(e.client_random) + " " + to_hex(e.secret);
}

}  // namespace parley

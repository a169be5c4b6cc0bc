// Which alert stands in for one that a version does not have.
#include "protocol/tls10.hpp"

namespace parley {
namespace {

/// What SSL 3.0 says instead (RFC 6101 section 5.4 has twelve alerts).
Alert nearest(Alert a) {
  switch (a) {
    case Alert::decryption_failed:
    case Alert::record_overflow: return Alert::bad_record_mac;
    case Alert::decode_error:
    case Alert::unsupported_extension: return Alert::illegal_parameter;
    case Alert::unknown_ca: return Alert::bad_certificate;
    case Alert::no_certificate: return Alert::bad_certificate;
    default: return Alert::handshake_failure;
  }
}

}  // namespace

Alert substitute_alert(const ProtocolProfile* p, Alert a) {
  const std::span<const Alert> known = p != nullptr ? p->alerts : kTls10.alerts;
  return std::ranges::find(known, a) != known.end() ? a : nearest(a);
}

}  // namespace parley

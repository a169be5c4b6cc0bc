// TLS 1.1, whole (RFC 4346): what it changes of TLS 1.0. It computes nothing of its own.
#pragma once
#include "protocol/tls10.hpp"

namespace parley {

inline constexpr ProtocolProfile kTls11 = [] {
  ProtocolProfile p = kTls10;
  p.version = ProtocolVersion::tls11;
  p.name = "TLSv1.1";
  p.export_keys = nullptr;      // appendix A.5: no export suite may be negotiated
  p.explicit_iv = true;         // section 6.2.3.2
  p.split_cbc_records = false;  // which is what the split was a remedy for
  p.alerts = p.alerts.first(p.alerts.size() - 1);  // no export_restriction
  p.close_notify_needed_to_resume = false;         // section 7.2.1
  return p;
}();

}  // namespace parley

// Whose certificate is it? The strict answer of RFC 6125 and RFC 9525, beside match_hostname(),
// which answers as its documentation does.
#pragma once
#include <string_view>

#include "parley/export.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// The certificate is for this host: a DNS name in ASCII (international ones as A-labels), compared
/// without regard to case, a dot at its end not counted; or an IP address in text form. Only
/// subjectAltName counts, never the common name. A name in the certificate may have a wildcard for
/// its whole first label, with two labels behind it: "*.example.org" is "www.example.org", and
/// neither "example.org" nor "a.b.example.org". An address matches iPAddress entries only.
/// Errc::hostname_mismatch or Errc::ip_address_mismatch; Errc::bad_argument for a host that is
/// none (empty, with an empty label or a character outside ASCII or a NUL in it); the errors of
/// Certificate::subject_alt_names().
Status check_host(const Certificate&, std::string_view host);
/// check_host() can answer for it: it is no Errc::bad_argument.
bool is_host(std::string_view host);

/// The certificate is for this mail address, "user@example.org": by rfc822Name entries of
/// subjectAltName only. What stands before the last '@' must be the same (RFC 5321 section 2.4),
/// the domain but for its case. Errc::email_address_mismatch; Errc::bad_argument for an address
/// without '@', an empty half, or a character outside ASCII or a NUL; else as above.
Status check_email(const Certificate&, std::string_view address);
/// The same for check_email().
bool is_email(std::string_view address);

}  // namespace parley

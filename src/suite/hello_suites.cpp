// What of a list of suites a client offers.
#include <algorithm>

#include "suite/suite.hpp"

namespace parley {
namespace {

bool is_ssl2_kind(const CipherSuite* s) { return s->first == ProtocolVersion::ssl20; }

bool fits(const CipherSuite& s, HelloForm form) {
  switch (form) {
    case HelloForm::ssl2: return is_ssl2_kind(&s);
    case HelloForm::v2_compatible: return !is_ecc(s);  // it has no extensions
    case HelloForm::v3: break;
  }
  return !is_ssl2_kind(&s);
}

}  // namespace

HelloForm hello_form(const CipherList& list, CipherContext context, bool v2_allowed) {
  if (context == CipherContext::sslv2) return HelloForm::ssl2;
  const bool has_kind = std::ranges::any_of(list, is_ssl2_kind);
  return has_kind && v2_allowed ? HelloForm::v2_compatible : HelloForm::v3;
}

CipherList hello_suites(const CipherList& list, HelloForm form, ProtocolVersion highest) {
  CipherList offered;
  std::ranges::copy_if(list, std::back_inserter(offered), [&](const CipherSuite* s) {
    return s->kx != Kx::psk && s->kx != Kx::srp && s->first <= highest && fits(*s, form);
  });
  return offered;
}

}  // namespace parley

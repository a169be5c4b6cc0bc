// X509_V_FLAG_X509_STRICT: what conforming CAs must and must not do.
#include "asn1/oid.hpp"
#include "trust/checks.hpp"

namespace parley::trust {
namespace {

Error broken(const char* where) { return {.code = Errc::bad_certificate, .where = where}; }

// A header and nothing in it.
bool nameless(ByteView name_der) { return name_der.size() == 2; }

// RFC 5280 sections 4.2.1.3 and 4.2.1.9.
Status check_authority(const Facts& f, bool below) {
  const std::optional<BasicConstraints>& basic = f.basic;
  const std::optional<std::uint16_t>& usage = f.usage;
  const bool ca = basic && basic->ca;
  const bool signs = usage && (*usage & kKeyCertSign) != 0;
  if (below && !ca) return Error{.code = Errc::not_a_ca, .where = "strict: basicConstraints"};
  if (!ca && signs) return broken("strict: keyCertSign of one that is no CA");
  if (basic && basic->path_length && !ca) return broken("strict: pathLenConstraint without CA");
  if (basic && basic->path_length && usage && !signs)
    return broken("strict: pathLenConstraint without keyCertSign");
  if (!ca) return {};
  if (!f.certificate.find_extension(asn1::oid::kBasicConstraints)->critical)
    return broken("strict: basicConstraints of a CA is not critical");
  if (!usage) return broken("strict: CA without keyUsage");
  return {};
}

// Sections 4.1.2.4, 4.1.2.6 and 4.2.1.6.
Status check_who(const Facts& f) {
  const Certificate& c = f.certificate;
  if (nameless(c.issuer_der())) return broken("strict: empty issuer");
  const Extension* other = c.find_extension(asn1::oid::kSubjectAltName);
  if (f.alt_names && f.alt_names->empty()) return broken("strict: empty subjectAltName");
  if (!nameless(c.subject_der())) return {};
  if (f.is_ca() || (f.usage && (*f.usage & kCrlSign) != 0) || other == nullptr)
    return broken("strict: empty subject");
  if (!other->critical) return broken("strict: subjectAltName of an empty subject is not critical");
  return {};
}

// Sections 4.2.1.1 and 4.2.1.2.
Status check_key_ids(const Facts& f, bool last) {
  const Certificate& c = f.certificate;
  const Extension* authority = c.find_extension(asn1::oid::kAuthorityKeyIdentifier);
  const Extension* subject = c.find_extension(asn1::oid::kSubjectKeyIdentifier);
  if (authority != nullptr && authority->critical)
    return broken("strict: critical authorityKeyIdentifier");
  if (subject != nullptr && subject->critical)
    return broken("strict: critical subjectKeyIdentifier");
  if (!last && (!f.authority || !f.authority->key_id))
    return broken("strict: no authorityKeyIdentifier");
  if (f.is_ca() && subject == nullptr) return broken("strict: CA without subjectKeyIdentifier");
  return {};
}

}  // namespace

Status check_strict(const Facts& f, bool below, bool last) {
  if (f.certificate.version() < 3)
    return f.certificate.extensions().empty() ? Status{}
                                              : broken("strict: extensions need version 3");
  PARLEY_CHECK(check_authority(f, below));
  PARLEY_CHECK(check_who(f));
  return check_key_ids(f, last);
}

}  // namespace parley::trust

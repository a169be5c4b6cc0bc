// X509_V_FLAG_X509_STRICT: what conforming CAs must and must not do.
#include "asn1/oid.hpp"
#include "trust/checks.hpp"

namespace parley::trust {
namespace {

Error broken(const char* where) { return {.code = Errc::bad_certificate, .where = where}; }

bool nameless(ByteView name_der) {
  const Result<Name> name = parse_name(name_der);
  return name && name->rdns.empty();
}

// RFC 5280 sections 4.2.1.3 and 4.2.1.9.
Status check_authority(const Certificate& c, bool below) {
  PARLEY_TRY(const auto basic, c.basic_constraints());
  PARLEY_TRY(const auto usage, c.key_usage());
  const bool ca = basic && basic->ca;
  const bool signs = usage && (*usage & kKeyCertSign) != 0;
  if (below && !ca) return Error{.code = Errc::not_a_ca, .where = "strict: basicConstraints"};
  if (!ca && signs) return broken("strict: keyCertSign of one that is no CA");
  if (basic && basic->path_length && !ca) return broken("strict: pathLenConstraint without CA");
  if (basic && basic->path_length && usage && !signs)
    return broken("strict: pathLenConstraint without keyCertSign");
  if (!ca) return {};
  if (!c.find_extension(asn1::oid::kBasicConstraints)->critical)
    return broken("strict: basicConstraints of a CA is not critical");
  if (!usage) return broken("strict: CA without keyUsage");
  return {};
}

// Sections 4.1.2.4, 4.1.2.6 and 4.2.1.6.
Status check_who(const Certificate& c) {
  if (nameless(c.issuer_der())) return broken("strict: empty issuer");
  const Extension* other = c.find_extension(asn1::oid::kSubjectAltName);
  PARLEY_TRY(const auto others, c.raw_subject_alt_names());
  if (other != nullptr && others.empty()) return broken("strict: empty subjectAltName");
  if (!nameless(c.subject_der())) return {};
  PARLEY_TRY(const auto basic, c.basic_constraints());
  PARLEY_TRY(const auto usage, c.key_usage());
  if ((basic && basic->ca) || (usage && (*usage & kCrlSign) != 0) || other == nullptr)
    return broken("strict: empty subject");
  if (!other->critical) return broken("strict: subjectAltName of an empty subject is not critical");
  return {};
}

// Sections 4.2.1.1 and 4.2.1.2.
Status check_key_ids(const Certificate& c, bool last) {
  const Extension* authority = c.find_extension(asn1::oid::kAuthorityKeyIdentifier);
  const Extension* subject = c.find_extension(asn1::oid::kSubjectKeyIdentifier);
  if (authority != nullptr && authority->critical)
    return broken("strict: critical authorityKeyIdentifier");
  if (subject != nullptr && subject->critical)
    return broken("strict: critical subjectKeyIdentifier");
  if (!last && c.authority_key_id().empty()) return broken("strict: no authorityKeyIdentifier");
  PARLEY_TRY(const auto basic, c.basic_constraints());
  if (basic && basic->ca && subject == nullptr)
    return broken("strict: CA without subjectKeyIdentifier");
  return {};
}

}  // namespace

Status check_strict(const Certificate& c, bool below, bool last) {
  if (c.version() < 3)
    return c.extensions().empty() ? Status{} : broken("strict: extensions need version 3");
  PARLEY_CHECK(check_authority(c, below));
  PARLEY_CHECK(check_who(c));
  return check_key_ids(c, last);
}

}  // namespace parley::trust

#include "trust/facts.hpp"

#include "asn1/extensions.hpp"
#include "asn1/general_name.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"

namespace parley::trust {
namespace {

namespace oid = asn1::oid;
using Kind = GeneralName::Kind;

// RFC 5280 section 4.2.1.6; of its strings, explicitly tagged, only the shape.
Status check_edi_party(ByteView content) {
  asn1::DerReader r{content};
  const auto part = [&r](const char* field, std::uint32_t tag) {
    asn1::DerReader text = r.enter(field, asn1::context_constructed(tag));
    (void)text.any(field);
    text.end(field);
  };
  if (r.next_is(asn1::context_constructed(0))) part("ediPartyName.nameAssigner", 0);
  part("ediPartyName.partyName", 1);
  return r.finish("ediPartyName");
}

bool is_text(Kind k) { return k == Kind::dns || k == Kind::email || k == Kind::uri; }
bool has_nul(ByteView b) { return std::find(b.begin(), b.end(), std::uint8_t{0}) != b.end(); }

Status check_general_name(const RawGeneralName& n) {
  if (n.kind == Kind::directory || n.kind == Kind::registered_id) {
    PARLEY_CHECK(decode_general_name(n));
  } else if (n.kind == Kind::other_name) {
    asn1::DerReader r{n.content};
    (void)r.oid("otherName.type-id");
    {
      asn1::DerReader value = r.enter("otherName.value", asn1::context_constructed(0));
      (void)value.any("otherName.value");
      value.end("otherName.value");
    }
    return r.finish("otherName");
  } else if (n.kind == Kind::edi_party) {
    return check_edi_party(n.content);
  } else if (n.kind == Kind::x400) {
    asn1::DerReader r{n.content};
    while (!r.empty()) (void)r.any("x400Address");
    return r.finish("x400Address");
  } else if (n.kind == Kind::ip_address && n.content.size() != 4 && n.content.size() != 16) {
    return Error{.code = Errc::bad_value, .where = "iPAddress"};
  } else if (is_text(n.kind) && has_nul(n.content)) {
    // Some programs see what follows it, and some do not (CVE-2009-2408).
    return Error{.code = Errc::bad_value, .where = "NUL in a GeneralName"};
  }
  return {};
}

// An address and a mask, whose bits are set from the left on without a gap (section 4.2.1.10: as in
// RFC 4632).
Status check_network(ByteView base) {
  constexpr Error kBad{.code = Errc::bad_value, .where = "iPAddress of nameConstraints"};
  if (base.size() != 8 && base.size() != 32) return kBad;
  bool ended = false;
  for (const std::uint8_t byte : base.last(base.size() / 2))
    for (unsigned bit = 8; bit-- > 0;) {
      const bool set = (byte >> bit & 1U) != 0;
      if (set && ended) return kBad;
      ended = !set;
    }
  return {};
}

Status check_names(const std::optional<std::vector<RawGeneralName>>& names) {
  return names ? check_general_names(*names) : Status{};
}

Status check_accesses(const std::optional<std::vector<AccessDescription>>& all) {
  if (!all) return {};
  for (const AccessDescription& a : *all) PARLEY_CHECK(check_general_name(a.location));
  return {};
}

Status check_subtrees(const std::vector<GeneralSubtree>& all) {
  for (const GeneralSubtree& s : all)
    PARLEY_CHECK(s.kind == Kind::ip_address
                     ? check_network(s.base)
                     : check_general_name({.kind = s.kind, .content = s.base}));
  return {};
}

// Those that nothing here asks for.
Status check_others(const Certificate& c) {
  PARLEY_TRY(const auto issuers, c.issuer_alt_names());
  PARLEY_CHECK(check_names(issuers));
  PARLEY_TRY(const auto authority, c.authority_info_access());
  PARLEY_CHECK(check_accesses(authority));
  PARLEY_TRY(const auto subject, c.subject_info_access());
  PARLEY_CHECK(check_accesses(subject));
  PARLEY_TRY(const auto freshest, c.freshest_crl());
  if (freshest) PARLEY_CHECK(check_points(*freshest));
  PARLEY_CHECK(c.private_key_usage_period());
  PARLEY_CHECK(c.subject_directory_attributes());
  PARLEY_CHECK(c.tls_features());
  return {};
}

Status read_policies(const Certificate& c, Facts& f) {
  PARLEY_TRY(f.policies, c.certificate_policies());
  PARLEY_TRY(f.mappings, c.policy_mappings());
  PARLEY_TRY(f.policy_constraints, c.policy_constraints());
  PARLEY_TRY(f.inhibit_any, c.inhibit_any_policy());
  return {};
}

Status read_keys(const Certificate& c, Facts& f) {
  PARLEY_TRY(f.authority, c.authority_key_identifier());
  if (f.authority) {
    PARLEY_CHECK(check_general_names(f.authority->issuer));
    for (const RawGeneralName& n : f.authority->issuer) {
      if (n.kind != Kind::directory) continue;
      PARLEY_TRY(f.authority_issuer, asn1::canonical_name(n.content));
      break;
    }
  }
  PARLEY_TRY(const auto subject,
             asn1::decode_one(c.extensions(), oid::kSubjectKeyIdentifier, "subjectKeyIdentifier",
                              asn1::decode_subject_key_identifier));
  if (subject) f.subject_key = *subject;
  return {};
}

Status read_all(const Certificate& c, Facts& f) {
  PARLEY_TRY(f.basic, c.basic_constraints());
  PARLEY_TRY(f.usage, c.key_usage());
  PARLEY_TRY(f.purposes, c.extended_key_usage());
  PARLEY_TRY(f.netscape, asn1::decode_one(c.extensions(), oid::kNetscapeCertType, "nsCertType",
                                          asn1::decode_netscape_cert_type));
  PARLEY_CHECK(read_keys(c, f));
  PARLEY_TRY(f.alt_names, asn1::decode_one(c.extensions(), oid::kSubjectAltName, "subjectAltName",
                                           asn1::parse_general_names));
  PARLEY_CHECK(check_names(f.alt_names));
  PARLEY_TRY(f.names, c.name_constraints());
  if (f.names) {
    PARLEY_CHECK(check_subtrees(f.names->permitted));
    PARLEY_CHECK(check_subtrees(f.names->excluded));
  }
  PARLEY_CHECK(read_policies(c, f));
  PARLEY_TRY(auto points, c.crl_distribution_points());
  if (points) f.points = *std::move(points);
  PARLEY_CHECK(check_points(f.points));
  PARLEY_CHECK(check_others(c));
  // Those that are known have been asked for by name already, which says more.
  return asn1::check_once_each(c.extensions());
}

}  // namespace

Error invalid_extension(const Error& e) {
  return {.code = Errc::invalid_extension, .where = e.where};
}

Status check_general_names(const std::vector<RawGeneralName>& names) {
  for (const RawGeneralName& n : names) PARLEY_CHECK(check_general_name(n));
  return {};
}

Status check_points(const std::vector<DistributionPoint>& points) {
  for (const DistributionPoint& p : points) {
    if (p.name) {
      PARLEY_CHECK(check_general_names(p.name->full));
      if (!p.name->relative.empty()) PARLEY_CHECK(decode_relative_name(p.name->relative));
    }
    PARLEY_CHECK(check_general_names(p.crl_issuer));
  }
  return {};
}

Result<Facts> read_facts(const Certificate& c) {
  Facts f{.certificate = c};
  if (const Status s = read_all(c, f); !s) return invalid_extension(s.error());
  return f;
}

}  // namespace parley::trust

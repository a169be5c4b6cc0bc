// RFC 5280 section 4.2.1: the extensions that the library understands, decoded when asked.
#include <array>

#include "asn1/certificate.hpp"
#include "asn1/general_name.hpp"
#include "asn1/oid.hpp"

namespace parley {
namespace {

using namespace asn1;

// RFC 5280 section 4.2: no extension more than once. Only getpeercert's subjectAltName is laxer.
Result<const Extension*> find_one(const Certificate& c, ByteView oid, const char* field) {
  const Extension* found = nullptr;
  for (const Extension& e : c.extensions()) {
    if (!equal(e.oid, oid)) continue;
    if (found != nullptr) return Error{.code = Errc::bad_certificate, .where = field};
    found = &e;
  }
  return found;
}

}  // namespace

const Extension* Certificate::find_extension(ByteView oid) const {
  for (const Extension& e : fields_->extensions)
    if (equal(e.oid, oid)) return &e;
  return nullptr;
}

Result<std::optional<BasicConstraints>> Certificate::basic_constraints() const {
  PARLEY_TRY(const Extension* e, find_one(*this, oid::kBasicConstraints, "basicConstraints"));
  if (e == nullptr) return std::optional<BasicConstraints>{};
  BasicConstraints b;
  DerReader r{e->value};
  DerReader seq = r.enter("basicConstraints", kSequence);
  if (seq.next_is(kBoolean)) {
    b.ca = seq.boolean("basicConstraints.cA");
    if (!kDefaultsMayBeEncoded && !b.ca) seq.fail(Errc::bad_der, "basicConstraints.cA");
  }
  if (seq.next_is(kInteger))
    b.path_length = seq.small_integer("basicConstraints.pathLenConstraint", 0xffffffff);
  seq.end("basicConstraints");
  PARLEY_CHECK(r.finish("basicConstraints"));
  return std::optional{b};
}

Result<std::optional<std::uint16_t>> Certificate::key_usage() const {
  PARLEY_TRY(const Extension* e, find_one(*this, oid::kKeyUsage, "keyUsage"));
  if (e == nullptr) return std::optional<std::uint16_t>{};
  DerReader r{e->value};
  const std::uint16_t bits = r.named_bits("keyUsage");
  PARLEY_CHECK(r.finish("keyUsage"));
  return std::optional{bits};
}

Result<std::optional<std::vector<std::string>>> Certificate::extended_key_usage() const {
  using Value = std::optional<std::vector<std::string>>;
  PARLEY_TRY(const Extension* e, find_one(*this, oid::kExtendedKeyUsage, "extKeyUsage"));
  if (e == nullptr) return Value{};
  std::vector<std::string> purposes;
  DerReader r{e->value};
  DerReader seq = r.enter("extKeyUsage", kSequence);
  while (!seq.empty()) purposes.push_back(oid_text(seq.oid("extKeyUsage.KeyPurposeId")));
  PARLEY_CHECK(r.finish("extKeyUsage"));
  return Value{std::move(purposes)};
}

Result<std::optional<std::vector<GeneralName>>> Certificate::subject_alt_names() const {
  std::optional<std::vector<GeneralName>> names;
  for (const Extension& e : fields_->extensions) {
    if (!equal(e.oid, oid::kSubjectAltName)) continue;
    if (!names) names.emplace();
    PARLEY_CHECK(parse_general_names(e.value, *names));
  }
  return names;
}

ByteView Certificate::subject_key_id() const {
  const Extension* e = find_extension(oid::kSubjectKeyIdentifier);
  if (e == nullptr) return {};
  DerReader r{e->value};
  const ByteView id = r.octets("subjectKeyIdentifier");
  return r.finish("subjectKeyIdentifier") ? id : ByteView{};
}

ByteView Certificate::authority_key_id() const {
  const Extension* e = find_extension(oid::kAuthorityKeyIdentifier);
  if (e == nullptr) return {};
  DerReader r{e->value};
  DerReader seq = r.enter("authorityKeyIdentifier", kSequence);
  const auto id = seq.optional("authorityKeyIdentifier.keyIdentifier", context(0));
  return id ? id->content : ByteView{};
}

std::vector<std::string> Certificate::unknown_critical_extensions() const {
  // A critical certificatePolicies restricts nobody who asks for any policy (RFC 5280 section
  // 6.1.1 (c)), and that is all parley asks for.
  const std::array<ByteView, 7> kUnderstood{
      oid::kBasicConstraints,     oid::kKeyUsage,
      oid::kExtendedKeyUsage,     oid::kSubjectAltName,
      oid::kSubjectKeyIdentifier, oid::kAuthorityKeyIdentifier,
      oid::kCertificatePolicies};
  std::vector<std::string> unknown;
  for (const Extension& e : fields_->extensions)
    if (e.critical && std::none_of(kUnderstood.begin(), kUnderstood.end(),
                                   [&e](ByteView o) { return equal(o, e.oid); }))
      unknown.push_back(oid_text(e.oid));
  return unknown;
}

}  // namespace parley

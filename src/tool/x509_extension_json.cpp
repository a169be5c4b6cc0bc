// The values of extensions as JSON.
#include "tool/x509_json.hpp"

namespace parley::tool {
namespace {

Json name_json(const Name& name) {
  Json rdns = Json::array();
  for (const RelativeName& rdn : name.rdns) {
    Json attributes = Json::array();
    for (const NameAttribute& a : rdn)
      attributes.push_back(
          Json::array({a.short_name.empty() ? a.oid : std::string(a.short_name), a.value}));
    rdns.push_back(std::move(attributes));
  }
  return rdns;
}

Json object_json(const std::string& dotted) {
  return {{"oid", dotted}, {"name", object_name(dotted)}};
}
Json words(const std::vector<std::string_view>& list) { return Json(list); }
std::string hex(ByteView b) { return to_hex(b); }

Json to_json(const RawGeneralName& raw) {
  Json j{{"kind", general_name_kind(raw.kind)}};
  const auto g = decode_general_name(raw);
  if (!g) {
    j["value"] = nullptr;
  } else if (g->kind == GeneralName::Kind::directory) {
    j["value"] = g->directory.text();
    j["rdns"] = name_json(g->directory);
  } else {
    j["value"] = g->value;
  }
  j["hex"] = hex(raw.content);
  return j;
}
template <class T>
Json to_json(const std::vector<T>& list);

Json to_json(const std::string& dotted) { return object_json(dotted); }
Json to_json(const BasicConstraints& b) {
  Json j{{"ca", b.ca}};
  if (b.path_length) j["path_length"] = *b.path_length;
  return j;
}
Json to_json(const PrivateKeyUsagePeriod& p) {
  Json j = Json::object();
  if (p.not_before) j["not_before"] = rfc3339(*p.not_before);
  if (p.not_after) j["not_after"] = rfc3339(*p.not_after);
  return j;
}
Json to_json(const DirectoryAttribute& a) {
  Json j = object_json(a.oid);
  j["values"] = Json::array();
  for (const ByteView v : a.values)
    j["values"].push_back({{"text", value_text(v)}, {"hex", hex(v)}});
  return j;
}
Json to_json(const TlsFeatures& f) {
  Json j = Json::array();
  for (const std::uint16_t n : f.extensions)
    j.push_back({{"number", n}, {"name", tls_feature_name(n)}});
  return j;
}
Json to_json(const GeneralSubtree& t) {
  if (t.kind != GeneralName::Kind::ip_address) return to_json(RawGeneralName{t.kind, t.base});
  const std::size_t half = t.base.size() / 2;
  Json j = to_json(RawGeneralName{t.kind, t.base.first(half)});
  j["mask"] = to_json(RawGeneralName{t.kind, t.base.subspan(half)})["value"];
  j["hex"] = hex(t.base);
  return j;
}
Json to_json(const NameConstraints& n) {
  return {{"permitted", to_json(n.permitted)}, {"excluded", to_json(n.excluded)}};
}
Json to_json(const PolicyQualifier& q) {
  Json j = object_json(q.oid);
  if (q.cps_uri) j["cps"] = *q.cps_uri;
  if (q.notice) {
    Json notice = Json::object();
    if (q.notice->organization) notice["organization"] = *q.notice->organization;
    for (const ByteView n : q.notice->numbers) notice["numbers"].push_back(hex(n));
    if (q.notice->explicit_text) notice["text"] = *q.notice->explicit_text;
    j["notice"] = std::move(notice);
  }
  j["hex"] = hex(q.value);
  return j;
}
Json to_json(const PolicyInformation& p) {
  Json j = object_json(p.oid);
  j["qualifiers"] = to_json(p.qualifiers);
  return j;
}
Json to_json(const PolicyMapping& m) {
  return {{"issuer_domain", object_json(m.issuer_domain)},
          {"subject_domain", object_json(m.subject_domain)}};
}
Json to_json(const PolicyConstraints& p) {
  Json j = Json::object();
  if (p.require_explicit_policy) j["require_explicit_policy"] = *p.require_explicit_policy;
  if (p.inhibit_policy_mapping) j["inhibit_policy_mapping"] = *p.inhibit_policy_mapping;
  return j;
}
Json to_json(const AuthorityKeyIdentifier& id) {
  Json j = Json::object();
  if (id.key_id) j["key_id"] = hex(*id.key_id);
  if (!id.issuer.empty()) j["issuer"] = to_json(id.issuer);
  if (id.serial) j["serial"] = hex(*id.serial);
  return j;
}
Json to_json(const AccessDescription& a) {
  return {{"method", object_json(a.method)}, {"location", to_json(a.location)}};
}
void put_name(Json& j, const std::optional<DistributionPointName>& name) {
  if (!name) return;
  if (name->relative.empty()) {
    j["full_name"] = to_json(name->full);
    return;
  }
  const auto relative = decode_relative_name(name->relative);
  j["relative_name"] = relative ? name_json(*relative)[0] : Json(nullptr);
}
Json to_json(const DistributionPoint& p) {
  Json j = Json::object();
  put_name(j, p.name);
  if (p.reasons) j["reasons"] = words(reason_flag_names(*p.reasons));
  if (!p.crl_issuer.empty()) j["crl_issuer"] = to_json(p.crl_issuer);
  return j;
}
Json to_json(const IssuingDistributionPoint& p) {
  Json j = Json::object();
  put_name(j, p.name);
  j["only_user"] = p.only_user;
  j["only_ca"] = p.only_ca;
  j["only_attribute"] = p.only_attribute;
  j["indirect"] = p.indirect;
  if (p.reasons) j["reasons"] = words(reason_flag_names(*p.reasons));
  return j;
}
Json to_json(std::uint32_t n) { return n; }
Json to_json(ByteView b) { return hex(b); }

template <class T>
Json to_json(const std::vector<T>& list) {
  Json j = Json::array();
  for (const T& t : list) j.push_back(to_json(t));
  return j;
}

template <class T>
Json decoded(const Result<std::optional<T>>& r) {
  return r && *r ? to_json(**r) : Json(nullptr);
}

}  // namespace

Json extension_json(const Extension& e, Json value) {
  const std::string oid = object_id(e.oid);
  return {{"oid", oid},
          {"name", object_name(oid)},
          {"critical", e.critical},
          {"value", std::move(value)},
          {"text", describe(e)},
          {"hex", hex(e.value)}};
}

Json extension_value(const Certificate& c, const Extension& e) {
  const std::string oid = object_id(e.oid);
  if (oid == "2.5.29.9") return decoded(c.subject_directory_attributes());
  if (oid == "2.5.29.14") return c.subject_key_id().empty() ? Json() : to_json(c.subject_key_id());
  if (oid == "2.5.29.15") {
    const auto bits = c.key_usage();
    return bits && *bits ? words(key_usage_names(**bits)) : Json();
  }
  if (oid == "2.5.29.16") return decoded(c.private_key_usage_period());
  if (oid == "2.5.29.17") {
    const auto names = c.raw_subject_alt_names();
    return names ? to_json(*names) : Json();
  }
  if (oid == "2.5.29.18") return decoded(c.issuer_alt_names());
  if (oid == "2.5.29.19") return decoded(c.basic_constraints());
  if (oid == "2.5.29.30") return decoded(c.name_constraints());
  if (oid == "2.5.29.31") return decoded(c.crl_distribution_points());
  if (oid == "2.5.29.32") return decoded(c.certificate_policies());
  if (oid == "2.5.29.33") return decoded(c.policy_mappings());
  if (oid == "2.5.29.35") return decoded(c.authority_key_identifier());
  if (oid == "2.5.29.36") return decoded(c.policy_constraints());
  if (oid == "2.5.29.37") return decoded(c.extended_key_usage());
  if (oid == "2.5.29.46") return decoded(c.freshest_crl());
  if (oid == "2.5.29.54") return decoded(c.inhibit_any_policy());
  if (oid == "1.3.6.1.5.5.7.1.1") return decoded(c.authority_info_access());
  if (oid == "1.3.6.1.5.5.7.1.11") return decoded(c.subject_info_access());
  if (oid == "1.3.6.1.5.5.7.1.24") return decoded(c.tls_features());
  return nullptr;
}

Json extension_value(const RevocationList& l, const Extension& e) {
  const std::string oid = object_id(e.oid);
  if (oid == "2.5.29.18") return decoded(l.issuer_alt_names());
  if (oid == "2.5.29.20") return decoded(l.crl_number());
  if (oid == "2.5.29.27") return decoded(l.delta_base());
  if (oid == "2.5.29.28") return decoded(l.issuing_distribution_point());
  if (oid == "2.5.29.35") return decoded(l.authority_key_identifier());
  if (oid == "2.5.29.46") return decoded(l.freshest_crl());
  if (oid == "1.3.6.1.5.5.7.1.1") return decoded(l.authority_info_access());
  return nullptr;
}

}  // namespace parley::tool

// Extensions of certificates (vectors/certs/rules, by make.py there): what each decodes to, and
// what is refused. tests/tool/x509_openssl_test.py compares the same files with OpenSSL.
#include <gtest/gtest.h>

#include "parley/x509.hpp"
#include "tests/support/vector_file.hpp"

namespace parley {
namespace {

Certificate load(const std::string& name) {
  auto found = certificates_from_pem(test::read_text("certs/rules/" + name + ".pem"));
  if (!found) throw std::runtime_error(name + ": " + found.error().where);
  return found->front();
}
const Certificate& everything() {
  static const Certificate c = load("all_extensions");
  return c;
}
template <class T>
T value(const Result<std::optional<T>>& r) {
  if (!r) throw std::runtime_error(r.error().where);
  return r->value();
}

using Kind = GeneralName::Kind;
constexpr const char* kNameHex = "301f310b3009060355040613024445";  // C=DE, and an O

std::string shown(const RawGeneralName& n) {
  const auto g = decode_general_name(n);
  return std::string{general_name_kind(n.kind)} + ":" +
         (!g                          ? "bad"
          : n.kind == Kind::directory ? g->directory.text()
                                      : g->value);
}

TEST(X509Extensions, name_constraints_keep_the_bytes_of_every_subtree) {
  const NameConstraints n = value(everything().name_constraints());
  ASSERT_EQ(n.permitted.size(), 5U);
  ASSERT_EQ(n.excluded.size(), 2U);
  EXPECT_EQ(n.permitted[0].kind, Kind::dns);
  EXPECT_EQ(as_text(n.permitted[0].base), "example.org");
  EXPECT_EQ(n.permitted[1].kind, Kind::email);
  EXPECT_EQ(as_text(n.permitted[1].base), ".example.org");
  EXPECT_EQ(n.permitted[2].kind, Kind::directory);
  EXPECT_EQ(parse_name(n.permitted[2].base)->text(), "C=DE, O=M\u00fcller");
  EXPECT_EQ(to_hex(n.permitted[3].base), "c0000200ffffff00");
  EXPECT_EQ(n.permitted[4].kind, Kind::uri);
  EXPECT_EQ(n.excluded[1].base.size(), 32U);
}

TEST(X509Extensions, policies_come_with_their_qualifiers) {
  const auto all = value(everything().certificate_policies());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].oid, "1.2.3.4.1");
  EXPECT_TRUE(all[0].qualifiers.empty());
  EXPECT_EQ(all[1].oid, "2.5.29.32.0");
  ASSERT_EQ(all[1].qualifiers.size(), 2U);
  EXPECT_EQ(all[1].qualifiers[0].cps_uri, "https://example.org/cps");
  const UserNotice notice = all[1].qualifiers[1].notice.value();
  EXPECT_EQ(notice.organization, "Organ");
  ASSERT_EQ(notice.numbers.size(), 2U);
  EXPECT_EQ(to_hex(notice.numbers[1]), "07");
  EXPECT_EQ(notice.explicit_text, "Read \u00fc");
}

TEST(X509Extensions, numbers_that_restrict_policies) {
  const auto mappings = value(everything().policy_mappings());
  ASSERT_EQ(mappings.size(), 1U);
  EXPECT_EQ(mappings[0].issuer_domain, "1.2.3.4.1");
  EXPECT_EQ(mappings[0].subject_domain, "1.2.3.4.2");
  const PolicyConstraints p = value(everything().policy_constraints());
  EXPECT_EQ(p.require_explicit_policy, 2U);
  EXPECT_EQ(p.inhibit_policy_mapping, 0U);
  EXPECT_EQ(value(everything().inhibit_any_policy()), 5U);
}

TEST(X509Extensions, the_authority_key_identifier_is_whole) {
  const AuthorityKeyIdentifier id = value(everything().authority_key_identifier());
  EXPECT_EQ(to_hex(id.key_id.value()), "000102030405060708090a0b0c0d0e0f10111213");
  ASSERT_EQ(id.issuer.size(), 1U);
  EXPECT_EQ(shown(id.issuer[0]), "DirName:C=DE, O=M\u00fcller");
  EXPECT_EQ(to_hex(id.serial.value()), "008001");
  EXPECT_EQ(to_hex(everything().authority_key_id()), to_hex(*id.key_id));
}

TEST(X509Extensions, places_to_look_for_more) {
  const auto aia = value(everything().authority_info_access());
  ASSERT_EQ(aia.size(), 2U);
  EXPECT_EQ(aia[0].method, "1.3.6.1.5.5.7.48.1");
  EXPECT_EQ(shown(aia[0].location), "URI:http://ocsp.example");
  EXPECT_EQ(object_name(aia[1].method), "CA Issuers");
  EXPECT_EQ(value(everything().subject_info_access()).front().method, "1.3.6.1.5.5.7.48.5");
  const auto points = value(everything().crl_distribution_points());
  ASSERT_EQ(points.size(), 2U);
  ASSERT_EQ(points[0].name->full.size(), 2U);
  EXPECT_EQ(shown(points[0].name->full[0]), "URI:http://crl.example/1");
  EXPECT_FALSE(points[0].reasons.has_value());
  EXPECT_EQ(points[1].reasons, kReasonKeyCompromise | kReasonCaCompromise);
  EXPECT_EQ(shown(points[1].crl_issuer.at(0)), "DirName:C=DE, O=M\u00fcller");
  EXPECT_EQ(value(everything().freshest_crl()).size(), 1U);
  const Certificate relative = load("point_relative");
  const auto one = value(relative.crl_distribution_points()).front();
  EXPECT_TRUE(one.name->full.empty());
  EXPECT_EQ(to_hex(one.name->relative), "300b06035504030c0443524c31");
}

TEST(X509Extensions, alternative_names_of_every_kind_are_there_undecoded) {
  const auto names = everything().raw_subject_alt_names();
  ASSERT_TRUE(names);
  std::string kinds;
  for (const RawGeneralName& n : *names) kinds += std::to_string(static_cast<int>(n.kind));
  EXPECT_EQ(kinds, "0123456778");
  EXPECT_EQ(to_hex((*names)[4].content).substr(0, 30).substr(4), std::string{kNameHex}.substr(4));
  EXPECT_EQ(to_hex((*names)[7].content), "c0000201");
  const auto issuer = value(everything().issuer_alt_names());
  ASSERT_EQ(issuer.size(), 2U);
  EXPECT_EQ(shown(issuer[1]), "URI:https://ca.example.org/");
}

TEST(X509Extensions, a_period_for_the_private_key) {
  const PrivateKeyUsagePeriod p = value(everything().private_key_usage_period());
  EXPECT_EQ(p.not_before, 1577836800);
  EXPECT_EQ(p.not_after, 1893456000);
}

TEST(X509Extensions, attributes_of_the_subject_keep_every_value) {
  const Certificate owner = load("attributes_features");  // the values are views into it
  const auto all = value(owner.subject_directory_attributes());
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].oid, "1.3.6.1.5.5.7.9.1");
  EXPECT_EQ(value_text(all[0].values.at(0)), "Feb  3 12:00:00 1971 GMT");
  EXPECT_EQ(value_text(all[1].values.at(0)), "Z\u00fcrich");
  ASSERT_EQ(all[2].values.size(), 2U);
  EXPECT_EQ(value_text(all[2].values[1]), "DE");
  EXPECT_EQ(to_hex(all[3].values.at(0)), "3003020105");
  EXPECT_EQ(value_text(all[3].values[0]), "3003020105");
}

TEST(X509Extensions, features_of_tls_are_numbers_with_names) {
  EXPECT_EQ(value(load("attributes_features").tls_features()).extensions,
            (std::vector<std::uint16_t>{5, 17, 16}));
  EXPECT_EQ(tls_feature_name(5), "status_request");
  EXPECT_EQ(tls_feature_name(16), "16");
}

TEST(X509Extensions, unknown_ones_keep_their_bytes) {
  const Extension& last = everything().extensions().back();
  EXPECT_EQ(object_id(last.oid), "1.2.3.4.6");
  EXPECT_EQ(to_hex(last.value), "0403616263");
  EXPECT_EQ(describe(last), std::vector<std::string>{"0403616263"});
}

TEST(X509Extensions, absent_ones_are_empty) {
  const Certificate c = load("rsa512_md5");
  EXPECT_FALSE(c.name_constraints()->has_value());
  EXPECT_FALSE(c.certificate_policies()->has_value());
  EXPECT_FALSE(c.policy_mappings()->has_value());
  EXPECT_FALSE(c.policy_constraints()->has_value());
  EXPECT_FALSE(c.inhibit_any_policy()->has_value());
  EXPECT_FALSE(c.authority_key_identifier()->has_value());
  EXPECT_FALSE(c.authority_info_access()->has_value());
  EXPECT_FALSE(c.crl_distribution_points()->has_value());
  EXPECT_TRUE(c.raw_subject_alt_names()->empty());
}

template <class T>
std::string outcome(const Result<T>& r) {
  return r ? "decoded" : r.error().where;
}

TEST(X509Extensions, what_section_4_2_forbids_is_refused) {
  const auto nc = [](const char* name) { return outcome(load(name).name_constraints()); };
  EXPECT_EQ(nc("name_constraints_minimum"), "GeneralSubtree.minimum");
  EXPECT_EQ(nc("name_constraints_maximum"), "GeneralSubtree.maximum");
  EXPECT_EQ(nc("name_constraints_empty"), "nameConstraints");
  EXPECT_EQ(nc("name_constraints_no_trees"), "nameConstraints.permittedSubtrees");
  EXPECT_EQ(nc("name_constraints_ip"), "GeneralSubtree.base");
  EXPECT_EQ(nc("name_constraints_twice"), "nameConstraints");
  const auto policies = [](const char* name) { return outcome(load(name).certificate_policies()); };
  EXPECT_EQ(policies("policies_twice"), "certificatePolicies");
  EXPECT_EQ(policies("policies_empty"), "certificatePolicies");
  EXPECT_EQ(policies("policies_cps_utf8"), "CPSuri");
  const auto limits = [](const char* name) { return outcome(load(name).policy_constraints()); };
  EXPECT_EQ(limits("policy_constraints_empty"), "policyConstraints");
  EXPECT_EQ(limits("policy_constraints_negative"), "policyConstraints.requireExplicitPolicy");
  EXPECT_EQ(outcome(load("policy_mappings_empty").policy_mappings()), "policyMappings");
  EXPECT_EQ(outcome(load("inhibit_negative").inhibit_any_policy()), "inhibitAnyPolicy");
  EXPECT_EQ(outcome(load("extended_key_usage_empty").extended_key_usage()), "extKeyUsage");
  for (const char* name : {"authority_issuer_alone", "authority_serial_alone"}) {
    EXPECT_EQ(outcome(load(name).authority_key_identifier()),
              "authorityKeyIdentifier.authorityCertIssuer");
    EXPECT_TRUE(load(name).authority_key_id().empty());
  }
  EXPECT_EQ(outcome(load("point_of_reasons").crl_distribution_points()), "DistributionPoint");
  EXPECT_EQ(outcome(load("points_empty").crl_distribution_points()), "CRLDistributionPoints");
  EXPECT_EQ(outcome(load("info_access_empty").authority_info_access()), "infoAccess");
  EXPECT_EQ(outcome(load("attributes_empty").subject_directory_attributes()),
            "subjectDirectoryAttributes");
  EXPECT_EQ(outcome(load("attribute_without_value").subject_directory_attributes()),
            "Attribute.values");
  EXPECT_EQ(outcome(load("features_negative").tls_features()), "TLS features");
  EXPECT_EQ(outcome(load("san_unknown_kind").raw_subject_alt_names()), "GeneralName");
  EXPECT_EQ(outcome(load("san_directory_bare").raw_subject_alt_names()),
            "GeneralName.directoryName");
}

// asn1/README.md has the table of rules that are bent.
TEST(X509Extensions, what_old_certificates_do_passes) {
  EXPECT_TRUE(value(load("san_empty").subject_alt_names()).empty());
  const Certificate zero = load("minimum_zero");
  EXPECT_EQ(value(zero.name_constraints()).permitted.size(), 1U);
  EXPECT_EQ(value(load("policy_constraints_huge").policy_constraints()).require_explicit_policy,
            0xffffffffU)
      << "very large";
  EXPECT_EQ(*load("generalized_before_2050").not_before(), 946598400);
  EXPECT_EQ(algorithm_name(load("md2_signature").signature_algorithm()), "md2WithRSAEncryption");
  const Certificate small = load("rsa512_md5");
  EXPECT_EQ(algorithm_name(small.signature_algorithm()), "md5WithRSAEncryption");
  EXPECT_EQ(small.version(), 1);
  EXPECT_EQ(public_key_facts(small).bits, 512U);
  EXPECT_EQ(load("unique_ids").extensions().size(), 1U);
  const auto latin = value(load("policy_text_latin1").certificate_policies());
  EXPECT_EQ(latin[0].qualifiers[0].notice->explicit_text, "caf\u00e9");
}

TEST(X509Extensions, describe_tells_each_in_lines) {
  const std::string text = describe(everything());
  for (const char* line :
       {"X509v3 Basic Constraints: critical\n    CA:TRUE, pathlen:3\n",
        "X509v3 Key Usage: critical\n    Certificate Sign, CRL Sign\n",
        "    Permitted: IP:192.0.2.0/255.255.255.0\n", "    Excluded: DNS:bad.example.org\n",
        "      Notice: Organ, numbers 1, 7\n", "      CPS: https://example.org/cps\n",
        "    1.2.3.4.1 is 1.2.3.4.2\n", "    Require explicit policy: 2\n",
        "    OCSP: URI:http://ocsp.example\n", "      Reasons: Key Compromise, CA Compromise\n",
        "    Issuer: DirName:C=DE, O=M\u00fcller\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  const std::string more = describe(load("attributes_features"));
  for (const char* line :
       {"    id-pda-placeOfBirth: Z\u00fcrich\n", "    id-pda-countryOfCitizenship: CH, DE\n",
        "    status_request, status_request_v2, 16\n"})
    EXPECT_NE(more.find(line), std::string::npos) << line << more;
  EXPECT_NE(describe(load("policies_twice")).find("<cannot be decoded>"), std::string::npos);
}

}  // namespace
}  // namespace parley

// Any bytes as a certificate: parse, decode every field, print. Links asn1 alone.
#include <cstdlib>

#include "parley/x509.hpp"
#include "parley/x509_fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  std::size_t told = 0;
  visit_certificate({data, size}, [&told](const DerField& f) {
    if (f.offset != told) std::abort();
    told += f.bytes.size();
  });
  if (told != size) std::abort();
  const Result<Certificate> c = Certificate::parse(Bytes{data, data + size});
  if (!c) return 0;
  // What parsed must hand out the very bytes it was given.
  if (!equal(c->der(), {data, size})) std::abort();
  (void)describe(*c);
  (void)c->subject_alt_names().has_value();
  (void)c->basic_constraints().has_value();
  (void)c->key_usage().has_value();
  (void)c->extended_key_usage().has_value();
  (void)c->raw_subject_alt_names().has_value();
  (void)c->issuer_alt_names().has_value();
  (void)c->name_constraints().has_value();
  (void)c->certificate_policies().has_value();
  (void)c->policy_mappings().has_value();
  (void)c->policy_constraints().has_value();
  (void)c->inhibit_any_policy().has_value();
  (void)c->authority_key_identifier().has_value();
  (void)c->authority_info_access().has_value();
  (void)c->subject_info_access().has_value();
  (void)c->crl_distribution_points().has_value();
  (void)c->freshest_crl().has_value();
  (void)c->private_key_usage_period().has_value();
  (void)c->unknown_critical_extensions();
  (void)c->not_before_text();
  (void)c->self_issued();
  (void)c->serial_hex();
  return 0;
}

// Any bytes as a certificate: parse, decode every field, print. Links asn1 alone.
#include <cstdlib>

#include "parley/x509.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const Result<Certificate> c = Certificate::parse(Bytes{data, data + size});
  if (!c) return 0;
  // What parsed must hand out the very bytes it was given.
  if (!equal(c->der(), {data, size})) std::abort();
  (void)describe(*c);
  (void)c->subject_alt_names().has_value();
  (void)c->basic_constraints().has_value();
  (void)c->key_usage().has_value();
  (void)c->extended_key_usage().has_value();
  (void)c->unknown_critical_extensions();
  (void)c->not_before_text();
  (void)c->self_issued();
  (void)c->serial_hex();
  return 0;
}

// Any bytes as a revocation list: parse, decode every extension and entry, look each up, print.
// Links asn1 alone.
#include <cstdlib>

#include "parley/crl.hpp"
#include "parley/x509_fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  std::size_t told = 0;
  visit_revocation_list({data, size}, [&told](const DerField& f) {
    if (f.offset != told) std::abort();
    told += f.bytes.size();
  });
  if (told != size) std::abort();
  const Result<RevocationList> l = RevocationList::parse(Bytes{data, data + size});
  if (!l) return 0;
  // What parsed must hand out the very bytes it was given.
  if (!equal(l->der(), {data, size})) std::abort();
  for (std::size_t i = 0; i < l->size(); ++i) {
    const Revoked e = l->entry(i);
    const ByteView issuer = e.certificate_issuer.empty() ? l->issuer_der() : e.certificate_issuer;
    // A name that cannot be decoded equals only its own bytes.
    if (!l->find(e.serial, issuer)) std::abort();
  }
  (void)describe(*l);
  (void)l->unknown_critical_extensions();
  (void)l->issuing_distribution_point().has_value();
  (void)l->authority_key_identifier().has_value();
  (void)l->crl_number().has_value();
  (void)l->delta_base().has_value();
  (void)l->freshest_crl().has_value();
  (void)l->issuer_alt_names().has_value();
  (void)l->next_update().has_value();
  return 0;
}

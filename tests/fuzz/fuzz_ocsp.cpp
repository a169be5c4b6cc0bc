// Any bytes as an OCSP response: parse, and look at everything. Links asn1 alone.
#include <cstdlib>

#include "parley/ocsp_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const Result<OcspResponse> r = OcspResponse::parse(Bytes{data, data + size});
  if (!r) return 0;
  // What parsed must hand out the very bytes it was given, and nothing but parts of them.
  if (!equal(r->der(), {data, size})) std::abort();
  const auto inside = [&r](ByteView part) {
    const ByteView all = r->der();
    if (!part.empty() &&
        (part.data() < all.data() || part.data() + part.size() > all.data() + all.size()))
      std::abort();
  };
  for (const ByteView part : {r->tbs(), r->signature_algorithm(), r->signature(),
                              r->responder_name(), r->responder_key_hash()})
    inside(part);
  if (r->status() == 0 && r->responder_name().empty() == r->responder_key_hash().empty())
    std::abort();
  if (r->answers().size() > OcspResponse::kMostAnswers ||
      r->certificates().size() > OcspResponse::kMostCertificates)
    std::abort();
  for (const ByteView der : r->certificates()) inside(der);
  for (const OcspAnswer& a : r->answers()) {
    for (const ByteView part : {a.hash_algorithm, a.issuer_name_hash, a.issuer_key_hash, a.serial})
      inside(part);
    if (a.reason && a.status != OcspStatus::revoked) std::abort();
    (void)ocsp_status_name(a.status);
  }
  return 0;
}

// DHParameter in PEM (PKCS #3 section 9).
#include "asn1/der_reader.hpp"
#include "asn1/der_writer.hpp"
#include "crypto/dh.hpp"
#include "parley/group.hpp"
#include "parley/pem.hpp"

namespace parley {
namespace {

constexpr std::string_view kLabel = "DH PARAMETERS";

Result<DhParameters> from_der(ByteView der, Rng& rng) {
  asn1::DerReader r{der};
  asn1::DerReader seq = r.enter("DHParameter", asn1::kSequence);
  const ByteView p = seq.unsigned_integer("DHParameter.prime");
  const ByteView g = seq.unsigned_integer("DHParameter.base");
  // How long private values should be is decided here, not in a file.
  if (!seq.empty()) (void)seq.unsigned_integer("DHParameter.privateValueLength");
  seq.end("DHParameter");
  PARLEY_CHECK(r.finish("DHParameter"));
  PARLEY_TRY(const crypto::DhGroup group, crypto::DhGroup::from_trusted_numbers(rng, p, g));
  return DhParameters{group.p(), group.g()};
}

}  // namespace

Result<DhParameters> DhParameters::from_pem(std::string_view pem, Rng& rng) {
  PARLEY_TRY(const std::vector<PemBlock> blocks, pem_blocks(pem));
  for (const PemBlock& b : blocks) {
    if (b.label != kLabel) continue;
    PARLEY_TRY(const Bytes der, b.decode());
    return from_der(der, rng);
  }
  return Error{.code = Errc::no_start_line, .where = "DH PARAMETERS"};
}

Result<DhParameters> DhParameters::generate(Rng& rng, std::size_t bits) {
  PARLEY_TRY(const crypto::DhGroup group, crypto::DhGroup::generate(rng, bits));
  return DhParameters{group.p(), group.g()};
}

std::string DhParameters::to_pem() const {
  Bytes der;
  asn1::DerWriter w{der};
  {
    const asn1::DerWriter::Scope seq = w.open(asn1::kSequence);
    w.unsigned_integer(p);
    w.unsigned_integer(g);
  }
  return encode_pem(kLabel, der);
}

}  // namespace parley

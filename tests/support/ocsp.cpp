#include "tests/support/ocsp.hpp"

#include <ctime>
#include <stdexcept>

#include "asn1/der_writer.hpp"
#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "crypto/hash.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::test {
namespace {

using asn1::context;
using asn1::context_constructed;
using asn1::DerWriter;
using asn1::kSequence;

/// The bytes that `write` puts into a DerWriter.
template <class Write>
Bytes der(Write write) {
  Bytes out;
  DerWriter w{out};
  write(w);
  return out;
}

void write_moment(DerWriter& w, std::int64_t unix_seconds) {
  const std::time_t t = unix_seconds;
  std::tm tm{};
  std::string text(16, '\0');
  if (gmtime_r(&t, &tm) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y%m%d%H%M%SZ", &tm) != 15)
    throw std::runtime_error("no such moment");
  text.pop_back();
  w.text(asn1::kGeneralizedTime, text);
}

void write_answer(DerWriter& w, const OcspMake& m) {
  const auto single = w.open(kSequence);
  {
    const auto id = w.open(kSequence);
    asn1::write_algorithm(w, asn1::oid::kSha1, asn1::Parameters::null);
    const auto hash = [](ByteView b) { return crypto::hash(crypto::HashId::sha1, {b}); };
    w.octets(hash(m.certificate.issuer_der()).view());
    const auto key = asn1::parse_public_key_info(m.issuer.spki());
    if (!key) throw std::runtime_error("no key");
    w.octets(hash(key->key).view());
    w.primitive(asn1::kInteger, m.certificate.serial());
  }
  if (m.status == OcspStatus::revoked) {
    const auto revoked = w.open(context_constructed(1));
    write_moment(w, m.this_update - 100);
  } else {
    w.primitive(context(m.status == OcspStatus::good ? 0 : 2), {});
  }
  write_moment(w, m.this_update);
  if (!m.next_update) return;
  const auto next = w.open(context_constructed(0));
  write_moment(w, *m.next_update);
}

void write_data(DerWriter& w, const OcspMake& m) {
  const auto data = w.open(kSequence);
  {
    const auto by_name = w.open(context_constructed(1));
    w.raw((m.responder ? *m.responder : m.issuer).subject_der());
  }
  write_moment(w, m.this_update);
  {
    const auto list = w.open(kSequence);
    for (std::size_t i = 0; i < m.answers; ++i) write_answer(w, m);
  }
  if (m.critical_extension) {
    const auto explicit1 = w.open(context_constructed(1));
    const auto extensions = w.open(kSequence);
    const auto extension = w.open(kSequence);
    w.oid(asn1::oid::make(0x2a, 3));
    w.boolean(true);
    w.octets(Bytes{5, 0});
  }
}

void write_basic(DerWriter& w, const OcspMake& m) {
  const Bytes data = der([&m](DerWriter& to) { write_data(to, m); });
  SeededRng rng{7};
  const auto signature = trust::sign_digest(m.key.impl().key, rng, crypto::HashId::sha256,
                                            crypto::hash(crypto::HashId::sha256, {data}).view());
  if (!signature) throw std::runtime_error("cannot sign");
  const auto basic = w.open(kSequence);
  w.raw(data);
  asn1::write_algorithm(w, asn1::oid::kSha256WithRsa, asn1::Parameters::null);
  w.bits(*signature);
  if (!m.responder) return;
  const auto explicit0 = w.open(context_constructed(0));
  const auto certificates = w.open(kSequence);
  w.raw(m.responder->der());
}

}  // namespace

Bytes make_ocsp(const OcspMake& m) {
  return der([&m](DerWriter& w) {
    const auto response = w.open(kSequence);
    w.primitive(asn1::kEnumerated, Bytes{0});
    const auto explicit0 = w.open(context_constructed(0));
    const auto bytes = w.open(kSequence);
    w.oid(asn1::oid::kOcspBasic);
    w.octets(der([&m](DerWriter& to) { write_basic(to, m); }));
  });
}

}  // namespace parley::test

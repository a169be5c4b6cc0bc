#include "tests/support/raw_certs.hpp"

#include <stdexcept>

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"

namespace parley::test {
namespace {

using asn1::DerWriter;

void write_algorithm(DerWriter& w, std::string_view hash) {
  const bool md5 = hash == "md5";
  asn1::write_algorithm(
      w, md5 ? ByteView{asn1::oid::kMd5WithRsa} : ByteView{asn1::oid::kSha256WithRsa},
      asn1::Parameters::null);
}

Bytes name(const std::string& common_name) {
  return der([&](DerWriter& w) {
    const auto rdns = w.open(asn1::kSequence);
    const auto rdn = w.open(asn1::kSet);
    const auto attribute = w.open(asn1::kSequence);
    w.oid(asn1::oid::kCommonName);
    w.text(asn1::kUtf8String, common_name);
  });
}

Bytes sign(const Bytes& tbs, const PrivateKey& key, std::string_view hash) {
  const crypto::HashId id = hash == "md5" ? crypto::HashId::md5 : crypto::HashId::sha256;
  SeededRng rng{7};
  const auto signature = trust::sign_digest(key.impl().key, rng, id, crypto::hash(id, {tbs}));
  if (!signature) throw std::runtime_error("cannot sign");
  return der([&](DerWriter& w) {
    const auto seq = w.open(asn1::kSequence);
    w.raw(tbs);
    write_algorithm(w, hash);
    w.bits(*signature);
  });
}

void write_extensions(DerWriter& w, const std::vector<RawExtension>& extensions) {
  const auto list = w.open(asn1::kSequence);
  for (const RawExtension& e : extensions) {
    const auto extension = w.open(asn1::kSequence);
    w.oid(e.oid);
    if (e.critical) w.boolean(true);
    w.octets(e.value);
  }
}

void write_revoked(DerWriter& w, const std::vector<std::uint32_t>& serials) {
  const auto revoked = w.open(asn1::kSequence);
  for (const std::uint32_t serial : serials) {
    const auto entry = w.open(asn1::kSequence);
    w.integer(serial);
    w.time(kNow);
    const auto extensions = w.open(asn1::kSequence);
    const auto extension = w.open(asn1::kSequence);
    w.oid(asn1::oid::kCrlReason);
    const auto value = w.open(asn1::kOctetString);
    w.primitive(asn1::universal(10), std::array<std::uint8_t, 1>{1});
  }
}

}  // namespace

RawExtension raw_ca() {
  return {.oid = to_bytes(asn1::oid::kBasicConstraints),
          .critical = true,
          .value = der([](DerWriter& w) {
            const auto seq = w.open(asn1::kSequence);
            w.boolean(true);
          })};
}

Issued raw_certificate(const std::string& common_name, unsigned number, const Issued* issuer,
                       const std::vector<RawExtension>& extensions, std::uint32_t serial,
                       std::int64_t not_after) {
  const PrivateKey key = test_key(number);
  const Bytes subject = name(common_name);
  const Bytes tbs = der([&](DerWriter& w) {
    const auto seq = w.open(asn1::kSequence);
    {
      const auto version = w.open(asn1::context_constructed(0));
      w.integer(2);
    }
    w.integer(serial);
    write_algorithm(w, "sha256");
    w.raw(issuer != nullptr ? issuer->certificate.subject_der() : ByteView{subject});
    {
      const auto validity = w.open(asn1::kSequence);
      w.time(kNow - kYear);
      w.time(not_after);
    }
    w.raw(subject);
    w.raw(key.public_key_info());
    if (extensions.empty()) return;
    const auto tagged = w.open(asn1::context_constructed(3));
    write_extensions(w, extensions);
  });
  auto c = Certificate::parse(sign(tbs, issuer != nullptr ? issuer->key : key, "sha256"));
  if (!c) throw std::runtime_error(std::string("cannot parse: ") + c.error().where);
  return {*std::move(c), key};
}

RevocationList raw_crl(const Issued& issuer, const std::vector<std::uint32_t>& serials,
                       std::string_view hash, const std::vector<RawExtension>& extensions) {
  const Bytes tbs = der([&](DerWriter& w) {
    const auto seq = w.open(asn1::kSequence);
    w.integer(1);
    write_algorithm(w, hash);
    w.raw(issuer.certificate.subject_der());
    w.time(kNow - 1);
    w.time(kNow + 1);
    if (!serials.empty()) write_revoked(w, serials);
    if (extensions.empty()) return;
    const auto tagged = w.open(asn1::context_constructed(0));
    write_extensions(w, extensions);
  });
  auto list = RevocationList::parse(sign(tbs, issuer.key, hash));
  if (!list) throw std::runtime_error(std::string("cannot parse: ") + list.error().where);
  return *std::move(list);
}

}  // namespace parley::test

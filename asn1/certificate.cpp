// RFC 5280 section 4.1: the fixed part of a certificate.
#include "asn1/certificate.hpp"

#include "asn1/extensions.hpp"
#include "asn1/keys.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "asn1/time.hpp"

namespace parley::asn1 {

TimeField read_time(DerReader& r, const char* field) {
  const bool generalized = r.next_is(kGeneralizedTime);
  const Element e = r.element(field, generalized ? kGeneralizedTime : kUtcTime);
  return {e.tag, e.content};
}

ByteView read_serial(DerReader& r, const char* field) {
  const ByteView serial = r.integer(field);
  if (serial.size() > kMaxSerialSize) r.fail(Errc::length_out_of_range, field);
  if (!kSerialMayBeNegative && r.ok() && serial[0] >= 0x80) r.fail(Errc::bad_value, field);
  return serial;
}

ByteView read_algorithm_whole(DerReader& r, const char* field) {
  const Element e = r.element(field, kSequence);
  if (!r.ok()) return {};
  if (const auto a = parse_algorithm(e.whole); !a) r.fail(a.error().code, a.error().where);
  return e.whole;
}

}  // namespace parley::asn1

namespace parley {
namespace {

using namespace asn1;

ByteView read_spki(DerReader& tbs) {
  const Element e = tbs.element("subjectPublicKeyInfo", kSequence);
  if (!tbs.ok()) return {};
  if (const auto info = parse_public_key_info(e.whole); !info)
    tbs.fail(info.error().code, info.error().where);
  return e.whole;
}

// An IMPLICIT BIT STRING.
void read_unique_id(DerReader& tbs, const char* field, std::uint32_t tag) {
  const auto e = tbs.optional(field, context(tag));
  std::uint16_t bits = 0;
  if (e && !named_bits_content(e->content, bits)) tbs.fail(Errc::bad_der, field);
}

void read_tbs(DerReader& tbs, Certificate::Fields& f) {
  if (tbs.next_is(context_constructed(0))) {
    DerReader version = tbs.enter("version", context_constructed(0));
    f.version = static_cast<int>(version.small_integer("version", 2)) + 1;
    version.end("version");
    if (!kDefaultsMayBeEncoded && f.version == 1) tbs.fail(Errc::bad_der, "version");
  }
  f.serial = read_serial(tbs, "serialNumber");
  f.tbs_signature_algorithm = read_algorithm_whole(tbs, "signature");
  f.issuer = read_name(tbs, "issuer");
  {
    DerReader validity = tbs.enter("validity", kSequence);
    f.not_before = read_time(validity, "validity.notBefore");
    f.not_after = read_time(validity, "validity.notAfter");
    validity.end("validity");
  }
  f.subject = read_name(tbs, "subject");
  f.spki = read_spki(tbs);
  if (f.version >= 2) {  // nobody uses them
    read_unique_id(tbs, "issuerUniqueID", 1);
    read_unique_id(tbs, "subjectUniqueID", 2);
  }
  if (f.version >= 3 && tbs.next_is(context_constructed(3))) {
    DerReader explicit3 = tbs.enter("extensions", context_constructed(3));
    read_extensions(explicit3, f.extensions);
    explicit3.end("extensions");
  }
  tbs.end("tbsCertificate");
}

// CertAux, without what is only for people. An alias and a key identifier may follow.
Result<TrustSettings> read_trust(ByteView aux) {
  TrustSettings settings;
  DerReader r{aux};
  DerReader seq = r.enter("CertAux", kSequence);
  const auto uses = [&seq](const char* field, Tag tag) {
    std::vector<std::string> oids;
    DerReader list = seq.enter(field, tag);
    while (!list.empty()) oids.push_back(oid_text(list.oid(field)));
    return oids;
  };
  if (seq.next_is(kSequence)) settings.trusted = uses("CertAux.trust", kSequence);
  if (seq.next_is(context_constructed(0)))
    settings.rejected = uses("CertAux.reject", context_constructed(0));
  (void)seq.optional("CertAux.alias", kUtf8String);
  (void)seq.optional("CertAux.keyid", kOctetString);
  (void)seq.optional("CertAux.other", context_constructed(1));
  seq.end("CertAux");
  PARLEY_CHECK(r.finish("CertAux"));
  return settings;
}

Status read_certificate(Certificate::Fields& f, Bytes der) {
  f.der = std::move(der);
  DerReader r{f.der};
  {
    DerReader certificate = r.enter("certificate", kSequence);
    f.tbs = certificate.element("tbsCertificate", kSequence).whole;
    f.signature_algorithm = read_algorithm_whole(certificate, "signatureAlgorithm");
    f.signature = certificate.bits("signature");
    certificate.end("certificate");
  }
  PARLEY_CHECK(r.finish("certificate"));
  DerReader whole_tbs{f.tbs};
  DerReader tbs = whole_tbs.enter("tbsCertificate", kSequence);
  read_tbs(tbs, f);
  return whole_tbs.finish("tbsCertificate");
}

}  // namespace

Result<Certificate> Certificate::parse(Bytes der) {
  auto f = std::make_shared<Fields>();
  PARLEY_CHECK(read_certificate(*f, std::move(der)));
  return Certificate{std::move(f)};
}

Result<Certificate> Certificate::parse_trusted(Bytes der) {
  auto f = std::make_shared<Fields>();
  std::optional<TrustSettings> settings;
  DerReader r{der};
  const std::size_t size = r.any("certificate").whole.size();
  if (r.ok() && !r.empty()) {
    PARLEY_TRY(settings, read_trust(ByteView{der}.subspan(size)));
    der.resize(size);
  }
  PARLEY_CHECK(read_certificate(*f, std::move(der)));
  Certificate c{std::move(f)};
  return settings ? c.with_trust_settings(*std::move(settings)) : c;
}

const TrustSettings* Certificate::trust_settings() const { return trust_.get(); }
Certificate Certificate::with_trust_settings(TrustSettings settings) const {
  Certificate same = *this;
  same.trust_ = std::make_shared<const TrustSettings>(std::move(settings));
  return same;
}

ByteView Certificate::der() const { return fields_->der; }
ByteView Certificate::tbs() const { return fields_->tbs; }
int Certificate::version() const { return fields_->version; }
ByteView Certificate::serial() const { return fields_->serial; }
ByteView Certificate::issuer_der() const { return fields_->issuer; }
ByteView Certificate::subject_der() const { return fields_->subject; }
Result<Name> Certificate::issuer() const { return parse_name(fields_->issuer); }
Result<Name> Certificate::subject() const { return parse_name(fields_->subject); }
bool Certificate::self_issued() const { return same_name(fields_->issuer, fields_->subject); }
ByteView Certificate::spki() const { return fields_->spki; }
ByteView Certificate::signature_algorithm() const { return fields_->signature_algorithm; }
ByteView Certificate::tbs_signature_algorithm() const { return fields_->tbs_signature_algorithm; }
ByteView Certificate::signature() const { return fields_->signature; }
std::span<const Extension> Certificate::extensions() const { return fields_->extensions; }

std::string Certificate::serial_hex() const {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  Bytes magnitude = to_bytes(fields_->serial);
  const bool negative = magnitude[0] >= 0x80;
  if (negative) {  // two's complement
    unsigned carry = 1;
    for (std::size_t i = magnitude.size(); i-- > 0;) {
      carry += static_cast<std::uint8_t>(~magnitude[i]);
      magnitude[i] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
  }
  ByteView digits{magnitude};
  if (digits.size() > 1 && digits[0] == 0) digits = digits.subspan(1);
  std::string s = negative ? "-" : "";
  for (const std::uint8_t b : digits) {
    s += kHex[b >> 4];
    s += kHex[b & 15];
  }
  return s;
}

Result<std::int64_t> Certificate::not_before() const {
  return unix_time(fields_->not_before.tag, fields_->not_before.content);
}
Result<std::int64_t> Certificate::not_after() const {
  return unix_time(fields_->not_after.tag, fields_->not_after.content);
}
std::string Certificate::not_before_text() const {
  return time_text(fields_->not_before.tag, fields_->not_before.content);
}
std::string Certificate::not_after_text() const {
  return time_text(fields_->not_after.tag, fields_->not_after.content);
}

}  // namespace parley

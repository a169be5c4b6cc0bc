// RFC 6960 section 4.2.1: the syntax of a response.
#include "asn1/ocsp.hpp"

#include "asn1/extensions.hpp"
#include "asn1/keys.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "asn1/time.hpp"

namespace parley {
namespace {

using namespace asn1;

/// OCSPResponseStatus: 4 is not used.
constexpr int kSuccessful = 0, kUnusedStatus = 4, kLastStatus = 6;
/// CRLReason (RFC 5280 section 5.3.1): 7 is not used.
constexpr int kUnusedReason = 7, kLastReason = 10;
constexpr std::size_t kSha1Size = 20;

int read_enumerated(DerReader& r, const char* field, int unused, int last) {
  const ByteView c = r.element(field, kEnumerated).content;
  if (!r.ok()) return 0;
  if (c.size() == 1 && c[0] <= last && c[0] != unused) return c[0];
  r.fail(Errc::bad_value, field);
  return 0;
}

std::int64_t read_moment(DerReader& r, const char* field) {
  const ByteView c = r.element(field, kGeneralizedTime).content;
  if (!r.ok()) return 0;
  const Result<std::int64_t> t = unix_time(kGeneralizedTime, c);
  if (t) return *t;
  r.fail(Errc::bad_time, field);
  return 0;
}

/// [1] Extensions, which may be missing; says whether one is critical.
bool read_explicit_extensions(DerReader& r, const char* field) {
  if (!r.next_is(context_constructed(1))) return false;
  std::vector<Extension> all;
  DerReader explicit1 = r.enter(field, context_constructed(1));
  read_extensions(explicit1, all);
  explicit1.end(field);
  return std::any_of(all.begin(), all.end(), [](const Extension& e) { return e.critical; });
}

void read_responder(DerReader& data, OcspResponse::Fields& f) {
  if (data.next_is(context_constructed(1))) {
    DerReader by_name = data.enter("responderID", context_constructed(1));
    f.responder_name = read_name(by_name, "responderID.byName");
    by_name.end("responderID");
    return;
  }
  DerReader by_key = data.enter("responderID", context_constructed(2));
  f.responder_key_hash = by_key.octets("responderID.byKey");
  if (by_key.ok() && f.responder_key_hash.size() != kSha1Size)
    by_key.fail(Errc::bad_value, "responderID.byKey");
  by_key.end("responderID");
}

void read_certificate_id(DerReader& single, OcspAnswer& a) {
  DerReader id = single.enter("certID", kSequence);
  a.hash_algorithm = read_algorithm_whole(id, "certID.hashAlgorithm");
  a.issuer_name_hash = id.octets("certID.issuerNameHash");
  a.issuer_key_hash = id.octets("certID.issuerKeyHash");
  a.serial = read_serial(id, "certID.serialNumber");
  id.end("certID");
}

void read_revoked(DerReader& single, OcspAnswer& a) {
  DerReader revoked = single.enter("certStatus", context_constructed(1));
  a.status = OcspStatus::revoked;
  a.revoked_at = read_moment(revoked, "revocationTime");
  if (revoked.next_is(context_constructed(0))) {
    DerReader reason = revoked.enter("revocationReason", context_constructed(0));
    a.reason = read_enumerated(reason, "revocationReason", kUnusedReason, kLastReason);
    reason.end("revocationReason");
  }
  revoked.end("certStatus");
}

/// good [0] and unknown [2] are NULLs under another tag.
void read_status(DerReader& single, OcspAnswer& a) {
  if (single.next_is(context_constructed(1))) return read_revoked(single, a);
  const bool good = single.next_is(context(0));
  a.status = good ? OcspStatus::good : OcspStatus::unknown;
  const Element e = single.element("certStatus", good ? context(0) : context(2));
  if (!e.content.empty()) single.fail(Errc::bad_der, "certStatus");
}

void read_answer(DerReader& list, OcspResponse::Fields& f) {
  OcspAnswer a;
  DerReader single = list.enter("singleResponse", kSequence);
  read_certificate_id(single, a);
  read_status(single, a);
  a.this_update = read_moment(single, "thisUpdate");
  if (single.next_is(context_constructed(0))) {
    DerReader next = single.enter("nextUpdate", context_constructed(0));
    a.next_update = read_moment(next, "nextUpdate");
    next.end("nextUpdate");
  }
  if (read_explicit_extensions(single, "singleExtensions")) f.critical = true;
  single.end("singleResponse");
  f.answers.push_back(a);
}

Status read_data(OcspResponse::Fields& f) {
  DerReader whole{f.tbs};
  DerReader data = whole.enter("tbsResponseData", kSequence);
  if (data.next_is(context_constructed(0))) {
    DerReader version = data.enter("version", context_constructed(0));
    // v1, the default, is the only one.
    (void)version.small_integer("version", 0);
    if (!kDefaultsMayBeEncoded) version.fail(Errc::bad_der, "version");
    version.end("version");
  }
  read_responder(data, f);
  f.produced_at = read_moment(data, "producedAt");
  DerReader list = data.enter("responses", kSequence);
  while (!list.empty()) {
    if (f.answers.size() == OcspResponse::kMostAnswers)
      list.fail(Errc::length_out_of_range, "responses");
    else
      read_answer(list, f);
  }
  if (read_explicit_extensions(data, "responseExtensions")) f.critical = true;
  data.end("tbsResponseData");
  return whole.finish("tbsResponseData");
}

Status read_basic(ByteView der, OcspResponse::Fields& f) {
  DerReader r{der};
  DerReader basic = r.enter("basicOCSPResponse", kSequence);
  f.tbs = basic.element("tbsResponseData", kSequence).whole;
  f.signature_algorithm = read_algorithm_whole(basic, "signatureAlgorithm");
  f.signature = basic.bits("signature");
  if (basic.next_is(context_constructed(0))) {
    DerReader explicit0 = basic.enter("certs", context_constructed(0));
    DerReader certs = explicit0.enter("certs", kSequence);
    while (!certs.empty()) {
      if (f.certificates.size() == OcspResponse::kMostCertificates)
        certs.fail(Errc::length_out_of_range, "certs");
      else
        f.certificates.push_back(certs.element("certs", kSequence).whole);
    }
    explicit0.end("certs");
  }
  basic.end("basicOCSPResponse");
  PARLEY_CHECK(r.finish("basicOCSPResponse"));
  return read_data(f);
}

}  // namespace

Result<OcspResponse> OcspResponse::parse(Bytes der) {
  auto f = std::make_shared<Fields>();
  f->der = std::move(der);
  DerReader r{f->der};
  ByteView basic;
  {
    DerReader response = r.enter("ocspResponse", kSequence);
    f->status = read_enumerated(response, "responseStatus", kUnusedStatus, kLastStatus);
    // "If the value of responseStatus is one of the error conditions, the responseBytes field is
    // not set."
    if (response.ok() && f->status == kSuccessful) {
      DerReader explicit0 = response.enter("responseBytes", context_constructed(0));
      DerReader bytes = explicit0.enter("responseBytes", kSequence);
      const ByteView type = bytes.oid("responseType");
      basic = bytes.octets("response");
      bytes.end("responseBytes");
      explicit0.end("responseBytes");
      if (explicit0.ok() && !equal(type, oid::kOcspBasic))
        explicit0.fail(Errc::unsupported_algorithm, "responseType");
    }
    response.end("ocspResponse");
  }
  PARLEY_CHECK(r.finish("ocspResponse"));
  if (f->status == kSuccessful) PARLEY_CHECK(read_basic(basic, *f));
  return OcspResponse{std::move(f)};
}

ByteView OcspResponse::der() const { return fields_->der; }
int OcspResponse::status() const { return fields_->status; }
ByteView OcspResponse::tbs() const { return fields_->tbs; }
ByteView OcspResponse::signature_algorithm() const { return fields_->signature_algorithm; }
ByteView OcspResponse::signature() const { return fields_->signature; }
ByteView OcspResponse::responder_name() const { return fields_->responder_name; }
ByteView OcspResponse::responder_key_hash() const { return fields_->responder_key_hash; }
std::int64_t OcspResponse::produced_at() const { return fields_->produced_at; }
std::span<const OcspAnswer> OcspResponse::answers() const { return fields_->answers; }
std::span<const ByteView> OcspResponse::certificates() const { return fields_->certificates; }
bool OcspResponse::has_critical_extension() const { return fields_->critical; }

std::string_view ocsp_status_name(OcspStatus s) {
  switch (s) {
    case OcspStatus::good: return "good";
    case OcspStatus::revoked: return "revoked";
    case OcspStatus::unknown: break;
  }
  return "unknown";
}

}  // namespace parley

// RFC 5280 sections 5.1.2.6 and 5.3: the entries of a revocation list.
#include "asn1/crl.hpp"
#include "asn1/extensions.hpp"
#include "asn1/general_name.hpp"
#include "asn1/oid.hpp"
#include "asn1/time.hpp"

namespace parley::asn1 {
namespace {

/// Section 5.3.1: 0 to 10, of which 7 is not used.
constexpr int kLastReason = 10, kUnusedReason = 7;

Result<int> decode_reason(ByteView value) {
  DerReader r{value};
  const ByteView c = r.element("reasonCode", kEnumerated).content;
  PARLEY_CHECK(r.finish("reasonCode"));
  if (c.size() != 1 || c[0] > kLastReason || c[0] == kUnusedReason)
    return Error{.code = Errc::bad_value, .where = "reasonCode"};
  return int{c[0]};
}

Result<std::int64_t> decode_invalidity_date(ByteView value) {
  DerReader r{value};
  const ByteView c = r.element("invalidityDate", kGeneralizedTime).content;
  PARLEY_CHECK(r.finish("invalidityDate"));
  return unix_time(kGeneralizedTime, c);
}

// Section 5.3.3: the one directory name among them. Others are of no use to anybody here.
Result<ByteView> decode_certificate_issuer(ByteView value) {
  PARLEY_TRY(const auto names, parse_general_names(value));
  for (const RawGeneralName& n : names)
    if (n.kind == GeneralName::Kind::directory) return n.content;
  return Error{.code = Errc::bad_value, .where = "certificateIssuer"};
}

template <class T>
Status take(std::span<const Extension> all, ByteView oid, const char* field,
            Result<T> (*decode)(ByteView), std::optional<T>& to) {
  PARLEY_TRY(to, decode_one(all, oid, field, decode));
  return {};
}

bool understood(const Extension& e) {
  return equal(e.oid, oid::kCrlReason) || equal(e.oid, oid::kInvalidityDate) ||
         equal(e.oid, oid::kCertificateIssuer);
}

// Everything of an entry; `extensions` is room for them, used again for each entry.
Status read_entry(ByteView der, int version, Revoked& to, std::vector<Extension>& extensions) {
  extensions.clear();
  DerReader r{der};
  DerReader seq = r.enter("revokedCertificate", kSequence);
  to.serial = read_serial(seq, "revokedCertificate.userCertificate");
  const TimeField date = read_time(seq, "revokedCertificate.revocationDate");
  if (version >= 2 && seq.next_is(kSequence)) read_extensions(seq, extensions);
  seq.end("revokedCertificate");
  PARLEY_CHECK(r.finish("revokedCertificate"));
  PARLEY_TRY(to.date, unix_time(date.tag, date.content));
  if (extensions.empty()) return {};
  PARLEY_CHECK(take(extensions, oid::kCrlReason, "reasonCode", decode_reason, to.reason));
  PARLEY_CHECK(take(extensions, oid::kInvalidityDate, "invalidityDate", decode_invalidity_date,
                    to.invalidity_date));
  std::optional<ByteView> issuer;
  PARLEY_CHECK(take(extensions, oid::kCertificateIssuer, "certificateIssuer",
                    decode_certificate_issuer, issuer));
  to.certificate_issuer = issuer.value_or(ByteView{});
  return {};
}

void note_unknown(std::span<const Extension> extensions, std::vector<ByteView>& unknown) {
  for (const Extension& e : extensions) {
    if (!e.critical || understood(e) || unknown.size() == kMaxUnknownEntryExtensions) continue;
    const bool known_already =
        std::any_of(unknown.begin(), unknown.end(), [&e](ByteView o) { return equal(o, e.oid); });
    if (!known_already) unknown.push_back(e.oid);
  }
}

ByteView element_at(ByteView whole, std::uint32_t at) {
  DerReader r{whole.subspan(at)};
  return r.any("element").whole;
}

}  // namespace

Status index_revoked(ByteView whole, ByteView list, int version, std::vector<RevokedRow>& rows,
                     std::vector<ByteView>& unknown) {
  DerReader r{list};
  std::uint32_t issuer_at = 0;
  std::vector<Extension> extensions;
  while (!r.empty()) {
    const Element e = r.element("revokedCertificates", kSequence);
    if (!r.ok()) break;
    Revoked entry;
    if (const Status s = read_entry(e.whole, version, entry, extensions); !s) {
      Error where = s.error();
      where.offset += static_cast<std::uint32_t>(e.whole.data() - whole.data());
      return where;
    }
    note_unknown(extensions, unknown);
    // Section 5.3.3: it holds for the entries behind, too.
    if (!entry.certificate_issuer.empty())
      issuer_at = static_cast<std::uint32_t>(entry.certificate_issuer.data() - whole.data());
    rows.push_back({.at = static_cast<std::uint32_t>(e.whole.data() - whole.data()),
                    .issuer_at = issuer_at & 0x7fffffff,
                    .removed = entry.reason == kRemoveFromCrl ? 1U : 0U});
  }
  return r.finish("revokedCertificates");
}

Revoked decode_revoked(ByteView whole, RevokedRow row) {
  Revoked entry;
  std::vector<Extension> extensions;
  // It was read before without an error; version 2 takes what version 1 does.
  (void)read_entry(element_at(whole, row.at), 2, entry, extensions).has_value();
  if (row.issuer_at != 0) entry.certificate_issuer = element_at(whole, row.issuer_at);
  return entry;
}

ByteView revoked_issuer(ByteView whole, RevokedRow row, ByteView list_issuer) {
  return row.issuer_at == 0 ? list_issuer : element_at(whole, row.issuer_at);
}

ByteView revoked_serial(ByteView whole, RevokedRow row) {
  DerReader r{whole.subspan(row.at)};
  DerReader seq = r.enter("revokedCertificate", kSequence);
  return seq.element("revokedCertificate.userCertificate", kInteger).content;
}

}  // namespace parley::asn1

// RFC 5280 section 5.1: the fixed part of a revocation list.
#include "asn1/crl.hpp"

#include <array>

#include "asn1/extensions.hpp"
#include "asn1/general_name.hpp"
#include "asn1/keys.hpp"
#include "asn1/name.hpp"
#include "asn1/oid.hpp"
#include "asn1/time.hpp"

namespace parley {
namespace {

using namespace asn1;

constexpr const char* kList = "tbsCertList";

bool is_time(const DerReader& r) { return r.next_is(kUtcTime) || r.next_is(kGeneralizedTime); }

Status read_tbs(RevocationList::Fields& f) {
  DerReader whole{f.tbs};
  DerReader tbs = whole.enter(kList, kSequence);
  // Version 1 is written by leaving it out, version 2 as the number 1.
  if (tbs.next_is(kInteger)) {
    f.version = static_cast<int>(tbs.small_integer("version", 1)) + 1;
    if (!kDefaultsMayBeEncoded && f.version == 1) tbs.fail(Errc::bad_der, "version");
  }
  f.tbs_signature_algorithm = read_algorithm_whole(tbs, "signature");
  f.issuer = read_name(tbs, "issuer");
  f.this_update = read_time(tbs, "thisUpdate");
  if (is_time(tbs)) f.next_update = read_time(tbs, "nextUpdate");
  ByteView entries;
  if (tbs.next_is(kSequence)) {
    entries = tbs.element("revokedCertificates", kSequence).content;
    if (!kRevokedMayBeEmpty && tbs.ok() && entries.empty())
      tbs.fail(Errc::bad_der, "revokedCertificates");
  }
  if (f.version >= 2 && tbs.next_is(context_constructed(0))) {
    DerReader explicit0 = tbs.enter("crlExtensions", context_constructed(0));
    read_extensions(explicit0, f.extensions);
    explicit0.end("crlExtensions");
  }
  tbs.end(kList);
  PARLEY_CHECK(whole.finish(kList));
  return index_revoked(f.der, entries, f.version, f.rows, f.unknown_in_entries);
}

bool serial_less(ByteView a, ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// The first eight bytes, as a number in the order of serial_less() up to equality.
std::uint64_t prefix(ByteView serial) {
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < 8; ++i) v = (v << 8) | (i < serial.size() ? serial[i] : 0U);
  return v;
}

void sort_by_serial(RevocationList::Fields& f) {
  struct Key {
    std::uint64_t prefix;
    std::uint32_t place;
    std::uint32_t size;
  };
  const auto serial_at = [&f](std::uint32_t place) { return revoked_serial(f.der, f.rows[place]); };
  std::vector<Key> keys;
  keys.reserve(f.rows.size());
  for (std::uint32_t i = 0; i < f.rows.size(); ++i) {
    const ByteView serial = serial_at(i);
    keys.push_back({prefix(serial), i, static_cast<std::uint32_t>(serial.size())});
  }
  std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    if (a.size <= 8 && b.size <= 8) {
      if (a.size != b.size) return a.size < b.size;
    } else {
      const ByteView x = serial_at(a.place), y = serial_at(b.place);
      if (!equal(x, y)) return serial_less(x, y);
    }
    const std::uint32_t x = f.rows[a.place].removed, y = f.rows[b.place].removed;
    return x != y ? x < y : a.place < b.place;
  });
  f.by_serial.reserve(keys.size());
  for (const Key& k : keys) f.by_serial.push_back(k.place);
}

}  // namespace

Result<RevocationList> RevocationList::parse(Bytes der) {
  // Rows hold places of 31 bits.
  if (der.size() > 0x7fffffff)
    return Error{.code = Errc::length_out_of_range, .where = "certificateList"};
  auto f = std::make_shared<Fields>();
  f->der = std::move(der);
  DerReader r{f->der};
  {
    DerReader list = r.enter("certificateList", kSequence);
    f->tbs = list.element(kList, kSequence).whole;
    f->signature_algorithm = read_algorithm_whole(list, "signatureAlgorithm");
    f->signature = list.bits("signatureValue");
    list.end("certificateList");
  }
  PARLEY_CHECK(r.finish("certificateList"));
  PARLEY_CHECK(read_tbs(*f));
  f->rows.shrink_to_fit();
  sort_by_serial(*f);
  return RevocationList{std::move(f)};
}

ByteView RevocationList::der() const { return fields_->der; }
ByteView RevocationList::tbs() const { return fields_->tbs; }
int RevocationList::version() const { return fields_->version; }
ByteView RevocationList::signature_algorithm() const { return fields_->signature_algorithm; }
ByteView RevocationList::tbs_signature_algorithm() const {
  return fields_->tbs_signature_algorithm;
}
ByteView RevocationList::signature() const { return fields_->signature; }
ByteView RevocationList::issuer_der() const { return fields_->issuer; }
Result<Name> RevocationList::issuer() const { return parse_name(fields_->issuer); }
std::span<const Extension> RevocationList::extensions() const { return fields_->extensions; }
std::size_t RevocationList::size() const { return fields_->rows.size(); }

Result<std::int64_t> RevocationList::this_update() const {
  return unix_time(fields_->this_update.tag, fields_->this_update.content);
}
Result<std::optional<std::int64_t>> RevocationList::next_update() const {
  if (!fields_->next_update) return std::optional<std::int64_t>{};
  PARLEY_TRY(const std::int64_t t,
             unix_time(fields_->next_update->tag, fields_->next_update->content));
  return std::optional{t};
}
std::string RevocationList::this_update_text() const {
  return time_text(fields_->this_update.tag, fields_->this_update.content);
}
std::string RevocationList::next_update_text() const {
  if (!fields_->next_update) return {};
  return time_text(fields_->next_update->tag, fields_->next_update->content);
}

const Extension* RevocationList::find_extension(ByteView oid) const {
  for (const Extension& e : fields_->extensions)
    if (equal(e.oid, oid)) return &e;
  return nullptr;
}

bool RevocationList::is_delta() const { return find_extension(oid::kDeltaCrlIndicator) != nullptr; }

ByteView RevocationList::authority_key_id() const {
  const Extension* e = find_extension(oid::kAuthorityKeyIdentifier);
  if (e == nullptr) return {};
  const auto id = decode_authority_key_identifier(e->value);
  return id && id->key_id ? *id->key_id : ByteView{};
}

Result<std::optional<AuthorityKeyIdentifier>> RevocationList::authority_key_identifier() const {
  return decode_one(extensions(), oid::kAuthorityKeyIdentifier, "authorityKeyIdentifier",
                    decode_authority_key_identifier);
}
Result<std::optional<ByteView>> RevocationList::crl_number() const {
  return decode_one(extensions(), oid::kCrlNumber, "cRLNumber", decode_crl_number);
}
Result<std::optional<ByteView>> RevocationList::delta_base() const {
  return decode_one(extensions(), oid::kDeltaCrlIndicator, "deltaCRLIndicator", decode_crl_number);
}
Result<std::optional<IssuingDistributionPoint>> RevocationList::issuing_distribution_point() const {
  return decode_one(extensions(), oid::kIssuingDistributionPoint, "issuingDistributionPoint",
                    decode_issuing_distribution_point);
}
Result<std::optional<std::vector<DistributionPoint>>> RevocationList::freshest_crl() const {
  return decode_one(extensions(), oid::kFreshestCrl, "freshestCRL", decode_distribution_points);
}
Result<std::optional<std::vector<RawGeneralName>>> RevocationList::issuer_alt_names() const {
  return decode_one(extensions(), oid::kIssuerAltName, "issuerAltName", parse_general_names);
}
Result<std::optional<std::vector<AccessDescription>>> RevocationList::authority_info_access()
    const {
  return decode_one(extensions(), oid::kAuthorityInfoAccess, "authorityInfoAccess",
                    decode_info_access);
}

std::vector<std::string> RevocationList::unknown_critical_extensions() const {
  const std::array<ByteView, 4> kUnderstood{oid::kAuthorityKeyIdentifier, oid::kCrlNumber,
                                            oid::kDeltaCrlIndicator,
                                            oid::kIssuingDistributionPoint};
  std::vector<std::string> unknown;
  for (const Extension& e : fields_->extensions)
    if (e.critical && std::none_of(kUnderstood.begin(), kUnderstood.end(),
                                   [&e](ByteView o) { return equal(o, e.oid); }))
      unknown.push_back(oid_text(e.oid));
  for (const ByteView o : fields_->unknown_in_entries) unknown.push_back(oid_text(o));
  return unknown;
}

Revoked RevocationList::entry(std::size_t place) const {
  return decode_revoked(fields_->der, fields_->rows[place]);
}

bool RevocationList::names_issuers() const {
  return std::any_of(fields_->rows.begin(), fields_->rows.end(),
                     [](const RevokedRow& row) { return row.issuer_at != 0; });
}

std::optional<Revoked> RevocationList::find(ByteView serial) const {
  return find(serial, fields_->issuer);
}

std::optional<Revoked> RevocationList::find(ByteView serial, ByteView certificate_issuer) const {
  const Fields& f = *fields_;
  const auto serial_of = [&f](std::uint32_t place) { return revoked_serial(f.der, f.rows[place]); };
  auto at = std::lower_bound(
      f.by_serial.begin(), f.by_serial.end(), serial,
      [&](std::uint32_t place, ByteView s) { return serial_less(serial_of(place), s); });
  // Entries of equal serial numbers; an issuer that holds for many of them is judged once.
  std::optional<std::uint32_t> judged;
  bool wanted = false;
  for (; at != f.by_serial.end() && equal(serial_of(*at), serial); ++at) {
    const RevokedRow row = f.rows[*at];
    if (judged != row.issuer_at) {
      const ByteView issuer = revoked_issuer(f.der, row, f.issuer);
      wanted = equal(issuer, certificate_issuer) || same_name(issuer, certificate_issuer);
      judged = row.issuer_at;
    }
    if (wanted) return decode_revoked(f.der, row);
  }
  return {};
}

}  // namespace parley

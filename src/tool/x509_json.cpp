#include "tool/x509_json.hpp"

#include <fmt/format.h>

#include "parley/fingerprint.hpp"
#include "parley/pem.hpp"

namespace parley::tool {
namespace {

constexpr std::size_t kShown = 16;  // bytes in a line
constexpr std::string_view kHashes[] = {"md5", "sha1", "sha256"};

Json name_json(const Result<Name>& n) { return n ? Json(n->text()) : Json(nullptr); }
Json time_json(const Result<std::int64_t>& t) { return t ? Json(rfc3339(*t)) : Json(nullptr); }

std::string colons(ByteView b) {
  std::string s;
  for (std::size_t i = 0; i < b.size(); ++i) s += fmt::format("{}{:02X}", i == 0 ? "" : ":", b[i]);
  return s;
}

template <class T>
void put_signature(Json& j, const T& t) {
  j["signature_algorithm"] = algorithm_name(t.signature_algorithm());
  j["tbs_signature_algorithm"] = algorithm_name(t.tbs_signature_algorithm());
  j["signature"] = to_hex(t.signature());
  j["extensions"] = Json::array();
  for (const Extension& e : t.extensions())
    j["extensions"].push_back(extension_json(e, extension_value(t, e)));
  j["fingerprints"] = fingerprints_json(t.der());
}

}  // namespace

Json whole_json(const Certificate& c) {
  Json j = certificate_json(c);
  const std::string pem = j["pem"];
  j.erase("pem");  // the long thing comes last
  j["not_before_text"] = c.not_before_text();
  j["not_after_text"] = c.not_after_text();
  Json numbers = Json::object();
  for (const KeyNumber& n : public_key_facts(c).numbers)
    numbers[std::string(n.name)] = to_hex(n.value);
  j["public_key_numbers"] = std::move(numbers);
  put_signature(j, c);
  j["pem"] = pem;
  return j;
}

Json whole_json(const RevocationList& l) {
  const auto next = l.next_update();
  Json j{{"issuer", name_json(l.issuer())},
         {"version", l.version()},
         {"this_update", time_json(l.this_update())},
         {"next_update", next && *next ? Json(rfc3339(**next)) : Json(nullptr)}};
  put_signature(j, l);
  Json entries = Json::array();
  const std::uint8_t* issuer = nullptr;
  for (std::size_t i = 0; i < l.size(); ++i) {
    const Revoked r = l.entry(i);
    Json e{{"serial", to_hex(r.serial)}, {"date", rfc3339(r.date)}};
    if (r.reason) e["reason"] = reason_name(*r.reason);
    if (r.invalidity_date) e["invalidity_date"] = rfc3339(*r.invalidity_date);
    // It holds for the entries behind, too: said once.
    if (r.certificate_issuer.data() != issuer)
      e["certificate_issuer"] = name_json(parse_name(r.certificate_issuer));
    issuer = r.certificate_issuer.data();
    entries.push_back(std::move(e));
  }
  j["revoked"] = std::move(entries);
  j["pem"] = encode_pem("X509 CRL", l.der());
  return j;
}

Json bytes_json(ByteView der, Visit visit) {
  Json all = Json::array();
  visit(der, [&all](const DerField& f) {
    all.push_back({{"offset", f.offset},
                   {"length", f.bytes.size()},
                   {"depth", f.depth},
                   {"name", f.name},
                   {"meaning", f.meaning},
                   {"hex", to_hex(f.bytes)}});
  });
  return all;
}

std::string bytes_text(ByteView der, Visit visit) {
  std::string s;
  visit(der, [&s](const DerField& f) {
    const std::string indent(2 * std::size_t{f.depth}, ' ');
    s += fmt::format("{:6} {:5}  {:<{}}  {}{}: {}\n", f.offset, f.bytes.size(),
                     to_hex(f.bytes.first(std::min(kShown, f.bytes.size()))), 2 * kShown, indent,
                     f.name, f.meaning);
    for (std::size_t at = kShown; at < f.bytes.size(); at += kShown)
      s += fmt::format("{:14}{}\n", "",
                       to_hex(f.bytes.subspan(at, std::min(kShown, f.bytes.size() - at))));
  });
  return s;
}

Json fingerprints_json(ByteView der) {
  Json j = Json::object();
  for (const std::string_view hash : kHashes)
    if (const auto f = fingerprint(der, hash)) j[std::string(hash)] = to_hex(*f);
  return j;
}

std::string fingerprints_text(ByteView der) {
  std::string s;
  for (const std::string_view hash : kHashes)
    if (const auto f = fingerprint(der, hash)) s += fmt::format("{:<7} {}\n", hash, colons(*f));
  return s;
}

}  // namespace parley::tool

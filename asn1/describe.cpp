// A certificate or list as people read it. Nothing here may fail: broken fields are named as
// broken.
#include <array>

#include "asn1/describe_key.hpp"
#include "asn1/oid.hpp"
#include "asn1/text.hpp"
#include "asn1/time.hpp"
#include "parley/crl.hpp"
#include "parley/x509.hpp"

namespace parley {

using namespace asn1;

PublicKeyFacts public_key_facts(const Certificate& c) {
  const auto info = parse_public_key_info(c.spki());
  return info ? view_key(*info).facts : PublicKeyFacts{};
}

std::string algorithm_name(ByteView der) {
  const auto a = parse_algorithm(der);
  return a ? oid_name(a->oid) : std::string{kBroken};
}

std::string describe(const Certificate& c) {
  std::string s;
  add_line(s, "Subject", name_text(c.subject()));
  add_line(s, "Issuer", name_text(c.issuer()));
  add_line(s, "Version", std::to_string(c.version()));
  add_line(s, "Serial", c.serial_hex());
  add_line(s, "Not before", c.not_before_text());
  add_line(s, "Not after", c.not_after_text());
  add_line(s, "Public key", key_text(c.spki()));
  for (const Extension& e : c.extensions()) add_extension(s, e);
  add_line(s, "Signature", algorithm_name(c.signature_algorithm()));
  return s;
}

std::string_view reason_name(int reason) {
  // RFC 5280 section 5.3.1.
  constexpr std::array<std::string_view, 11> kNames{
      "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
      "superseded",    "cessationOfOperation", "certificateHold", "",
      "removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
  return reason >= 0 && reason < static_cast<int>(kNames.size())
             ? kNames[static_cast<std::size_t>(reason)]
             : std::string_view{};
}

std::string describe(const RevocationList& l) {
  std::string s;
  add_line(s, "Issuer", name_text(l.issuer()));
  add_line(s, "Version", std::to_string(l.version()));
  add_line(s, "This update", l.this_update_text());
  const std::string next = l.next_update_text();
  add_line(s, "Next update", next.empty() ? "<not said>" : next);
  for (const Extension& e : l.extensions()) add_extension(s, e);
  add_line(s, "Revoked", std::to_string(l.size()));
  const std::uint8_t* issuer = nullptr;  // said once for all the entries it holds for
  for (std::size_t i = 0; i < l.size(); ++i) {
    const Revoked r = l.entry(i);
    s.append("  ").append(to_hex(r.serial)).append("  ").append(time_text(r.date));
    if (r.reason) s.append("  ").append(reason_name(*r.reason));
    if (r.invalidity_date) s.append("  invalid since ").append(time_text(*r.invalidity_date));
    if (r.certificate_issuer.data() != issuer)
      s.append("  from here on issued by ").append(name_text(parse_name(r.certificate_issuer)));
    issuer = r.certificate_issuer.data();
    s += '\n';
  }
  add_line(s, "Signature", algorithm_name(l.signature_algorithm()));
  return s;
}

}  // namespace parley

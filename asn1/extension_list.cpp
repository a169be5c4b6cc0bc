// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension (RFC 5280 section 4.1).
#include <algorithm>

#include "asn1/certificate.hpp"
#include "asn1/extensions.hpp"

namespace parley::asn1 {

void read_extensions(DerReader& outer, std::vector<Extension>& to) {
  DerReader list = outer.enter("extensions", kSequence);
  if (!kExtensionsMayBeEmpty && list.ok() && list.empty()) list.fail(Errc::bad_der, "extensions");
  while (!list.empty()) {
    DerReader seq = list.enter("extension", kSequence);
    Extension e;
    e.oid = seq.oid("extension.extnID");
    if (seq.next_is(kBoolean)) {
      e.critical = seq.boolean("extension.critical");
      if (!kDefaultsMayBeEncoded && !e.critical) seq.fail(Errc::bad_der, "extension.critical");
    }
    e.value = seq.octets("extension.extnValue");
    seq.end("extension");
    to.push_back(e);
    if (to.size() > kMaxExtensions) list.fail(Errc::length_out_of_range, "extensions");
  }
}

Result<const Extension*> find_one(std::span<const Extension> all, ByteView oid, const char* field) {
  const Extension* found = nullptr;
  for (const Extension& e : all) {
    if (!equal(e.oid, oid)) continue;
    if (found != nullptr) return Error{.code = Errc::bad_certificate, .where = field};
    found = &e;
  }
  return found;
}

Status check_once_each(std::span<const Extension> all) {
  std::vector<std::string_view> kinds;
  kinds.reserve(all.size());
  for (const Extension& e : all) kinds.push_back(as_text(e.oid));
  std::sort(kinds.begin(), kinds.end());
  if (std::adjacent_find(kinds.begin(), kinds.end()) != kinds.end())
    return Error{.code = Errc::bad_certificate, .where = "extensions: one of them twice"};
  return {};
}

}  // namespace parley::asn1

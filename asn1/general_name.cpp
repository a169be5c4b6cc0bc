#include "asn1/general_name.hpp"

#include <array>
#include <cstdio>

#include "asn1/oid.hpp"

namespace parley::asn1 {
namespace {

constexpr const char* kField = "GeneralName";

// SEQUENCEs under IMPLICIT tags keep the constructed bit; directoryName is a CHOICE, so its tag
// is explicit (X.680 section 31.2.7).
constexpr bool nests(GeneralName::Kind k) {
  using enum GeneralName::Kind;
  return k == other_name || k == x400 || k == directory || k == edi_party;
}

}  // namespace

std::string ip_text(ByteView a) {
  std::string s;
  if (a.size() == 4) {
    for (const std::uint8_t b : a) {
      if (!s.empty()) s += '.';
      s += std::to_string(b);
    }
    return s;
  }
  if (a.size() != 16) return "<invalid>";
  for (std::size_t i = 0; i < 16; i += 2) {
    std::array<char, 8> group{};
    (void)std::snprintf(group.data(), group.size(), i == 0 ? "%X" : ":%X",
                        static_cast<unsigned>((a[i] << 8) | a[i + 1]));
    s += group.data();
  }
  return s;
}

Status parse_general_names(ByteView der, std::vector<GeneralName>& to) {
  DerReader r{der};
  DerReader names = r.enter("GeneralNames", kSequence);
  while (!names.empty()) {
    const Element e = names.any(kField);
    if (!names.ok()) break;
    if (e.tag.cls != TagClass::context || e.tag.number > 8 ||
        e.tag.constructed != nests(static_cast<GeneralName::Kind>(e.tag.number))) {
      names.fail(Errc::bad_der, kField);
      break;
    }
    GeneralName g{.kind = static_cast<GeneralName::Kind>(e.tag.number)};
    switch (g.kind) {
      case GeneralName::Kind::email:
      case GeneralName::Kind::dns:
      case GeneralName::Kind::uri: g.value = as_text(e.content); break;
      case GeneralName::Kind::ip_address: g.value = ip_text(e.content); break;
      case GeneralName::Kind::directory:
        if (auto name = parse_name(e.content))
          g.directory = *std::move(name);
        else
          names.fail(name.error().code, "GeneralName.directoryName");
        break;
      case GeneralName::Kind::registered_id:
        g.value = oid_text(e.content);
        if (g.value.empty()) names.fail(Errc::bad_der, "GeneralName.registeredID");
        break;
      default: g.value = "<unsupported>"; break;
    }
    to.push_back(std::move(g));
  }
  return r.finish("GeneralNames");
}

}  // namespace parley::asn1

namespace parley {

std::string_view general_name_kind(GeneralName::Kind k) {
  switch (k) {
    case GeneralName::Kind::other_name: return "othername";
    case GeneralName::Kind::email: return "email";
    case GeneralName::Kind::dns: return "DNS";
    case GeneralName::Kind::x400: return "X400Name";
    case GeneralName::Kind::directory: return "DirName";
    case GeneralName::Kind::edi_party: return "EdiPartyName";
    case GeneralName::Kind::uri: return "URI";
    case GeneralName::Kind::ip_address: return "IP Address";
    case GeneralName::Kind::registered_id: return "Registered ID";
  }
  return "";
}

}  // namespace parley

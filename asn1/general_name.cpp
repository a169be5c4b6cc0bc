#include "asn1/general_name.hpp"

#include <array>
#include <cstdio>

#include "asn1/der_writer.hpp"
#include "asn1/oid.hpp"
#include "parley/x509_extensions.hpp"

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

RawGeneralName read_general_name(DerReader& r) {
  const Element e = r.any(kField);
  if (!r.ok()) return {};
  const auto kind = static_cast<GeneralName::Kind>(e.tag.number);
  if (e.tag.cls != TagClass::context || e.tag.number > 8 || e.tag.constructed != nests(kind)) {
    r.fail(Errc::bad_der, kField);
    return {};
  }
  if (kind == GeneralName::Kind::directory) {
    DerReader inside{e.content};
    (void)inside.element("GeneralName.directoryName", kSequence);
    if (!inside.finish("GeneralName.directoryName"))
      r.fail(Errc::bad_der, "GeneralName.directoryName");
  }
  return {kind, e.content};
}

std::vector<RawGeneralName> read_general_names(DerReader& inside) {
  std::vector<RawGeneralName> names;
  if (!kNameListsMayBeEmpty && inside.empty()) inside.fail(Errc::bad_der, "GeneralNames");
  while (!inside.empty()) names.push_back(read_general_name(inside));
  return names;
}

Result<std::vector<RawGeneralName>> parse_general_names(ByteView der) {
  DerReader r{der};
  DerReader inside = r.enter("GeneralNames", kSequence);
  std::vector<RawGeneralName> names = read_general_names(inside);
  PARLEY_CHECK(r.finish("GeneralNames"));
  return names;
}

}  // namespace parley::asn1

namespace parley {

Result<GeneralName> decode_general_name(const RawGeneralName& raw) {
  GeneralName g{.kind = raw.kind};
  switch (g.kind) {
    case GeneralName::Kind::email:
    case GeneralName::Kind::dns:
    case GeneralName::Kind::uri: g.value = as_text(raw.content); break;
    case GeneralName::Kind::ip_address: g.value = asn1::ip_text(raw.content); break;
    case GeneralName::Kind::directory: {
      PARLEY_TRY(g.directory, parse_name(raw.content));
      break;
    }
    case GeneralName::Kind::registered_id:
      g.value = asn1::oid_text(raw.content);
      if (g.value.empty()) return Error{.code = Errc::bad_der, .where = "GeneralName.registeredID"};
      break;
    default: g.value = "<unsupported>"; break;
  }
  return g;
}

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

Result<Name> decode_relative_name(ByteView relative) {
  Bytes der;
  {
    asn1::DerWriter w{der};
    const auto name = w.open(asn1::kSequence);
    w.primitive(asn1::kSet, relative);
  }
  return parse_name(der);
}

}  // namespace parley

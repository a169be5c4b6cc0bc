#include "asn1/name.hpp"

#include "asn1/der_writer.hpp"
#include "asn1/oid.hpp"
#include "asn1/strings.hpp"

namespace parley::asn1 {
namespace {

// Calls on_rdn() for each RDN and on_attribute(oid, value) for each attribute in it.
template <class OnRdn, class OnAttribute>
void walk_name(DerReader& r, const char* field, OnRdn on_rdn, OnAttribute on_attribute) {
  DerReader rdns = r.enter(field, kSequence);
  while (!rdns.empty()) {
    DerReader rdn = rdns.enter("RelativeDistinguishedName", kSet);
    if (rdn.empty() && rdn.ok()) rdn.fail(Errc::bad_der, "RelativeDistinguishedName");
    on_rdn();
    while (!rdn.empty()) {
      DerReader atv = rdn.enter("AttributeTypeAndValue", kSequence);
      const ByteView type = atv.oid("AttributeTypeAndValue.type");
      const Element value = atv.any("AttributeTypeAndValue.value");
      atv.end("AttributeTypeAndValue");
      if (atv.ok()) on_attribute(type, value);
    }
  }
}

bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Trims, makes every run of white space one space, and lower-cases ASCII.
std::string fold(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  bool gap = false;
  for (const char c : s) {
    if (blank(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

bool folded(Tag t) {
  return t == kUtf8String || t == kBmpString || t == kUniversalString || t == kPrintableString ||
         t == kT61String || t == kIa5String || t == kVisibleString;
}

void append_escaped(std::string& to, std::string_view value) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const auto byte = static_cast<std::uint8_t>(c);
    const bool edge_blank = c == ' ' && (i == 0 || i + 1 == value.size());
    if (byte < 0x20 || byte == 0x7f) {
      to += '\\';
      to += kHex[byte >> 4];
      to += kHex[byte & 15];
      continue;
    }
    if (edge_blank || (c == '#' && i == 0) ||
        std::string_view{",+\"\\<>;"}.find(c) != std::string_view::npos)
      to += '\\';
    to += c;
  }
}

}  // namespace

ByteView read_name(DerReader& r, const char* field) {
  const Element e = r.element(field, kSequence);
  if (!r.ok()) return {};
  DerReader inner{e.whole};
  walk_name(
      inner, field, [] {}, [](ByteView, const Element&) {});
  if (const Status s = inner.finish(field); !s) r.fail(s.error().code, s.error().where);
  return e.whole;
}

Result<Bytes> canonical_name(ByteView der) {
  DerReader r{der};
  std::vector<std::vector<Bytes>> rdns;
  Status strings;
  walk_name(
      r, "Name", [&] { rdns.emplace_back(); },
      [&](ByteView type, const Element& value) {
        Bytes& atv = rdns.back().emplace_back();
        DerWriter w{atv};
        const DerWriter::Scope s = w.open(kSequence);
        w.oid(type);
        if (!folded(value.tag)) {
          w.raw(value.whole);
        } else if (const auto text = to_utf8(value.tag, value.content)) {
          w.text(kUtf8String, fold(*text));
        } else if (strings) {
          strings = text.error();
        }
      });
  PARLEY_CHECK(r.finish("Name"));
  PARLEY_CHECK(strings);
  Bytes out;
  DerWriter w{out};
  for (auto& rdn : rdns) {
    // A DER SET OF is sorted (X.690 section 11.6).
    std::sort(rdn.begin(), rdn.end(), [](const Bytes& a, const Bytes& b) {
      return std::ranges::lexicographical_compare(a, b);
    });
    const DerWriter::Scope s = w.open(kSet);
    for (const Bytes& atv : rdn) w.raw(atv);
  }
  return out;
}

}  // namespace parley::asn1

namespace parley {

Result<Name> parse_name(ByteView der) {
  asn1::DerReader r{der};
  Name name;
  Status strings;
  asn1::walk_name(
      r, "Name", [&] { name.rdns.emplace_back(); },
      [&](ByteView type, const asn1::Element& value) {
        auto text = asn1::to_utf8(value.tag, value.content);
        if (!text) {
          if (strings) strings = text.error();
          return;
        }
        NameAttribute a{.oid = asn1::oid_text(type), .value = *std::move(text)};
        if (const asn1::OidRow* row = asn1::find_oid(a.oid)) {
          a.long_name = row->long_name;
          a.short_name = row->short_name;
        }
        name.rdns.back().push_back(std::move(a));
      });
  PARLEY_CHECK(r.finish("Name"));
  PARLEY_CHECK(strings);
  return name;
}

bool same_name(ByteView a, ByteView b) {
  const auto x = asn1::canonical_name(a);
  const auto y = asn1::canonical_name(b);
  return x && y && *x == *y;
}

std::string Name::text() const {
  std::string s;
  for (const RelativeName& rdn : rdns) {
    std::string_view between = s.empty() ? "" : ", ";
    for (const NameAttribute& a : rdn) {
      s += between;
      between = " + ";
      s += a.short_name.empty() ? std::string_view{a.oid} : a.short_name;
      s += '=';
      asn1::append_escaped(s, a.value);
    }
  }
  return s;
}

std::vector<std::string> Name::values(std::string_view attribute) const {
  std::vector<std::string> found;
  for (const RelativeName& rdn : rdns)
    for (const NameAttribute& a : rdn)
      if (a.oid == attribute ||
          (!attribute.empty() && (a.long_name == attribute || a.short_name == attribute)))
        found.push_back(a.value);
  return found;
}

}  // namespace parley

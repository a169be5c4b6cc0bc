// The walk behind visit_certificate(): elements matched with the tables of the grammar.
#include "parley/x509_fields.hpp"

#include "asn1/der_reader.hpp"
#include "asn1/general_name.hpp"
#include "asn1/grammar.hpp"
#include "asn1/oid.hpp"
#include "asn1/strings.hpp"
#include "asn1/text.hpp"
#include "asn1/time.hpp"
#include "parley/crl.hpp"

namespace parley {
namespace {

using namespace asn1;

std::string size_text(std::size_t n) { return std::to_string(n) + (n == 1 ? " byte" : " bytes"); }

std::string quoted(std::string_view text) {
  std::string s{'"'};
  return s.append(printable(text)) += '"';
}

std::string object_text(ByteView content) {
  std::string dotted = oid_text(content);
  if (dotted.empty()) return std::string{kBroken};
  const OidRow* row = find_oid(dotted);
  if (row == nullptr) return dotted;
  return dotted.append(" (").append(row->long_name) += ')';
}

struct TagName {
  Tag tag;
  std::string_view name;
};
constexpr TagName kTagNames[] = {
    {kBoolean, "BOOLEAN"},
    {kInteger, "INTEGER"},
    {kBitString, "BIT STRING"},
    {kOctetString, "OCTET STRING"},
    {kNull, "NULL"},
    {kOid, "OBJECT IDENTIFIER"},
    {kEnumerated, "ENUMERATED"},
    {kUtf8String, "UTF8String"},
    {kSequence, "SEQUENCE"},
    {kSet, "SET"},
    {kNumericString, "NumericString"},
    {kPrintableString, "PrintableString"},
    {kT61String, "T61String"},
    {kIa5String, "IA5String"},
    {kUtcTime, "UTCTime"},
    {kGeneralizedTime, "GeneralizedTime"},
    {kVisibleString, "VisibleString"},
    {kUniversalString, "UniversalString"},
    {kBmpString, "BMPString"},
};

std::string tag_text(Tag t) {
  for (const TagName& row : kTagNames)
    if (row.tag == t) return std::string{row.name};
  constexpr std::string_view kClasses[] = {"UNIVERSAL ", "APPLICATION ", "", "PRIVATE "};
  std::string s = "[";
  s.append(kClasses[static_cast<std::size_t>(t.cls)]).append(std::to_string(t.number)) += ']';
  return s;
}

std::string bits_text(ByteView content, std::vector<std::string_view> (*names)(std::uint16_t)) {
  std::uint16_t mask = 0;
  if (!named_bits_content(content, mask)) return std::string{kBroken};
  return joined(names(mask));
}

// Without the tag; nothing when the tag says enough.
std::string value_text(const Element& e, Shown shown) {
  const ByteView c = e.content;
  switch (shown) {
    case Shown::text: return quoted(as_text(c));
    case Shown::octets: return short_hex(c);
    case Shown::number: return number_text(c);
    case Shown::oid: return object_text(c);
    case Shown::flag: return c.size() == 1 && c[0] != 0 ? "TRUE" : "FALSE";
    case Shown::time: return time_text(kGeneralizedTime, c);
    case Shown::address:
      if (c.size() == 8 || c.size() == 32)
        return ip_text(c.first(c.size() / 2)) + "/" + ip_text(c.subspan(c.size() / 2));
      return ip_text(c);
    case Shown::key_usage: return bits_text(c, key_usage_names);
    case Shown::reason_flags: return bits_text(c, reason_flag_names);
    case Shown::reason:
      return c.size() == 1 ? std::string{reason_name(c[0])} : std::string{kBroken};
    default: break;
  }
  if (e.tag == kBoolean) return c.size() == 1 && c[0] != 0 ? "TRUE" : "FALSE";
  if (e.tag == kInteger || e.tag == kEnumerated) return number_text(c);
  if (e.tag == kOid) return object_text(c);
  if (e.tag == kUtcTime || e.tag == kGeneralizedTime) return time_text(e.tag, c);
  if (e.tag == kNull) return {};
  if (const auto text = to_utf8(e.tag, c)) return quoted(*text);
  return size_text(c.size());
}

class Walk {
 public:
  Walk(ByteView der, const DerVisitor& visit) : der_(der), visit_(visit) {}

  void run(std::string_view name, const Type& type) {
    DerReader r{der_};
    const Element e = r.any("element");
    if (!r.ok()) return rest(der_, 0);
    element(e, 0, name, &type);
    rest(der_.subspan(e.whole.size()), 0);
  }

 private:
  void tell(ByteView bytes, unsigned depth, std::string_view name, std::string meaning) {
    ++told_;
    visit_({static_cast<std::size_t>(bytes.data() - der_.data()), bytes, depth, name,
            std::move(meaning)});
  }
  void rest(ByteView bytes, unsigned depth) {
    if (!bytes.empty()) tell(bytes, depth, "rest", size_text(bytes.size()) + ", not taken apart");
  }

  // The header of an element that holds others; `more` bytes of its content belong to it.
  void header(const Element& e, unsigned depth, std::string_view name, std::size_t more = 0) {
    const std::size_t size = e.whole.size() - e.content.size() + more;
    tell(e.whole.first(size), depth, name, tag_text(e.tag) + " of " + size_text(e.content.size()));
  }

  void element(const Element& e, unsigned depth, std::string_view name, const Type* type) {
    const Shown shown = type == nullptr ? Shown::by_tag : type->shown;
    if (e.tag.constructed) {
      header(e, depth, name);
      return inside(e.content, depth + 1, type);
    }
    if (shown == Shown::extension && e.tag == kOctetString) {
      const Type* value = extension_type(last_oid_);
      if (value != nullptr || one_element(e.content)) {
        header(e, depth, name);
        return wrapped(e.content, depth + 1, object_name(oid_text(last_oid_)), value);
      }
    }
    if (shown == Shown::key && e.tag == kBitString && !e.content.empty()) {
      if (const Type* key = key_type(last_oid_)) {
        header(e, depth, name, 1);  // and the number of unused bits
        return wrapped(e.content.subspan(1), depth + 1, "PublicKey", key);
      }
    }
    if (e.tag == kOid) last_oid_ = e.content;
    std::string meaning = tag_text(e.tag);
    const std::string value = value_text(e, shown);
    if (!value.empty()) meaning.append(" ").append(value);
    tell(e.whole, depth, name, std::move(meaning));
  }

  static bool one_element(ByteView bytes) {
    DerReader r{bytes};
    (void)r.any("element");
    return r.finish("element").has_value();
  }

  // One element that is the content of a string.
  void wrapped(ByteView bytes, unsigned depth, std::string_view name, const Type* type) {
    DerReader r{bytes};
    const Element e = r.any("element");
    if (!r.ok()) return rest(bytes, depth);
    element(e, depth, name, type);
    rest(bytes.subspan(e.whole.size()), depth);
  }

  static const Part* alternative(const Type& choice, Tag tag) {
    for (std::size_t i = 0; i < choice.count; ++i)
      if (choice.parts[i].tag == tag) return &choice.parts[i];
    return nullptr;
  }

  // The elements of a constructed one, matched with the parts of its type in order.
  void inside(ByteView content, unsigned depth, const Type* type) {
    std::size_t at = 0;
    std::size_t part = 0;
    while (at < content.size()) {
      const ByteView left = content.subspan(at);
      DerReader r{left};
      const Element e = r.any("element");
      if (!r.ok() || depth >= kMaxDepth || told_ >= kMostFields) return rest(left, depth);
      at += e.whole.size();
      std::string_view name = "element";
      const Type* inner = nullptr;
      while (type != nullptr && part < type->count) {
        const Part& p = type->parts[part];
        const bool repeats = p.match == Match::each || p.match == Match::each_choice;
        if (!repeats) ++part;
        if (p.match == Match::tag && p.tag != e.tag) continue;
        name = p.name;
        inner = p.type;
        if (p.match == Match::choice || p.match == Match::each_choice) {
          const Part* one = alternative(*p.type, e.tag);
          inner = one == nullptr ? nullptr : one->type;
          if (one != nullptr) name = one->name;
        }
        break;
      }
      element(e, depth, name, inner);
    }
  }

  ByteView der_;
  const DerVisitor& visit_;
  ByteView last_oid_{};
  std::size_t told_ = 0;
};

}  // namespace

void visit_certificate(ByteView der, const DerVisitor& visit) {
  Walk{der, visit}.run("Certificate", kCertificateType);
}
void visit_revocation_list(ByteView der, const DerVisitor& visit) {
  Walk{der, visit}.run("CertificateList", kCertificateListType);
}

}  // namespace parley

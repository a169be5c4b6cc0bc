// Names in certificates: distinguished names and GeneralName (RFC 5280 sections 4.1.2.4, 4.2.1.6).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"

namespace PARLEY_PUBLIC parley {

/// One attribute of a distinguished name, decoded.
struct NameAttribute {
  std::string oid;                ///< "2.5.4.3"
  std::string_view long_name{};   ///< "commonName"; empty when nobody here knows the OID
  std::string_view short_name{};  ///< "CN"; empty likewise
  std::string value;              ///< UTF-8; may hold NUL and leading blanks

  /// The long name, or else the dotted OID: what getpeercert shows.
  std::string_view type() const { return long_name.empty() ? std::string_view{oid} : long_name; }
};
/// RelativeDistinguishedName: mostly one attribute, in encoded order.
using RelativeName = std::vector<NameAttribute>;

/// A distinguished name, decoded; the most general part comes first, as encoded.
struct Name {
  std::vector<RelativeName> rdns;

  /// "C=US, O=Example Inc, CN=Root CA": short names, special characters escaped as in RFC 4514.
  std::string text() const;
  /// Values of every attribute with this long or short name or dotted OID, in order.
  std::vector<std::string> values(std::string_view attribute) const;
};

/// Decodes the DER of a Name. Errc::bad_string for a value that its string type cannot hold.
Result<Name> parse_name(ByteView der);
/// Equality of two Names in DER as OpenSSL and RFC 5280 section 7.1 see it: string type, letter
/// case (ASCII) and white space do not matter. Malformed names equal nothing.
bool same_name(ByteView der_a, ByteView der_b);

/// GeneralName (RFC 5280 section 4.2.1.6). The values are the context tags.
struct GeneralName {
  enum class Kind : std::uint8_t {
    other_name = 0,
    email = 1,
    dns = 2,
    x400 = 3,
    directory = 4,
    edi_party = 5,
    uri = 6,
    ip_address = 7,
    registered_id = 8,
  };
  Kind kind{};
  /// email, dns, uri: the bytes as they stand, NULs included. ip_address: "192.0.2.1",
  /// "2001:DB8:0:0:0:0:0:1" or "<invalid>". registered_id: dotted. directory: empty. The
  /// others: "<unsupported>".
  std::string value{};
  Name directory{};  ///< with Kind::directory only
};
/// The word getpeercert uses: "DNS", "email", "IP Address", "DirName" and so on.
std::string_view general_name_kind(GeneralName::Kind);

/// A GeneralName that nobody has decoded: a view into the certificate.
struct RawGeneralName {
  GeneralName::Kind kind{};
  /// email, dns, uri: text; ip_address: 4 or 16 bytes in an honest one; registered_id: content of
  /// the OBJECT IDENTIFIER; directory: a Name with its header; the others: their fields.
  ByteView content{};
};
/// Decodes it. Errc::bad_string, Errc::bad_der.
Result<GeneralName> decode_general_name(const RawGeneralName&);

}  // namespace parley

// GeneralNames (RFC 5280 section 4.2.1.6).
#pragma once
#include "asn1/der_reader.hpp"
#include "parley/x509_name.hpp"

namespace parley::asn1 {

/// Rule bent for old certificates (asn1/README.md): RFC 5280 wants at least one name.
inline constexpr bool kNameListsMayBeEmpty = true;

/// One GeneralName: its tag is checked, and that a directoryName is one Name.
RawGeneralName read_general_name(DerReader&);
/// All of them up to the end of the reader, which is the inside of a GeneralNames.
std::vector<RawGeneralName> read_general_names(DerReader& inside);
/// One GeneralNames in DER.
Result<std::vector<RawGeneralName>> parse_general_names(ByteView der);

/// "192.0.2.1", "2001:DB8:0:0:0:0:0:1"; "<invalid>" for other sizes than 4 and 16 bytes.
std::string ip_text(ByteView address);

}  // namespace parley::asn1

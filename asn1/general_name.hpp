// GeneralNames (RFC 5280 section 4.2.1.6).
#pragma once
#include "asn1/der_reader.hpp"
#include "parley/x509.hpp"

namespace parley::asn1 {

/// Appends the names of one GeneralNames in DER.
Status parse_general_names(ByteView der, std::vector<GeneralName>& to);

/// "192.0.2.1", "2001:DB8:0:0:0:0:0:1"; "<invalid>" for other sizes than 4 and 16 bytes.
std::string ip_text(ByteView address);

}  // namespace parley::asn1

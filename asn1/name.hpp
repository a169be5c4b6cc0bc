// Distinguished names inside DER (RFC 5280 section 4.1.2.4).
#pragma once
#include "asn1/der_reader.hpp"
#include "parley/x509.hpp"

namespace parley::asn1 {

/// Reads a Name with its header and checks its structure, not its strings; the view of it.
ByteView read_name(DerReader&, const char* field);

/// The RDNs in OpenSSL's canonical form (X509_NAME hashing since 1.0.0), one after another without
/// an outer header: two Names are the same exactly when these bytes are. SHA-1 of them names the
/// files of a hashed directory. Errc::bad_string when a value cannot be decoded.
Result<Bytes> canonical_name(ByteView der);

}  // namespace parley::asn1

// Certificates and revocation lists in full, as JSON and as tables of bytes.
#pragma once
#include "parley/crl.hpp"
#include "parley/x509.hpp"
#include "parley/x509_fields.hpp"
#include "tool/output.hpp"

namespace parley::tool {

/// certificate_json() and what else a certificate says: every extension, key, signature.
Json whole_json(const Certificate&);
Json whole_json(const RevocationList&);

/// {"oid", "name", "critical", "value", "text", "hex"}; value is null where it cannot be decoded or
/// nobody knows the extension.
Json extension_json(const Extension&, Json value);
/// What the extension of a certificate says.
Json extension_value(const Certificate&, const Extension&);
Json extension_value(const RevocationList&, const Extension&);

/// Fields as visit_certificate() tells them.
using Visit = void (*)(ByteView, const DerVisitor&);
Json bytes_json(ByteView der, Visit);
std::string bytes_text(ByteView der, Visit);

/// {"md5", "sha1", "sha256"} of the DER, in hex.
Json fingerprints_json(ByteView der);
/// "sha256  AB:CD:..." and the others, line by line.
std::string fingerprints_text(ByteView der);

}  // namespace parley::tool

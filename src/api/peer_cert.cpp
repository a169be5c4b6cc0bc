// getpeercert(): a certificate as the documented dictionary.
#include <algorithm>

#include "api/errors.hpp"
#include "api/posix.hpp"
#include "api/repr.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

cert_dict::Name to_dict(const Name& name) {
  cert_dict::Name out;
  for (const RelativeName& relative : name.rdns) {
    cert_dict::RDN& rdn = out.emplace_back();
    for (const NameAttribute& a : relative) rdn.emplace_back(std::string(a.type()), a.value);
  }
  return out;
}

template <class T>
T decoded(Result<T> r) {
  if (!r) throw_error(r.error());
  return *std::move(r);
}

}  // namespace

cert_dict cert_to_dict(const Certificate& c) {
  cert_dict d;
  d.subject = to_dict(decoded(c.subject()));
  d.issuer = to_dict(decoded(c.issuer()));
  d.version = c.version();
  d.serialNumber = c.serial_hex();
  d.notBefore = c.not_before_text();
  d.notAfter = c.not_after_text();
  const std::optional<std::vector<GeneralName>> names = decoded(c.subject_alt_names());
  if (names) {
    d.subjectAltName.emplace();
    for (const GeneralName& n : *names) {
      std::string kind(general_name_kind(n.kind));
      if (n.kind == GeneralName::Kind::directory)
        d.subjectAltName->emplace_back(std::move(kind), to_dict(n.directory));
      else if (n.kind == GeneralName::Kind::registered_id)
        d.subjectAltName->emplace_back(std::move(kind), object_name(n.value));
      else
        d.subjectAltName->emplace_back(std::move(kind), n.value);
    }
  }
  return d;
}

cert_dict _test_decode_cert(const std::string& path) {
  refuse_embedded_null(path);
  const posix::File file = posix::read_file(path);
  if (file.error != 0)
    throw SSLError(SSL_ERROR_SSL, "Can't open file",
                   {.reason = "SYS_LIB",
                    .hint = "Look at the name, the kind and the rights of the file.",
                    .library = "PEM"});
  const auto found = certificates_from_pem(as_text(file.content));
  if (!found)
    throw SSLError(SSL_ERROR_SSL, "Error decoding PEM-encoded file",
                   {.reason = std::string(errc_name(found.error().code)),
                    .hint = "The file should hold a CERTIFICATE block, whole and undamaged.",
                    .cause = found.error(),
                    .library = "PEM"});
  return cert_to_dict(found->front());
}

std::vector<std::string_view> cert_dict::keys() const {
  // A decoded certificate has a version, and then every field, even an empty subject; one
  // written by hand has what was written.
  const bool whole = version != 0;
  std::vector<std::string_view> k;
  if (whole || !subject.empty()) k.emplace_back("subject");
  if (whole || !issuer.empty()) k.emplace_back("issuer");
  if (whole) k.emplace_back("version");
  if (whole || !serialNumber.empty()) k.emplace_back("serialNumber");
  if (whole || !notBefore.empty()) k.emplace_back("notBefore");
  if (whole || !notAfter.empty()) k.emplace_back("notAfter");
  if (subjectAltName) k.emplace_back("subjectAltName");
  return k;
}

bool cert_dict::contains(std::string_view key) const {
  const std::vector<std::string_view> k = keys();
  return std::find(k.begin(), k.end(), key) != k.end();
}

}  // namespace parley

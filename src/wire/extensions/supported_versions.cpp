// supported_versions (RFC 8446 section 4.2.1): how a client of TLS 1.3 says what it speaks. Servers
// here read it, clients have no need to send it.
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  Writer::Vec list{w, 1};
  for (const std::uint16_t v : *e.supported_versions) w.u16(v);
}

void read(Reader& r, HelloExtensions& e, Place) {
  Reader list = r.vec("supported_versions.versions", 1, 2, 254);
  auto& versions = e.supported_versions.emplace();
  while (!list.empty()) versions.push_back(list.u16("supported_versions.version"));
}

}  // namespace

constinit const HelloExtension kSupportedVersions{
    43,
    "supported_versions",
    "RFC 8446 section 4.2.1",
    [](const HelloExtensions& e) { return e.supported_versions.has_value(); },
    write,
    read};

}  // namespace parley

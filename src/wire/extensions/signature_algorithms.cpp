// signature_algorithms (RFC 5246 section 7.4.1.4.1).
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  Writer::Vec list{w, 2};
  for (const std::uint16_t s : *e.signature_algorithms) w.u16(s);
}

// "Servers MUST NOT send this extension", and a client that gets it back all the same has no use
// for it.
void read(Reader& r, HelloExtensions& e, Place place) {
  Reader list = r.vec("signature_algorithms.supported_signature_algorithms", 2, 2, 65534);
  if (place == Place::server_hello)
    list.fail(Errc::unsolicited_extension, "signature_algorithms: in a server_hello");
  auto& schemes = e.signature_algorithms.emplace();
  schemes.reserve(list.remaining() / 2);
  while (!list.empty()) schemes.push_back(list.u16("signature_algorithms.signature_and_hash"));
}

}  // namespace

constinit const HelloExtension kSignatureAlgorithms{
    13,
    "signature_algorithms",
    "RFC 5246 section 7.4.1.4.1",
    [](const HelloExtensions& e) { return e.signature_algorithms.has_value(); },
    write,
    read};

}  // namespace parley

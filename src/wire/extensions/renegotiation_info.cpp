// renegotiation_info (RFC 5746 section 3.2).
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  Writer::Vec connection{w, 1};
  w.bytes(*e.renegotiated_connection);
}
void read(Reader& r, HelloExtensions& e, Place) {
  Reader connection = r.vec("renegotiation_info.renegotiated_connection", 1, 0, 255);
  e.renegotiated_connection =
      to_bytes(connection.rest("renegotiation_info.renegotiated_connection"));
}

}  // namespace

constinit const HelloExtension kRenegotiationInfo{
    0xff01,
    "renegotiation_info",
    "RFC 5746 section 3.2",
    [](const HelloExtensions& e) { return e.renegotiated_connection.has_value(); },
    write,
    read};

}  // namespace parley

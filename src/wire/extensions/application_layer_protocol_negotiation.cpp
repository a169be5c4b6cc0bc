// application_layer_protocol_negotiation (RFC 7301 section 3.1).
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  Writer::Vec list{w, 2};
  for (const std::string& name : *e.alpn) {
    Writer::Vec one{w, 1};
    w.bytes(as_bytes(name));
  }
}

// A server answers with exactly one name.
void read(Reader& r, HelloExtensions& e, Place place) {
  Reader list = r.vec("alpn.protocol_name_list", 2, 2, 65535);
  auto& names = e.alpn.emplace();
  while (!list.empty()) {
    Reader one = list.vec("alpn.protocol_name", 1, 1, 255);
    names.emplace_back(as_text(one.rest("alpn.protocol_name")));
  }
  if (place == Place::server_hello && names.size() != 1)
    list.fail(Errc::bad_extension, "alpn.protocol_name_list");
}

}  // namespace

constinit const HelloExtension kAlpn{16,
                                     "application_layer_protocol_negotiation",
                                     "RFC 7301 section 3.1",
                                     [](const HelloExtensions& e) { return e.alpn.has_value(); },
                                     write,
                                     read};

}  // namespace parley

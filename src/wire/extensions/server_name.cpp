// server_name (RFC 4366 section 3.1).
#include "wire/extension.hpp"

namespace parley {
namespace {

constexpr std::uint8_t kHostName = 0;

void write(Writer& w, const HelloExtensions& e, Place place) {
  if (place == Place::server_hello) return;  // "the extension_data field SHALL be empty"
  Writer::Vec list{w, 2};
  w.u8(kHostName);
  Writer::Vec name{w, 2};
  w.bytes(as_bytes(*e.server_name));
}

void read(Reader& r, HelloExtensions& e, Place place) {
  std::string& host = e.server_name.emplace();
  if (place == Place::server_hello) return;
  Reader list = r.vec("server_name.server_name_list", 2, 1, 65535);
  while (!list.empty()) {
    const std::uint8_t type = list.u8("server_name.name_type");
    Reader name = list.vec("server_name.host_name", 2, 1, 65535);
    const ByteView text = name.rest("server_name.host_name");
    if (type != kHostName) continue;
    // "MUST NOT contain more than one name of the same name_type"; a NUL is the null-prefix trick.
    if (!host.empty() || std::ranges::find(text, 0) != text.end())
      list.fail(Errc::bad_extension, "server_name.host_name");
    host = as_text(text);
  }
}

}  // namespace

constinit const HelloExtension kServerName{
    0,
    "server_name",
    "RFC 4366 section 3.1",
    [](const HelloExtensions& e) { return e.server_name.has_value(); },
    write,
    read};

}  // namespace parley

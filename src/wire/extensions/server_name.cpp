// server_name (RFC 4366 section 3.1).
#include "base/limits.hpp"
#include "wire/extension.hpp"

namespace parley {
namespace {

constexpr std::uint8_t kHostName = 0;

constexpr bool is_graphic(std::uint8_t c) { return c > 0x20 && c < 0x7f; }

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
    // "MUST NOT contain more than one name of the same name_type"; and what is no host name would
    // only find its way into logs and caches.
    if (!host.empty() || text.size() > limits::kHostName || !std::ranges::all_of(text, is_graphic))
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

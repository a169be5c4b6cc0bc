// padding (RFC 7685 section 3).
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  for (std::size_t i = 0; i < *e.padding; ++i) w.u8(0);
}

// "The client MUST fill the padding extension completely with zero bytes"; a server passes over
// them, and over others. "A server MUST NOT send" one.
void read(Reader& r, HelloExtensions& e, Place place) {
  if (place == Place::server_hello) r.fail(Errc::unsolicited_extension, "padding");
  e.padding = r.rest("padding.padding_bytes").size();
}

}  // namespace

std::optional<std::size_t> padding_for(std::size_t hello_size) {
  constexpr std::size_t kHangsFrom = 256, kHealthyFrom = 512, kHeader = 4;
  if (hello_size < kHangsFrom || hello_size >= kHealthyFrom) return std::nullopt;
  const std::size_t missing = kHealthyFrom - hello_size;
  return missing > kHeader ? missing - kHeader : 0;
}

constinit const HelloExtension kPadding{
    21,
    "padding",
    "RFC 7685 section 3",
    [](const HelloExtensions& e) { return e.padding.has_value(); },
    write,
    read};

}  // namespace parley

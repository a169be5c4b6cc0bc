// max_fragment_length (RFC 6066 section 4).
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) { w.u8(*e.max_fragment_length); }

void read(Reader& r, HelloExtensions& e, Place) {
  e.max_fragment_length = r.u8("max_fragment_length");
  if (!max_fragment_bytes(*e.max_fragment_length))
    r.fail(Errc::bad_max_fragment_length, "max_fragment_length");
}

}  // namespace

std::optional<std::size_t> max_fragment_bytes(std::uint8_t code) {
  if (code < 1 || code > 4) return {};
  return std::size_t{256} << code;
}

constinit const HelloExtension kMaxFragmentLength{
    1,
    "max_fragment_length",
    "RFC 6066 section 4",
    [](const HelloExtensions& e) { return e.max_fragment_length.has_value(); },
    write,
    read};

}  // namespace parley

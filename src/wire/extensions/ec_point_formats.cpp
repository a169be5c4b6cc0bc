// ec_point_formats (RFC 4492 section 5.1.2).
#include "wire/extension.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  Writer::Vec list{w, 1};
  w.bytes(*e.ec_point_formats);
}

void read(Reader& r, HelloExtensions& e, Place) {
  Reader list = r.vec("ec_point_formats.ec_point_format_list", 1, 1, 255);
  e.ec_point_formats = to_bytes(list.rest("ec_point_formats.ec_point_format_list"));
  // "The uncompressed point format MUST be supported"; it is the only one parley sends.
  if (list.ok() &&
      std::ranges::find(*e.ec_point_formats, kUncompressedPoint) == e.ec_point_formats->end())
    list.fail(Errc::bad_value, "ec_point_formats.ec_point_format_list");
}

}  // namespace

constinit const HelloExtension kEcPointFormats{
    11,
    "ec_point_formats",
    "RFC 4492 section 5.1.2",
    [](const HelloExtensions& e) { return e.ec_point_formats.has_value(); },
    write,
    read};

}  // namespace parley

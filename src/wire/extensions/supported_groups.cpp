// supported_groups, once elliptic_curves (RFC 4492 section 5.1.1, RFC 8422 section 5.1.1).
#include "wire/extension.hpp"

namespace parley {
namespace {

void write(Writer& w, const HelloExtensions& e, Place) {
  Writer::Vec list{w, 2};
  for (const std::uint16_t g : *e.supported_groups) w.u16(g);
}

// Servers must not send it, and some do; a client has no use for what they say.
void read(Reader& r, HelloExtensions& e, Place) {
  Reader list = r.vec("supported_groups.named_group_list", 2, 2, 65535);
  auto& groups = e.supported_groups.emplace();
  groups.reserve(list.remaining() / 2);
  while (!list.empty()) groups.push_back(list.u16("supported_groups.named_group"));
}

}  // namespace

constinit const HelloExtension kSupportedGroups{
    10,
    "supported_groups",
    "RFC 4492 section 5.1.1",
    [](const HelloExtensions& e) { return e.supported_groups.has_value(); },
    write,
    read};

}  // namespace parley

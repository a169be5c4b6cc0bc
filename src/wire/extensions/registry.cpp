// The list of extensions and the checks that hold for all of them.
#include <array>
#include <bitset>

#include "wire/extension.hpp"

namespace parley {
namespace {
// The order is OpenSSL 1.0.1's; padding is last, since it is measured by what stands before it.
constexpr std::array<const HelloExtension*, 13> kExtensions{&kServerName,
                                                            &kRenegotiationInfo,
                                                            &kEcPointFormats,
                                                            &kSupportedGroups,
                                                            &kSessionTicket,
                                                            &kSignatureAlgorithms,
                                                            &kStatusRequest,
                                                            &kAlpn,
                                                            &kMaxFragmentLength,
                                                            &kEncryptThenMac,
                                                            &kExtendedMasterSecret,
                                                            &kSupportedVersions,
                                                            &kPadding};
}  // namespace

std::span<const HelloExtension* const> extension_registry() { return kExtensions; }

Status read_extensions(ByteView block, Place place, const HelloExtensions* offered,
                       HelloExtensions& out, FieldSink* sink) {
  // Numbers seen; 8 KiB for the whole number space keeps the check linear for any input.
  std::bitset<65536> seen;
  Reader r{block, sink};
  while (!r.empty()) {
    const std::uint16_t number = r.u16("extension.type");
    Reader data = r.vec("extension.data", 2, 0, 65535);
    if (!r.ok()) break;
    if (seen[number]) {
      data.fail(Errc::duplicate_extension, "extension.type");
      break;
    }
    seen[number] = true;
    const auto row =
        std::ranges::find(kExtensions, number, [](const HelloExtension* e) { return e->number; });
    const bool known = row != kExtensions.end();
    if (place == Place::server_hello && offered != nullptr &&
        (!known || !(*row)->present(*offered))) {
      data.fail(Errc::unsolicited_extension, "extension.type");
      break;
    }
    if (!known) {
      data.rest("extension.data");
      continue;
    }
    (*row)->read(data, out, place);
    PARLEY_CHECK(data.finish((*row)->name.data()));
  }
  return r.finish("extensions");
}

Bytes write_extensions(const HelloExtensions& e, Place place) {
  Bytes block;
  Writer w{block};
  for (const HelloExtension* x : kExtensions) {
    if (!x->present(e)) continue;
    w.u16(x->number);
    Writer::Vec data{w, 2};
    x->write(w, e, place);
  }
  return block;
}

}  // namespace parley

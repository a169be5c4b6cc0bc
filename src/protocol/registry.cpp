// Version number to profile, and the choice among versions. Nothing else may compare versions.
#include <array>

#include "protocol/ssl30.hpp"
#include "protocol/tls12.hpp"

namespace parley {
namespace {
constexpr std::array<const ProtocolProfile*, 4> kProfiles{&kSsl30, &kTls10, &kTls11, &kTls12};
}

std::span<const ProtocolProfile* const> all_profiles() { return kProfiles; }

const ProtocolProfile* find_profile(ProtocolVersion v) {
  for (const ProtocolProfile* p : kProfiles)
    if (p->version == v) return p;
  return nullptr;
}

const ProtocolProfile* choose_version(std::span<const ProtocolVersion> enabled,
                                      ProtocolVersion client_version) {
  const ProtocolProfile* best = nullptr;
  for (const ProtocolProfile* p : kProfiles)
    if (p->version <= client_version && std::ranges::find(enabled, p->version) != enabled.end())
      best = p;
  return best;
}

const ProtocolProfile* highest_to_offer(std::span<const ProtocolVersion> enabled) {
  const ProtocolProfile* offer = nullptr;
  for (const ProtocolProfile* p : kProfiles) {
    const bool on = std::ranges::find(enabled, p->version) != enabled.end();
    if (on) offer = p;
    if (!on && offer != nullptr) break;
  }
  return offer;
}

}  // namespace parley

// What the record MAC covers before the data: RFC 6101 section 5.2.3.1, RFC 2246 section 6.2.3.1.
#include "protocol/record_mac.hpp"

#include "protocol/profile.hpp"

namespace parley {

MacHeader mac_header(const ProtocolProfile& p, std::uint64_t seq, ContentType type,
                     std::size_t length) {
  MacHeader h;
  const auto put = [&h](std::uint64_t v, unsigned n) {
    while (n-- > 0) h.bytes[h.size++] = static_cast<std::uint8_t>(v >> (8 * n));
  };
  put(seq, 8);
  put(static_cast<std::uint8_t>(type), 1);
  if (p.mac_covers_version) put(static_cast<std::uint16_t>(p.version), 2);
  put(length, 2);
  return h;
}

}  // namespace parley

// A pcap file of what crossed between two ends, in packets that were never sent.
#include "parley/writer.hpp"
#include "tool/capture.hpp"

namespace parley::tool {
namespace {

constexpr std::uint32_t kRawIp = 101;  // LINKTYPE_RAW
constexpr std::size_t kHeaders = 40, kSegment = 1400;
constexpr std::uint8_t kFin = 1, kSyn = 2, kPush = 8, kAck = 16;

/// RFC 1071.
std::uint16_t checksum(ByteView bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sum += i % 2 == 0 ? std::uint32_t{bytes[i]} << 8 : bytes[i];
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// 192.0.2.1:40000 and 192.0.2.2:443 (RFC 5737).
struct End {
  std::uint32_t address;
  std::uint16_t port;
  std::uint32_t sequence;
};

class Packets {
 public:
  Packets() {
    Writer w{out_};
    w.u32(0xa1b2c3d4);
    w.u16(2);
    w.u16(4);
    w.u32(0);
    w.u32(0);
    w.u32(65535);
    w.u32(kRawIp);
  }
  void add(Side from, std::uint8_t flags, ByteView data, std::int64_t time) {
    End& own = ends_[static_cast<std::size_t>(from)];
    const End& peer = ends_[static_cast<std::size_t>(other(from))];
    const Bytes tcp = segment(own, peer, flags, data);
    const Bytes ip = ip_header(own, peer, tcp.size());
    Writer w{out_};
    constexpr std::int64_t kSecond = 1'000'000;
    w.u32(static_cast<std::uint32_t>(time / kSecond));
    w.u32(static_cast<std::uint32_t>(time % kSecond));
    w.u32(static_cast<std::uint32_t>(ip.size() + tcp.size()));
    w.u32(static_cast<std::uint32_t>(ip.size() + tcp.size()));
    w.bytes(ip);
    w.bytes(tcp);
    own.sequence +=
        static_cast<std::uint32_t>(data.size()) + ((flags & (kSyn | kFin)) != 0 ? 1u : 0u);
  }
  std::string take() const { return std::string{as_text(out_)}; }

 private:
  static Bytes segment(const End& own, const End& peer, std::uint8_t flags, ByteView data) {
    Bytes tcp;
    Writer w{tcp};
    w.u16(own.port);
    w.u16(peer.port);
    w.u32(own.sequence);
    w.u32((flags & kAck) != 0 ? peer.sequence : 0);
    w.u8(5 << 4);
    w.u8(flags);
    w.u16(65535);
    w.u16(0);
    w.u16(0);
    w.bytes(data);
    constexpr std::uint32_t kProtocol = 6;
    const auto size = static_cast<std::uint32_t>(tcp.size());
    const std::uint32_t pseudo = (own.address >> 16) + (own.address & 0xffff) +
                                 (peer.address >> 16) + (peer.address & 0xffff) + kProtocol + size;
    const std::uint16_t sum = checksum(tcp, pseudo);
    tcp[16] = static_cast<std::uint8_t>(sum >> 8);
    tcp[17] = static_cast<std::uint8_t>(sum);
    return tcp;
  }
  static Bytes ip_header(const End& own, const End& peer, std::size_t payload) {
    Bytes ip;
    Writer w{ip};
    w.u16(0x4500);
    w.u16(static_cast<std::uint16_t>(kHeaders / 2 + payload));
    w.u32(0x00004000);  // do not fragment
    w.u16(0x4006);
    w.u16(0);
    w.u32(own.address);
    w.u32(peer.address);
    const std::uint16_t sum = checksum(ip);
    ip[10] = static_cast<std::uint8_t>(sum >> 8);
    ip[11] = static_cast<std::uint8_t>(sum);
    return ip;
  }

  Bytes out_;
  std::array<End, 2> ends_{End{0xc0000201, 40000, 1000}, End{0xc0000202, 443, 5000}};
};

}  // namespace

std::string capture_of(const explain::Flow& flow) {
  Packets p;
  constexpr std::int64_t kStep = 1000;
  std::int64_t now = flow.empty() ? 0 : flow.front().time.value_or(0);
  p.add(Side::client, kSyn, {}, now);
  p.add(Side::server, kSyn | kAck, {}, now);
  p.add(Side::client, kAck, {}, now);
  for (const explain::Chunk& c : flow) {
    now = c.time.value_or(now + kStep);
    for (ByteView rest = c.bytes; !rest.empty();) {
      const std::size_t n = std::min(kSegment, rest.size());
      p.add(c.from, kPush | kAck, rest.first(n), now);
      rest = rest.subspan(n);
    }
  }
  for (const Side s : {Side::client, Side::server}) p.add(s, kFin | kAck, {}, now);
  p.add(Side::client, kAck, {}, now);
  return p.take();
}

}  // namespace parley::tool

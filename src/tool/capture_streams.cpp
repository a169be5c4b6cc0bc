#include "tool/capture_streams.hpp"

#include <arpa/inet.h>

#include "parley/reader.hpp"

namespace parley::tool {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800, kIpv6 = 0x86dd, kVlan = 0x8100, kQinQ = 0x88a8;
constexpr std::uint8_t kTcp = 6;

/// A reader for packets: nobody asks for the names of fields.
std::uint8_t u8(Reader& r) { return r.u8("packet"); }
std::uint16_t u16(Reader& r) { return r.u16("packet"); }
std::uint32_t u32(Reader& r) { return r.u32("packet"); }
void skip(Reader& r, std::size_t n) { (void)r.bytes("packet", n); }

/// Passes over what stands before the IP header; the EtherType, or 0 when it is to be guessed.
std::uint16_t enter_link(LinkLayer link, Reader& r) {
  switch (link) {
    case LinkLayer::ethernet: {
      skip(r, 12);
      std::uint16_t type = u16(r);
      while (type == kVlan || type == kQinQ) {
        skip(r, 2);
        type = u16(r);
      }
      return type;
    }
    case LinkLayer::null: skip(r, 4); return 0;
    case LinkLayer::raw: return 0;
    case LinkLayer::linux_sll: skip(r, 14); return u16(r);
    case LinkLayer::linux_sll2: {
      const std::uint16_t type = u16(r);
      skip(r, 18);
      return type;
    }
  }
  return 0;
}

struct IpPacket {
  ByteView from{}, to{};
  ByteView payload{};
  std::size_t cut = 0;
};

std::optional<IpPacket> read_ipv4(ByteView in) {
  Reader r{in};
  const std::uint8_t first = u8(r);
  const std::size_t header = 4u * (first & 15u);
  skip(r, 1);
  const std::size_t total = u16(r);
  skip(r, 2);
  const unsigned fragment = u16(r);
  skip(r, 1);
  const std::uint8_t protocol = u8(r);
  skip(r, 2);
  IpPacket p;
  p.from = r.bytes("packet", 4);
  p.to = r.bytes("packet", 4);
  // Fragments other than whole packets are rare, and none of TLS's making.
  constexpr unsigned kMoreOrOffset = 0x3fff;
  if (!r.ok() || first >> 4 != 4 || header < 20 || (total != 0 && total < header) ||
      in.size() < header || protocol != kTcp || (fragment & kMoreOrOffset) != 0)
    return std::nullopt;
  // 0: the network card was to cut it up (TSO).
  const std::size_t end = total == 0 ? in.size() : total;
  p.cut = end > in.size() ? end - in.size() : 0;
  p.payload = in.subspan(header, std::min(end, in.size()) - header);
  return p;
}

std::optional<IpPacket> read_ipv6(ByteView in) {
  Reader r{in};
  const std::uint32_t first = u32(r);
  const std::size_t length = u16(r);
  std::uint8_t next = u8(r);
  skip(r, 1);
  IpPacket p;
  p.from = r.bytes("packet", 16);
  p.to = r.bytes("packet", 16);
  if (!r.ok() || first >> 28 != 6) return std::nullopt;
  constexpr std::size_t kHeader = 40;
  const std::size_t end = length == 0 ? in.size() : kHeader + length;
  p.cut = end > in.size() ? end - in.size() : 0;
  Reader body{in.first(std::min(end, in.size())).subspan(kHeader)};
  // Hop-by-hop, routing and destination options stand before TCP; each is longer than nothing.
  while (body.ok() && (next == 0 || next == 43 || next == 60)) {
    next = u8(body);
    const std::size_t size = 8u * u8(body) + 6u;
    skip(body, size);
  }
  if (!body.ok() || next != kTcp) return std::nullopt;
  p.payload = body.rest("packet");
  return p;
}

std::optional<IpPacket> read_ip(std::uint16_t type, ByteView in) {
  if (type == 0 && !in.empty()) type = in[0] >> 4 == 6 ? kIpv6 : kIpv4;
  if (type == kIpv4) return read_ipv4(in);
  if (type == kIpv6) return read_ipv6(in);
  return std::nullopt;
}

}  // namespace

std::string StreamSorter::Endpoint::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const bool six = address.size() == 16;
  if (inet_ntop(six ? AF_INET6 : AF_INET, address.data(), buffer.data(), buffer.size()) == nullptr)
    return "?";
  std::string s{buffer.data()};
  if (six) s = std::string("[").append(s).append("]");
  return s.append(":").append(std::to_string(port));
}

std::optional<StreamSorter::Segment> StreamSorter::segment_in(LinkLayer link, ByteView packet) {
  Reader frame{packet};
  const std::uint16_t type = enter_link(link, frame);
  const auto ip = frame.ok() ? read_ip(type, frame.rest("packet")) : std::nullopt;
  if (!ip) return std::nullopt;
  Reader r{ip->payload};
  Segment s;
  s.from = {std::string{as_text(ip->from)}, u16(r)};
  s.to = {std::string{as_text(ip->to)}, u16(r)};
  s.sequence = u32(r);
  s.acknowledged = u32(r);
  const std::size_t header = 4u * (u8(r) >> 4);
  const unsigned flags = u8(r);
  if (!r.ok() || header < 20 || header > ip->payload.size()) return std::nullopt;
  s.syn = (flags & 0x02) != 0;
  s.ack = (flags & 0x10) != 0;
  s.data = ip->payload.subspan(header);
  s.cut = ip->cut;
  return s;
}

StreamSorter::Talk* StreamSorter::talk_of(const Segment& s) {
  const auto key = s.from < s.to ? std::pair{s.from, s.to} : std::pair{s.to, s.from};
  const auto it = known_.find(key);
  // The same ports again: another connection, unless it is the SYN of this one sent twice.
  const bool again = it != known_.end() && s.syn && !s.ack && !talks_[it->second].parts.empty();
  if (it != known_.end() && !again) return &talks_[it->second];
  if (talks_.size() == kMost) return nullptr;
  talks_.push_back({.ends = {s.from, s.to}});
  known_[key] = talks_.size() - 1;
  return &talks_.back();
}

void StreamSorter::add(LinkLayer link, ByteView packet, std::int64_t time) {
  const auto s = segment_in(link, packet);
  if (!s) return;
  Talk* t = talk_of(*s);
  if (t == nullptr) return;
  const std::size_t end = s->from == t->ends[0] ? 0 : 1;
  if (s->syn && !s->ack) t->client = end;
  if (s->syn && s->ack) t->client = 1 - end;
  take_data(*t, end, *s, time);
}

void StreamSorter::emit(Talk& t, std::size_t end, ByteView data, std::optional<std::uint32_t> heard,
                        std::int64_t time) {
  const std::size_t n = std::min(room_, data.size());
  room_ -= n;
  t.halves[end].missing += data.size() - n;
  if (n != 0) t.parts.push_back({end, {Side::client, time, to_bytes(data.first(n))}, heard});
}

constexpr std::int32_t kWindow = 1 << 30;

/// RFC 9293 section 3.10.7.4, as an onlooker has it: what was seen before is passed over, what
/// comes early waits.
void StreamSorter::take_data(Talk& t, std::size_t end, const Segment& s, std::int64_t time) {
  Half& h = t.halves[end];
  std::uint32_t sequence = s.sequence;
  if (s.syn) ++sequence;
  if (!h.begun) {
    if (!s.syn && s.data.empty()) return;
    h.begun = true;
    h.start = h.next = sequence;
  }
  if (h.broken || s.data.empty()) {
    h.missing += s.data.size();
    return;
  }
  const std::optional<std::uint32_t> heard = s.ack ? std::optional{s.acknowledged} : std::nullopt;
  const auto ahead = static_cast<std::int32_t>(sequence - h.next);
  if (ahead > kWindow || ahead < -kWindow) return;
  if (ahead > 0) {
    // A packet lost by the capture is not sent again; so much at most waits for one that was lost
    // on the way.
    constexpr std::size_t kWaiting = 4096;
    h.broken = h.early.size() >= kWaiting || s.data.size() > early_room_;
    if (h.broken) return;
    Early& place = h.early[sequence - h.start];
    if (place.bytes.size() >= s.data.size()) return;
    early_room_ -= s.data.size() - place.bytes.size();
    place = {to_bytes(s.data), heard};
    return;
  }
  const auto old = static_cast<std::size_t>(-static_cast<std::int64_t>(ahead));
  if (old < s.data.size()) {
    emit(t, end, s.data.subspan(old), heard, time);
    h.next += static_cast<std::uint32_t>(s.data.size() - old);
  }
  if (s.cut != 0) {
    h.broken = true;
    h.missing += s.cut;
    return;
  }
  while (!h.early.empty()) {
    const auto first = h.early.begin();
    const std::uint32_t reached = h.next - h.start;
    if (first->first > reached) break;
    const std::size_t seen = reached - first->first;
    const Early& next = first->second;
    if (seen < next.bytes.size()) {
      emit(t, end, ByteView{next.bytes}.subspan(seen), next.heard, time);
      h.next += static_cast<std::uint32_t>(next.bytes.size() - seen);
    }
    early_room_ += next.bytes.size();
    h.early.erase(first);
  }
}

/// Without a SYN: who begins with a ClientHello; else who has the higher port.
std::size_t StreamSorter::client_of(const Talk& t) {
  if (t.client) return *t.client;
  for (const auto& [end, chunk, heard] : t.parts) {
    constexpr std::size_t kTypeAt = 5;
    const Bytes& b = chunk.bytes;
    if (b.size() > kTypeAt && b[0] == static_cast<std::uint8_t>(ContentType::handshake) &&
        b[kTypeAt] <= static_cast<std::uint8_t>(HandshakeType::server_hello))
      return b[kTypeAt] == static_cast<std::uint8_t>(HandshakeType::client_hello) ? end : 1 - end;
  }
  return t.ends[0].port >= t.ends[1].port ? 0 : 1;
}

/// Whoever acknowledges bytes has heard them: they come first, even if the capture has them later,
/// as one of two network cards does, or of two queues (RFC 9293 section 3.4).
void StreamSorter::set_order(Talk& t) {
  std::array<std::vector<std::size_t>, 2> waiting;
  for (std::size_t i = 0; i < t.parts.size(); ++i) waiting[t.parts[i].end].push_back(i);
  std::array<std::size_t, 2> next{}, said{};
  std::vector<Part> ordered;
  ordered.reserve(t.parts.size());
  const auto has = [&](std::size_t end) { return next[end] < waiting[end].size(); };
  const auto waits = [&](std::size_t end) {
    const std::size_t peer = 1 - end;
    const Part& p = t.parts[waiting[end][next[end]]];
    if (!p.heard || !has(peer)) return false;
    const auto reached = static_cast<std::int32_t>(*p.heard - t.halves[peer].start);
    return reached > 0 && reached<kWindow&& static_cast<std::size_t>(reached)> said[peer];
  };
  while (has(0) || has(1)) {
    std::size_t end = !has(0) || (has(1) && waiting[1][next[1]] < waiting[0][next[0]]) ? 1 : 0;
    // Two that wait for one another are nonsense: then the capture's order is as good as any.
    if (waits(end) && !waits(1 - end)) end = 1 - end;
    Part& p = t.parts[waiting[end][next[end]++]];
    said[end] += p.chunk.bytes.size();
    ordered.push_back(std::move(p));
  }
  t.parts = std::move(ordered);
}

std::vector<CapturedConnection> StreamSorter::take() {
  std::vector<CapturedConnection> found;
  for (Talk& t : talks_) {
    if (t.parts.empty()) continue;
    set_order(t);
    const std::size_t client = client_of(t);
    CapturedConnection c;
    c.client = t.ends[client].text();
    c.server = t.ends[1 - client].text();
    std::array<std::size_t, 2> sizes{};
    for (auto& [end, chunk, heard] : t.parts) {
      chunk.from = end == client ? Side::client : Side::server;
      sizes[end] += chunk.bytes.size();
      c.flow.push_back(std::move(chunk));
    }
    for (const std::size_t end : {client, 1 - client}) {
      std::size_t missing = t.halves[end].missing;
      for (const auto& [at, early] : t.halves[end].early) missing += early.bytes.size();
      if (missing > 0)
        c.gaps.push_back({end == client ? Side::client : Side::server, sizes[end], missing});
    }
    found.push_back(std::move(c));
  }
  talks_.clear();
  known_.clear();
  return found;
}

}  // namespace parley::tool

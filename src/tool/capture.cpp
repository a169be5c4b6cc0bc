#include "tool/capture.hpp"

#ifndef PARLEY_NO_PCAP
#include <pcap/pcap.h>
#endif

#include <cstdio>
#include <memory>

#include "parley/reader.hpp"
#include "tool/capture_streams.hpp"
#include "tool/failure.hpp"

namespace parley::tool {

bool is_capture(std::string_view content) {
  if (content.size() < 4) return false;
  Reader r{as_bytes(content.substr(0, 4))};
  const std::uint32_t magic = r.u32("magic");
  return magic == 0xa1b2c3d4 || magic == 0xd4c3b2a1 || magic == 0xa1b23c4d || magic == 0x4d3cb2a1 ||
         magic == 0x0a0d0d0a;
}

#ifdef PARLEY_NO_PCAP

Capture connections_in(const std::string& path, const std::string&) {
  throw Failure(Exit::unsupported, path + ": this build cannot read captures",
                "build it with libpcap (-DPARLEY_PCAP=ON)");
}

#else

namespace {

LinkLayer link_layer(const std::string& path, int type) {
  switch (type) {
    case DLT_EN10MB: return LinkLayer::ethernet;
    case DLT_NULL:
    case DLT_LOOP: return LinkLayer::null;
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: return LinkLayer::raw;
    case DLT_LINUX_SLL: return LinkLayer::linux_sll;
    case DLT_LINUX_SLL2: return LinkLayer::linux_sll2;
    default: break;
  }
  const char* name = pcap_datalink_val_to_name(type);
  std::string message = path;
  message.append(": packets of link type ").append(name != nullptr ? name : std::to_string(type));
  throw Failure(Exit::local, message, "Ethernet, loopback, raw IP and Linux cooked can be read");
}

}  // namespace

Capture connections_in(const std::string& path, const std::string& content) {
  const auto fail = [&path](const char* why) {
    return Failure(Exit::local, std::string(path).append(": not a capture: ").append(why));
  };
  // libpcap only reads; fmemopen() wants a pointer to something writable all the same.
  std::string copy = content;
  std::FILE* file = fmemopen(copy.data(), copy.size(), "rb");
  if (file == nullptr) throw fail("it is empty");
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  const std::unique_ptr<pcap_t, void (*)(pcap_t*)> in{pcap_fopen_offline(file, why.data()),
                                                      pcap_close};
  if (!in) {
    std::fclose(file);
    throw fail(why.data());
  }
  const LinkLayer link = link_layer(path, pcap_datalink(in.get()));
  StreamSorter sorter;
  pcap_pkthdr* header = nullptr;
  const unsigned char* data = nullptr;
  // A capture that was interrupted ends in half a packet: what stands before it counts.
  int got = 0;
  while ((got = pcap_next_ex(in.get(), &header, &data)) == 1) {
    constexpr std::int64_t kSecond = 1'000'000;
    sorter.add(link, {data, header->caplen},
               std::int64_t{header->ts.tv_sec} * kSecond + header->ts.tv_usec);
  }
  return {sorter.take(), got == PCAP_ERROR ? pcap_geterr(in.get()) : ""};
}

#endif

}  // namespace parley::tool

// Packets to streams: the part of captures that needs no libpcap.
#pragma once
#include <map>
#include <optional>

#include "tool/capture.hpp"

namespace parley::tool {

/// What stands around an IP packet; names as in the registry of link types.
enum class LinkLayer : std::uint8_t { ethernet, null, raw, linux_sll, linux_sll2 };

/// Sorts packets into connections. Takes explain::kMaxFlow bytes of data in all and so many
/// connections as fit into kMost; what comes then is passed over.
class StreamSorter {
 public:
  /// A packet as captured, cut short or not. `time` in microseconds since 1970.
  void add(LinkLayer, ByteView packet, std::int64_t time);
  /// Those with data. Ends the sorting.
  std::vector<CapturedConnection> take();

 private:
  static constexpr std::size_t kMost = 10'000;
  struct Endpoint {
    std::string address;  ///< 4 or 16 bytes
    std::uint16_t port = 0;
    auto operator<=>(const Endpoint&) const = default;
    std::string text() const;
  };
  struct Segment {
    Endpoint from, to;
    std::uint32_t sequence = 0, acknowledged = 0;
    bool syn = false, ack = false;
    ByteView data{};
    std::size_t cut = 0;  ///< bytes of data that the capture left out
  };
  /// Bytes of one end that stand in a row, and how far its sender had heard the other end.
  struct Part {
    std::size_t end = 0;
    explain::Chunk chunk{};
    std::optional<std::uint32_t> heard{};  ///< an acknowledgement number
  };
  struct Early {
    Bytes bytes{};
    std::optional<std::uint32_t> heard{};
  };
  /// One direction.
  struct Half {
    bool begun = false;
    std::uint32_t next = 0;                  ///< sequence number of the next byte
    std::map<std::uint32_t, Early> early{};  ///< by distance from where the stream began
    std::uint32_t start = 0;
    bool broken = false;
    std::size_t missing = 0;
  };
  struct Talk {
    std::array<Endpoint, 2> ends;  ///< the one that spoke first, the other
    std::array<Half, 2> halves{};
    std::optional<std::size_t> client{};  ///< which of the ends, once a SYN tells
    std::vector<Part> parts{};
  };

  static std::optional<Segment> segment_in(LinkLayer, ByteView packet);
  Talk* talk_of(const Segment&);
  void take_data(Talk&, std::size_t end, const Segment&, std::int64_t time);
  void emit(Talk&, std::size_t end, ByteView data, std::optional<std::uint32_t> heard,
            std::int64_t time);
  static void set_order(Talk&);
  static std::size_t client_of(const Talk&);

  std::vector<Talk> talks_;
  std::map<std::pair<Endpoint, Endpoint>, std::size_t> known_;
  std::size_t room_ = explain::kMaxFlow;
  std::size_t early_room_ = explain::kMaxFlow;  ///< bytes that may wait for what comes before them
};

}  // namespace parley::tool

// Record headers (RFC 2246 section 6.2.1): where a record ends, and whether it is one at all.
#pragma once
#include <optional>

#include "parley/bytes.hpp"
#include "parley/protocol.hpp"
#include "parley/result.hpp"

namespace parley {

struct RecordHeader {
  ContentType type;
  std::uint16_t version;
  std::size_t length;  ///< of the fragment, bytes
};

/// Reads the header at the front of `in`. Nothing yet when fewer than five bytes are there and
/// none of them is wrong. `expected` is the negotiated version, or nothing before it is known,
/// when any 3.x is let in.
Result<std::optional<RecordHeader>> read_record_header(ByteView in,
                                                       std::optional<ProtocolVersion> expected);

}  // namespace parley

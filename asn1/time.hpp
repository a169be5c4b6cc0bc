// UTCTime and GeneralizedTime (X.690 section 11.7, RFC 5280 section 4.1.2.5).
#pragma once
#include <string>

#include "asn1/tag.hpp"
#include "parley/bytes.hpp"
#include "parley/result.hpp"

namespace parley::asn1 {

/// Rules bent for old certificates (asn1/README.md).
inline constexpr bool kTimeMayOmitSeconds = true;   ///< 9912312359Z
inline constexpr bool kTimeMayHaveOffset = true;    ///< 991231235959+0100
inline constexpr bool kTimeMayHaveFraction = true;  ///< 19991231235959.5Z; ignored

/// Seconds since 1970-01-01T00:00:00Z. Errc::bad_time for anything malformed, for days that no
/// calendar has, and for local times that name no zone.
Result<std::int64_t> unix_time(Tag, ByteView content);

/// "Oct  5 23:01:56 2020 GMT", as getpeercert prints it: fraction after the
/// seconds, no " GMT" unless the zone is Z. "Bad time value" for anything malformed.
std::string time_text(Tag, ByteView content);

/// The same form from Unix seconds.
std::string time_text(std::int64_t unix_seconds);

struct EncodedTime {
  Tag tag;
  std::string text;
};
/// UTCTime for 1950 to 2049, GeneralizedTime after; clamped to 1950..9999.
EncodedTime encode_time(std::int64_t unix_seconds);

}  // namespace parley::asn1

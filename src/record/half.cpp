#include "record/half.hpp"

#include <algorithm>
#include <limits>

#include "base/limits.hpp"

namespace parley {

Status Half::change_keys() {
  if (pending_ == nullptr)
    return Error{.code = Errc::internal, .where = "change_cipher_spec without pending keys"};
  active_ = std::move(pending_);
  most_ = pending_most_;
  seq_ = carried_ = 0;
  keyed_ = true;
  return {};
}

namespace {
/// "Sequence numbers may not wrap" (RFC 2246 section 6.1).
bool wraps(std::uint64_t seq, std::size_t records) {
  return seq > std::numeric_limits<std::uint64_t>::max() - records;
}
}  // namespace

Result<std::size_t> Half::seal(ContentType type, ProtocolVersion version, ByteView plaintext,
                               ByteSpan out) {
  if (wraps(seq_, 1)) return Error{.code = Errc::sequence_overflow, .where = "record"};
  PARLEY_TRY(const std::size_t n,
             active_->seal(seq_, type, plaintext, out.subspan(limits::kRecordHeader)));
  ++seq_;
  carried_ += n;
  const auto v = static_cast<std::uint16_t>(version);
  out[0] = static_cast<std::uint8_t>(type);
  out[1] = static_cast<std::uint8_t>(v >> 8);
  out[2] = static_cast<std::uint8_t>(v);
  out[3] = static_cast<std::uint8_t>(n >> 8);
  out[4] = static_cast<std::uint8_t>(n);
  return limits::kRecordHeader + n;
}

Status Half::open(std::span<OpenRecord> run, std::size_t& opened) {
  opened = 0;
  if (wraps(seq_, run.size())) return Error{.code = Errc::sequence_overflow, .where = "record"};
  for (const OpenRecord& r : run) carried_ += r.fragment.size();
  opened = active_->open(seq_, run);
  seq_ += opened;
  for (std::size_t i = 0; i < std::min(opened, run.size()); ++i) {
    if (run[i].fragment.size() <= most_) continue;
    opened = i;
    return Error{.code = Errc::record_overflow, .where = "record.length"};
  }
  if (opened < run.size()) return Error{.code = Errc::bad_record_mac, .where = "record"};
  return {};
}

}  // namespace parley

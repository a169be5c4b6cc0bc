#include "record/reassembly.hpp"

#include "base/limits.hpp"

namespace parley {

Result<std::optional<HandshakeMessage>> Reassembly::front() const {
  constexpr std::size_t kHeader = 4;
  constexpr std::optional<HandshakeMessage> kNothingYet;
  const ByteView in = queue_.view();
  if (in.size() < kHeader) return kNothingYet;
  const auto type = static_cast<HandshakeType>(in[0]);
  const std::size_t length = std::size_t{in[1]} << 16 | std::size_t{in[2]} << 8 | in[3];
  const bool long_kind =
      type == HandshakeType::certificate || type == HandshakeType::certificate_request;
  const std::size_t limit = long_kind ? limits::kCertificateMessage : limits::kHandshakeMessage;
  if (length > limit)
    return Error{.code = Errc::message_too_long, .where = "handshake.length", .offset = 1};
  if (in.size() < kHeader + length) return kNothingYet;
  return std::optional{HandshakeMessage{
      .type = type, .raw = in.first(kHeader + length), .body = in.subspan(kHeader, length)}};
}

}  // namespace parley

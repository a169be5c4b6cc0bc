#include "record/framer.hpp"

#include <array>

#include "base/limits.hpp"

namespace parley {
namespace {

/// A browser or a person talking HTTP to a TLS port: worth an error of its own.
bool is_http(ByteView in) {
  constexpr std::array<std::string_view, 4> kMethods{"GET ", "POST ", "HEAD ", "PUT "};
  return std::ranges::any_of(
      kMethods, [in](std::string_view m) { return as_text(in).substr(0, m.size()) == m; });
}
/// So far it may still become one of the methods above.
bool may_become_http(ByteView in) {
  return in.size() < 5 && !in.empty() && in[0] >= 'A' && in[0] <= 'Z';
}

}  // namespace

Result<std::optional<RecordHeader>> read_record_header(ByteView in,
                                                       std::optional<ProtocolVersion> expected) {
  constexpr std::optional<RecordHeader> kNothingYet;
  if (in.empty()) return kNothingYet;
  const std::uint8_t type = in[0];
  if (type < static_cast<std::uint8_t>(ContentType::change_cipher_spec) ||
      type > static_cast<std::uint8_t>(ContentType::application_data)) {
    if (expected) return Error{.code = Errc::bad_record_type, .where = "record.type"};
    if (is_http(in)) return Error{.code = Errc::http_request, .where = "record"};
    if (may_become_http(in)) return kNothingYet;
    return Error{.code = Errc::unknown_protocol, .where = "record.type"};
  }
  if (in.size() >= 2 && in[1] != 3)
    return Error{.code = Errc::wrong_version_number, .where = "record.version", .offset = 1};
  if (in.size() < limits::kRecordHeader) return kNothingYet;
  RecordHeader h{.type = static_cast<ContentType>(type),
                 .version = static_cast<std::uint16_t>(in[1] << 8 | in[2]),
                 .length = static_cast<std::size_t>(in[3] << 8 | in[4])};
  if (expected && h.version != static_cast<std::uint16_t>(*expected))
    return Error{.code = Errc::wrong_version_number, .where = "record.version", .offset = 1};
  if (h.length > limits::kCiphertext)
    return Error{.code = Errc::record_overflow, .where = "record.length", .offset = 3};
  return std::optional{h};
}

}  // namespace parley

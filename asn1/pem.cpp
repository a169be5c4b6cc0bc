#include "parley/pem.hpp"

#include "asn1/base64.hpp"
#include "parley/crl.hpp"
#include "parley/x509.hpp"

namespace parley {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// The line that starts at `at`, without its end and trailing blanks; `at` moves behind it.
std::string_view take_line(std::string_view text, std::size_t& at) {
  const std::size_t nl = text.find('\n', at);
  const std::size_t stop = nl == std::string_view::npos ? text.size() : nl;
  std::string_view line = text.substr(at, stop - at);
  at = nl == std::string_view::npos ? text.size() : nl + 1;
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
    line.remove_suffix(1);
  return line;
}

// "-----BEGIN LABEL-----" to "LABEL"; nothing for other lines.
std::optional<std::string_view> label_of(std::string_view line, std::string_view opening) {
  if (line.size() < opening.size() + kDashes.size() || !line.starts_with(opening) ||
      !line.ends_with(kDashes))
    return {};
  return line.substr(opening.size(), line.size() - opening.size() - kDashes.size());
}

Error error_at(Errc code, std::size_t offset) {
  return {.code = code, .where = "pem", .offset = static_cast<std::uint32_t>(offset)};
}

}  // namespace

bool PemBlock::encrypted() const {
  return label == "ENCRYPTED PRIVATE KEY" || header("Proc-Type").ends_with("ENCRYPTED");
}

std::string_view PemBlock::header(std::string_view name) const {
  for (std::size_t at = 0; at < headers.size();) {
    std::string_view line = take_line(headers, at);
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) continue;
    line.remove_prefix(name.size() + 1);
    const std::size_t first = std::min(line.find_first_not_of(" \t"), line.size());
    return line.substr(first);
  }
  return {};
}

bool PemBlock::certificate() const {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

Result<Bytes> PemBlock::decode() const {
  auto bytes = asn1::base64_decode(body);
  if (bytes) return bytes;
  Error e = bytes.error();
  e.where = "pem";
  e.offset += static_cast<std::uint32_t>(body_offset);
  return e;
}

Result<std::vector<PemBlock>> pem_blocks(std::string_view text) {
  std::vector<PemBlock> blocks;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    const auto label = label_of(take_line(text, at), kBegin);
    if (!label) continue;
    PemBlock b{.label = *label, .offset = begin, .body_offset = at};
    bool first = true;
    bool in_headers = false;
    while (true) {
      const std::size_t line_at = at;
      if (at == text.size()) return error_at(Errc::no_end_line, begin);
      const std::string_view line = take_line(text, at);
      // RFC 1421 section 4.6: headers end at an empty line.
      if (first) in_headers = line.find(':') != std::string_view::npos;
      if (in_headers && line.empty()) {
        b.headers = text.substr(b.body_offset, line_at - b.body_offset);
        b.body_offset = at;
        in_headers = false;
      }
      first = false;
      if (label_of(line, kBegin)) return error_at(Errc::no_end_line, begin);
      if (const auto end = label_of(line, kEnd)) {
        if (*end != *label) return error_at(Errc::no_end_line, line_at);
        b.body = text.substr(b.body_offset, line_at - b.body_offset);
        break;
      }
    }
    blocks.push_back(b);
  }
  return blocks;
}

std::string encode_pem(std::string_view label, ByteView data) {
  std::string s;
  s.reserve(data.size() / 3 * 4 + data.size() / 48 + 2 * label.size() + 64);
  s.append(kBegin).append(label).append(kDashes) += '\n';
  s += asn1::base64_encode(data, 64);
  s.append(kEnd).append(label).append(kDashes) += '\n';
  return s;
}

Result<std::vector<Certificate>> certificates_from_pem(std::string_view text) {
  PARLEY_TRY(const std::vector<PemBlock> blocks, pem_blocks(text));
  std::vector<Certificate> found;
  for (const PemBlock& b : blocks) {
    if (!b.certificate()) continue;
    PARLEY_TRY(Bytes der, b.decode());
    const bool trusted = b.label == "TRUSTED CERTIFICATE";
    PARLEY_TRY(Certificate c, trusted ? Certificate::parse_trusted(std::move(der))
                                      : Certificate::parse(std::move(der)));
    found.push_back(std::move(c));
  }
  if (found.empty()) return error_at(Errc::no_start_line, 0);
  return found;
}

Result<std::vector<RevocationList>> crls_from_pem(std::string_view text) {
  PARLEY_TRY(const std::vector<PemBlock> blocks, pem_blocks(text));
  std::vector<RevocationList> found;
  for (const PemBlock& b : blocks) {
    if (b.label != "X509 CRL") continue;
    PARLEY_TRY(Bytes der, b.decode());
    PARLEY_TRY(RevocationList list, RevocationList::parse(std::move(der)));
    found.push_back(std::move(list));
  }
  if (found.empty()) return error_at(Errc::no_start_line, 0);
  return found;
}

}  // namespace parley

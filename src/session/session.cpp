// A session, and the form in which it leaves the process.
#include "parley/session.hpp"

#include <cassert>

#include "base/limits.hpp"
#include "crypto/secret.hpp"
#include "parley/cipher.hpp"
#include "parley/reader.hpp"
#include "parley/writer.hpp"

namespace parley {
namespace {

/// The first byte. Whoever changes what follows it changes it too, so that two versions of parley
/// on one store misunderstand nothing.
constexpr std::uint8_t kFormat = 3;

/// The bits of its one byte of flags; above them the code of max_fragment_length.
constexpr unsigned kPeerVerified = 1, kExtendedMasterSecret = 2, kFragmentShift = 2;
constexpr unsigned kLastFragmentCode = 4;

/// KEY-ARG-DATA is the IV of a block cipher, and those of SSL 2.0 have blocks of 8 bytes.
constexpr std::size_t kKeyArg = 8;
constexpr std::size_t kTicket = 65535;  // RFC 5077 section 3.3

/// Of the encoding without its variable parts, bytes: format, version, suite, four short lengths,
/// the ticket's, the chain's, flags, created, ticket_until.
constexpr std::size_t kFixedSize = 1 + 2 + 4 + 4 * 1 + 2 + 3 + 1 + 2 * 8;

std::size_t chain_size(const std::vector<Certificate>& chain) {
  std::size_t n = 0;
  for (const Certificate& c : chain) n += 3 + c.der().size();
  return n;
}

bool in_range(const Session::Data& d) {
  return d.id.size() <= limits::kSessionId && d.master_secret_size >= 1 &&
         d.master_secret_size <= d.master_secret.size() && d.key_arg.size() <= kKeyArg &&
         d.ticket.size() <= kTicket && d.server_name.size() <= limits::kHostName &&
         d.peer_chain.size() <= limits::kChainLength &&
         d.max_fragment_length <= kLastFragmentCode &&
         chain_size(d.peer_chain) <= limits::kCertificateMessage;
}

void write_seconds(Writer& w, std::int64_t seconds) {
  const auto n = static_cast<std::uint64_t>(seconds);
  w.u32(static_cast<std::uint32_t>(n >> 32));
  w.u32(static_cast<std::uint32_t>(n));
}
std::int64_t read_seconds(Reader& r, const char* field) {
  const std::uint64_t high = r.u32(field);
  return static_cast<std::int64_t>(high << 32 | r.u32(field));
}

void write_opaque(Writer& w, unsigned len_bytes, ByteView b) {
  Writer::Vec scope{w, len_bytes};
  w.bytes(b);
}
Bytes read_opaque(Reader& r, const char* field, unsigned len_bytes, std::size_t hi) {
  Reader sub = r.vec(field, len_bytes, 0, hi);
  return to_bytes(sub.rest(field));
}

}  // namespace

Session::Session(Data&& d) : data_(std::move(d)) { crypto::wipe(d.master_secret); }
Session::~Session() { crypto::wipe(data_.master_secret); }

Bytes Session::encode() const {
  const Data& d = data_;
  if (!in_range(d)) return {};
  Bytes out;
  // The exact size at once: a vector that grows leaves copies of the master secret behind.
  const std::size_t size = kFixedSize + d.id.size() + d.master_secret_size + d.key_arg.size() +
                           d.ticket.size() + d.server_name.size() + chain_size(d.peer_chain);
  out.reserve(size);
  {
    Writer w{out};
    w.u8(kFormat);
    w.u16(static_cast<std::uint16_t>(d.version));
    w.u32(d.suite);
    write_opaque(w, 1, d.id);
    write_opaque(w, 1, ByteView{d.master_secret}.first(d.master_secret_size));
    write_opaque(w, 1, d.key_arg);
    write_opaque(w, 2, d.ticket);
    write_opaque(w, 1, as_bytes(d.server_name));
    Writer::Vec chain{w, 3};
    for (const Certificate& c : d.peer_chain) write_opaque(w, 3, c.der());
  }
  Writer w{out};
  w.u8(static_cast<std::uint8_t>((d.peer_verified ? kPeerVerified : 0u) |
                                 (d.extended_master_secret ? kExtendedMasterSecret : 0u) |
                                 unsigned{d.max_fragment_length} << kFragmentShift));
  write_seconds(w, d.created);
  write_seconds(w, d.ticket_until);
  assert(out.size() == size);
  return out;
}

Result<std::shared_ptr<const Session>> Session::decode(ByteView in,
                                                       std::shared_ptr<const void> scope) {
  Reader r{in};
  Data d;
  if (r.u8("session.format") != kFormat) r.fail(Errc::bad_value, "session.format");
  d.version = static_cast<ProtocolVersion>(r.u16("session.version"));
  if (version_name(d.version) == "unknown") r.fail(Errc::bad_value, "session.version");
  d.suite = r.u32("session.suite");
  if (find_cipher_suite(d.suite) == nullptr) r.fail(Errc::bad_value, "session.suite");
  d.id = read_opaque(r, "session.id", 1, limits::kSessionId);
  Reader secret_field = r.vec("session.master_secret", 1, 1, d.master_secret.size());
  const ByteView secret = secret_field.rest("session.master_secret");
  d.key_arg = read_opaque(r, "session.key_arg", 1, kKeyArg);
  d.ticket = read_opaque(r, "session.ticket", 2, kTicket);
  const Bytes name = read_opaque(r, "session.server_name", 1, limits::kHostName);
  d.server_name = as_text(name);
  Reader chain = r.vec("session.peer_chain", 3, 0, limits::kCertificateMessage);
  while (!chain.empty()) {
    Reader one = chain.vec("session.certificate", 3, 1, limits::kCertificateMessage);
    const ByteView der = one.rest("session.certificate");
    if (d.peer_chain.size() == limits::kChainLength)
      chain.fail(Errc::length_out_of_range, "session.peer_chain");
    if (!chain.ok()) break;
    PARLEY_TRY(Certificate c, Certificate::parse(to_bytes(der)));
    d.peer_chain.push_back(std::move(c));
  }
  const std::uint8_t flags = r.u8("session.flags");
  if (flags >> kFragmentShift > kLastFragmentCode) r.fail(Errc::bad_value, "session.flags");
  d.peer_verified = (flags & kPeerVerified) != 0;
  d.extended_master_secret = (flags & kExtendedMasterSecret) != 0;
  d.max_fragment_length = static_cast<std::uint8_t>(flags >> kFragmentShift);
  d.created = read_seconds(r, "session.created");
  d.ticket_until = read_seconds(r, "session.ticket_until");
  PARLEY_CHECK(r.finish("session"));
  d.scope = std::move(scope);
  // Last, so that no way out leaves it on the stack.
  std::ranges::copy(secret, d.master_secret.begin());
  d.master_secret_size = secret.size();
  return std::shared_ptr<const Session>{std::make_shared<const Session>(std::move(d))};
}

}  // namespace parley

#include "handshake/negotiate.hpp"

#include "base/limits.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

constexpr std::uint16_t kFallbackScsv = 0x5600;  // RFC 7507 section 2

template <class Range, class T>
bool contains(const Range& r, const T& v) {
  return std::ranges::find(r, v) != r.end();
}

bool usable(const Config& c, const ProtocolProfile& p, const CipherSuite& s) {
  return s.first <= p.version && c.identity.has_value() &&
         c.identity->key.type() == KeyType::rsa;  // every suite so far wants an RSA key
}

/// The leaf that was verified then must still be valid now.
bool still_valid(const Session::Data& d, std::int64_t now) {
  if (!d.peer_verified || d.peer_chain.empty()) return true;
  const Result<std::int64_t> not_after = d.peer_chain.front().not_after();
  return not_after && now <= *not_after;
}

/// What both sides ask of a session before they resume it.
bool still_good(const Handshake& h, const Session& s) {
  const Session::Data& d = s.data();
  const std::int64_t now = h.env.clock.unix_seconds();
  return !s.revoked() && d.scope == h.config.session_scope && d.server_name == h.server_name &&
         contains(h.config.suites, find_cipher_suite(d.suite)) &&
         now - d.created < limits::kSessionAge && still_valid(d, now);
}

}  // namespace

const CipherSuite* choose_suite(const Config& c, const ProtocolProfile& p,
                                std::span<const std::uint16_t> client_suites) {
  if (c.prefer_server_suites) {
    for (const CipherSuite* s : c.suites)
      if (contains(client_suites, s->id) && usable(c, p, *s)) return s;
    return nullptr;
  }
  for (const std::uint16_t id : client_suites)
    for (const CipherSuite* s : c.suites)
      if (s->id == id && usable(c, p, *s)) return s;
  return nullptr;
}

bool is_inappropriate_fallback(const Config& c, ProtocolVersion client_version,
                               std::span<const std::uint16_t> client_suites) {
  return contains(client_suites, kFallbackScsv) &&
         std::ranges::any_of(c.versions, [&](ProtocolVersion v) { return v > client_version; });
}

std::vector<std::uint16_t> suites_to_offer(const Config& c) {
  std::vector<std::uint16_t> ids;
  ids.reserve(c.suites.size() + 1);
  for (const CipherSuite* s : c.suites) ids.push_back(static_cast<std::uint16_t>(s->id));
  return ids;
}

bool may_offer_session(const Handshake& h, const Session& s) {
  const Session::Data& d = s.data();
  return still_good(h, s) && !d.id.empty() && d.version <= h.offered_version &&
         contains(h.config.versions, d.version) &&
         (h.config.verify_mode == VerifyMode::none || d.peer_verified);
}

bool may_resume(const Handshake& h, const Session& s,
                std::span<const std::uint16_t> client_suites) {
  const Session::Data& d = s.data();
  return still_good(h, s) && d.version == h.profile->version && contains(client_suites, d.suite) &&
         (h.config.verify_mode != VerifyMode::required || d.peer_verified);
}

}  // namespace parley

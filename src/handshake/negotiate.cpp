#include "handshake/negotiate.hpp"

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

bool is_inappropriate_fallback(const Config& c, const ProtocolProfile& chosen,
                               std::span<const std::uint16_t> client_suites) {
  if (!contains(client_suites, kFallbackScsv)) return false;
  const auto better = [&](ProtocolVersion v) { return v > chosen.version; };
  return std::ranges::any_of(c.versions, better);
}

std::vector<std::uint16_t> suites_to_offer(const Config& c) {
  std::vector<std::uint16_t> ids;
  ids.reserve(c.suites.size() + 1);
  for (const CipherSuite* s : c.suites) ids.push_back(s->id);
  return ids;
}

bool may_offer_session(const Config& c, const Session& s, ProtocolVersion offered_version,
                       std::string_view server_name) {
  const Session::Data& d = s.data();
  return d.version <= offered_version && contains(c.versions, d.version) &&
         contains(c.suites, find_cipher_suite(d.suite)) && d.server_name == server_name &&
         !d.id.empty() && (c.verify_mode == VerifyMode::none || d.peer_verified);
}

bool may_resume(const Handshake& h, const Session& s,
                std::span<const std::uint16_t> client_suites) {
  const Session::Data& d = s.data();
  if (d.version != h.profile->version || d.server_name != h.server_name) return false;
  if (!contains(client_suites, d.suite) || !contains(h.config.suites, find_cipher_suite(d.suite)))
    return false;
  return h.config.verify_mode != VerifyMode::required || d.peer_verified;
}

}  // namespace parley

#include "handshake/negotiate.hpp"

#include "asn1/keys.hpp"
#include "base/limits.hpp"
#include "suite/groups.hpp"
#include "suite/suite.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

constexpr std::uint16_t kFallbackScsv = 0x5600;  // RFC 7507 section 2

template <class Range, class T>
bool contains(const Range& r, const T& v) {
  return std::ranges::find(r, v) != r.end();
}

bool offers(const HelloExtensions& offered, NamedGroup g) {
  return !offered.supported_groups ||
         contains(*offered.supported_groups, static_cast<std::uint16_t>(g));
}

/// RFC 4492 section 5.1: the client must know the curve of the key in the certificate.
bool knows_curve_of(const HelloExtensions& offered, const Identity& i) {
  const auto* key = std::get_if<crypto::EcPrivateKey>(&i.key.impl().key);
  return key == nullptr || offers(offered, group_of(key->curve()));
}

/// Null when none of ours serves the suite for this client.
const Identity* identity_for(const Handshake& h, const CipherSuite& s) {
  for (const Identity& i : h.config.identities)
    if (fits(s, i.key.type(), i.chain.front()) && knows_curve_of(h.offered, i)) return &i;
  return nullptr;
}

/// Whether who asks for a certificate can live with a suite that has none.
bool allows_anonymous(const Config& c) { return c.verify_mode != VerifyMode::required; }

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

Choice choose_suite(const Handshake& h, std::span<const std::uint16_t> client_suites) {
  const auto choice = [&](const CipherSuite& s) -> Choice {
    if (s.first > h.profile->version) return {};
    if (s.kx == Kx::ecdhe && !choose_group(h.config, h.offered)) return {};
    if (s.auth == Auth::anonymous) return {allows_anonymous(h.config) ? &s : nullptr, nullptr};
    const Identity* identity = identity_for(h, s);
    return {identity != nullptr ? &s : nullptr, identity};
  };
  const CipherList& ours = h.config.suites;
  if (h.config.prefer_server_suites) {
    for (const CipherSuite* s : ours)
      if (contains(client_suites, s->id))
        if (const Choice c = choice(*s); c.suite != nullptr) return c;
    return {};
  }
  for (const std::uint16_t id : client_suites)
    for (const CipherSuite* s : ours)
      if (s->id == id)
        if (const Choice c = choice(*s); c.suite != nullptr) return c;
  return {};
}

std::optional<NamedGroup> choose_group(const Config& c, const HelloExtensions& offered) {
  if (c.groups.empty()) return std::nullopt;
  if (!offered.supported_groups)
    return contains(c.groups, NamedGroup::secp256r1) ? NamedGroup::secp256r1 : c.groups.front();
  for (const NamedGroup g : c.groups)
    if (offers(offered, g)) return g;
  return std::nullopt;
}

bool fits(const CipherSuite& s, KeyType key, const Certificate& c) {
  switch (s.auth) {
    case Auth::rsa: return key == KeyType::rsa;
    case Auth::dss: return key == KeyType::dsa;
    case Auth::ecdsa: return key == KeyType::ec;
    case Auth::ecdh: {
      // RFC 4492 sections 2.1 and 2.3: the name of the suite says who signed the certificate.
      const auto algorithm = asn1::parse_algorithm(c.signature_algorithm());
      const auto* signed_with =
          algorithm ? trust::find_signature_algorithm(algorithm->oid) : nullptr;
      return key == KeyType::ec && signed_with != nullptr &&
             signed_with->key == (s.kx == Kx::ecdh_rsa ? KeyType::rsa : KeyType::ec);
    }
    default: return false;
  }
}

bool is_inappropriate_fallback(const Config& c, ProtocolVersion client_version,
                               std::span<const std::uint16_t> client_suites) {
  return contains(client_suites, kFallbackScsv) &&
         std::ranges::any_of(c.versions, [&](ProtocolVersion v) { return v > client_version; });
}

CipherList suites_to_offer(const Config& c, ProtocolVersion highest) {
  CipherList offer = hello_suites(c.suites, HelloForm::v3, highest);
  if (!allows_anonymous(c))
    std::erase_if(offer, [](const CipherSuite* s) { return s->auth == Auth::anonymous; });
  return offer;
}

bool was_offered(const Handshake& h, const CipherSuite* s) {
  return contains(suites_to_offer(h.config, h.offered_version), s) &&
         s->first <= h.profile->version;
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

#include "handshake/negotiate.hpp"

#include "asn1/keys.hpp"
#include "base/limits.hpp"
#include "session/resumable.hpp"
#include "suite/groups.hpp"
#include "suite/suite.hpp"
#include "trust/key_codec.hpp"
#include "trust/signature.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

template <class Range, class T>
bool contains(const Range& r, const T& v) {
  return std::ranges::find(r, v) != r.end();
}

bool knows(const ClientGroups& client, NamedGroup g) { return !client || contains(*client, g); }

/// RFC 4492 section 5.1: the client must know the curve of the key in the certificate.
bool knows_curve_of(const ClientGroups& client, const Identity& i) {
  const auto* key = std::get_if<crypto::EcPrivateKey>(&i.key.impl().key);
  return key == nullptr || knows(client, group_of(key->curve()));
}

/// Null when none of ours serves the suite for this client.
const Identity* identity_for(const Config& c, const ClientGroups& client, const CipherSuite& s) {
  for (const Identity& i : c.identities)
    if (!i.chain.empty() && fits(s, i.key.type(), i.chain.front()) && knows_curve_of(client, i))
      return &i;
  return nullptr;
}

/// Whether who asks for a certificate can live with a suite that has none. CERT_OPTIONAL can, by
/// its documentation.
bool allows_anonymous(const Config& c) { return c.verify_mode != VerifyMode::required; }

/// What both sides ask of a session before they resume it.
bool still_good(const Handshake& h, const Session& s) {
  return is_resumable(s, *h.config, h.server_name, h.env.clock.unix_seconds()) &&
         contains(h.config->suites, find_cipher_suite(s.data().suite));
}

}  // namespace

ClientGroups client_groups(const HelloExtensions& offered) {
  if (!offered.supported_groups) return std::nullopt;
  std::vector<NamedGroup> known;
  std::ranges::copy_if(kNamedGroups, std::back_inserter(known), [&](NamedGroup g) {
    return contains(*offered.supported_groups, static_cast<std::uint16_t>(g));
  });
  return known;
}

Choice choose_suite(const Handshake& h, std::span<const std::uint16_t> client_suites) {
  const Config& c = *h.config;
  const ClientGroups client = client_groups(h.offered);
  const bool common_group = choose_group(c, client).has_value();
  // Once for each of ours, so that a long hello costs no more than looking its numbers up.
  std::vector<Choice> usable;
  for (const CipherSuite* s : c.suites) {
    if (!is_spoken(*s) || s->first > h.profile->version) continue;
    if (s->kx == Kx::ecdhe && !common_group) continue;
    const bool anonymous = s->auth == Auth::anonymous;
    const Identity* identity = anonymous ? nullptr : identity_for(c, client, *s);
    if (anonymous ? allows_anonymous(c) : identity != nullptr) usable.push_back({s, identity});
  }
  if (c.prefer_server_suites) {
    for (const Choice& choice : usable)
      if (contains(client_suites, choice.suite->id)) return choice;
    return {};
  }
  for (const std::uint16_t id : client_suites)
    for (const Choice& choice : usable)
      if (choice.suite->id == id) return choice;
  return {};
}

CipherList shared_suites(const Handshake& h, std::span<const std::uint16_t> client_suites) {
  CipherList ours;
  std::ranges::copy_if(h.config->suites, std::back_inserter(ours), [&](const CipherSuite* s) {
    return is_spoken(*s) && s->first <= h.profile->version;
  });
  CipherList shared;
  for (const std::uint16_t id : client_suites) {
    const auto it = std::ranges::find(ours, id, [](const CipherSuite* s) { return s->id; });
    if (it != ours.end() && !contains(shared, *it)) shared.push_back(*it);
  }
  return shared;
}

std::optional<NamedGroup> choose_group(const Config& c, const ClientGroups& client) {
  if (!client) {
    if (contains(c.groups, NamedGroup::secp256r1)) return NamedGroup::secp256r1;
    // Whoever cannot name its curves is of a time before X25519.
    const auto first =
        std::ranges::find_if(c.groups, [](NamedGroup g) { return g != NamedGroup::x25519; });
    return first != c.groups.end() ? std::optional{*first} : std::nullopt;
  }
  for (const NamedGroup g : c.groups)
    if (knows(client, g)) return g;
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

CipherList suites_to_offer(const Config& c, HelloForm form, ProtocolVersion highest) {
  CipherList offer = hello_suites(c.suites, form, highest);
  std::erase_if(offer, [&c](const CipherSuite* s) {
    return !is_spoken(*s) || (s->auth == Auth::anonymous && !allows_anonymous(c)) ||
           (is_ecc(*s) && c.groups.empty());
  });
  return offer;
}

bool was_offered(const Handshake& h, const CipherSuite* s) {
  return contains(suites_to_offer(*h.config, h.hello_form, h.offered_version), s) &&
         s->first <= h.profile->version;
}

bool may_offer_session(const Handshake& h, const Session& s) {
  const Session::Data& d = s.data();
  return still_good(h, s) && !d.id.empty() && find_profile(d.version) != nullptr &&
         d.version <= h.offered_version && contains(h.config->versions, d.version) &&
         (h.config->verify_mode == VerifyMode::none || d.peer_verified);
}

bool may_resume(const Handshake& h, const Session& s,
                std::span<const std::uint16_t> client_suites) {
  const Session::Data& d = s.data();
  return still_good(h, s) && d.version == h.profile->version && contains(client_suites, d.suite) &&
         (h.config->verify_mode != VerifyMode::required || d.peer_verified);
}

}  // namespace parley

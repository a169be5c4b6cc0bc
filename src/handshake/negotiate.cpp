#include "handshake/negotiate.hpp"

#include "asn1/keys.hpp"
#include "base/limits.hpp"
#include "handshake/digital_signature.hpp"
#include "handshake/kx.hpp"
#include "session/resumable.hpp"
#include "suite/groups.hpp"
#include "suite/suite.hpp"
#include "trust/key_codec.hpp"
#include "trust/peer.hpp"
#include "trust/signature.hpp"
#include "wire/messages.hpp"

namespace parley {
namespace {

/// Of those that parley speaks.
constexpr ProtocolVersion kNewest = ProtocolVersion::tls12;
/// "DOWNGRD" and zero: below TLS 1.2. With a one it speaks of TLS 1.3, which nobody here has
/// offered.
constexpr std::array<std::uint8_t, 8> kDowngrade{0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x00};

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

/// The suite belongs to the version: not to a later one, and export suites ended with TLS 1.0.
bool has_suite(const ProtocolProfile& p, const CipherSuite& s) {
  return s.first <= p.version && (!s.is_export || p.has_export_suites());
}

/// Null when none of ours serves the suite for this client.
const Identity* identity_for(const Handshake& h, const ClientGroups& client, const CipherSuite& s) {
  for (const Identity& i : h.config->identities)
    if (!i.chain.empty() && fits(*h.profile, s, i.key.type(), i.chain.front()) &&
        knows_curve_of(client, i) &&
        (!has_server_params(s, i.key.bits()) || can_sign_for(h, i.key)))
      return &i;
  return nullptr;
}

/// Whether who asks for a certificate can live with a suite that has none. CERT_OPTIONAL can, by
/// its documentation.
bool allows_anonymous(const Config& c) { return c.verify_mode != VerifyMode::required; }

/// What both sides ask of a session before they resume it.
bool still_good(const Handshake& h, const Session& s) {
  const std::int64_t now = h.env.clock.unix_seconds();
  const Purpose peer = h.side == Side::client ? Purpose::server : Purpose::client;
  return is_resumable(s, *h.config, h.server_name, now) &&
         contains(h.config->suites, find_cipher_suite(s.data().suite)) &&
         trust::still_trusted(*h.config, s, peer, now);
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
    if (!is_spoken(*s) || !has_suite(*h.profile, *s)) continue;
    if (s->kx == Kx::ecdhe && !common_group) continue;
    const bool anonymous = s->auth == Auth::anonymous;
    const Identity* identity = anonymous ? nullptr : identity_for(h, client, *s);
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
    return is_spoken(*s) && has_suite(*h.profile, *s);
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

bool fits(const ProtocolProfile& p, const CipherSuite& s, KeyType key, const Certificate& c) {
  switch (s.auth) {
    case Auth::rsa: return key == KeyType::rsa;
    case Auth::dss: return key == KeyType::dsa;
    // RFC 8422 section 2.2: the suites of ECDSA are those of EdDSA too.
    case Auth::ecdsa:
      return key == KeyType::ec || (key == KeyType::ed25519 && p.names_signature_algorithm());
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

namespace {

/// What the client says that it speaks at most, and we do.
const ProtocolProfile* common_version(const Handshake& h,
                                      std::span<const ProtocolVersion> enabled) {
  if (!h.offered.supported_versions) return choose_version(enabled, h.offered_version);
  // A client of TLS 1.3 means what it says there, whatever client_version is.
  std::vector<ProtocolVersion> both;
  std::ranges::copy_if(enabled, std::back_inserter(both), [&](ProtocolVersion v) {
    return contains(*h.offered.supported_versions, static_cast<std::uint16_t>(v));
  });
  return choose_version(both, kNewest);
}

}  // namespace

const ProtocolProfile* version_for(const Handshake& h,
                                   std::span<const std::uint16_t> client_suites) {
  if (h.renegotiated != nullptr) return common_version(h, {&h.renegotiated->version, 1});
  std::vector<ProtocolVersion> enabled = h.config->versions;
  const ProtocolProfile* const highest = common_version(h, enabled);
  for (const ProtocolProfile* p = highest; p != nullptr; p = common_version(h, enabled)) {
    const bool usable = std::ranges::any_of(h.config->suites, [&](const CipherSuite* s) {
      return has_suite(*p, *s) && contains(client_suites, s->id);
    });
    if (usable) return p;
    std::erase(enabled, p->version);
  }
  return highest;
}

void mark_downgrade(Handshake& h) {
  const ProtocolProfile* highest = common_version(h, h.config->versions);
  if (contains(h.config->versions, kNewest) && highest != nullptr && highest->version != kNewest &&
      h.renegotiated == nullptr)
    std::ranges::copy(kDowngrade, h.server_random.end() - kDowngrade.size());
}

bool was_downgraded(const Handshake& h) {
  return h.offered_version == kNewest && h.profile->version != kNewest &&
         std::ranges::equal(kDowngrade, ByteView{h.server_random}.last(kDowngrade.size()));
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
         has_suite(*h.profile, *s);
}

namespace {

/// What has protected a connection goes on protecting it (RFC 7627 section 5.4, RFC 7366 section
/// 3.1).
Status check_still_protected(const Handshake& h, bool encrypt_then_mac) {
  if (h.renegotiated == nullptr) return {};
  if (h.renegotiated->extended_master_secret && !h.extended_master_secret)
    return Error{.code = Errc::renegotiation_mismatch, .where = "extended_master_secret"};
  if (h.renegotiated->encrypt_then_mac && !encrypt_then_mac)
    return Error{.code = Errc::renegotiation_mismatch, .where = "encrypt_then_mac"};
  return {};
}

void set_max_fragment(Handshake& h, std::optional<std::uint8_t> code) {
  if (!code) return;
  h.max_fragment_code = *code;
  h.max_fragment = *max_fragment_bytes(*code);
}

bool is_cbc(const CipherSuite& s) { return enc_traits(s.enc).mode == EncTraits::Mode::cbc; }

}  // namespace

Status agree_on_extensions(Handshake& h) {
  if (!h.profile->hello_extensions) return {};
  h.extended_master_secret = h.offered.extended_master_secret && h.config->extended_master_secret;
  set_max_fragment(h, h.offered.max_fragment_length);
  PARLEY_CHECK(check_still_protected(h, h.offered.encrypt_then_mac));
  const std::vector<std::string>& ours = h.config->alpn_protocols;
  if (ours.empty() || !h.offered.alpn || h.renegotiated != nullptr) return {};
  for (const std::string& name : ours)
    if (contains(*h.offered.alpn, name)) {
      h.alpn_protocol = name;
      return {};
    }
  if (!h.config->require_alpn) return {};
  return Error{.code = Errc::no_application_protocol, .where = "client_hello.alpn"};
}

bool encrypts_then_macs(const Handshake& h) {
  return h.offered.encrypt_then_mac && is_cbc(*h.suite);
}

Status take_extensions(Handshake& h, const HelloExtensions& answer) {
  h.extended_master_secret = answer.extended_master_secret;
  h.encrypt_then_mac = answer.encrypt_then_mac;
  if (h.encrypt_then_mac && !encrypts_then_macs(h))
    return Error{.code = Errc::unsolicited_extension, .where = "server_hello.encrypt_then_mac"};
  if (answer.max_fragment_length) {
    if (answer.max_fragment_length != h.offered.max_fragment_length)
      return Error{.code = Errc::bad_max_fragment_length,
                   .where = "server_hello.max_fragment_length"};
    set_max_fragment(h, answer.max_fragment_length);
  }
  if (answer.alpn) {
    if (!contains(h.config->alpn_protocols, answer.alpn->front()))
      return Error{.code = Errc::bad_value, .where = "server_hello.alpn"};
    h.alpn_protocol = answer.alpn->front();
  }
  return check_still_protected(h, h.encrypt_then_mac || !is_cbc(*h.suite));
}

Status check_session_binding(const Handshake& h) {
  if (h.resumed() && h.resumed_session->data().extended_master_secret != h.extended_master_secret)
    return Error{.code = Errc::session_mismatch, .where = "extended_master_secret"};
  return {};
}

bool may_offer_session(const Handshake& h, const Session& s) {
  const Session::Data& d = s.data();
  return still_good(h, s) && !d.id.empty() && find_profile(d.version) != nullptr &&
         d.version <= h.offered_version &&
         (h.config->extended_master_secret || !d.extended_master_secret) &&
         (d.max_fragment_length == 0 ||
          max_fragment_bytes(d.max_fragment_length) == h.config->max_fragment_length) &&
         contains(h.config->versions, d.version) &&
         (h.config->verify_mode == VerifyMode::none || d.peer_verified);
}

bool may_resume(const Handshake& h, const Session& s,
                std::span<const std::uint16_t> client_suites) {
  const Session::Data& d = s.data();
  // RFC 7627 section 5.3: the other way round it is for check_session_binding() to refuse.
  if (h.extended_master_secret && !d.extended_master_secret) return false;
  if (d.extended_master_secret && !h.config->extended_master_secret) return false;
  // RFC 6066 section 4: it "applies for the duration of the session including session resumptions".
  if (d.max_fragment_length != h.max_fragment_code) return false;
  return still_good(h, s) && d.version == h.profile->version && contains(client_suites, d.suite) &&
         (h.config->verify_mode != VerifyMode::required || d.peer_verified);
}

}  // namespace parley

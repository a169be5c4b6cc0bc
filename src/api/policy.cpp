// Policies: many settings by one name.
#include <cstdlib>
#include <stdexcept>

#include "api/context_state.hpp"
#include "api/repr.hpp"

namespace parley {
namespace {

/// Forward secrecy and AEAD, in the order of the cost to whoever has no AES instructions last.
constexpr std::array<std::uint32_t, 6> kModernSuites{0xc02b,   // ECDHE-ECDSA-AES128-GCM-SHA256
                                                     0xc02f,   // ECDHE-RSA-AES128-GCM-SHA256
                                                     0xc02c,   // ECDHE-ECDSA-AES256-GCM-SHA384
                                                     0xc030,   // ECDHE-RSA-AES256-GCM-SHA384
                                                     0xcca9,   // ECDHE-ECDSA-CHACHA20-POLY1305
                                                     0xcca8};  // ECDHE-RSA-CHACHA20-POLY1305

/// No SHA-1, no SHA-224, no DSA.
constexpr std::array kModernSchemes{
    SignatureScheme::ecdsa_sha256,        SignatureScheme::ecdsa_sha384,
    SignatureScheme::ecdsa_sha512,        SignatureScheme::ed25519,
    SignatureScheme::rsa_pss_rsae_sha256, SignatureScheme::rsa_pss_rsae_sha384,
    SignatureScheme::rsa_pss_rsae_sha512, SignatureScheme::rsa_pkcs1_sha256,
    SignatureScheme::rsa_pkcs1_sha384,    SignatureScheme::rsa_pkcs1_sha512};

}  // namespace

void SSLContext::set_policy(std::string_view name) {
  if (name != "modern") throw std::invalid_argument("unknown policy " + repr(name));
  if (state_->protocol != PROTOCOL_SSLv23 && state_->protocol != PROTOCOL_TLSv1_2)
    throw std::invalid_argument("policy 'modern' needs PROTOCOL_SSLv23 or PROTOCOL_TLSv1_2");
  CipherList suites;
  for (const std::uint32_t id : kModernSuites) suites.push_back(find_cipher_suite(id));
  state_->change_verification([&](State& s) {
    s.options &= ~(OP_NO_TLSv1_2 | OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
    s.minimum = TLSVersion::TLSv1_2;
    s.maximum = TLSVersion::MAXIMUM_SUPPORTED;
    s.suites = std::move(suites);
    s.groups = {NamedGroup::x25519, NamedGroup::secp256r1, NamedGroup::secp384r1,
                NamedGroup::secp521r1};
    s.signature_schemes = {kModernSchemes.begin(), kModernSchemes.end()};
    s.strength = KeyStrength::strong();
    s.min_dh_bits = 2048;
  });
}

SSLContext create_default_context(Purpose purpose, const default_context_options& o) {
  SSLContext context(PROTOCOL_TLS);
  context.set_policy("modern");
  if (purpose != Purpose::client) {
    context.verify_mode = CERT_REQUIRED;
    context.check_hostname = true;
  }
  if (o.cafile || o.capath) context.load_verify_locations(o.cafile, o.capath);
  if (o.cadata) context.load_verify_data(*o.cadata);
  const bool own = o.cafile || o.capath || o.cadata;
  if (!own && purpose != Purpose::client) context.set_default_verify_paths();
  if (const char* log = std::getenv("SSLKEYLOGFILE"); log != nullptr && *log != '\0')
    context.keylog_filename = std::string{log};
  return context;
}

}  // namespace parley

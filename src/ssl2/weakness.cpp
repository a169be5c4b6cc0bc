#include "ssl2/weakness.hpp"

namespace parley::ssl2 {
namespace {

struct Weakness {
  bool (*applies)(const Handshake&);
  WeaknessEvent event;
};

bool always(const Handshake&) { return true; }
bool has_cipher(const Handshake& h, Enc e) { return h.suite->enc == e; }

constexpr std::size_t kSoundBits = 1024;
constexpr std::string_view kEnabled =
    "PROTOCOL_SSLv2, or PROTOCOL_SSLv23 with ciphers of SSL 2.0 and without OP_NO_SSLv2";

constexpr std::array kWeaknesses{
    Weakness{always,
             {"SSL 2.0 does not authenticate its hellos: whoever is in the middle chooses the "
              "weakest cipher both have (RFC 6176)",
              kEnabled}},
    Weakness{always,
             {"SSL 2.0 has no close_notify: whoever is in the middle can end the data anywhere",
              kEnabled}},
    Weakness{always,
             {"SSL 2.0 encrypts and authenticates with one key, by MD5, and leaves the padding "
              "length unprotected",
              kEnabled}},
    Weakness{
        [](const Handshake& h) { return h.side == Side::server && h.config->versions.size() > 1; },
        {"the key that serves SSL 2.0 serves later versions too (DROWN, CVE-2016-0800)", kEnabled}},
    Weakness{[](const Handshake& h) { return h.suite->is_export; },
             {"the cipher is of export strength: 40 bits", "set_ciphers"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::des); },
             {"DES has keys of 56 bits, or fewer", "set_ciphers"}},
    Weakness{[](const Handshake& h) {
               return has_cipher(h, Enc::rc2) || has_cipher(h, Enc::idea) ||
                      has_cipher(h, Enc::des_ede3);
             },
             {"RC2, IDEA and 3DES have 64-bit blocks (SWEET32)", "set_ciphers"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::rc4); },
             {"RC4 leaks plaintext over many connections (RFC 7465)", "set_ciphers"}},
    Weakness{[](const Handshake& h) { return !h.peer_verified && h.side == Side::client; },
             {"the server's certificate was not verified", "verify_mode CERT_NONE"}},
    Weakness{
        [](const Handshake& h) { return h.peer_key && h.peer_key->bits() < kSoundBits; },
        {"the key in the peer's certificate is shorter than 1024 bits", "no setting forbids it"}},
    Weakness{[](const Handshake& h) {
               return h.side == Side::server && h.identity != nullptr &&
                      h.identity->key.bits() < kSoundBits;
             },
             {"the server's own key is shorter than 1024 bits", "load_cert_chain"}},
};

}  // namespace

void announce_weaknesses(const Handshake& h, Observer& observer) {
  for (const Weakness& w : kWeaknesses)
    if (w.applies(h)) observer.on(w.event);
}

}  // namespace parley::ssl2

#include "engine/weakness.hpp"

namespace parley {
namespace {

struct Weakness {
  bool (*applies)(const Handshake&);
  WeaknessEvent event;
};

bool has_cipher(const Handshake& h, Enc e) { return h.suite->enc == e; }

constexpr std::array kWeaknesses{
    Weakness{[](const Handshake& h) { return h.profile->padding == PaddingRule::ssl3_length_only; },
             {"SSL 3.0 does not protect its padding (POODLE, RFC 7568)", "PROTOCOL_SSLv3"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::null); },
             {"the suite does not encrypt", "set_ciphers naming a NULL suite"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::rc4_128); },
             {"RC4 leaks plaintext over many connections (RFC 7465)", "set_ciphers naming RC4"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::des_ede3); },
             {"3DES has 64-bit blocks (SWEET32)", "set_ciphers naming DES-CBC3-SHA"}},
    Weakness{[](const Handshake& h) { return !h.peer_verified && h.side == Side::client; },
             {"the server's certificate was not verified", "verify_mode CERT_NONE"}},
    Weakness{[](const Handshake& h) { return !h.peer_renegotiation_info; },
             {"the peer does not know secure renegotiation (RFC 5746)", "no setting forbids it"}},
};

}  // namespace

void announce_weaknesses(const Handshake& h, Observer& observer) {
  for (const Weakness& w : kWeaknesses)
    if (w.applies(h)) observer.on(w.event);
}

}  // namespace parley

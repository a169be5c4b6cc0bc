#include "engine/weakness.hpp"

#include "asn1/keys.hpp"
#include "asn1/oid.hpp"
#include "trust/signature.hpp"

namespace parley {
namespace {

struct Weakness {
  bool (*applies)(const Handshake&);
  WeaknessEvent event;
};

bool has_cipher(const Handshake& h, Enc e) { return h.suite->enc == e; }
bool is_anonymous(const Handshake& h) { return h.suite->auth == Auth::anonymous; }

/// Below this: factored, or its logarithms taken, by a determined person in days (512 bits), or
/// within reach of an agency.
constexpr std::size_t kSoundBits = 1024;

/// RSA and DSA keys; curves are short by nature.
bool is_short(std::size_t bits, KeyType t) {
  return (t == KeyType::rsa || t == KeyType::dsa) && bits < kSoundBits;
}

bool peer_key_is_short(const Handshake& h) {
  return h.peer_key && is_short(std::visit([](const auto& k) { return k.bits(); }, *h.peer_key),
                                trust::key_type(*h.peer_key));
}
bool own_key_is_short(const Handshake& h) {
  return h.identity != nullptr && is_short(h.identity->key.bits(), h.identity->key.type());
}
bool prime_is_short(const Handshake& h) {
  const auto* theirs = std::get_if<Handshake::DhShare>(&h.server_share);
  const auto* ours = std::get_if<crypto::DhPrivateKey>(&h.own_share);
  const std::size_t bits = theirs != nullptr ? theirs->group.bits()
                           : ours != nullptr ? ours->group().bits()
                                             : kSoundBits;
  return bits < kSoundBits && !h.suite->is_export;
}
/// Signatures of self-issued certificates prove nothing anyway.
bool chain_rests_on_md5(const Handshake& h) {
  return std::ranges::any_of(h.peer_chain, [](const Certificate& c) {
    const auto algorithm = asn1::parse_algorithm(c.signature_algorithm());
    return !c.self_issued() && algorithm && equal(algorithm->oid, asn1::oid::kMd5WithRsa);
  });
}

constexpr std::array kWeaknesses{
    Weakness{[](const Handshake& h) { return h.profile->padding == PaddingRule::ssl3_length_only; },
             {"SSL 3.0 does not protect its padding (POODLE, RFC 7568)",
              "PROTOCOL_SSLv3, or PROTOCOL_SSLv23 without OP_NO_SSLv3"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::null); },
             {"the suite does not encrypt", "set_ciphers"}},
    Weakness{
        [](const Handshake& h) { return h.suite->is_export; },
        {"the suite is of export strength: 40 bits, and 512 for the key exchange (FREAK, Logjam)",
         "set_ciphers"}},
    Weakness{is_anonymous,
             {"the suite is anonymous: whoever is in the middle can be the peer", "set_ciphers"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::des); },
             {"DES has keys of 56 bits, or fewer", "set_ciphers"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::rc2) || has_cipher(h, Enc::idea); },
             {"RC2 and IDEA have 64-bit blocks (SWEET32)", "the default ciphers, or set_ciphers"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::rc4); },
             {"RC4 leaks plaintext over many connections (RFC 7465)",
              "the default ciphers, or set_ciphers"}},
    Weakness{[](const Handshake& h) { return has_cipher(h, Enc::des_ede3); },
             {"3DES has 64-bit blocks (SWEET32)", "the default ciphers, or set_ciphers"}},
    Weakness{[](const Handshake& h) {
               return !h.peer_verified && h.side == Side::client && !is_anonymous(h);
             },
             {"the server's certificate was not verified", "verify_mode CERT_NONE"}},
    Weakness{
        peer_key_is_short,
        {"the key in the peer's certificate is shorter than 1024 bits", "no setting forbids it"}},
    Weakness{own_key_is_short,
             {"the server's own key is shorter than 1024 bits", "load_cert_chain"}},
    Weakness{prime_is_short,
             {"the Diffie-Hellman prime is shorter than 1024 bits (Logjam)",
              "set_dh_limits, or load_dh_params"}},
    Weakness{chain_rests_on_md5,
             {"a certificate of the peer is signed with MD5", "no setting forbids it"}},
    Weakness{[](const Handshake& h) { return !h.peer_renegotiation_info; },
             {"the peer does not know secure renegotiation (RFC 5746)", "no setting forbids it"}},
};

}  // namespace

void announce_weaknesses(const Handshake& h, Observer& observer) {
  for (const Weakness& w : kWeaknesses)
    if (w.applies(h)) observer.on(w.event);
}

}  // namespace parley

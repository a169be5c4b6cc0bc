#include "protocol/weakness.hpp"

#include "suite/suite.hpp"

namespace parley {
namespace {

/// Below this: factored, or its logarithms taken, by a determined person in days (512 bits), or
/// within reach of an agency.
constexpr std::size_t kSoundBits = 1024;

struct Weakness {
  bool (*applies)(const Agreement&);
  WeaknessEvent event;
};

bool has(const Agreement& a, Enc e) { return a.suite != nullptr && a.suite->enc == e; }
bool is_short(std::size_t bits) { return bits != 0 && bits < kSoundBits; }
bool is_ssl2(const Agreement& a) { return a.ssl2; }

constexpr std::string_view kSsl2 =
    "PROTOCOL_SSLv2, or PROTOCOL_SSLv23 with ciphers of SSL 2.0 and without OP_NO_SSLv2";
constexpr std::string_view kDefault = "the default ciphers, or set_ciphers";
constexpr std::string_view kNothing = "no setting forbids it";

constexpr std::array kWeaknesses{
    Weakness{is_ssl2,
             {"SSL 2.0 does not authenticate its hellos",
              "whoever is in the middle chooses the weakest cipher that both have",
              "RFC 6176 section 2", kSsl2}},
    Weakness{is_ssl2,
             {"SSL 2.0 has no close_notify", "whoever is in the middle can end the data anywhere",
              "RFC 6176 section 2", kSsl2}},
    Weakness{is_ssl2,
             {"SSL 2.0 encrypts and authenticates with one key", "and authenticates by MD5",
              "RFC 6176 section 2", kSsl2}},
    Weakness{
        [](const Agreement& a) { return a.shares_key_with_ssl2; },
        {"the key that serves SSL 2.0 serves later versions too", "DROWN", "CVE-2016-0800", kSsl2}},
    Weakness{[](const Agreement& a) {
               return a.profile != nullptr && a.suite != nullptr &&
                      a.profile->padding == PaddingRule::ssl3_length_only &&
                      enc_traits(a.suite->enc).mode == EncTraits::Mode::cbc;
             },
             {"SSL 3.0 does not protect its padding", "POODLE", "RFC 7568 section 4.1",
              "PROTOCOL_SSLv3, or PROTOCOL_SSLv23 without OP_NO_SSLv3"}},
    Weakness{
        [](const Agreement& a) { return has(a, Enc::null); },
        {"the suite does not encrypt", "whoever listens can read everything", "", "set_ciphers"}},
    Weakness{[](const Agreement& a) { return a.suite != nullptr && a.suite->is_export && a.ssl2; },
             {"the kind is of export strength", "five bytes of the key are secret, 40 bits",
              "SSL 2.0 section 2.5", "set_ciphers"}},
    Weakness{[](const Agreement& a) { return a.suite != nullptr && a.suite->is_export && !a.ssl2; },
             {"the suite is of export strength",
              "40 bits, and 512 for the key exchange: FREAK and Logjam", "RFC 4346 section A.5",
              "set_ciphers"}},
    Weakness{
        [](const Agreement& a) { return a.suite != nullptr && a.suite->auth == Auth::anonymous; },
        {"the suite is anonymous", "whoever is in the middle can be the peer", "", "set_ciphers"}},
    Weakness{[](const Agreement& a) { return has(a, Enc::des); },
             {"DES has keys of 56 bits, or fewer", "they can be tried one by one", "RFC 5469",
              "set_ciphers"}},
    Weakness{[](const Agreement& a) {
               return has(a, Enc::rc2) || has(a, Enc::idea) || has(a, Enc::des_ede3);
             },
             {"RC2, IDEA and 3DES have blocks of 64 bits", "SWEET32", "CVE-2016-2183", kDefault}},
    Weakness{[](const Agreement& a) { return has(a, Enc::rc4); },
             {"RC4 leaks plaintext over many connections", "its first bytes are biased", "RFC 7465",
              kDefault}},
    Weakness{[](const Agreement& a) {
               return a.profile != nullptr && a.suite != nullptr && a.profile->split_cbc_records &&
                      !a.splits_cbc_records &&
                      enc_traits(a.suite->enc).mode == EncTraits::Mode::cbc;
             },
             {"the IV of a record is the end of the one before",
              "BEAST, unless the first byte of a write travels alone", "RFC 4346 section 1.1",
              "OP_DONT_INSERT_EMPTY_FRAGMENTS"}},
    Weakness{[](const Agreement& a) {
               if (a.suite == nullptr) return false;
               // An export suite may have a temporary RSA key.
               if (a.suite->kx == Kx::rsa) return a.ssl2 || !a.suite->is_export;
               return a.suite->kx != Kx::dhe && a.suite->kx != Kx::ecdhe && a.suite->kx != Kx::srp;
             },
             {"no forward secrecy", "the long-term key opens all recorded connections",
              "RFC 7525 section 6.3", kDefault}},
    Weakness{
        [](const Agreement& a) { return has(a, Enc::aes128_ccm8) || has(a, Enc::aes256_ccm8); },
        {"the suite authenticates records with 8 bytes only", "", "RFC 6655 section 3",
         "set_ciphers"}},
    Weakness{[](const Agreement& a) { return a.compressed; },
             {"the records are compressed", "CRIME", "RFC 7525 section 3.3", kNothing}},
    Weakness{[](const Agreement& a) { return a.server_unverified; },
             {"the server's certificate was not verified", "", "", "verify_mode CERT_NONE"}},
    Weakness{[](const Agreement& a) { return is_short(a.server_key_bits); },
             {"the server's key is shorter than 1024 bits", "512 bits are factored in hours",
              "RFC 7525 section 4.3", "load_cert_chain of the server"}},
    Weakness{[](const Agreement& a) { return is_short(a.client_key_bits); },
             {"the client's key is shorter than 1024 bits", "512 bits are factored in hours",
              "RFC 7525 section 4.3", "load_cert_chain of the client"}},
    Weakness{[](const Agreement& a) { return is_short(a.dh_prime_bits); },
             {"the Diffie-Hellman prime is shorter than 1024 bits", "Logjam", "RFC 7919 section 1",
              "set_dh_limits, or load_dh_params"}},
    Weakness{
        [](const Agreement& a) { return a.chain_rests_on_md5; },
        {"a certificate is signed with MD5", "whoever can make collisions can make another one",
         "RFC 6151 section 2.3", kNothing}},
    Weakness{[](const Agreement& a) { return a.signed_with_sha1; },
             {"the handshake is signed with SHA-1", "", "RFC 9155",
              "set_signature_schemes, or a policy"}},
    Weakness{[](const Agreement& a) { return a.no_secure_renegotiation; },
             {"not both ends know secure renegotiation", "", "RFC 5746 section 1", kNothing}},
};

}  // namespace

void for_each_weakness(const Agreement& a, const std::function<void(const WeaknessEvent&)>& tell) {
  for (const Weakness& w : kWeaknesses)
    if (w.applies(a)) tell(w.event);
}

}  // namespace parley

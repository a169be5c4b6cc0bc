// The digitally-signed element (RFC 2246 section 4.7, RFC 5246 section 4.7), as it stands in
// ServerKeyExchange and CertificateVerify.
#pragma once
#include "handshake/context.hpp"
#include "suite/signature_schemes.hpp"

namespace parley {

/// What `algorithm` of a message is before it is parsed: engaged where there is one.
std::optional<std::uint16_t> announced_algorithm(const Handshake&);

/// The first scheme that the peer asks for, our configuration allows and the key can make; one with
/// SHA-1 only when there is no other. Null when there is none. For versions that do not name
/// algorithms see can_sign_for().
const SchemeTraits* choose_scheme(const Handshake&, const PrivateKey&);
/// The key can sign in the version chosen, for this peer.
bool can_sign_for(const Handshake&, const PrivateKey&);
/// The peer of a hello without signature_algorithms has said SHA-1 (RFC 5246 section 7.4.1.4.1).
std::vector<std::uint16_t> default_schemes();

/// What is signed: the message itself, or, in versions that do not name the algorithm, both its
/// digests.
struct ToSign {
  ByteView message;
  VerifyData md5_sha1{};
};
struct DigitalSignature {
  std::optional<std::uint16_t> algorithm;
  Bytes signature;
};
Result<DigitalSignature> sign(Handshake&, const ToSign&);
/// By the key in the peer's certificate, under an algorithm that we allow.
Status verify(Handshake&, const ToSign&, std::optional<std::uint16_t> algorithm,
              ByteView signature);

/// ServerKeyExchange: appends the signature over the parameters, which start at `params_at`;
/// nothing in anonymous suites.
Status sign_params(Handshake&, std::size_t params_at, Bytes& body);
/// Parses ServerKeyExchange into `m`, any of its kinds, and checks the signature that ends `body`,
/// or that an anonymous suite has none.
template <class M>
Status receive_signed_params(Handshake&, ByteView body, M& m);
/// The same after parsing.
Status check_params(Handshake&, ByteView body, std::optional<std::uint16_t> algorithm,
                    const std::optional<Bytes>& signature);

template <class M>
Status receive_signed_params(Handshake& h, ByteView body, M& m) {
  if (h.suite->auth != Auth::anonymous) m.algorithm = announced_algorithm(h);
  PARLEY_CHECK(parse(body, m));
  return check_params(h, body, m.algorithm, m.signature);
}

}  // namespace parley

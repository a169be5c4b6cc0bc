// TLS 1.2, whole (RFC 5246): what it changes of TLS 1.1.
#pragma once
#include "protocol/tls11.hpp"

namespace parley {
namespace tls12 {

/// P_hash of the suite's hash (section 5).
void prf(crypto::HashId, ByteView secret, std::string_view label,
         std::initializer_list<ByteView> seed, ByteSpan out);
/// The same hash, of the messages (section 7.4.9).
VerifyData handshake_hash(crypto::HashId, ByteView transcript);

}  // namespace tls12

inline constexpr ProtocolProfile kTls12 = [] {
  ProtocolProfile p = kTls11;
  p.version = ProtocolVersion::tls12;
  p.name = "TLSv1.2";
  p.prf = tls12::prf;
  p.master_secret = tls::master_secret<tls12::prf>;
  p.extended_master_secret = tls::extended_master_secret<tls12::prf, tls12::handshake_hash>;
  p.key_block = tls::key_block<tls12::prf>;
  p.finished = tls::finished<tls12::prf, tls12::handshake_hash>;
  p.certificate_verify = nullptr;  // section 4.7: the algorithm stands beside the signature
  return p;
}();

}  // namespace parley

#include "handshake/kx.hpp"

namespace parley {

const KeyExchange* key_exchange(Kx kx) {
  switch (kx) {
    case Kx::rsa: return &kRsaKeyExchange;
    case Kx::dhe: return &kDheKeyExchange;
    case Kx::ecdhe: return &kEcdheKeyExchange;
    case Kx::ecdh_rsa:
    case Kx::ecdh_ecdsa: return &kEcdhKeyExchange;
    case Kx::psk:
    case Kx::srp:
    case Kx::dh_rsa:
    case Kx::dh_dss:
    case Kx::krb5:
    case Kx::gost: break;
  }
  return nullptr;
}

bool has_server_params(const CipherSuite& s, std::size_t certified_rsa_bits) {
  return s.kx == Kx::dhe || s.kx == Kx::ecdhe ||
         (s.kx == Kx::rsa && s.is_export && certified_rsa_bits > kExportBits);
}

}  // namespace parley

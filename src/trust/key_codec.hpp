// Where DER meets keys.
#pragma once
#include "crypto/key.hpp"
#include "parley/key.hpp"
#include "parley/x509.hpp"

namespace parley {

/// The crypto key behind a PrivateKey; it wipes itself.
struct PrivateKey::Impl {
  crypto::PrivateKey key;
};

/// From SubjectPublicKeyInfo in DER. Errc::unsupported_key for kinds and curves that crypto/ does
/// not have, for explicit curve parameters and inherited parameters; else what crypto/ has against
/// the numbers (key_too_small, key_too_large, bad_point, bad_group ...).
Result<crypto::PublicKey> public_key_from_spki(ByteView spki);

/// What public_key_from_spki() has against the key is that crypto/ lacks its kind, its curve or its
/// size: a certificate may carry it, nothing here can use it. Not so for curves without a name,
/// which are not for certificates (RFC 5480 section 2.1.1).
bool is_merely_unsupported(ByteView spki, const Error&);

/// The certificate is for this key: else Errc::key_values_mismatch, or Errc::key_type_mismatch
/// when it carries another kind of key.
Status check_key_matches(const Certificate&, const PrivateKey&);

}  // namespace parley

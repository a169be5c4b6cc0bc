// The groups of ephemeral key exchange: named curves and parameters of Diffie-Hellman.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>

#include "parley/bytes.hpp"
#include "parley/export.hpp"
#include "parley/result.hpp"
#include "parley/rng.hpp"

namespace PARLEY_PUBLIC parley {

/// NamedCurve (RFC 4492 section 5.1.1) and its later name NamedGroup (RFC 8422): what parley
/// speaks.
enum class NamedGroup : std::uint16_t {
  secp192r1 = 19,
  secp224r1 = 21,
  secp256k1 = 22,
  secp256r1 = 23,
  secp384r1 = 24,
  secp521r1 = 25,
  x25519 = 29,
};
/// Best first; what a configuration uses unless told otherwise. secp256r1 leads, since servers
/// of SSL 3.0, whose clients cannot name their curves, may assume nothing else.
inline constexpr std::array kNamedGroups{
    NamedGroup::secp256r1, NamedGroup::x25519,    NamedGroup::secp384r1, NamedGroup::secp521r1,
    NamedGroup::secp256k1, NamedGroup::secp224r1, NamedGroup::secp192r1};
/// "secp256r1"; "unknown" for anything else.
std::string_view named_group_name(NamedGroup);
/// By that name, by OpenSSL's (prime256v1, prime192v1) or NIST's (P-256).
std::optional<NamedGroup> find_named_group(std::string_view name);

/// Parameters of Diffie-Hellman that a server uses instead of the well-known ones.
struct DhParameters {
  Bytes p, g;  ///< big-endian

  /// The first DH PARAMETERS block (PKCS #3) of a PEM text. Errc::bad_group unless p is a safe
  /// prime, which takes a second or so to find out at 2048 bits.
  static Result<DhParameters> from_pem(std::string_view pem, Rng& rng);
  /// A new safe prime with generator 2. Slow: seconds at 1024 bits, minutes at 2048.
  static Result<DhParameters> generate(Rng& rng, std::size_t bits);
  std::string to_pem() const;
};

}  // namespace parley

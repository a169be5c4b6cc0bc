// Making certificates: self-signed or signed by a CA, what tests and `parley x509 make` need.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "parley/export.hpp"
#include "parley/key.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// What to put into a certificate.
struct CertificateRequest {
  std::string common_name = "localhost";
  /// Subject alternative names: DNS names and IP addresses in text form.
  std::vector<std::string> subject_alt_names{};
  std::int64_t not_before = 0;  ///< Unix seconds
  std::int64_t not_after = 0;   ///< Unix seconds
  bool ca = false;              ///< basicConstraints CA:TRUE and keyCertSign
  /// pathLenConstraint; only with ca.
  std::optional<std::uint32_t> path_length{};
  /// Dotted OIDs for extKeyUsage; none leaves the extension out.
  std::vector<std::string> extended_key_usage{};
  /// md5, sha1, sha224, sha256, sha384 or sha512, as far as the signing key has a signature with
  /// it: DSA up to sha256, EC from sha1 on. Ed25519 does not ask.
  std::string hash = "sha256";
};

/// A certificate for `subject_key`, signed by `issuer_key` in the name of `issuer`; without an
/// issuer it is self-signed with `subject_key`. Version 3; the serial number, 16 bytes, comes
/// from rng. keyUsage follows the kind of the subject's key. Errc::bad_argument for a hash, purpose
/// or alternative name that cannot be encoded, Errc::unsupported_algorithm for a hash that the
/// signing key has no signature with.
Result<Certificate> issue_certificate(Rng& rng, const CertificateRequest& request,
                                      const PrivateKey& subject_key,
                                      const Certificate* issuer = nullptr,
                                      const PrivateKey* issuer_key = nullptr);

}  // namespace parley

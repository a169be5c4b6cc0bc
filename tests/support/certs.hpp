// Keys and certificates for tests, made through parley/issue.hpp.
#pragma once
#include "parley/config.hpp"
#include "parley/issue.hpp"

namespace parley::test {

/// The moment at which tests verify: 2026-01-01T00:00:00Z. Certificates from here are valid one
/// year before and after it.
inline constexpr std::int64_t kNow = 1767225600;
inline constexpr std::int64_t kYear = 365 * 86400;

/// An RSA key of 1024 bits; the same number gives the same key, made once per process.
PrivateKey test_key(unsigned number);

/// A request valid around kNow.
CertificateRequest request(std::string common_name);
CertificateRequest ca_request(std::string common_name);

/// A certificate with its key. Issuing throws std::runtime_error when it fails.
struct Issued {
  Certificate certificate;
  PrivateKey key;
};
/// Self-signed with test_key(number).
Issued self_signed(const CertificateRequest&, unsigned number);
/// For test_key(number), signed by `issuer`.
Issued issued_by(const Issued& issuer, const CertificateRequest&, unsigned number);

/// A root, an intermediate and a leaf for a host name, with keys 1, 2 and 3.
struct Chain {
  Issued root, intermediate, leaf;
  /// What a server sends: leaf and intermediate.
  Identity identity() const;
  /// Holds the root.
  TrustStore store() const;
};
Chain make_chain(const std::string& host = "localhost");

}  // namespace parley::test

// Whom to believe: anchors, and the check of a chain against them.
#pragma once
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "parley/clock.hpp"
#include "parley/x509.hpp"

namespace parley {

/// Trust anchors. Copies are independent; certificates inside are shared.
class TrustStore {
 public:
  /// Adds one anchor, once. Only a self-signed certificate ends a path, as in OpenSSL 1.0.
  void add(Certificate);
  /// Adds every certificate of a PEM text; returns how many it held. A block that is not a
  /// certificate is passed over, a broken one is an error and then nothing is added.
  Result<std::size_t> add_pem(std::string_view pem);
  std::span<const Certificate> certificates() const { return certificates_; }
  bool empty() const { return certificates_.empty(); }
  /// Those whose subject has this canonical form (asn1::canonical_name), in order of addition.
  std::vector<const Certificate*> named(ByteView canonical_subject) const;
  bool contains(const Certificate&) const;

 private:
  std::vector<Certificate> certificates_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_subject_;
};

/// What the leaf is to be used for.
enum class Purpose : std::uint8_t { any, server, client };

struct VerifyPolicy {
  std::int64_t unix_seconds = 0;  ///< the moment at which every certificate must be valid
  Purpose purpose = Purpose::any;
};

/// Builds a path from chain[0] through the other certificates given (any order, superfluous ones
/// tolerated) and those of the store to an anchor, and checks signatures, validity, basic
/// constraints and names along it. On success the path, leaf first, anchor last; on failure the
/// most telling reason, with Error::where naming the check and Error::offset the depth of the
/// certificate at fault (0 is the leaf).
Result<std::vector<Certificate>> verify_chain(const TrustStore&, std::span<const Certificate> chain,
                                              const VerifyPolicy&);

}  // namespace parley

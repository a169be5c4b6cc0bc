// Whom to believe: anchors, and the check of a chain against them.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "parley/clock.hpp"
#include "parley/export.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// The name of a name in a hashed directory, "54c6f1c9": the first four bytes, read little-endian,
/// of SHA-1 over its canonical form (asn1::canonical_name). As `openssl x509 -subject_hash`.
std::string hashed_name(ByteView canonical);

/// Trust anchors. Copies are independent; certificates and directories inside are shared. Questions
/// may be asked from several threads at once.
class TrustStore {
 public:
  /// Reads a whole file; nothing when it is not there or cannot be read. Called by whoever asks a
  /// question, never twice at once for one directory.
  using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

  /// Adds one anchor, once. Only a self-signed certificate ends a path, as in OpenSSL 1.0.
  void add(Certificate);
  /// Adds every certificate of a PEM text; returns how many it held. A block that is not a
  /// certificate is passed over, a broken one is an error and then nothing is added.
  Result<std::size_t> add_pem(std::string_view pem);
  /// Anchors are also looked for in this folder, when they are asked for by name: in its files
  /// HHHHHHHH.0, HHHHHHHH.1 and so on until one is missing, where HHHHHHHH is the hashed_name() of
  /// the subject; each holds one certificate or more in PEM. What has been found stays known.
  void add_directory(std::string path, ReadFile);
  /// Those added one by one, in that order.
  std::span<const Certificate> certificates() const { return certificates_; }
  /// The same, and after them what has been found in directories so far.
  std::vector<Certificate> known() const;
  /// No anchor and no directory was added.
  bool empty() const { return certificates_.empty() && directories_.empty(); }
  /// Those whose subject has this canonical form (asn1::canonical_name): first the ones added, in
  /// that order, then those found in directories.
  std::vector<Certificate> named(ByteView canonical_subject) const;
  bool contains(const Certificate&) const;

 private:
  struct Directory;
  std::vector<std::shared_ptr<Directory>> directories_;
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

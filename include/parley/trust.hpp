// Whom to believe: anchors and revocation lists, and the check of a chain against them.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "parley/clock.hpp"
#include "parley/crl.hpp"
#include "parley/export.hpp"
#include "parley/x509.hpp"

namespace PARLEY_PUBLIC parley {

/// The name of a name in a hashed directory, "54c6f1c9": the first four bytes, read little-endian,
/// of SHA-1 over its canonical form (asn1::canonical_name). As `openssl x509 -subject_hash`.
std::string hashed_name(ByteView canonical);

/// Trust anchors and revocation lists. Copies are independent; certificates, lists and directories
/// inside are shared. Questions may be asked from several threads at once.
class TrustStore {
 public:
  /// Reads a whole file; nothing when it is not there or cannot be read. Called by whoever asks a
  /// question, never twice at once for one directory.
  using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

  /// Adds one anchor, once; the settings of several copies hold together, so that what one of them
  /// rejects is rejected. Only a
  /// self-signed certificate ends a path, as in OpenSSL, unless VerifyPolicy::partial_chain or its
  /// settings trust it for the purpose. Settings that reject the purpose, or trust it for others
  /// only, keep it out of every path: Errc::certificate_rejected.
  void add(Certificate);
  /// Adds one revocation list, once. It is looked at only when VerifyPolicy::revocation asks.
  void add_crl(RevocationList);
  /// Adds every certificate and every revocation list (X509 CRL) of a PEM text; returns how many
  /// certificates it held. Other blocks are passed over, a broken one is an error and then nothing
  /// is added; Errc::no_start_line for a text without either.
  Result<std::size_t> add_pem(std::string_view pem);
  /// Anchors are also looked for in this folder, when they are asked for by name: in its files
  /// HHHHHHHH.0, HHHHHHHH.1 and so on until one is missing, where HHHHHHHH is the hashed_name() of
  /// the subject; each holds one certificate or more in PEM. What has been found stays known.
  /// Revocation lists stand in HHHHHHHH.r0, HHHHHHHH.r1 and so on, by their issuer; they are read
  /// each time, because newer ones take the places of older ones.
  void add_directory(std::string path, ReadFile);
  /// Those added one by one, in that order.
  std::span<const Certificate> certificates() const { return certificates_; }
  std::span<const RevocationList> crls() const { return crls_; }
  /// certificates(), and after them what has been found in directories so far.
  std::vector<Certificate> known() const;
  /// No anchor and no directory was added.
  bool empty() const { return certificates_.empty() && directories_.empty(); }
  /// Those whose subject has this canonical form (asn1::canonical_name): first the ones added, in
  /// that order, then those found in directories.
  std::vector<Certificate> named(ByteView canonical_subject) const;
  /// Revocation lists whose issuer has this canonical form, in the same order.
  std::vector<RevocationList> crls_of(ByteView canonical_issuer) const;
  bool contains(const Certificate&) const;

 private:
  struct Directory;
  using ByName = std::unordered_map<std::string, std::vector<std::size_t>>;
  std::vector<std::shared_ptr<Directory>> directories_;
  std::vector<Certificate> certificates_;
  ByName by_subject_;
  std::vector<RevocationList> crls_;
  ByName crls_by_issuer_;
};

/// What the leaf is to be used for.
enum class Purpose : std::uint8_t { any, server, client };

/// Whose revocation lists must be there: of nobody, of the leaf's issuer, or of every issuer in
/// the path (of the anchor, too, as OpenSSL has it).
enum class Revocation : std::uint8_t { none, leaf, chain };

/// How weak a path may be. The defaults let the world of 1996 to 2010 pass that this library was
/// made for, and keep out what can be forged at a desk: MD2 and MD4, and keys below the 512 bits of
/// the export laws. strong() is what to ask of the present one.
struct KeyStrength {
  std::size_t rsa_bits = 512;                              ///< of the modulus, at least
  std::size_t dsa_bits = 512;                              ///< of the prime, at least
  std::size_t ec_bits = 160;                               ///< of the order of the curve, at least
  bool md2 = false, md4 = false, md5 = true, sha1 = true;  ///< may sign certificates and lists
  /// Keys of kinds, curves and sizes that nothing here can use may be certified.
  bool unknown_kinds = true;

  static constexpr KeyStrength strong() {
    return {.rsa_bits = 2048,
            .dsa_bits = 2048,
            .ec_bits = 224,
            .md5 = false,
            .sha1 = false,
            .unknown_kinds = false};
  }
};

/// What one verification may cost, whatever the peer sends. What is beyond is refused with
/// Errc::certificate_verify_failed, and Error::where names the budget.
struct Budget {
  std::size_t signatures = 200;  ///< checked, of certificates and lists; each pair counts once
  std::size_t nodes = 2000;      ///< candidates looked at for a place in the path
  /// One for each name under the constraints of an issuer, one for each subtree that it is held
  /// against, and one more for each 32 bytes of either; for revocation lists, the same for each
  /// name of a distribution point and each of the list that it is held against.
  std::size_t name_comparisons = std::size_t{1} << 20;
  std::size_t policy_nodes = std::size_t{1} << 16;  ///< read, mapped or valid at some depth
};

struct VerifyPolicy {
  std::int64_t unix_seconds = 0;  ///< the moment at which every certificate must be valid
  Purpose purpose = Purpose::any;
  Revocation revocation = Revocation::none;
  /// The leaf must be for this DNS name or IP address (check_host() in parley/hostname.hpp), for
  /// this mail address (check_email()); empty: for any.
  std::string host{}, email{};
  /// What RFC 5280 asks of those who issue, too (X509_V_FLAG_X509_STRICT).
  bool strict = false;
  /// Looks for an issuer in the store before it looks among the certificates given.
  bool trusted_first = true;
  /// Any certificate in the store ends a path, not only a self-signed one.
  bool partial_chain = false;
  /// Inputs of RFC 5280 section 6.1.1: dotted OIDs (empty: any policy), and the three flags.
  std::vector<std::string> policies{};
  bool require_explicit_policy = false;
  bool inhibit_policy_mapping = false;
  bool inhibit_any_policy = false;
  KeyStrength strength{};
  Budget budget{};
};

/// A certificate that the search turned to.
struct Candidate {
  Certificate certificate;
  std::size_t depth = 0;  ///< its place in the path: 0 the leaf, 1 its issuer
  bool anchor = false;    ///< it stands in the store
  /// Why it did not lead to an anchor; nothing when it did.
  std::optional<Error> reason{};
};

/// When and why a certificate was taken back.
struct RevocationFacts {
  std::size_t depth = 0;        ///< of the certificate in Verification::path
  std::int64_t date = 0;        ///< Unix seconds
  std::optional<int> reason{};  ///< CRLReason (RFC 5280 section 5.3.1), if the list says one
};

/// What a verification came to and how.
struct Verification {
  /// Leaf first, anchor last; when `reason` is set, how far the path went to which it belongs.
  std::vector<Certificate> path{};
  /// Why not: the most telling reason. Error::where names the check, Error::offset the depth of
  /// the certificate at fault (0 is the leaf).
  std::optional<Error> reason{};
  std::vector<Candidate> tried{};            ///< in that order; at most kMostTried
  bool tried_more = false;                   ///< there were others after those
  Budget spent{0, 0, 0, 0};                  ///< never more than VerifyPolicy::budget, plus one
  std::optional<RevocationFacts> revoked{};  ///< with Errc::certificate_revoked

  static constexpr std::size_t kMostTried = 64;
  bool valid() const { return !reason; }
};

/// Builds a path from chain[0] through the other certificates given (any order, superfluous ones
/// tolerated) and those of the store to an anchor, and checks it: RFC 5280 section 6, as the table
/// in src/trust/README.md says in full.
Verification verify(const TrustStore&, std::span<const Certificate> chain, const VerifyPolicy&);
/// The path, or the reason alone.
Result<std::vector<Certificate>> verify_chain(const TrustStore&, std::span<const Certificate> chain,
                                              const VerifyPolicy&);

}  // namespace parley

// The certificates that may stand in a path, each known once, and who may have issued whom.
#pragma once
#include <deque>
#include <map>
#include <unordered_map>

#include "crypto/key.hpp"
#include "parley/trust.hpp"
#include "trust/checks.hpp"
#include "trust/names.hpp"

namespace parley::trust {

/// A certificate that may stand in the path, with what was found out about it so far.
struct Node {
  Certificate certificate;
  Bytes subject, issuer;  ///< names in canonical form
  bool self_issued = false;
  std::size_t who = 0;         ///< the same for the same subject with the same key
  std::optional<bool> held{};  ///< it stands in the store
  Standing standing{};         ///< of what is held
  std::optional<Result<Facts>> facts{};
  std::optional<Result<crypto::PublicKey>> key{};
  std::optional<Status> checked{};                       ///< check_any()
  std::optional<std::vector<std::size_t>> issuers{};     ///< numbers of nodes, in order
  std::optional<Result<std::vector<HeldName>>> names{};  ///< held against constraints
  std::optional<Result<std::optional<Subtrees>>> subtrees{};
};

/// Nodes have numbers, which stay.
class Pool {
 public:
  Pool(const TrustStore& store, const VerifyPolicy& policy) : store_(store), policy_(policy) {}

  /// The number of a certificate. Errors of its names.
  Result<std::size_t> add(const Certificate&);
  /// One that came beside the leaf may be an issuer; with malformed names it is passed over.
  void add_given(const Certificate&);
  Node& operator[](std::size_t n) { return nodes_[n]; }
  bool is_anchor(std::size_t);
  Standing standing_of(std::size_t);
  /// Those whose subject is the issuer of this one.
  const std::vector<std::size_t>& issuers_of(std::size_t);
  const Result<Facts>& facts_of(std::size_t);
  const Result<crypto::PublicKey>& key_of(std::size_t);
  /// key_ids_fit(), asked once for each pair. Extensions of an issuer that cannot be read say
  /// nothing; those of the child can.
  bool ids_fit(std::size_t child, std::size_t issuer);
  /// check_any(): the answer is the same wherever the certificate stands.
  const Status& checked(std::size_t);
  /// Of a certificate that was checked and is good.
  const Result<std::vector<HeldName>>& names_of(std::size_t, bool leaf);
  const Result<std::optional<Subtrees>>& subtrees_of(std::size_t);

 private:
  void hold(Node&, const Certificate&);

  const TrustStore& store_;
  const VerifyPolicy& policy_;
  std::unordered_map<std::string, std::size_t> who_;
  std::deque<Node> nodes_;
  std::map<std::pair<std::size_t, std::size_t>, bool> ids_fit_;  // child, issuer
  std::unordered_map<std::string_view, std::size_t> by_der_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> given_by_subject_;
};

}  // namespace parley::trust

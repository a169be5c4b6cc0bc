// The certificates that may stand in a path, each known once, and who may have issued whom.
#pragma once
#include <deque>
#include <map>
#include <unordered_map>

#include "parley/trust.hpp"
#include "trust/names.hpp"

namespace parley::trust {

/// A certificate that may stand in the path, with what was found out about it so far.
struct Node {
  Certificate certificate;
  Bytes subject, issuer;  ///< names in canonical form
  bool self_issued = false;
  std::optional<bool> anchor{};                          ///< it stands in the store
  std::optional<std::vector<std::size_t>> issuers{};     ///< numbers of nodes, in order
  std::optional<Result<std::vector<HeldName>>> names{};  ///< held against constraints
  std::optional<Result<std::optional<Subtrees>>> subtrees{};
};

/// Nodes have numbers, which stay.
class Pool {
 public:
  Pool(const TrustStore& store, bool trusted_first) : store_(store), first_(trusted_first) {}

  /// The number of a certificate. Errors of its names.
  Result<std::size_t> add(const Certificate&);
  /// One that came beside the leaf may be an issuer; with malformed names it is passed over.
  void add_given(const Certificate&);
  Node& operator[](std::size_t n) { return nodes_[n]; }
  bool is_anchor(std::size_t);
  /// Those whose subject is the issuer of this one.
  const std::vector<std::size_t>& issuers_of(std::size_t);
  const Result<std::vector<HeldName>>& names_of(std::size_t, bool leaf);
  const Result<std::optional<Subtrees>>& subtrees_of(std::size_t);

 private:
  const TrustStore& store_;
  bool first_;
  std::deque<Node> nodes_;
  std::unordered_map<std::string_view, std::size_t> by_der_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> given_by_subject_;
};

}  // namespace parley::trust

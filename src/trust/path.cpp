// Builds a path and checks it in one depth-first search (RFC 5280 section 6, RFC 4158).
#include "asn1/name.hpp"
#include "base/limits.hpp"
#include "trust/checks.hpp"

namespace parley {
namespace {

// A certificate that may stand in the path, with its names in canonical form.
struct Node {
  Certificate certificate;
  Bytes subject, issuer;
  bool self_issued() const { return subject == issuer; }
};

class Search {
 public:
  Search(const TrustStore& store, const VerifyPolicy& policy, std::span<const Certificate> chain)
      : store_(store), policy_(policy) {
    for (const Certificate& c : chain.subspan(1))
      if (auto n = make_node(c)) untrusted_.push_back(*std::move(n));
  }

  Result<std::vector<Certificate>> run(const Certificate& leaf) {
    auto node = make_node(leaf);
    if (!node) return at_depth(node.error(), 0);
    // No path can mend what is wrong with the leaf alone.
    if (const Status s = trust::check_any(leaf, policy_); !s) return at_depth(s.error(), 0);
    if (const Status s = trust::check_leaf(leaf, policy_); !s) return at_depth(s.error(), 0);
    path_.push_back(*std::move(node));
    if (!extend()) return reason_;
    std::vector<Certificate> found;
    for (const Node& n : path_) found.push_back(n.certificate);
    return found;
  }

 private:
  // How much a reason tells; the most telling one is reported, the first among equals. A fault
  // in a certificate whose signature is right says more than a namesake that did not sign.
  enum class Rank : std::uint8_t { no_issuer, wrong_signature, real_fault, gave_up };

  static Result<Node> make_node(const Certificate& c) {
    PARLEY_TRY(Bytes subject, asn1::canonical_name(c.subject_der()));
    PARLEY_TRY(Bytes issuer, asn1::canonical_name(c.issuer_der()));
    return Node{.certificate = c, .subject = std::move(subject), .issuer = std::move(issuer)};
  }
  static Error at_depth(Error e, std::size_t depth) {
    e.offset = static_cast<std::uint32_t>(depth);
    return e;
  }
  void note(Rank rank, Error e, std::size_t depth) {
    if (noted_ && rank <= rank_) return;
    noted_ = true;
    rank_ = rank;
    reason_ = at_depth(e, depth);
  }

  bool in_path(const Certificate& c) const {
    return std::any_of(path_.begin(), path_.end(),
                       [&c](const Node& n) { return n.certificate == c; });
  }

  // Intermediates that count against a pathLenConstraint (RFC 5280 section 4.2.1.9).
  std::size_t counted_intermediates() const {
    std::size_t n = 0;
    for (std::size_t i = 1; i < path_.size(); ++i) n += path_[i].self_issued() ? 0U : 1U;
    return n;
  }

  // Completes the path from its last certificate on; false leaves it as it was.
  bool extend() {
    const Node& last = path_.back();
    if (last.self_issued() && store_.contains(last.certificate)) return true;
    const std::size_t depth = path_.size();
    if (depth > limits::kPathLength) {
      note(Rank::gave_up, {.code = Errc::path_too_long, .where = "depth"}, depth);
      return false;
    }
    // Copied: path_ grows below.
    const Bytes issuer = last.issuer;
    const std::vector<Certificate> anchors = store_.named(issuer);
    for (const Certificate& c : anchors) {
      if (auto n = make_node(c); n && try_issuer(*std::move(n))) return true;
    }
    for (const Node& n : untrusted_) {
      if (rank_ == Rank::gave_up) return false;
      const bool tried = std::find(anchors.begin(), anchors.end(), n.certificate) != anchors.end();
      if (n.subject == issuer && !tried && try_issuer(n)) return true;
    }
    note(Rank::no_issuer, {.code = Errc::unknown_ca, .where = "issuer"}, depth - 1);
    return false;
  }

  bool try_issuer(Node candidate) {
    // Handles of their own: path_ grows, and candidate moves into it.
    const Certificate issuer = candidate.certificate;
    const Certificate child = path_.back().certificate;
    const std::size_t depth = path_.size();
    if (rank_ == Rank::gave_up || in_path(issuer)) return false;
    // RFC 5280 section 4.2.1.1: tells apart the several keys of one name.
    const ByteView wanted = child.authority_key_id();
    const ByteView offered = issuer.subject_key_id();
    if (!wanted.empty() && !offered.empty() && !equal(wanted, offered)) return false;
    if (++signature_checks_ > limits::kSignatureChecks) {
      note(Rank::gave_up, {.code = Errc::certificate_verify_failed, .where = "signature budget"},
           depth);
      return false;
    }
    if (const Status s = trust::check_signature(child, issuer); !s) {
      note(Rank::wrong_signature, s.error(), depth - 1);
      return false;
    }
    const bool anchor = candidate.self_issued() && store_.contains(issuer);
    for (const Status& s : {trust::check_any(issuer, policy_),
                            trust::check_issuer(issuer, anchor, counted_intermediates())}) {
      if (s) continue;
      note(Rank::real_fault, s.error(), depth);
      return false;
    }
    path_.push_back(std::move(candidate));
    if (extend()) return true;
    path_.pop_back();
    return false;
  }

  const TrustStore& store_;
  const VerifyPolicy& policy_;
  std::vector<Node> untrusted_;
  std::vector<Node> path_;
  unsigned signature_checks_ = 0;
  bool noted_ = false;
  Rank rank_ = Rank::no_issuer;
  Error reason_{.code = Errc::unknown_ca, .where = "issuer"};
};

}  // namespace

Result<std::vector<Certificate>> verify_chain(const TrustStore& store,
                                              std::span<const Certificate> chain,
                                              const VerifyPolicy& policy) {
  if (chain.empty()) return Error{.code = Errc::no_certificate, .where = "chain"};
  return Search{store, policy, chain}.run(chain[0]);
}

}  // namespace parley

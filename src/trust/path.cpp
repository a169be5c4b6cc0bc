// Builds a path and checks it in one depth-first search (RFC 5280 section 6, RFC 4158).
#include "base/limits.hpp"
#include "parley/hostname.hpp"
#include "trust/checks.hpp"
#include "trust/policies.hpp"
#include "trust/pool.hpp"
#include "trust/revocation.hpp"

namespace parley {
namespace {

using trust::Node;

constexpr Error kRejected{.code = Errc::certificate_rejected, .where = "trust settings"};

Error at_depth(Error e, std::size_t depth) {
  e.offset = static_cast<std::uint32_t>(depth);
  return e;
}

// How much a reason tells; the most telling one is reported, the first among equals. A fault in a
// certificate whose signature is right says more than a namesake that did not sign, and one in a
// path that reaches an anchor says the most. Beyond `gave_up` nothing more is tried.
enum class Rank : std::uint8_t { no_issuer, wrong_signature, real_fault, whole_path, gave_up };

class Search {
 public:
  Search(const TrustStore& store, const VerifyPolicy& policy, std::span<const Certificate> others)
      : store_(store), policy_(policy), pool_(store, policy) {
    for (const Certificate& c : others) pool_.add_given(c);
  }

  Verification run(const Certificate& leaf) {
    found_.path = {leaf};
    if (const Status s = start(leaf); !s) {
      found_.reason = at_depth(s.error(), 0);
      return std::move(found_);
    }
    if (const Status s = extend(); !s) return std::move(found_);
    found_.reason.reset();
    found_.revoked.reset();
    found_.path = certificates();
    if (const Status s = check_owner(leaf); !s) found_.reason = at_depth(s.error(), 0);
    return std::move(found_);
  }

 private:
  // No path can mend what is wrong with the leaf alone.
  Status start(const Certificate& leaf) {
    PARLEY_TRY(const std::size_t number, pool_.add(leaf));
    PARLEY_CHECK(pool_.checked(number));
    PARLEY_CHECK(trust::check_leaf(*pool_.facts_of(number), policy_));
    path_.push_back(number);
    if (pool_.standing_of(number) == trust::Standing::rejected) return kRejected;
    return {};
  }

  // Whose it is matters once it is known who says so.
  Status check_owner(const Certificate& leaf) const {
    if (!policy_.host.empty()) PARLEY_CHECK(check_host(leaf, policy_.host));
    if (!policy_.email.empty()) PARLEY_CHECK(check_email(leaf, policy_.email));
    return {};
  }

  Node& node(std::size_t depth) { return pool_[path_[depth]]; }
  std::vector<Certificate> certificates() {
    std::vector<Certificate> all;
    for (const std::size_t n : path_) all.push_back(pool_[n].certificate);
    return all;
  }

  // Keeps the reason if it says more than those before; hands it back.
  Error note(Rank rank, Error e) {
    if (!found_.reason || rank > rank_) {
      rank_ = rank;
      found_.reason = e;
      found_.path = certificates();
    }
    return e;
  }
  Error give_up(const char* budget, std::size_t depth) {
    return note(Rank::gave_up, {.code = Errc::certificate_verify_failed,
                                .where = budget,
                                .offset = static_cast<std::uint32_t>(depth)});
  }

  // The certificate on top was checked, so that its extensions are there.
  bool ends() {
    const std::size_t last = path_.back();
    if (!pool_.is_anchor(last)) return false;
    return policy_.partial_chain ||
           (path_.size() > 1 && pool_[last].standing == trust::Standing::trusted) ||
           (pool_[last].self_issued && pool_.ids_fit(last, last));
  }

  // Completes the path from its last certificate on; else leaves it as it was.
  Status extend() {
    if (ends()) return check_path();
    const std::size_t depth = path_.size();
    if (depth > limits::kPathLength)
      return note(Rank::gave_up, at_depth({.code = Errc::path_too_long, .where = "depth"}, depth));
    Error why = at_depth({.code = Errc::unknown_ca, .where = "issuer"}, depth - 1);
    const Error nobody = why;
    for (const std::size_t candidate : pool_.issuers_of(path_.back())) {
      if (rank_ == Rank::gave_up) return *found_.reason;
      const Status s = try_issuer(candidate);
      if (s) return {};
      if (tells_more(s.error(), why)) why = s.error();
    }
    (void)note(Rank::no_issuer, nobody);
    return why;
  }

  // Of what one certificate failed for with several issuers: who was its issuer says more than who
  // was not.
  static bool tells_more(const Error& one, const Error& other) {
    const auto weight = [](const Error& e) {
      if (e.code == Errc::unknown_ca) return 0;
      return e.code == Errc::bad_certificate_signature ? 1 : 2;
    };
    return weight(one) > weight(other);
  }

  // The same name with the same key leads nowhere that it did not lead before (RFC 4158 section
  // 2.4.2).
  bool loops(const Node& candidate) {
    return std::any_of(path_.begin(), path_.end(),
                       [&](std::size_t n) { return pool_[n].who == candidate.who; });
  }

  Status try_issuer(std::size_t candidate) {
    const std::size_t depth = path_.size();
    if (candidate == path_.back())
      return at_depth({.code = Errc::unknown_ca, .where = "issuer"}, depth - 1);
    if (++found_.spent.nodes > policy_.budget.nodes) return give_up("search budget", depth);
    const std::size_t entry = found_.tried.size();
    const bool listed = entry < Verification::kMostTried;
    if (listed)
      found_.tried.push_back({.certificate = pool_[candidate].certificate,
                              .depth = depth,
                              .anchor = pool_.is_anchor(candidate)});
    else
      found_.tried_more = true;
    const Status s = take(candidate);
    if (!s && listed) found_.tried[entry].reason = s.error();
    return s;
  }

  Status take(std::size_t candidate) {
    const std::size_t depth = path_.size();
    const Node& issuer = pool_[candidate];
    // Hints that save a signature; that they do not fit is no fault of a certificate.
    if (loops(issuer))
      return at_depth({.code = Errc::unknown_ca, .where = "repeated name and key"}, depth);
    if (!pool_.ids_fit(path_.back(), candidate))
      return at_depth({.code = Errc::unknown_ca, .where = "authorityKeyIdentifier"}, depth - 1);
    if (const Status s = check_signature(candidate); !s) {
      if (rank_ == Rank::gave_up) return s;
      return note(Rank::wrong_signature, at_depth(s.error(), depth - 1));
    }
    path_.push_back(candidate);
    const Status s = check_new();
    const Status rest = s ? extend() : Status{note(Rank::real_fault, at_depth(s.error(), depth))};
    if (!rest) path_.pop_back();
    return rest;
  }

  // Each pair is checked once, however many ways lead through it.
  Status check_signature(std::size_t candidate) {
    const std::pair pair{path_.back(), candidate};
    if (const auto it = signatures_.find(pair); it != signatures_.end()) return it->second;
    if (++found_.spent.signatures > policy_.budget.signatures)
      return give_up("signature budget", path_.size());
    Status s = trust::check_signature(pool_[pair.first].certificate, pool_.key_of(candidate),
                                      policy_.strength);
    return signatures_.emplace(pair, s).first->second;
  }

  // What can be asked of the issuer that was put on top, whatever comes above it.
  Status check_new() {
    PARLEY_CHECK(pool_.checked(path_.back()));
    if (pool_.standing_of(path_.back()) == trust::Standing::rejected) return kRejected;
    // Intermediates that count against a pathLenConstraint (RFC 5280 section 4.2.1.9).
    std::size_t below = 0;
    for (std::size_t i = 1; i + 1 < path_.size(); ++i) below += node(i).self_issued ? 0U : 1U;
    // With partial_chain any certificate of the store ends a path, but only a root may be old.
    const bool root = node(path_.size() - 1).self_issued && ends();
    return trust::check_issuer(*pool_.facts_of(path_.back()), policy_.purpose, root, below);
  }

  // What concerns the path as a whole.
  Status check_path() {
    Status s = check_names();
    if (s) s = check_policies();
    if (s) s = check_rest();
    if (s) return s;
    if (s.error().code == Errc::certificate_verify_failed) return note(Rank::gave_up, s.error());
    if (s.error().code == Errc::certificate_revoked && rank_ < Rank::whole_path)
      found_.revoked = revoked_;
    return note(Rank::whole_path, s.error());
  }

  // The constraints of every issuer, an anchor's too (RFC 5937), bind every certificate below it
  // but self-issued intermediates (RFC 5280 section 6.1.3 (b)).
  Status check_names() {
    for (std::size_t above = path_.size(); --above > 0;) {
      const auto& constraints = pool_.subtrees_of(path_[above]);
      if (!constraints) return at_depth(constraints.error(), above);
      if (!*constraints) continue;
      for (std::size_t below = 0; below < above; ++below) {
        if (below != 0 && node(below).self_issued) continue;
        const auto& names = pool_.names_of(path_[below], below == 0);
        if (!names) return at_depth(names.error(), below);
        const Status s = trust::check_names(*names, **constraints, policy_.budget, found_.spent);
        if (!s) return at_depth(s.error(), below);
      }
    }
    return {};
  }

  Status check_policies() {
    std::vector<trust::PathMember> members;
    for (const std::size_t n : path_)
      members.push_back({.facts = &*pool_.facts_of(n), .self_issued = pool_[n].self_issued});
    return trust::check_policies(members, policy_, found_.spent);
  }

  Status check_rest() {
    const std::size_t length = path_.size();
    for (std::size_t i = 0; policy_.strict && i < length; ++i)
      if (const Status s = trust::check_strict(*pool_.facts_of(path_[i]), i > 0, i + 1 == length);
          !s)
        return at_depth(s.error(), i);
    const std::size_t asked = policy_.revocation == Revocation::none   ? 0
                              : policy_.revocation == Revocation::leaf ? 1
                                                                       : length;
    const trust::RevocationQuestion question{store_, policy_, found_.spent, lists_};
    for (std::size_t i = 0; i < asked; ++i) {
      revoked_ = {.depth = i};
      const std::size_t issuer = path_[std::min(i + 1, length - 1)];
      const Status s =
          trust::check_revocation(question, {*pool_.facts_of(path_[i]), node(i).issuer},
                                  {*pool_.facts_of(issuer), pool_.key_of(issuer)}, revoked_);
      if (!s) return at_depth(s.error(), i);
    }
    return {};
  }

  const TrustStore& store_;
  const VerifyPolicy& policy_;
  trust::Pool pool_;
  std::vector<std::size_t> path_;  // numbers of nodes, leaf first
  std::map<std::pair<std::size_t, std::size_t>, Status> signatures_;
  trust::KnownLists lists_;
  RevocationFacts revoked_{};
  Rank rank_ = Rank::no_issuer;
  Verification found_;
};

}  // namespace

Verification verify(const TrustStore& store, std::span<const Certificate> chain,
                    const VerifyPolicy& policy) {
  if (chain.empty()) return {.reason = Error{.code = Errc::no_certificate, .where = "chain"}};
  return Search{store, policy, chain.subspan(1)}.run(chain[0]);
}

Result<std::vector<Certificate>> verify_chain(const TrustStore& store,
                                              std::span<const Certificate> chain,
                                              const VerifyPolicy& policy) {
  Verification v = verify(store, chain, policy);
  if (v.reason) return *v.reason;
  return std::move(v.path);
}

}  // namespace parley

// The tree of section 6.1.2 (a) grows exponentially when certificates map policies onto each other
// (CVE-2023-0464), so what is kept is the graph of RFC 9618 section 3: per depth each policy once,
// with the policies of the depth above that lead to it.
#include "trust/policies.hpp"

#include <map>

namespace parley::trust {
namespace {

constexpr std::string_view kAnyPolicy = "2.5.29.32.0";

// A policy that is valid at some depth. Without parents it comes from anyPolicy above.
struct PolicyNode {
  std::vector<std::string> parents{};
  bool reachable = false;
};
struct Level {
  std::map<std::string, PolicyNode> nodes{};
  bool any_policy = false;
  bool empty() const { return nodes.empty() && !any_policy; }
};

// The state variables of section 6.1.2 (d) to (f), counting certificates down to zero.
struct Counts {
  std::size_t explicit_policy, inhibit_any, mapping;
  static void step(std::size_t& n) { n -= n != 0 ? 1U : 0U; }
  static void lower(std::size_t& n, const std::optional<std::uint32_t>& to) {
    if (to && *to < n) n = *to;
  }
};

class Policies {
 public:
  Policies(const VerifyPolicy& policy, Budget& spent, std::size_t certificates)
      : policy_(policy),
        spent_(spent),
        counts_{policy.require_explicit_policy ? 0 : certificates + 1,
                policy.inhibit_any_policy ? 0 : certificates + 1,
                policy.inhibit_policy_mapping ? 0 : certificates + 1} {
    next_.any_policy = true;
  }

  Status run(std::span<const PathMember> path) {
    for (std::size_t depth = path.size() - 1; depth-- > 0;) {
      Status s = take(*path[depth].facts, path[depth].self_issued, depth == 0);
      if (s) continue;
      Error e = s.error();
      e.offset = static_cast<std::uint32_t>(depth);
      return e;
    }
    // Section 6.1.5 (g), and the last words of 6.1.5.
    if (counts_.explicit_policy == 0 && !user_wants_one())
      return Error{.code = Errc::no_explicit_policy, .where = "certificatePolicies"};
    return {};
  }

 private:
  Status take(const Facts& c, bool self_issued, bool leaf) {
    const bool any_allowed = counts_.inhibit_any > 0 || (!leaf && self_issued);
    levels_.push_back(std::move(next_));
    next_ = {};
    PARLEY_CHECK(take_policies(c, any_allowed));
    // Section 6.1.3 (f).
    if (counts_.explicit_policy == 0 && levels_.back().empty())
      return Error{.code = Errc::no_explicit_policy, .where = "certificatePolicies"};
    const std::optional<PolicyConstraints>& constraints = c.policy_constraints;
    if (leaf) {
      // Sections 6.1.5 (a) and (b).
      Counts::step(counts_.explicit_policy);
      if (constraints && constraints->require_explicit_policy == 0U) counts_.explicit_policy = 0;
      return {};
    }
    PARLEY_CHECK(map_policies(c.mappings ? *c.mappings : kNoMappings));
    // Sections 6.1.4 (h) to (j).
    if (!self_issued)
      for (std::size_t* n : {&counts_.explicit_policy, &counts_.mapping, &counts_.inhibit_any})
        Counts::step(*n);
    if (constraints) {
      Counts::lower(counts_.explicit_policy, constraints->require_explicit_policy);
      Counts::lower(counts_.mapping, constraints->inhibit_policy_mapping);
    }
    Counts::lower(counts_.inhibit_any, c.inhibit_any);
    return {};
  }

  // Sections 6.1.3 (d) and (e): what was expected here and is found, and what anyPolicy lets in.
  Status take_policies(const Facts& c, bool any_allowed) {
    Level& level = levels_.back();
    const std::optional<std::vector<PolicyInformation>>& policies = c.policies;
    if (!policies) {
      level = {};
      return {};
    }
    PARLEY_CHECK(spend(policies->size()));
    std::map<std::string_view, bool> found;
    for (const PolicyInformation& p : *policies)
      if (!found.emplace(p.oid, true).second)
        return Error{.code = Errc::bad_certificate, .where = "certificatePolicies"};
    const bool any = any_allowed && found.contains(kAnyPolicy);
    found.erase(kAnyPolicy);
    if (!any) std::erase_if(level.nodes, [&](const auto& n) { return !found.contains(n.first); });
    if (level.any_policy)
      for (const auto& [oid, unused] : found) level.nodes.try_emplace(std::string(oid));
    level.any_policy = level.any_policy && any;
    return spend(level.nodes.size());
  }

  // Section 6.1.4 (a) and (b): what the certificate below is expected to say.
  Status map_policies(const std::vector<PolicyMapping>& mappings) {
    Level& level = levels_.back();
    for (const PolicyMapping& m : mappings)
      if (m.issuer_domain == kAnyPolicy || m.subject_domain == kAnyPolicy)
        return Error{.code = Errc::bad_certificate, .where = "policyMappings"};
    const bool allowed = counts_.mapping > 0;
    std::map<std::string_view, bool> mapped;
    for (const PolicyMapping& m : mappings) {
      mapped.emplace(m.issuer_domain, true);
      if (!allowed)
        level.nodes.erase(m.issuer_domain);
      else if (level.any_policy)
        level.nodes.try_emplace(m.issuer_domain);
    }
    PARLEY_CHECK(spend(mappings.size()));
    next_.any_policy = level.any_policy;
    if (allowed)
      for (const PolicyMapping& m : mappings)
        if (level.nodes.contains(m.issuer_domain))
          next_.nodes[m.subject_domain].parents.push_back(m.issuer_domain);
    for (const auto& [oid, unused] : level.nodes)
      if (!mapped.contains(oid)) next_.nodes[oid].parents.push_back(oid);
    return {};
  }

  // The policies at the top that lead to the leaf, and whether one of them is asked for.
  bool user_wants_one() {
    Level& last = levels_.back();
    if (last.empty()) return false;
    const std::vector<std::string>& wanted = policy_.policies;
    const auto asked = [&](const std::string& oid) {
      return wanted.empty() || std::find(wanted.begin(), wanted.end(), oid) != wanted.end();
    };
    if (asked(std::string(kAnyPolicy)) || last.any_policy) return true;
    for (auto& [unused, node] : last.nodes) node.reachable = true;
    for (std::size_t i = levels_.size(); i-- > 0;)
      for (const auto& [oid, node] : levels_[i].nodes) {
        if (!node.reachable) continue;
        if (node.parents.empty() && asked(oid)) return true;
        for (const std::string& parent : node.parents)
          if (const auto it = levels_[i - 1].nodes.find(parent); it != levels_[i - 1].nodes.end())
            it->second.reachable = true;
      }
    return false;
  }

  Status spend(std::size_t nodes) {
    spent_.policy_nodes += nodes;
    if (spent_.policy_nodes <= policy_.budget.policy_nodes) return {};
    spent_.policy_nodes = policy_.budget.policy_nodes + 1;
    return Error{.code = Errc::certificate_verify_failed, .where = "policy budget"};
  }

  static inline const std::vector<PolicyMapping> kNoMappings{};
  const VerifyPolicy& policy_;
  Budget& spent_;
  Counts counts_;
  std::vector<Level> levels_;
  Level next_;
};

}  // namespace

Status check_policies(std::span<const PathMember> path, const VerifyPolicy& policy, Budget& spent) {
  // An anchor that is its own leaf has nobody above it to say anything.
  if (path.size() < 2) return {};
  return Policies{policy, spent, path.size() - 1}.run(path);
}

}  // namespace parley::trust

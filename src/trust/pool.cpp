#include "trust/pool.hpp"
#include "asn1/name.hpp"
#include "trust/key_codec.hpp"

namespace parley::trust {

Result<std::size_t> Pool::add(const Certificate& c) {
  if (const auto it = by_der_.find(as_text(c.der())); it != by_der_.end()) return it->second;
  PARLEY_TRY(Bytes subject, asn1::canonical_name(c.subject_der()));
  PARLEY_TRY(Bytes issuer, asn1::canonical_name(c.issuer_der()));
  const bool self_issued = subject == issuer;
  std::string identity{as_text(subject)};
  identity += as_text(c.spki());
  const std::size_t who = who_.emplace(std::move(identity), who_.size()).first->second;
  nodes_.push_back({.certificate = c,
                    .subject = std::move(subject),
                    .issuer = std::move(issuer),
                    .self_issued = self_issued,
                    .who = who});
  by_der_.emplace(as_text(nodes_.back().certificate.der()), nodes_.size() - 1);
  return nodes_.size() - 1;
}

void Pool::add_given(const Certificate& c) {
  const std::size_t before = nodes_.size();
  const Result<std::size_t> n = add(c);
  if (!n || *n < before) return;
  given_by_subject_[as_text(nodes_[*n].subject)].push_back(*n);
}

bool Pool::is_anchor(std::size_t n) {
  Node& node = nodes_[n];
  if (node.held) return *node.held;
  node.held = false;
  // The settings are those of the store, whatever the peer has sent.
  for (const Certificate& c : store_.named(node.subject))
    if (c == node.certificate) hold(node, c);
  return *node.held;
}

Standing Pool::standing_of(std::size_t n) {
  return is_anchor(n) ? nodes_[n].standing : Standing::silent;
}

void Pool::hold(Node& node, const Certificate& held) {
  node.held = true;
  node.standing = standing(held.trust_settings(), policy_.purpose);
}

const std::vector<std::size_t>& Pool::issuers_of(std::size_t n) {
  Node& node = nodes_[n];
  if (node.issuers) return *node.issuers;
  std::vector<std::size_t> anchors, all;
  for (const Certificate& c : store_.named(node.issuer))
    if (const Result<std::size_t> a = add(c)) {
      hold(nodes_[*a], c);
      anchors.push_back(*a);
    }
  if (const auto it = given_by_subject_.find(as_text(node.issuer)); it != given_by_subject_.end())
    for (const std::size_t g : it->second)
      if (std::find(anchors.begin(), anchors.end(), g) == anchors.end()) all.push_back(g);
  all.insert(policy_.trusted_first ? all.begin() : all.end(), anchors.begin(), anchors.end());
  node.issuers = std::move(all);
  return *node.issuers;
}

const Result<Facts>& Pool::facts_of(std::size_t n) {
  Node& node = nodes_[n];
  if (!node.facts) node.facts = read_facts(node.certificate);
  return *node.facts;
}

const Result<crypto::PublicKey>& Pool::key_of(std::size_t n) {
  Node& node = nodes_[n];
  if (!node.key) node.key = public_key_from_spki(node.certificate.spki());
  return *node.key;
}

bool Pool::ids_fit(std::size_t child, std::size_t issuer) {
  const auto [it, is_new] = ids_fit_.try_emplace({child, issuer}, true);
  if (!is_new) return it->second;
  const Result<Facts>& theirs = facts_of(issuer);
  if (theirs) it->second = key_ids_fit(*facts_of(child), *theirs, nodes_[issuer].issuer);
  return it->second;
}

const Status& Pool::checked(std::size_t n) {
  Node& node = nodes_[n];
  if (!node.checked) node.checked = check_any(node.certificate, facts_of(n), key_of(n), policy_);
  return *node.checked;
}

const Result<std::vector<HeldName>>& Pool::names_of(std::size_t n, bool leaf) {
  Node& node = nodes_[n];
  if (!node.names) node.names = held_names(*facts_of(n), leaf);
  return *node.names;
}

const Result<std::optional<Subtrees>>& Pool::subtrees_of(std::size_t n) {
  Node& node = nodes_[n];
  if (!node.subtrees) node.subtrees = subtrees(*facts_of(n));
  return *node.subtrees;
}

}  // namespace parley::trust

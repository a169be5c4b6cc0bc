#include "trust/pool.hpp"
#include "asn1/name.hpp"

namespace parley::trust {

Result<std::size_t> Pool::add(const Certificate& c) {
  if (const auto it = by_der_.find(as_text(c.der())); it != by_der_.end()) return it->second;
  PARLEY_TRY(Bytes subject, asn1::canonical_name(c.subject_der()));
  PARLEY_TRY(Bytes issuer, asn1::canonical_name(c.issuer_der()));
  const bool self_issued = subject == issuer;
  nodes_.push_back({.certificate = c,
                    .subject = std::move(subject),
                    .issuer = std::move(issuer),
                    .self_issued = self_issued});
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
  if (!node.anchor) node.anchor = store_.contains(node.certificate);
  return *node.anchor;
}

const std::vector<std::size_t>& Pool::issuers_of(std::size_t n) {
  Node& node = nodes_[n];
  if (node.issuers) return *node.issuers;
  std::vector<std::size_t> anchors, all;
  for (const Certificate& c : store_.named(node.issuer))
    if (const Result<std::size_t> a = add(c)) {
      nodes_[*a].anchor = true;
      anchors.push_back(*a);
    }
  if (const auto it = given_by_subject_.find(as_text(node.issuer)); it != given_by_subject_.end())
    for (const std::size_t g : it->second)
      if (std::find(anchors.begin(), anchors.end(), g) == anchors.end()) all.push_back(g);
  all.insert(first_ ? all.begin() : all.end(), anchors.begin(), anchors.end());
  node.issuers = std::move(all);
  return *node.issuers;
}

const Result<std::vector<HeldName>>& Pool::names_of(std::size_t n, bool leaf) {
  Node& node = nodes_[n];
  if (!node.names) node.names = held_names(node.certificate, leaf);
  return *node.names;
}

const Result<std::optional<Subtrees>>& Pool::subtrees_of(std::size_t n) {
  Node& node = nodes_[n];
  if (!node.subtrees) node.subtrees = subtrees(node.certificate);
  return *node.subtrees;
}

}  // namespace parley::trust

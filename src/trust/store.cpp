#include "asn1/name.hpp"
#include "parley/trust.hpp"

namespace parley {
namespace {

std::string key_of(ByteView canonical) { return std::string{as_text(canonical)}; }

}  // namespace

void TrustStore::add(Certificate c) {
  // A name that cannot be decoded is never found, as it equals no other.
  if (const auto subject = asn1::canonical_name(c.subject_der())) {
    std::vector<std::size_t>& same = by_subject_[key_of(*subject)];
    for (const std::size_t i : same)
      if (certificates_[i] == c) return;
    same.push_back(certificates_.size());
  }
  certificates_.push_back(std::move(c));
}

Result<std::size_t> TrustStore::add_pem(std::string_view pem) {
  PARLEY_TRY(std::vector<Certificate> found, certificates_from_pem(pem));
  for (Certificate& c : found) add(std::move(c));
  return found.size();
}

std::vector<const Certificate*> TrustStore::named(ByteView canonical_subject) const {
  std::vector<const Certificate*> found;
  const auto it = by_subject_.find(key_of(canonical_subject));
  if (it == by_subject_.end()) return found;
  for (const std::size_t i : it->second) found.push_back(&certificates_[i]);
  return found;
}

bool TrustStore::contains(const Certificate& c) const {
  const auto subject = asn1::canonical_name(c.subject_der());
  if (!subject) return false;
  const auto same = named(*subject);
  return std::any_of(same.begin(), same.end(), [&c](const Certificate* s) { return *s == c; });
}

}  // namespace parley

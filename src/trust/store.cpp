#include <mutex>

#include "asn1/name.hpp"
#include "crypto/hash.hpp"
#include "parley/trust.hpp"

namespace parley {
namespace {

std::string key_of(ByteView canonical) { return std::string{as_text(canonical)}; }

bool has_subject(const Certificate& c, ByteView canonical) {
  const Result<Bytes> subject = asn1::canonical_name(c.subject_der());
  return subject && equal(*subject, canonical);
}

bool holds(std::span<const Certificate> all, const Certificate& c) {
  return std::find(all.begin(), all.end(), c) != all.end();
}

}  // namespace

std::string hashed_name(ByteView canonical) {
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha1, {canonical});
  const ByteView d = digest.view();
  return to_hex(std::array{d[3], d[2], d[1], d[0]});
}

// A hashed directory and what came out of it. Only finds are remembered: a certificate that is
// missing today may be there tomorrow.
struct TrustStore::Directory {
  Directory(std::string p, ReadFile r) : path(std::move(p)), read(std::move(r)) {}

  std::vector<Certificate> named(ByteView canonical) {
    const std::lock_guard lock(mutex);
    if (const auto it = found.find(key_of(canonical)); it != found.end()) return it->second;
    std::vector<Certificate> same;
    const std::string stem = path + "/" + hashed_name(canonical) + ".";
    for (std::size_t n = 0;; ++n) {
      const std::optional<std::string> text = read(stem + std::to_string(n));
      if (!text) break;
      // A damaged file hides nobody but itself.
      const Result<std::vector<Certificate>> held = certificates_from_pem(*text);
      if (!held) continue;
      for (const Certificate& c : *held)
        if (has_subject(c, canonical) && !holds(same, c)) same.push_back(c);
    }
    if (!same.empty()) {
      order.insert(order.end(), same.begin(), same.end());
      found.emplace(key_of(canonical), same);
    }
    return same;
  }
  std::vector<Certificate> known() {
    const std::lock_guard lock(mutex);
    return order;
  }

  const std::string path;

 private:
  const ReadFile read;
  std::mutex mutex;
  std::unordered_map<std::string, std::vector<Certificate>> found;  // by canonical subject
  std::vector<Certificate> order;
};

void TrustStore::add_directory(std::string path, ReadFile read) {
  const bool there = std::any_of(directories_.begin(), directories_.end(),
                                 [&](const auto& d) { return d->path == path; });
  if (!there) directories_.push_back(std::make_shared<Directory>(std::move(path), std::move(read)));
}

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

std::vector<Certificate> TrustStore::named(ByteView canonical_subject) const {
  std::vector<Certificate> same;
  if (const auto it = by_subject_.find(key_of(canonical_subject)); it != by_subject_.end())
    for (const std::size_t i : it->second) same.push_back(certificates_[i]);
  for (const auto& d : directories_)
    for (const Certificate& c : d->named(canonical_subject))
      if (!holds(same, c)) same.push_back(c);
  return same;
}

std::vector<Certificate> TrustStore::known() const {
  std::vector<Certificate> all = certificates_;
  for (const auto& d : directories_)
    for (const Certificate& c : d->known())
      if (!holds(all, c)) all.push_back(c);
  return all;
}

bool TrustStore::contains(const Certificate& c) const {
  const auto subject = asn1::canonical_name(c.subject_der());
  return subject && holds(named(*subject), c);
}

}  // namespace parley

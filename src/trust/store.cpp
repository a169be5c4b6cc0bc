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

template <class T>
bool holds(std::span<const T> all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}
template <class T>
bool holds(const std::vector<T>& all, const T& one) {
  return holds(std::span<const T>(all), one);
}

bool is_issued_by(const RevocationList& list, ByteView canonical) {
  const Result<Bytes> issuer = asn1::canonical_name(list.issuer_der());
  return issuer && equal(*issuer, canonical);
}

void add_missing(std::vector<std::string>& to, const std::vector<std::string>& more) {
  for (const std::string& s : more)
    if (std::find(to.begin(), to.end(), s) == to.end()) to.push_back(s);
}

// Of several copies all settings hold: no rejection is lost, whatever order they came in.
void prefer(Certificate& old, const Certificate& other) {
  const TrustSettings* more = other.trust_settings();
  if (more == nullptr) return;
  TrustSettings all = old.trust_settings() == nullptr ? TrustSettings{} : *old.trust_settings();
  add_missing(all.rejected, more->rejected);
  if (more->trusted) {
    if (!all.trusted) all.trusted.emplace();
    add_missing(*all.trusted, *more->trusted);
  }
  old = old.with_trust_settings(std::move(all));
}
void prefer(RevocationList&, const RevocationList&) {}

void take_once(std::vector<Certificate>& all, const Certificate& c) {
  const auto it = std::find(all.begin(), all.end(), c);
  if (it == all.end())
    all.push_back(c);
  else
    prefer(*it, c);
}

// Adds it once, and remembers where it stands under its name. A name that cannot be decoded is
// never found, as it equals no other.
template <class T, class ByName>
void add_once(std::vector<T>& all, ByName& places, ByteView name_der, T&& one) {
  if (const auto name = asn1::canonical_name(name_der)) {
    std::vector<std::size_t>& same = places[key_of(*name)];
    for (const std::size_t i : same)
      if (all[i] == one) return prefer(all[i], one);
    same.push_back(all.size());
  }
  all.push_back(std::move(one));
}

}  // namespace

std::string hashed_name(ByteView canonical) {
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha1, {canonical});
  const ByteView d = digest.view();
  return to_hex(std::array{d[3], d[2], d[1], d[0]});
}

// A hashed directory and what came out of it. Only finds are remembered: a certificate that is
// missing today may be there tomorrow. A revocation list that is there today is another tomorrow:
// its file is read each time, and parsed when it has changed.
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
        if (has_subject(c, canonical)) take_once(same, c);
    }
    if (!same.empty()) {
      order.insert(order.end(), same.begin(), same.end());
      found.emplace(key_of(canonical), same);
    }
    return same;
  }
  std::vector<RevocationList> lists_of(ByteView canonical) {
    const std::lock_guard lock(mutex);
    std::vector<RevocationList> same;
    const std::string stem = path + "/" + hashed_name(canonical) + ".r";
    for (std::size_t n = 0;; ++n) {
      const std::string file = stem + std::to_string(n);
      const std::optional<std::string> text = read(file);
      if (!text) break;
      for (const RevocationList& l : lists_in(file, *text))
        if (is_issued_by(l, canonical) && !holds(same, l)) same.push_back(l);
    }
    return same;
  }
  std::vector<Certificate> known() {
    const std::lock_guard lock(mutex);
    return order;
  }

  const std::string path;

 private:
  struct Lists {
    crypto::Digest text{};
    std::vector<RevocationList> held{};
  };
  const std::vector<RevocationList>& lists_in(const std::string& file, const std::string& text) {
    const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {as_bytes(text)});
    Lists& l = lists[file];
    if (equal(l.text.view(), digest.view())) return l.held;
    l.text = digest;
    const Result<std::vector<RevocationList>> held = crls_from_pem(text);
    l.held = held ? *held : std::vector<RevocationList>{};
    return l.held;
  }

  const ReadFile read;
  std::mutex mutex;
  std::unordered_map<std::string, std::vector<Certificate>> found;  // by canonical subject
  std::vector<Certificate> order;
  std::unordered_map<std::string, Lists> lists;  // by file
};

void TrustStore::add_directory(std::string path, ReadFile read) {
  const bool there = std::any_of(directories_.begin(), directories_.end(),
                                 [&](const auto& d) { return d->path == path; });
  if (!there) directories_.push_back(std::make_shared<Directory>(std::move(path), std::move(read)));
}

void TrustStore::add(Certificate c) {
  const ByteView subject = c.subject_der();
  add_once(certificates_, by_subject_, subject, std::move(c));
}

void TrustStore::add_crl(RevocationList l) {
  const ByteView issuer = l.issuer_der();
  add_once(crls_, crls_by_issuer_, issuer, std::move(l));
}

Result<std::size_t> TrustStore::add_pem(std::string_view pem) {
  Result<std::vector<Certificate>> found = certificates_from_pem(pem);
  Result<std::vector<RevocationList>> lists = crls_from_pem(pem);
  if (!found && found.error().code != Errc::no_start_line) return found.error();
  if (!lists && lists.error().code != Errc::no_start_line) return lists.error();
  if (!found && !lists) return found.error();
  if (lists)
    for (RevocationList& l : *lists) add_crl(std::move(l));
  if (!found) return std::size_t{0};
  for (Certificate& c : *found) add(std::move(c));
  return found->size();
}

std::vector<RevocationList> TrustStore::crls_of(ByteView canonical_issuer) const {
  std::vector<RevocationList> same;
  if (const auto it = crls_by_issuer_.find(key_of(canonical_issuer)); it != crls_by_issuer_.end())
    for (const std::size_t i : it->second) same.push_back(crls_[i]);
  for (const auto& d : directories_)
    for (const RevocationList& l : d->lists_of(canonical_issuer))
      if (!holds(same, l)) same.push_back(l);
  return same;
}

std::vector<Certificate> TrustStore::named(ByteView canonical_subject) const {
  std::vector<Certificate> same;
  if (const auto it = by_subject_.find(key_of(canonical_subject)); it != by_subject_.end())
    for (const std::size_t i : it->second) same.push_back(certificates_[i]);
  for (const auto& d : directories_)
    for (const Certificate& c : d->named(canonical_subject)) take_once(same, c);
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

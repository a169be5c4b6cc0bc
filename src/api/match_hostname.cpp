// match_hostname: the documented rules, older and laxer than RFC 6125.
#include <algorithm>
#include <stdexcept>

#include "api/idna.hpp"
#include "api/repr.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// The labels of a name from the left; an empty name is one empty label.
class Labels {
 public:
  explicit Labels(std::string_view name) : rest_(name) {}
  bool next(std::string_view& label) {
    if (done_) return false;
    const std::size_t dot = rest_.find('.');
    label = rest_.substr(0, dot);
    done_ = dot == std::string_view::npos;
    if (!done_) rest_.remove_prefix(dot + 1);
    return true;
  }
  bool done() const { return done_; }

 private:
  std::string_view rest_;
  bool done_ = false;
};

bool label_matches(std::string_view pattern, std::string_view label) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return same(pattern, label);
  if (pattern == "*") return !label.empty();
  const std::string_view before = pattern.substr(0, star), after = pattern.substr(star + 1);
  return label.size() >= before.size() + after.size() &&
         same(before, label.substr(0, before.size())) &&
         same(after, label.substr(label.size() - after.size()));
}

bool matches(std::string_view pattern, std::string_view host) {
  Labels patterns(pattern), labels(host);
  std::string_view p, l;
  while (patterns.next(p))
    if (!labels.next(l) || !label_matches(p, l)) return false;
  return labels.done();
}

// --- Python's repr() --------------------------------------------------------------------------

/// The host name as given and, when it is not ASCII and can be converted, as the DNS has it.
class Host {
 public:
  explicit Host(std::string_view given) : given_(given) {
    if (!is_international(given)) return;
    try {
      ascii_ = to_ascii(given);
    } catch (const std::invalid_argument&) {
      // Such a name has no other form; the comparison as given remains.
    }
  }
  bool is(std::string_view pattern) const {
    std::string_view label;
    for (Labels labels(pattern); labels.next(label);)
      if (std::count(label.begin(), label.end(), '*') > 1)
        throw CertificateError("too many wildcards in certificate DNS name: " + repr(pattern));
    return matches(pattern, given_) || (ascii_ && matches(pattern, *ascii_));
  }

 private:
  std::string_view given_;
  std::optional<std::string> ascii_{};
};

}  // namespace

void match_hostname(const cert_dict& cert, std::string_view hostname) {
  if (cert.empty()) throw std::invalid_argument("empty or no certificate");
  const Host host(hostname);
  std::vector<std::string_view> seen;
  if (cert.subjectAltName) {
    for (const auto& [kind, value] : *cert.subjectAltName) {
      const auto* name = std::get_if<std::string>(&value);
      if (kind != "DNS" || name == nullptr) continue;
      if (host.is(*name)) return;
      seen.push_back(*name);
    }
  }
  if (seen.empty()) {
    for (const cert_dict::RDN& rdn : cert.subject) {
      for (const auto& [attribute, value] : rdn) {
        if (attribute != "commonName") continue;
        if (host.is(value)) return;
        seen.push_back(value);
      }
    }
  }
  if (seen.empty())
    throw CertificateError("no appropriate commonName or subjectAltName fields were found");
  std::string text = "hostname " + repr(hostname) + " doesn't match ";
  if (seen.size() > 1) text += "either of ";
  for (std::size_t i = 0; i < seen.size(); ++i) text += (i == 0 ? "" : ", ") + repr(seen[i]);
  throw CertificateError(text);
}

void match_hostname(std::nullopt_t, std::string_view hostname) {
  match_hostname(cert_dict{}, hostname);
}

}  // namespace parley

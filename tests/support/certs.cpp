#include "tests/support/certs.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

namespace parley::test {
namespace {

Issued issue(const CertificateRequest& r, unsigned number, const Issued* issuer) {
  const PrivateKey key = test_key(number);
  SeededRng rng{1000 + number};
  auto c = issue_certificate(rng, r, key, issuer != nullptr ? &issuer->certificate : nullptr,
                             issuer != nullptr ? &issuer->key : nullptr);
  if (!c) throw std::runtime_error("cannot issue " + r.common_name + ": " + c.error().where);
  return {*std::move(c), key};
}

}  // namespace

PrivateKey test_key(unsigned number) {
  static std::mutex mutex;
  static std::map<unsigned, PrivateKey> made;
  const std::lock_guard lock{mutex};
  if (const auto it = made.find(number); it != made.end()) return it->second;
  SeededRng rng{number};
  auto key = PrivateKey::generate_rsa(rng, 1024);
  if (!key) throw std::runtime_error(std::string{"cannot make a key: "} + key.error().where);
  return made.emplace(number, *std::move(key)).first->second;
}

CertificateRequest request(std::string common_name) {
  return {
      .common_name = std::move(common_name), .not_before = kNow - kYear, .not_after = kNow + kYear};
}

CertificateRequest ca_request(std::string common_name) {
  CertificateRequest r = request(std::move(common_name));
  r.ca = true;
  return r;
}

Issued self_signed(const CertificateRequest& r, unsigned number) {
  return issue(r, number, nullptr);
}

Issued issued_by(const Issued& issuer, const CertificateRequest& r, unsigned number) {
  return issue(r, number, &issuer);
}

Identity Chain::identity() const {
  return {.chain = {leaf.certificate, intermediate.certificate}, .key = leaf.key};
}

TrustStore Chain::store() const {
  TrustStore s;
  s.add(root.certificate);
  return s;
}

Chain make_chain(const std::string& host) {
  const Issued root = self_signed(ca_request("Test Root"), 1);
  const Issued intermediate = issued_by(root, ca_request("Test Intermediate"), 2);
  CertificateRequest leaf = request(host);
  leaf.subject_alt_names = {host};
  return {root, intermediate, issued_by(intermediate, leaf, 3)};
}

}  // namespace parley::test

// SSLContext: whom to believe. CA files, hashed directories, and what they hold.
#include <algorithm>
#include <stdexcept>

#include "api/context_state.hpp"
#include "api/errors.hpp"
#include "api/files.hpp"
#include "api/posix.hpp"
#include "api/repr.hpp"
#include "parley/crl.hpp"
#include "parley/ssl.hpp"

namespace parley {
namespace {

// Where OpenSSL as distributions build it looks.
constexpr const char* kFileVariable = "SSL_CERT_FILE";
constexpr const char* kDefaultFile = "/etc/ssl/cert.pem";
constexpr const char* kDirectoriesVariable = "SSL_CERT_DIR";
constexpr const char* kDefaultDirectories = "/etc/ssl/certs";

std::string default_file() { return posix::environment(kFileVariable).value_or(kDefaultFile); }
std::string default_directories() {
  return posix::environment(kDirectoriesVariable).value_or(kDefaultDirectories);
}

std::optional<std::string> read_ca_file(const std::string& path) {
  const posix::File f = posix::read_file(path);
  if (f.error != 0) return {};
  return std::string(as_text(f.content.view()));
}

void add_directories(SSLContext::State& s, std::string_view capath) {
  for (std::string& one : capath_directories(capath))
    s.trust.add_directory(std::move(one), read_ca_file);
}

/// As OpenSSL's X509_check_ca: version 1 could not say so, and is believed when self-signed.
bool may_sign_others(const Certificate& c) {
  const auto usage = c.key_usage();
  if (!usage || (*usage && (**usage & kKeyCertSign) == 0)) return false;
  const auto basic = c.basic_constraints();
  if (!basic) return false;
  if (*basic) return (*basic)->ca;
  return (c.version() == 1 && c.self_issued()) || usage->has_value();
}

std::vector<Certificate> ca_certificates(const TrustStore& trust) {
  std::vector<Certificate> all = trust.known();
  std::erase_if(all, [](const Certificate& c) { return !may_sign_others(c); });
  return all;
}

}  // namespace

crypto::SecretBytes read_file(const std::string& path) {
  refuse_embedded_null(path);
  posix::File f = posix::read_file(path);
  if (f.error != 0) throw IOError(f.error, {}, path);
  return std::move(f.content);
}

void SSLContext::load_verify_locations(const std::optional<std::string>& cafile,
                                       const std::optional<std::string>& capath) {
  if (!cafile && !capath) throw std::invalid_argument("cafile and capath cannot be both omitted");
  if (capath) refuse_embedded_null(*capath);
  const crypto::SecretBytes text = cafile ? read_file(*cafile) : crypto::SecretBytes{};
  if (capath && capath->empty())
    throw SSLError(SSL_ERROR_SSL, "invalid directory",
                   {.reason = "INVALID_DIRECTORY",
                    .hint = "Leave capath out, or name a directory of hashed certificates.",
                    .library = "X509"});
  state_->change_verification([&](State& s) {
    if (cafile)
      if (const auto added = s.trust.add_pem(as_text(text.view())); !added)
        throw_pem_error(added.error(), *cafile);
    if (capath) add_directories(s, *capath);
  });
}

void SSLContext::load_verify_data(std::string_view pem) {
  state_->change_verification([&](State& s) {
    if (const auto added = s.trust.add_pem(pem); !added) throw_pem_error(added.error(), {});
  });
}

void SSLContext::set_default_verify_paths() {
  const std::optional<std::string> text = read_ca_file(default_file());
  state_->change_verification([&](State& s) {
    // The documents have no error here: what is broken is as good as missing.
    if (text) static_cast<void>(s.trust.add_pem(*text));
    add_directories(s, default_directories());
  });
}

DefaultVerifyPaths get_default_verify_paths() {
  DefaultVerifyPaths paths{.openssl_cafile_env = kFileVariable,
                           .openssl_cafile = kDefaultFile,
                           .openssl_capath_env = kDirectoriesVariable,
                           .openssl_capath = kDefaultDirectories};
  if (std::string file = default_file(); posix::is_file(file)) paths.cafile = std::move(file);
  std::string capath = default_directories();
  const std::vector<std::string> all = capath_directories(capath);
  if (std::any_of(all.begin(), all.end(), posix::is_directory)) paths.capath = std::move(capath);
  return paths;
}

std::vector<std::string> capath_directories(std::string_view capath) {
  std::vector<std::string> all;
  while (!capath.empty()) {
    const std::size_t end = std::min(capath.find(':'), capath.size());
    if (end != 0) all.emplace_back(capath.substr(0, end));
    capath.remove_prefix(std::min(end + 1, capath.size()));
  }
  return all;
}

cert_store_stats_t SSLContext::cert_store_stats() const {
  const std::lock_guard lock(state_->mutex);
  return {.x509 = state_->trust.known().size(),
          .crl = state_->trust.crls().size(),
          .x509_ca = ca_certificates(state_->trust).size()};
}

std::vector<cert_dict> SSLContext::get_ca_certs() const {
  std::vector<cert_dict> all;
  for (const Certificate& c : ca_certificates(state_->get(&State::trust)))
    all.push_back(cert_to_dict(c));
  return all;
}

std::vector<bytes> SSLContext::get_ca_certs(binary_form_t) const {
  std::vector<bytes> all;
  for (const Certificate& c : ca_certificates(state_->get(&State::trust)))
    all.push_back(to_bytes(c.der()));
  return all;
}

}  // namespace parley

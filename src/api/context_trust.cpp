// SSLContext: whom to believe. CA files, hashed directories, and what they hold.
#include <stdexcept>

#include "api/context_state.hpp"
#include "api/errors.hpp"
#include "api/files.hpp"
#include "api/posix.hpp"
#include "api/repr.hpp"
#include "parley/crl.hpp"

namespace parley {
namespace {

// Where OpenSSL as distributions build it looks.
constexpr const char* kDefaultFile = "/etc/ssl/cert.pem";
constexpr const char* kDefaultDirectories = "/etc/ssl/certs";

/// What a CA file holds.
struct CaFile {
  std::vector<Certificate> certificates{};
  std::vector<RevocationList> revocation_lists{};
};

/// A file of lists alone is fine; one with neither is not.
Result<CaFile> parse_ca_file(std::string_view text) {
  CaFile file;
  Result<std::vector<Certificate>> certificates = certificates_from_pem(text);
  Result<std::vector<RevocationList>> lists = crls_from_pem(text);
  if (!certificates && (certificates.error().code != Errc::no_start_line || !lists))
    return certificates.error();
  if (!lists && lists.error().code != Errc::no_start_line) return lists.error();
  if (certificates) file.certificates = *std::move(certificates);
  if (lists) file.revocation_lists = *std::move(lists);
  return file;
}

std::optional<std::string> read_ca_file(const std::string& path) {
  const posix::File f = posix::read_file(path);
  if (f.error != 0) return {};
  return std::string(as_text(f.content.view()));
}

void add_file(SSLContext::State& s, CaFile&& file) {
  for (Certificate& c : file.certificates) s.trust.add(std::move(c));
  for (RevocationList& list : file.revocation_lists) s.trust.add_crl(std::move(list));
}

void add_directories(SSLContext::State& s, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    if (end != 0) s.trust.add_directory(std::string(list.substr(0, end)), read_ca_file);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
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
  CaFile file;
  if (cafile) {
    const crypto::SecretBytes text = read_file(*cafile);
    Result<CaFile> parsed = parse_ca_file(as_text(text.view()));
    if (!parsed) throw_pem_error(parsed.error(), *cafile);
    file = *std::move(parsed);
  }
  if (capath && capath->empty())
    throw SSLError(SSL_ERROR_SSL, "invalid directory",
                   {.reason = "INVALID_DIRECTORY",
                    .hint = "Leave capath out, or name a directory of hashed certificates.",
                    .library = "X509"});
  state_->change([&](State& s) {
    add_file(s, std::move(file));
    if (capath) add_directories(s, *capath);
  });
}

void SSLContext::load_verify_data(std::string_view pem) {
  Result<CaFile> file = parse_ca_file(pem);
  if (!file) throw_pem_error(file.error(), {});
  state_->change([&](State& s) { add_file(s, *std::move(file)); });
}

void SSLContext::set_default_verify_paths() {
  const std::optional<std::string> path = posix::environment("SSL_CERT_FILE");
  const std::optional<std::string> text = read_ca_file(path.value_or(kDefaultFile));
  Result<CaFile> file = text ? parse_ca_file(*text) : CaFile{};
  state_->change([&](State& s) {
    if (file) add_file(s, *std::move(file));
    add_directories(s, posix::environment("SSL_CERT_DIR").value_or(kDefaultDirectories));
  });
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
